/*
 * serve.h - the four verbs.
 */
#ifndef NQS_STARTER_SERVE_H
#define NQS_STARTER_SERVE_H

#include "order.h"
#include "peer.h"

struct site;

/* Serve for SITE from now on, which is borrowed for ever. */
void serve_init(const struct site *site);

/* Carry out an order and answer it, now or later: a peer_taker of peer.h. */
void serve_order(const struct sender *from, const struct order *order, const int fds[2]);

#endif
