/*
 * peer.c - one connection each: bytes to calls, replies to bytes; see peer.h.
 *
 * A peer is read from as long as peer_may_read() says so, and only
 * peer_settle() acts on that: after anything that can change it, the peer is
 * settled, which switches reading, arms or disarms its deadline, and ends it
 * when it is doomed or done.  A reply must not call back into the daemon, so it
 * does not settle: it wakes the peer, which is settled by the next breath.
 *
 * The breath is a timer of no length at the last priority.  Whatever a peer
 * makes us answer on our own (NULL, refusals) counts against its calls until
 * the next breath; a flood of them therefore cannot keep the daemon's turn,
 * which has the same priority, from being reached.
 *
 * Deadlines are absolute.  A record must be whole in time counted from its
 * first byte, and the bytes that waited when the drain timer was armed must
 * have gone when it fires: a peer that drips a byte a second gains nothing.
 */
#include "peer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <inttypes.h>
#include <sys/socket.h>

#include "log.h"
#include "mem.h"

enum {
    PEER_INPUT_MAX = 256 * 1024,
    PEER_READ_MAX = 64 * 1024,
    PEER_SMALL = 64 * 1024, /* who holds no more is never dropped for what others hold */
    PEER_PRIORITY_LOCAL = 0,
    PEER_PRIORITY_REMOTE = 1,
};

/* ------------------------------------------------------------ small things */

size_t peer_waiting(const struct peer *peer)
{
    return evbuffer_get_length(bufferevent_get_output(peer->stream));
}

/* A common timeout costs a list, not a heap, however many peers arm it. */
static void peer_arm(struct peer *peer, struct event *event, unsigned ms)
{
    struct timeval length = {.tv_sec = ms / 1000, .tv_usec = (long)(ms % 1000) * 1000};

    event_add(event, event_base_init_common_timeout(peer->peers->base, &length));
}

static void peer_doom(struct peer *peer, const char *why)
{
    if (peer->state == PEER_DOOMED)
        return;
    if (peer->state == PEER_AWAY)
        peer->peers->away--;
    peer->state = PEER_DOOMED;
    peer->why = why;
}

void peer_wake(struct peer *peer)
{
    static const struct timeval now = {0};

    if (peer->is_woken)
        return;
    if (TAILQ_EMPTY(&peer->peers->woken))
        event_add(&peer->peers->breath, &now);
    TAILQ_INSERT_TAIL(&peer->peers->woken, peer, woken);
    peer->is_woken = true;
}

bool peer_may_read(const struct peer *peer)
{
    const struct listen_limits *limits = peer->peers->limits;

    return (peer->state == PEER_OPEN || peer->state == PEER_AWAY) && !peer->peers->paused &&
           peer->told + peer->here < limits->calls_max && peer_waiting(peer) <= limits->output_stop;
}

/* Bring the sum of what all hold up to date, and bound it. */
void peer_account(struct peer *peer)
{
    struct peers *peers = peer->peers;
    size_t held = peer->frame.record.room + peer_waiting(peer) +
                  evbuffer_get_length(bufferevent_get_input(peer->stream));

    peers->held += held - peer->held;
    peer->held = held;
    if (peers->held > peers->limits->held_max && held > PEER_SMALL)
        peer_doom(peer, "too much is held for all");
}

/* ------------------------------------------------------------------ output */

/*
 * Nearly always the socket takes it whole, which saves the loop
 * two changes of its interest and a wait; what it does not take is left to
 * the stream, and so are failures.
 */
