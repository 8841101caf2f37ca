/*
 * watch.h - the limits of the job as a whole: when to look, what is over, when to warn.
 *
 * Times are of the steady clock, in microseconds; WATCH_NEVER is no time.
 */
#ifndef NQS_SHEPHERD_WATCH_H
#define NQS_SHEPHERD_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "exitrec.h"
#include "job.h"
#include "tree.h"

#define WATCH_NEVER INT64_MAX

struct watch {
    int64_t walltime_at;
    int64_t warn_at; /* of the wall time */
    int64_t memory_at;
    int64_t cput_at;
    int64_t warn_cput; /* seconds; 0: it was warned, or is not to be */
    bool bounded;      /* the kernel bounds the memory */
};

/* A limit that is over: 0 when none is. */
struct watch_end {
    enum exit_reason reason;
    const char *text;
};

/* A watch of nothing. */
void watch_none(struct watch *watch);

/* Begin to watch the limits of the job in HANDOFF, which has just begun. */
void watch_arm(struct watch *watch, const struct handoff *handoff);

/* The job slept for US: wall time stood still. */
void watch_delay(struct watch *watch, int64_t us);

/* When to call watch_look() next, the job being ASLEEP or not. */
int64_t watch_next(const struct watch *watch, bool asleep);

/*
 * Look at what is due at NOW, and warn LEADER's process group.  USED is what the
 * reaped ones used; its maxrss grows to what was seen.
 */
struct watch_end watch_look(struct watch *watch, const struct handoff *handoff, int64_t now,
                            bool asleep, pid_t leader, struct usage *used);

/* Has the kernel killed something for the job's bound of memory?  Then that much was USED. */
bool watch_out_of_memory(const struct handoff *handoff, struct usage *used);

/* Remove the cgroup that bounded the memory, when nothing lives in it any more. */
void watch_remove(const struct handoff *handoff);

#endif
