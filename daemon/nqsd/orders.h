/*
 * orders.h - carrying out the core's orders.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_ORDERS_H
#define NQS_NQSD_ORDERS_H

#include "nqsd.h"

/* Carry out all orders of the outbox but answers; the turn's commit is done. */
void orders_release(struct nqsd *nqsd);

#endif
