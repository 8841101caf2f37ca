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

/*
 * Create `begun`, without a pid: from now on the job may have run.  Returns a
 * descriptor for records_begun_pid() and fills RET, or returns -1 with errno.
 */
int records_begun(struct begun_record *ret, const struct handoff *handoff);

/* Complete `begun` with the leader's PID, and close FD. */
void records_begun_pid(int fd, struct begun_record *record, pid_t pid);

/* Put `exit` in its place, whole or not at all.  False with errno. */
bool records_exit(const struct exit_record *record);

#endif
