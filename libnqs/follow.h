/*
 * follow.h - waiting for a request's end, across restarts of the server.
 *
 * Each wait is one long poll.  While the server is away the call is repeated
 * with growing pauses, for up to a minute: requests outlive their daemon, and
 * so does whoever waits for them.
 */
#ifndef NQS_FOLLOW_H
#define NQS_FOLLOW_H

#include <stdint.h>

#include "client.h"
#include "err.h"

enum { FOLLOW_POLL_MS = 60000 }; /* the longest wait that a server grants */

/* How a request ended. */
struct follow_end {
    int64_t status;
    char reason[64];
};

/* Call PROCEDURE as client_call() does, and again while the server is away. */
enum nqs_code follow_call(struct client *client, uint32_t procedure, const void *args, void *result,
                          struct nqs_err *err);

/*
 * Wait until request NAME has ended, but at most TIMEOUT_MS.  NQS_OK with *ret,
 * NQS_TIMEOUT when it has not, or what the server said of NAME.
 */
enum nqs_code follow_wait(struct client *client, const char *name, unsigned timeout_ms,
                          struct follow_end *ret, struct nqs_err *err);

/*
 * What a command that has waited for END exits with: the request's own status,
 * 128+n when signal n killed it, 3 when it never ran, 125 when the system ended it.
 */
int follow_status(const struct follow_end *end);

#endif
