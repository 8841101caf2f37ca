/*
 * starter.h - the false starter.
 *
 * Orders for it (START, CLEAN, DELIVER, and a KILL of what a lost shepherd
 * left) are done one after another.  When it dies, those that it had not come
 * to are looked after by whoever sent them, if he lives.
 */
#ifndef NQS_SIM_STARTER_H
#define NQS_SIM_STARTER_H

#include "node.h"

/* An order goes to the starter, and it comes to it. */
void starter_order(struct sim *sim, const struct core_order *order);
void starter_serve(struct sim *sim, const struct happening *what);

#endif
