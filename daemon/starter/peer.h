/*
 * peer.h - connections from nqsd: frames in, answers out.
 */
#ifndef NQS_STARTER_PEER_H
#define NQS_STARTER_PEER_H

#include <stdbool.h>
#include <sys/types.h>

#include "order.h"

/* Who sent an order, for an answer that comes later.  The peer may be gone by then. */
struct sender {
    uint64_t peer;
    uint64_t serial;
};

/*
 * What takes the orders.  FDS are the two descriptors of a START, each -1 in
 * any other order; they are the taker's to close.  Lends ORDER for the call.
 */
typedef void peer_taker(const struct sender *from, const struct order *order, const int fds[2]);

/* Listen on the socket PATH for peers with DAEMON's uid.  False after logging. */
bool peer_listen(const char *path, uid_t daemon, gid_t group, bool personal, peer_taker *taker);

/* Is the peer that sent it still there? */
bool peer_there(const struct sender *sender);

/* Answer an order.  A peer that does not read its answers is dropped. */
void peer_answer(const struct sender *to, enum order_code code, const char *text);

#endif
