/*
 * take.h - the shepherd's end of handoff.h.
 */
#ifndef NQS_SHEPHERD_TAKE_H
#define NQS_SHEPHERD_TAKE_H

#include <stdbool.h>

#include "job.h"

/*
 * Wait for a job and fill RET, which lends from memory that stays as it is until
 * take_end().  False when there will be no other: the process is to end.
 */
bool take_job(struct handoff *ret);

/* Let go of all that belongs to the job, the lock among it, and ask for another. */
void take_end(void);

#endif
