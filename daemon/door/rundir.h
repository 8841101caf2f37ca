/*
 * rundir.h - what the run directories say about jobs, running or not.
 *
 * SPOOL/run/ID.N is the directory of incarnation N of the job ID.  The starter
 * makes it, the shepherd holds its lock as long as it lives and leaves `begun`
 * and `exit` there (exitrec.h); here it is only looked at.
 */
#ifndef NQS_DOOR_RUNDIR_H
#define NQS_DOOR_RUNDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "exitrec.h"
#include "spool.h"

enum rundir_record {
    RUNDIR_ABSENT,
    RUNDIR_SOUND,
    RUNDIR_DAMAGED, /* the file is there, but it is no such record */
};

struct rundir_state {
    bool there; /* the directory, with its lock; else nothing below means anything */
    bool held;  /* the lock: the shepherd, or the starter before it, is alive */
    enum rundir_record begun;
    enum rundir_record ended;
    struct begun_record begun_record; /* when `begun` is sound */
    struct exit_record exit_record;   /* when `ended` is sound */
};

/*
 * Look at incarnation INCARNATION of the job ID.  The lock is tried before the
 * records are read: when it is free, what they say, or that they are not
 * there, is final.  On NQS_OK *ret_state is filled; NQS_VALUE for a name that
 * no directory can have, NQS_SYSTEM when it cannot be looked at.
 */
enum nqs_code rundir_look(struct spool *spool, const char *id, uint32_t incarnation,
                          struct rundir_state *ret_state, struct nqs_err *err);

/*
 * Call VISIT for each run directory, in no order, until it returns false.
 * ID is lent for the call.  Names that are not ID.N are passed over.
 */
enum nqs_code rundir_each(struct spool *spool,
                          bool (*visit)(void *context, const char *id, uint32_t incarnation),
                          void *context, struct nqs_err *err);

#endif
