/*
 * hear.h - facts from the outside.  Private to daemon/core.
 */
#ifndef NQS_CORE_HEAR_H
#define NQS_CORE_HEAR_H

#include "tell.h"

/* Hear FACT.  One that is known already, or about another incarnation, changes no request. */
void hear(struct telling *t, const struct fact *fact);

#endif
