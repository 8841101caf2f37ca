/*
 * records.h - the shepherd's side of `begun` and `exit`.
 */
#ifndef NQS_SHEPHERD_RECORDS_H
#define NQS_SHEPHERD_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "exitrec.h"
#include "job.h"

/* Microseconds of the wall clock and of the steady clock. */
int64_t records_wall(void);
int64_t records_steady(void);

/* The unit and the clock in which the kernel tells when a process was born. */
int64_t records_ticks(void);

/*
 * Make `begun`, without a pid: from now on the job may have run.  Fills RET;
 * false with errno.
 */
bool records_begun(struct begun_record *ret, const struct handoff *handoff);

/* Complete `begun` with the leader's PID; BEFORE is records_ticks() before its birth. */
void records_begun_pid(struct begun_record *record, pid_t pid, int64_t before);

/* Make `exit`, whole or not at all.  False with errno. */
bool records_exit(const struct begun_record *begun, const struct exit_record *record);

#endif
