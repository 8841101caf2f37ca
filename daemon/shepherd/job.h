/*
 * job.h - the job's first process: from root's child to the user's program.
 */
#ifndef NQS_SHEPHERD_JOB_H
#define NQS_SHEPHERD_JOB_H

#include <stdbool.h>
#include <sys/types.h>

#include "order.h"

/* What the starter handed over. */
struct handoff {
    struct order start;
    struct order user;
    struct order place;
    int cgroup;     /* its directory, or -1 */
    int memory;     /* the directory of version 1's memory controller, or -1 */
    pid_t shepherd; /* the shepherd's own id, with which the job dies */
};

/*
 * What the job's process tells the shepherd before it becomes the user's
 * program: nothing at all, or one of these.
 */
struct job_report {
    int error;       /* errno of what failed; 0: it only used the spool */
    char spooled[4]; /* as in struct outputs */
    char what[120];  /* what failed */
};

/*
 * Become the job.  PIPE is close-on-exec and takes the report; the cgroup is
 * entered first if ENTER_CGROUP.  Never returns; whatever fails is reported and
 * ends the process.  Borrows HANDOFF.
 */
_Noreturn void job_run(const struct handoff *handoff, int pipe, bool enter_cgroup);

#endif
