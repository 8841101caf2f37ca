/*
 * bounds.h - from a request's limits to those of the order that starts it.
 */
#ifndef NQS_NQSD_BOUNDS_H
#define NQS_NQSD_BOUNDS_H

#include "attr.h"
#include "order.h"

/* Put every limit that HOT and BODY, the values of a request, have into OUT. */
void bounds_put(const struct attrs *hot, const struct attrs *body, struct order_out *out);

#endif