void peer_send(struct peer *peer, const void *record, size_t length)
{
    struct buf *frame = &peer->peers->frame;
    ssize_t sent = 0;
    size_t mark;

    buf_clear(frame);
    mark = frame_open(frame);
    buf_add(frame, record, length);
    frame_close(frame, mark);
    if (!peer_waiting(peer))
        sent = send(bufferevent_getfd(peer->stream), frame->bytes, frame->length,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        sent = 0;
    peer->queued += frame->length;
    if ((size_t)sent == frame->length)
        return;
    bufferevent_write(peer->stream, frame->bytes + sent, frame->length - (size_t)sent);
    if (!event_pending(&peer->drain_due, EV_TIMEOUT, NULL)) {
        peer->goal = peer->queued;
        peer_arm(peer, &peer->drain_due, peer->peers->limits->drain_ms);
    }
    if (peer_waiting(peer) > peer->peers->limits->output_max)
        peer_doom(peer, "output over its limit");
}

/* Send what peers->scratch holds as our own answer. */
static void peer_answer(struct peer *peer)
{
    struct buf *scratch = &peer->peers->scratch;

    peer->here++;
    peer_send(peer, scratch->bytes, scratch->length);
    if (peer->state == PEER_AWAY) {
        peer->peers->away--;
        peer->state = PEER_FINISHING;
    }
}

static void peer_refuse(struct peer *peer, uint32_t xid, enum rpc_refusal refusal)
{
    buf_clear(&peer->peers->scratch);
    rpc_encode_refusal(&peer->peers->scratch, xid, refusal);
    peer_answer(peer);
    log_limited("call-refused connection=%" PRIu64 " local=%d uid=%ld refusal=%d", peer->number,
                peer->local, (long)peer->uid, (int)refusal);
}

/* ------------------------------------------------------------------- calls */

static void peer_null(struct peer *peer, const struct rpc_call *head, const struct rpc_row *row,
                      size_t length)
{
    if (length) {
        peer_refuse(peer, head->xid, RPC_GARBAGE);
        return;
    }
    buf_clear(&peer->peers->scratch);
    rpc_encode_reply(&peer->peers->scratch, head->xid, row, NULL);
    peer_answer(peer);
}

static void peer_tell(struct peer *peer, const struct rpc_call *head, const struct rpc_row *row)
{
    const struct buf *record = &peer->frame.record;
    struct listen_call call = {
        .connection = peer->number,
        .xid = head->xid,
        .row = row,
        .uid = peer->uid,
        .gid = peer->gid,
        .local = peer->local,
        .args = record->bytes + head->body,
        .length = record->length - head->body,
    };

    peer->told++;
    peer->heard = true;
    peer->peers->hooks->call(peer->peers->context, &call);
}

static void peer_busy(struct peer *peer, const struct rpc_call *head, const struct rpc_row *row)
{
    buf_clear(&peer->peers->scratch);
    rpc_encode_failure(&peer->peers->scratch, head->xid, row, NQS_BUSY,
                       "too many connections: try again");
    peer_answer(peer);
}

/* A whole record has come.  The order of the questions is that of RFC 5531, section 9. */
static void peer_record(struct peer *peer)
{
    const struct buf *record = &peer->frame.record;
    const struct rpc_row *row = NULL;
    struct rpc_call head;
    enum nqs_code code = rpc_decode_call(record->bytes, record->length, &head);

    if (code == NQS_OK)
        row = rpc_find(head.procedure);
    if (code == NQS_VERSION)
        peer_refuse(peer, head.xid, RPC_BAD_VERSION);
    else if (code)
        peer_doom(peer, "no call");
    else if (head.program != NQS_PROGRAM)
        peer_refuse(peer, head.xid, RPC_NO_PROGRAM);
    else if (head.version != NQS_V1)
        peer_refuse(peer, head.xid, RPC_NO_VERSION);
    else if (!row)
        peer_refuse(peer, head.xid, RPC_NO_PROCEDURE);
    else if (row->number == NQS_NULL)
        peer_null(peer, &head, row, record->length - head.body);
    else if (!peer->local || head.flavour != AUTH_NONE)
        peer_refuse(peer, head.xid, RPC_WEAK_AUTH);
    else if (peer->state == PEER_AWAY)
        peer_busy(peer, &head, row);
    else
        peer_tell(peer, &head, row);
}

/* ------------------------------------------------------------ life and end */

void peer_free(struct peer *peer)
{
    struct peers *peers = peer->peers;

    tree_remove(&peers->tree, &peer->node);
    if (peer->is_woken)
        TAILQ_REMOVE(&peers->woken, peer, woken);
    event_del(&peer->record_due);
    event_del(&peer->drain_due);
    bufferevent_free(peer->stream);
    peers->held -= peer->held;
    frame_done(&peer->frame);
    quota_drop(&peers->quota, peer->uid);
    mem_free(peer);
}

static void peer_end(struct peer *peer)
{
    const struct peers *peers = peer->peers;
    uint64_t number = peer->number;
    bool heard = peer->heard;

    if (peer->why)
        log_limited("connection-dropped connection=%" PRIu64 " local=%d uid=%ld why=\"%s\"", number,
                    peer->local, (long)peer->uid, peer->why);
    peer_free(peer);
    if (heard)
        peers->hooks->closed(peers->context, number);
}

/* A record that has begun has a deadline, which does not run while we do not read. */
static void peer_watch(struct peer *peer)
{
    bool wanted = peer->reading && (peer->state == PEER_AWAY || frame_inside(&peer->frame));
    bool armed = event_pending(&peer->record_due, EV_TIMEOUT, NULL);

    if (wanted && !armed)
        peer_arm(peer, &peer->record_due, peer->peers->limits->record_ms);
    else if (!wanted && armed)
        event_del(&peer->record_due);
}

static void peer_settle(struct peer *peer)
{
    bool read;

    peer_account(peer);
    if (peer->state == PEER_DOOMED || (peer->state == PEER_FINISHING && !peer_waiting(peer))) {
        peer_end(peer);
        return;
    }
    read = peer_may_read(peer);
    if (read != peer->reading) {
        if (read)
            bufferevent_enable(peer->stream, EV_READ);
        else
            bufferevent_disable(peer->stream, EV_READ);
        peer->reading = read;
    }
    if (!read && peer->here)
        peer_wake(peer);
    peer_watch(peer);
}

void peer_read(struct peer *peer)
{
    struct evbuffer *input = bufferevent_get_input(peer->stream);
    struct evbuffer_iovec piece;
    enum frame_state state;
    size_t used;

    while (peer_may_read(peer) && evbuffer_peek(input, -1, NULL, &piece, 1) > 0) {
        state = frame_feed(&peer->frame, piece.iov_base, piece.iov_len, &used);
        evbuffer_drain(input, used);
        if (state == FRAME_BAD)
            peer_doom(peer, "bad record mark");
        if (state != FRAME_RECORD)
            continue;
        event_del(&peer->record_due);
        peer_record(peer);
        frame_next(&peer->frame);
        if (peer->frame.record.room > PEER_SMALL)
            buf_done(&peer->frame.record);
    }
    peer_settle(peer);
}

static void peer_on_read(struct bufferevent *stream, void *context)
{
    (void)stream;
    peer_read(context);
}

static void peer_on_write(struct bufferevent *stream, void *context)
{
    struct peer *peer = context;

    (void)stream;
    if (!peer_waiting(peer))
        event_del(&peer->drain_due);
    peer_read(peer);
}

static void peer_on_event(struct bufferevent *stream, short what, void *context)
{
    struct peer *peer = context;

    (void)stream;
    if (what & BEV_EVENT_EOF)
        peer_doom(peer, frame_inside(&peer->frame) ? "closed inside a record" : NULL);
    else
        peer_doom(peer, NULL);
    peer_settle(peer);
}

static void peer_on_record_due(evutil_socket_t fd, short what, void *context)
{
    struct peer *peer = context;

    (void)fd;
    (void)what;
    if (peer_may_read(peer)) /* else it is we who let it wait */
        peer_doom(peer, "half a record");
    peer_settle(peer);
}

static void peer_on_drain_due(evutil_socket_t fd, short what, void *context)
{
    struct peer *peer = context;

    (void)fd;
    (void)what;
    if (peer->queued - peer_waiting(peer) < peer->goal) {
        peer_doom(peer, "does not take its replies");
    } else if (peer_waiting(peer)) {
        peer->goal = peer->queued;
        peer_arm(peer, &peer->drain_due, peer->peers->limits->drain_ms);
    }
    peer_settle(peer);
}

void peer_start(struct peer *peer, int fd)
{
    const struct listen_limits *limits = peer->peers->limits;
    struct event_base *base = peer->peers->base;

    frame_init(&peer->frame, FRAME_RECORD_MAX);
    peer->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    evtimer_assign(&peer->record_due, base, peer_on_record_due, peer);
    event_priority_set(&peer->record_due, PEER_PRIORITY_LOCAL);
    evtimer_assign(&peer->drain_due, base, peer_on_drain_due, peer);
    event_priority_set(&peer->drain_due, PEER_PRIORITY_LOCAL);
    bufferevent_priority_set(peer->stream,
                             peer->local ? PEER_PRIORITY_LOCAL : PEER_PRIORITY_REMOTE);
    bufferevent_setcb(peer->stream, peer_on_read, peer_on_write, peer_on_event, peer);
    bufferevent_setwatermark(peer->stream, EV_READ, 0, PEER_INPUT_MAX);
    bufferevent_setwatermark(peer->stream, EV_WRITE, limits->output_stop / 4, 0);
    bufferevent_set_max_single_read(peer->stream, PEER_READ_MAX);
    peer_settle(peer);
}
