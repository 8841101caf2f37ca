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

#endif
