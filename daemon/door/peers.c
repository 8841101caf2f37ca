/*
 * peers.c - all connections behind the listening door; see peers.h.
 */
#include "peers.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "mem.h"
#include "peer.h"

enum {
    PEERS_AWAY_MAX = 64,
    PEERS_PRIVILEGED_MORE = 32, /* connections above the limit for root and ourselves */
    PEERS_DRAIN_STEP_MS = 100,
};

static int peers_compare(const struct tree_node *a, const struct tree_node *b)
{
    uint64_t one = TREE_OF(a, struct peer, node)->number;
    uint64_t other = TREE_OF(b, struct peer, node)->number;

    return one < other ? -1 : one > other;
}

static struct peer *peers_find(const struct peers *peers, uint64_t number)
{
    struct peer probe = {.number = number};

    return TREE_OF(tree_find(&peers->tree, &probe.node), struct peer, node);
}

static struct peer *peers_after(const struct peers *peers, const struct peer *peer)
{
    const struct tree_node *next =
        peer ? tree_after(&peers->tree, &peer->node) : tree_first(&peers->tree);

    return TREE_OF(next, struct peer, node);
}

/* Those that are woken meanwhile have the next breath. */
static void peers_on_breath(evutil_socket_t fd, short what, void *context)
{
    struct peers *peers = context;
    struct peer_list now = TAILQ_HEAD_INITIALIZER(now);
    struct peer *peer;

    (void)fd;
    (void)what;
    while ((peer = TAILQ_FIRST(&peers->woken))) {
        TAILQ_REMOVE(&peers->woken, peer, woken);
        TAILQ_INSERT_TAIL(&now, peer, woken);
    }
    while ((peer = TAILQ_FIRST(&now))) {
        TAILQ_REMOVE(&now, peer, woken);
        peer->is_woken = false;
        peer->here = 0;
        peer_read(peer);
    }
}

struct peers *peers_new(struct event_base *base, const struct listen_limits *limits,
                        const struct listen_hooks *hooks, void *context)
{
    struct peers *peers = mem_new(sizeof *peers);

    peers->base = base;
    peers->limits = limits;
    peers->hooks = hooks;
    peers->context = context;
    tree_init(&peers->tree, peers_compare);
    quota_init(&peers->quota);
    TAILQ_INIT(&peers->woken);
    evtimer_assign(&peers->breath, base, peers_on_breath, peers);
    event_priority_set(&peers->breath, event_base_get_npriorities(base) - 1);
    buf_init(&peers->scratch);
    buf_init(&peers->frame);
    return peers;
}

void peers_free(struct peers *peers)
{
    struct peer *peer;

    while ((peer = peers_after(peers, NULL)))
        peer_free(peer);
    event_del(&peers->breath);
    quota_done(&peers->quota);
    buf_done(&peers->scratch);
    buf_done(&peers->frame);
    mem_free(peers);
}

static bool peers_full(const struct peers *peers, bool local, uid_t uid)
{
    const struct listen_limits *limits = peers->limits;
    size_t count = peers_count(peers) - peers->away;

    if (local && (uid == 0 || uid == geteuid()))
        return count >= limits->connections_max + PEERS_PRIVILEGED_MORE;
    return count >= limits->connections_max ||
           quota_count(&peers->quota, uid) >= limits->connections_per_uid;
}

void peers_admit(struct peers *peers, int fd, bool local, uid_t uid, gid_t gid)
{
    bool full = peers_full(peers, local, uid);
    struct peer *peer;

    if (full)
        log_limited("connection-refused local=%d uid=%ld why=\"too many\"", local, (long)uid);
    if (full && peers->away >= PEERS_AWAY_MAX) {
        close(fd);
        return;
    }
    peer = mem_new(sizeof *peer);
    peer->peers = peers;
    peer->number = ++peers->last_number;
    peer->state = full ? PEER_AWAY : PEER_OPEN;
    peer->local = local;
    peer->uid = uid;
    peer->gid = gid;
    peers->away += full;
    quota_add(&peers->quota, uid);
    tree_insert(&peers->tree, &peer->node);
    log_trace(LOG_WIRE, "connection-opened connection=%" PRIu64 " local=%d uid=%ld", peer->number,
              local, (long)uid);
    peer_start(peer, fd);
}

void peers_reply(struct peers *peers, uint64_t number, const void *record, size_t length)
{
    struct peer *peer = peers_find(peers, number);

    if (!peer || peer->state != PEER_OPEN || !peer->told)
        return;
    peer->told--;
    peer_send(peer, record, length);
    peer_account(peer);
    if (peer->state == PEER_DOOMED || peer->reading != peer_may_read(peer))
        peer_wake(peer);
}

void peers_pause(struct peers *peers)
{
    peers->paused = true; /* each peer is settled when it next has something to read */
}

void peers_resume(struct peers *peers)
{
    struct peer *peer = NULL;

    peers->paused = false;
    while ((peer = peers_after(peers, peer)))
        if (!peer->reading)
            peer_wake(peer);
}

/* Write what can be written; what failed is forgotten. */
static void peers_flush(struct peer *peer)
{
    struct evbuffer *output = bufferevent_get_output(peer->stream);

    if (evbuffer_write(output, bufferevent_getfd(peer->stream)) < 0 &&
        EVUTIL_SOCKET_ERROR() != EAGAIN)
        evbuffer_drain(output, evbuffer_get_length(output));
}

/* Flush all once.  POLLS gets those that still have something to take; returns how many. */
static nfds_t peers_flush_all(struct peers *peers, struct pollfd *polls)
{
    struct peer *peer = NULL;
    nfds_t waiting = 0;

    while ((peer = peers_after(peers, peer))) {
        if (peer_waiting(peer))
            peers_flush(peer);
        if (peer_waiting(peer))
            polls[waiting++] =
                (struct pollfd){.fd = bufferevent_getfd(peer->stream), .events = POLLOUT};
    }
    return waiting;
}

/*
 * The loop does not run any more, so the output is taken from the streams,
 * which guard it against everybody but themselves while they are at work.
 */
void peers_drain(struct peers *peers, unsigned ms)
{
    nqs_time end = clock_now().steady + (nqs_time)ms * 1000;
    struct pollfd *polls = mem_array(peers_count(peers), sizeof *polls);
    struct peer *peer = NULL;
    nfds_t waiting;

    while ((peer = peers_after(peers, peer))) {
        bufferevent_disable(peer->stream, EV_READ | EV_WRITE);
        evbuffer_unfreeze(bufferevent_get_output(peer->stream), 1);
    }
    while ((waiting = peers_flush_all(peers, polls)) && clock_now().steady < end)
        poll(polls, waiting, PEERS_DRAIN_STEP_MS);
    if (waiting)
        log_fact("drain-incomplete connections=%lu", (unsigned long)waiting);
    mem_free(polls);
}

size_t peers_count(const struct peers *peers)
{
    return tree_size(&peers->tree);
}
