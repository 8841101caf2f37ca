/*
 * peer.h - one connection behind the listening door.
 *
 * Private to peer.c and peers.c: the first knows what a connection does, the
 * second keeps all of them.  Everybody else has numbers and listen.h.
 */
#ifndef NQS_DOOR_PEER_H
#define NQS_DOOR_PEER_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "buf.h"
#include "call.h"
#include "frame.h"
#include "quota.h"
#include "tree.h"

struct bufferevent;
struct event_base;

enum peer_state {
    PEER_OPEN,
    PEER_AWAY,      /* one too many: its first call is answered with NQS_BUSY */
    PEER_FINISHING, /* ends when its output has gone */
    PEER_DOOMED,    /* ends when it is settled */
};

struct peer {
    struct tree_node node; /* by number */
    TAILQ_ENTRY(peer) woken;
    struct peers *peers; /* borrowed */
    uint64_t number;
    enum peer_state state;
    bool local;
    bool is_woken;
    bool reading;
    bool heard; /* the daemon knows of it */
    uid_t uid;
    gid_t gid;
    unsigned told;   /* calls that the daemon has not answered */
    unsigned here;   /* calls that were answered here since the last breath */
    const char *why; /* it is doomed */
    size_t held;     /* its part of peers->held */
    uint64_t queued; /* bytes of output, ever */
    uint64_t goal;   /* how many of them must have gone when `drain` fires */
    struct bufferevent *stream;
    struct frame frame;
    struct event record_due;
    struct event drain_due;
};

TAILQ_HEAD(peer_list, peer);

struct peers {
    struct event_base *base; /* borrowed, as are the next three */
    const struct listen_limits *limits;
    const struct listen_hooks *hooks;
    void *context;
    struct tree tree;
    struct quota quota;
    uint64_t last_number;
    unsigned away;
    bool paused;
    size_t held;
    struct peer_list woken;
    struct event breath;
    struct buf scratch; /* one reply in the making */
    struct buf frame;   /* and with its mark */
};

/* Begin with FD, which the peer takes; all that identifies the peer is set already. */
void peer_start(struct peer *peer, int fd);

/* Close, take it out of the set and free; no hook is called. */
void peer_free(struct peer *peer);

/* Take apart what has come as far as may be, then settle.  The peer may be gone afterwards. */
void peer_read(struct peer *peer);

/* May another call be read from it now? */
bool peer_may_read(const struct peer *peer);

/* Send LENGTH bytes as a record; calls nobody back. */
void peer_send(struct peer *peer, const void *record, size_t length);

/* Bytes that it has not taken yet. */
size_t peer_waiting(const struct peer *peer);

/* Bring the sum of what all hold up to date, and doom the peer when it holds too much. */
void peer_account(struct peer *peer);

/* Have it read and settled by the next breath. */
void peer_wake(struct peer *peer);

#endif
