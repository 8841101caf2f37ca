/*
 * failpoint.h - named places at which a test may end the process.
 *
 * Compiled in with NQS_FAILPOINTS (configure --enable-failpoints), nothing
 * otherwise.  The environment says what happens:
 *
 *     NQS_FAIL=name:count[:action][,name:count[:action]...]
 *
 * At the COUNT-th passing (from 1) of the place NAME of failpoint.def: `kill`
 * (the default) is SIGKILL to itself, `exit` is _exit(3); `eio` and `enospc`
 * let a place that asks for an errno fail with it, once.
 */
#ifndef NQS_DOOR_FAILPOINT_H
#define NQS_DOOR_FAILPOINT_H

/* Pass the place NAME, which must stand in failpoint.def (asserted). */
void failpoint_pass(const char *name);

/* As failpoint_pass(), but may return an errno that the caller fails with; 0 otherwise. */
int failpoint_errno(const char *name);

/* Where the place NAME is: a text of failpoint.def that begins with the part's name and ": ". */
const char *failpoint_where(const char *name);

/* Step through the names of all places: NULL begins, NULL ends.  Static storage. */
const char *failpoint_each(const char *last);

#ifdef NQS_FAILPOINTS
#define FAILPOINT(name) failpoint_pass(name)
#define FAILPOINT_ERRNO(name) failpoint_errno(name)
#else
#define FAILPOINT(name) ((void)0)
#define FAILPOINT_ERRNO(name) 0
#endif

#endif
