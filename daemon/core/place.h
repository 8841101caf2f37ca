/*
 * place.h - the scheduler, and what time does.  Private to daemon/core.
 */
#ifndef NQS_CORE_PLACE_H
#define NQS_CORE_PLACE_H

#include "tell.h"

/* Release every request whose moment has come. */
void place_due(struct telling *t);

/* Give slots away until none is left or nobody may have one. */
void place_all(struct telling *t);

/* Is enough left, of processors and memory where they are counted, for JOB or a member of it? */
bool place_fits(const struct core *core, const struct job *job);

#endif
