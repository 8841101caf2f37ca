/*
 * bounds.h - from a request's limits to those of the order that starts it.
 */
#ifndef NQS_NQSD_BOUNDS_H
#define NQS_NQSD_BOUNDS_H

#include "attr.h"
#include "order.h"

/* Put every limit that HOT and BODY, the values of a request, have into OUT. */
void bounds_put(const struct attrs *hot, const struct attrs *body, struct order_out *out);

/*
 * What the starter has left in SPOOL about this host: "mem=cgroup_v2,cput=cgroup_v2",
 * or "" while it has not been there.
 */
void bounds_said(const char *spool, char *text, size_t size);

#endif
