/*
 * qmgr_run.h - doing what a command of qmgr asks for.
 */
#ifndef NQS_COMMANDS_QMGR_RUN_H
#define NQS_COMMANDS_QMGR_RUN_H

#include <stdbool.h>

#include "client.h"
#include "err.h"
#include "qmgr_grammar.h"

enum { QMGR_ACTIVE_MAX = 64, QMGR_NAME_SIZE = 64 };

struct qmgr {
    struct client *client;                        /* NULL until something must be asked; owned */
    bool talking;                                 /* a person reads: say when something was done */
    char active[QMGR_ACTIVE_MAX][QMGR_NAME_SIZE]; /* PBS's active queues */
    size_t active_count;
    bool left; /* `exit` was given */
};

/*
 * Do ORDER, which qmgr_parse() has understood.  What it shows goes to standard
 * output.  The code is the server's, or NQS_FILE, NQS_UNREACHABLE.
 */
enum nqs_code qmgr_run(struct qmgr *qmgr, struct qmgr_order *order, struct nqs_err *err);

void qmgr_done(struct qmgr *qmgr);

#endif
