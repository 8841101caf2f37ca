/*
 * door_server.h - a child process with a listening door and nothing behind it.
 *
 * What it does with a call depends on the procedure:
 *   STATUS_SERVER  answered at once: rows_max in the text, the uid in `next`
 *   STATUS_QUEUES  answered at once with a row of DOOR_LARGE bytes
 *   QUEUE_JOB      answered in the turn, at the last priority
 *   DELETE_JOB     never answered; STATUS_JOBS tells how many were told at most
 *   HOLD_JOB       answered, and nothing is read for DOOR_PAUSE_MS
 */
#ifndef NQS_TEST_DOOR_SERVER_H
#define NQS_TEST_DOOR_SERVER_H

#include <sys/types.h>

#include "listen.h"

enum { DOOR_LARGE = 900 * 1024, DOOR_PAUSE_MS = 200 };

struct door_server {
    char directory[64];
    char path[512];
    uint16_t port;
    pid_t pid;
};

/* The usual bounds with deadlines short enough for a test. */
struct listen_limits door_limits(void);

/*
 * Start it with LIMITS and at most FILES descriptors (0: as many as there are),
 * in a new directory, DEPTH levels deeper.  Returns when it listens.
 */
void door_start(struct door_server *server, const struct listen_limits *limits, unsigned files,
                int depth);

/* Ask it to end, which drains it; returns its wait status. */
int door_stop(struct door_server *server);

#endif
