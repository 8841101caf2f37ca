/*
 * peer.c - connections from nqsd: frames in, answers out.
 *
 * A peer can make us hold one frame and two descriptors, no more: what is
 * beyond ends the connection, as does whatever is not a frame, since nobody
 * could say where the next one begins.  Descriptors come with the first byte of
 * their START, which is a message of its own.
 */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop.h"
#include "site.h"

#define PEERS_MAX 16
#define FIRST_SIZE 16384u
#define ANSWERS_BYTES (4 * 1024 * 1024)

struct peer {
    struct watch watch; /* first, so that it can be turned back */
    struct peer *next;
    uint64_t id;
    unsigned char *bytes;
    size_t used;
    size_t size;
    int fds[2];
    int fd_count;
    bool broken;
};

static struct peer *peers;
static unsigned peer_count;
static uid_t daemon_uid;
static peer_taker *take_order;

static void peer_drop(struct peer *peer, const char *why)
{
    struct peer **at = &peers;

    while (*at != peer)
        at = &(*at)->next;
    *at = peer->next;
    peer_count--;
    site_log("peer-dropped why=\"%s\"", why);
    for (int i = 0; i < peer->fd_count; i++)
        close(peer->fds[i]);
    loop_remove(&peer->watch);
    close(peer->watch.fd);
    free(peer->bytes);
    free(peer);
}

static struct peer *peer_find(const struct sender *sender)
{
    struct peer *peer = peers;

    while (peer && peer->id != sender->peer)
        peer = peer->next;
    return peer;
}

bool peer_there(const struct sender *sender)
{
    return peer_find(sender) != NULL;
}

void peer_answer(const struct sender *to, enum order_code code, const char *text)
{
    unsigned char bytes[2048];
    struct peer *peer = peer_find(to);
    struct order_out out;
    size_t length;

    if (!peer)
        return;
    order_begin(&out, bytes, sizeof bytes, ORDER_ANSWER, to->serial);
    order_put_number(&out, ORDER_TAG_code, code);
    order_put_text(&out, ORDER_TAG_text, text);
    length = order_end(&out);
    /* Half an answer would be the end of the stream; it is dropped when it is read next. */
    if (send(peer->watch.fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length) {
        peer->broken = true;
        shutdown(peer->watch.fd, SHUT_RDWR);
    }
}

/* Make room for the frame that begins the buffer; false if it cannot be one. */
static bool peer_room(struct peer *peer)
{
    long length = order_measure(peer->bytes, peer->used);
    size_t wanted = length > 0 ? (size_t)length : FIRST_SIZE;
    unsigned char *bytes;

    if (length < 0)
        return false;
    if (wanted <= peer->size)
        return true;
    bytes = realloc(peer->bytes, wanted);
    if (!bytes)
        return false;
    peer->bytes = bytes;
    peer->size = wanted;
    return true;
}

/* Take the descriptors out of a received message; false if there are too many. */
static bool peer_take_fds(struct peer *peer, struct msghdr *message)
{
    bool good = !(message->msg_flags & MSG_CTRUNC);
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    size_t count;
    int fd;

    for (; control; control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
            continue;
        count = (control->cmsg_len - CMSG_LEN(0)) / sizeof fd;
        for (size_t i = 0; i < count; i++) {
            memcpy(&fd, CMSG_DATA(control) + i * sizeof fd, sizeof fd);
            if (peer->fd_count < 2) {
                peer->fds[peer->fd_count++] = fd;
            } else {
                close(fd);
                good = false;
            }
        }
    }
    return good;
}

static ssize_t peer_receive(struct peer *peer)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(8 * sizeof(int))];
    } control;
    struct iovec part = {peer->bytes + peer->used, peer->size - peer->used};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(peer->watch.fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (got > 0)
        peer->used += (size_t)got;
    if (got >= 0 && !peer_take_fds(peer, &message))
        return 0;
    return got;
}

/* Hand one judged frame to the taker, with the descriptors if it is a START. */
static void peer_hand_over(struct peer *peer, const struct order *order)
{
    const struct sender from = {peer->id, order->serial};
    int fds[2] = {-1, -1};

    if (order->verb == ORDER_START) {
        if (peer->fd_count != 2) {
            peer_answer(&from, ORDER_CODE_INVALID, "START without its two descriptors");
            return;
        }
        memcpy(fds, peer->fds, sizeof fds);
        peer->fd_count = 0;
    }
    take_order(&from, order, fds);
}

/* Take the whole frames out of the buffer.  Returns NULL, or why the peer must go. */
static const char *peer_parse(struct peer *peer)
{
    struct order order;
    const char *fault;
    size_t at = 0;
    long length;

    while ((length = order_measure(peer->bytes + at, peer->used - at)) > 0 &&
           (size_t)length <= peer->used - at) {
        fault = order_open(&order, peer->bytes + at, (size_t)length);
        if (fault)
            return fault;
        peer_hand_over(peer, &order);
        at += (size_t)length;
    }
    peer->used -= at;
    memmove(peer->bytes, peer->bytes + at, peer->used);
    if (length == 0 && peer->used == 0 && peer->fd_count > 0)
        return "descriptors without a START";
    return length < 0 ? "not a frame" : NULL;
}

static void peer_ready(struct watch *watch)
{
    struct peer *peer = (struct peer *)(void *)watch;
    const char *fault = NULL;
    ssize_t got;

    if (!peer_room(peer)) {
        peer_drop(peer, "not a frame");
        return;
    }
    got = peer_receive(peer);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        fault = "closed";
    else
        fault = peer_parse(peer);
    if (fault || peer->broken)
        peer_drop(peer, fault ? fault : "does not read its answers");
}

static void peer_arrive(struct watch *door)
{
    int fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct peer *peer = NULL;
    struct ucred who = {0};
    socklen_t size = sizeof who;
    static uint64_t next_id;
    int bytes = ANSWERS_BYTES;

    if (fd < 0)
        return;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.uid == daemon_uid &&
        peer_count < PEERS_MAX)
        peer = calloc(1, sizeof *peer);
    if (!peer) {
        site_log("peer-refused uid=%u pid=%d", (unsigned)who.uid, (int)who.pid);
        close(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
    peer->watch.fd = fd;
    peer->watch.ready = peer_ready;
    peer->id = ++next_id;
    peer->next = peers;
    peers = peer;
    peer_count++;
    if (!loop_add(&peer->watch))
        peer_drop(peer, "cannot be watched");
}

/* Bind by way of the directory's descriptor: a path may be longer than a socket's name. */
static bool door_bind(int door, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *folder = strdup(path);
    char *name = strdup(path);
    int dir = folder && name ? open(dirname(folder), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    bool good = false;

    if (dir >= 0 && snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir,
                             basename(name)) < (int)sizeof address.sun_path) {
        unlink(address.sun_path);
        good = bind(door, (struct sockaddr *)&address, sizeof address) == 0;
    }
    if (dir >= 0)
        close(dir);
    free(folder);
    free(name);
    return good;
}

bool peer_listen(const char *path, uid_t daemon, gid_t group, bool personal, peer_taker *taker)
{
    static struct watch door = {-1, peer_arrive};
    mode_t before = umask(0117);

    daemon_uid = daemon;
    take_order = taker;
    door.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (door.fd < 0 || !door_bind(door.fd, path) || (!personal && lchown(path, 0, group) != 0) ||
        listen(door.fd, 64) != 0 || !loop_add(&door)) {
        site_log("socket-unusable path=%s error=%s", path, strerror(errno));
        return false;
    }
    umask(before);
    site_log("listening path=%s", path);
    return true;
}
