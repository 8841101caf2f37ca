/*
 * show.h - what looking shares.  Private to daemon/core.
 */
#ifndef NQS_CORE_SHOW_H
#define NQS_CORE_SHOW_H

#include "job.h"

/* The state of JOB as it is shown, or that of a member of it that has no row of its own. */
char show_letter(const struct job *job, bool virtual_member);

#endif
