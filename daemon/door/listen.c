/*
 * listen.c - sockets that clients come in by; see listen.h.
 *
 * Accepting has the priority of the daemon's turn and takes a bounded number
 * at a time: a flood of connections shares the loop with the turn instead of
 * keeping it away.  One descriptor is kept in reserve: when there are none
 * left, it is given up for as long as it takes to accept and close what
 * knocks, which would else wake the loop for ever.
 */
#include "listen.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "buf.h"
#include "log.h"
#include "mem.h"
#include "peers.h"

enum {
    LISTEN_SOCKETS_MAX = 8,
    LISTEN_ACCEPTS_MAX = 64, /* in one go */
    LISTEN_BACKLOG = 4096,
    LISTEN_FILES_KEPT = 128, /* descriptors that the rest of the daemon needs */
    LISTEN_REST_S = 1,       /* without descriptors there is no use in trying at once */
};

/* Whose TCP connections are: nobody's, and they share one user's bound. */
#define LISTEN_NOBODY ((uid_t)-1)

struct listen_socket {
    struct listen *door; /* borrowed */
    struct event ready;
    int fd;
    bool local;
};

struct listen {
    struct event_base *base; /* borrowed */
    struct listen_limits limits;
    struct peers *peers;
    struct listen_socket sockets[LISTEN_SOCKETS_MAX];
    size_t count;
    int reserve;
    struct event rested;
};

struct listen_limits listen_limits(void)
{
    struct listen_limits limits = {
        .connections_max = 4096,
        .connections_per_uid = 1024,
        .calls_max = 64,
        .record_ms = 10 * 1000,
        .drain_ms = 30 * 1000,
        .output_stop = (size_t)4 << 20,
        .output_max = (size_t)32 << 20,
        .held_max = (size_t)256 << 20,
    };
    struct rlimit files;

    if (!getrlimit(RLIMIT_NOFILE, &files) &&
        files.rlim_cur < limits.connections_max + LISTEN_FILES_KEPT)
        limits.connections_max = files.rlim_cur > 2 * LISTEN_FILES_KEPT
                                     ? (unsigned)files.rlim_cur - LISTEN_FILES_KEPT
                                     : (unsigned)files.rlim_cur / 2;
    return limits;
}

/* --------------------------------------------------------------- accepting */

static void listen_rest(struct listen *door)
{
    static const struct timeval rest = {.tv_sec = LISTEN_REST_S};

    for (size_t i = 0; i < door->count; i++)
        event_del(&door->sockets[i].ready);
    event_add(&door->rested, &rest);
}

static void listen_on_rested(evutil_socket_t fd, short what, void *context)
{
    struct listen *door = context;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < door->count; i++)
        event_add(&door->sockets[i].ready, NULL);
}

/* There is no descriptor left.  Whoever knocks learns it by being closed. */
static void listen_shed(struct listen *door, int listening)
{
    int fd;

    log_limited("descriptors-exhausted connections=%lu", (unsigned long)peers_count(door->peers));
    if (door->reserve < 0) {
        door->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
        listen_rest(door);
        return;
    }
    close(door->reserve);
    fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    door->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void listen_admit(const struct listen_socket *entry, int fd)
{
    struct ucred who = {.uid = LISTEN_NOBODY, .gid = (gid_t)-1};
    socklen_t size = sizeof who;
    int on = 1;

    if (!entry->local) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    } else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size)) {
        close(fd);
        return;
    }
    peers_admit(entry->door->peers, fd, entry->local, who.uid, who.gid);
}

static void listen_on_ready(evutil_socket_t listening, short what, void *context)
{
    struct listen_socket *entry = context;

    (void)what;
    for (int i = 0; i < LISTEN_ACCEPTS_MAX; i++) {
        int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            listen_admit(entry, fd);
        } else if (errno == EMFILE || errno == ENFILE) {
            listen_shed(entry->door, listening);
        } else if (errno == ENOBUFS || errno == ENOMEM) {
            listen_rest(entry->door);
            return;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

/* ----------------------------------------------------------------- sockets */

/* Take FD, which is bound. */
static enum nqs_code listen_begin(struct listen *door, int fd, bool local, const char *text,
                                  struct nqs_err *err)
{
    struct listen_socket *entry = &door->sockets[door->count];

    if (door->count == LISTEN_SOCKETS_MAX) {
        close(fd);
        return nqs_fail(err, NQS_LIMIT, "%s: at most %d sockets", text, LISTEN_SOCKETS_MAX);
    }
    if (listen(fd, LISTEN_BACKLOG)) {
        nqs_fail_errno(err, NQS_SYSTEM, "listening at %s", text);
        close(fd);
        return NQS_SYSTEM;
    }
    door->count++;
    *entry = (struct listen_socket){.door = door, .fd = fd, .local = local};
    event_assign(&entry->ready, door->base, fd, EV_READ | EV_PERSIST, listen_on_ready, entry);
    event_priority_set(&entry->ready, event_base_get_npriorities(door->base) - 1);
    event_add(&entry->ready, NULL);
    log_fact("listening at=%s", text);
    return NQS_OK;
}

/*
 * Is PATH free to be taken?  A socket that nobody listens on is what a dead
 * daemon left behind; anything else that is there stays.
 */
static enum nqs_code listen_free_path(const char *path, struct nqs_err *err)
{
    struct address address;
    struct stat status;
    enum nqs_code code;
    int refused;
    int fd;

    if (lstat(path, &status))
        return errno == ENOENT ? NQS_OK : nqs_fail_errno(err, NQS_SYSTEM, "%s", path);
    if (!S_ISSOCK(status.st_mode))
        return nqs_fail(err, NQS_EXISTS, "%s exists and is no socket", path);
    code = address_init(&address, path, err);
    if (code)
        return code;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    refused = connect(fd, (const struct sockaddr *)&address.un, sizeof address.un) ? errno : 0;
    close(fd);
    address_done(&address);
    if (!refused || refused == EAGAIN)
        return nqs_fail(err, NQS_EXISTS, "another daemon answers at %s", path);
    return NQS_OK;
}

/* A socket bound to PATH, for every user; whatever was there is gone.  -1 with ERR filled. */
static int listen_bind_path(const char *path, struct nqs_err *err)
{
    struct address address;
    int fd;

    if (address_init(&address, path, err))
        return -1;
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address.un, sizeof address.un) ||
        chmod(path, 0666)) {
        nqs_fail_errno(err, NQS_SYSTEM, "a socket at %s", path);
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    address_done(&address);
    return fd;
}

/* Made under another name first: there is never a socket at PATH that refuses somebody. */
enum nqs_code listen_unix(struct listen *door, const char *path, struct nqs_err *err)
{
    enum nqs_code code = listen_free_path(path, err);
    struct buf fresh;
    int fd;

    if (code)
        return code;
    buf_init(&fresh);
    buf_format(&fresh, "%s.new", path);
    fd = listen_bind_path(buf_text(&fresh), err);
    code = fd < 0 ? NQS_SYSTEM : listen_begin(door, fd, true, path, err);
    if (!code && rename(buf_text(&fresh), path))
        code = nqs_fail_errno(err, NQS_SYSTEM, "%s", path);
    buf_done(&fresh);
    return code;
}

enum nqs_code listen_tcp(struct listen *door, const char *text, uint16_t *ret_port,
                         struct nqs_err *err)
{
    struct sockaddr_storage address = {0};
    struct sockaddr *any = (struct sockaddr *)&address;
    int size = sizeof address;
    socklen_t bound = sizeof address;
    int on = 1;
    int fd;

    if (evutil_parse_sockaddr_port(text, any, &size))
        return nqs_fail(err, NQS_VALUE, "'%.80s' is no address: use 127.0.0.1:7000 or [::1]:7000",
                        text);
    fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, any, (socklen_t)size) || getsockname(fd, any, &bound)) {
        nqs_fail_errno(err, NQS_SYSTEM, "a socket at %s", text);
        if (fd >= 0)
            close(fd);
        return NQS_SYSTEM;
    }
    if (ret_port) /* at the same place in both families */
        *ret_port = ntohs(((const struct sockaddr_in *)any)->sin_port);
    return listen_begin(door, fd, false, text, err);
}

/* ---------------------------------------------------------- the whole door */

struct listen *listen_new(struct event_base *base, const struct listen_hooks *hooks, void *context)
{
    struct listen *door = mem_new(sizeof *door);

    signal(SIGPIPE, SIG_IGN); /* a peer that goes away must not end the daemon */
    door->base = base;
    door->limits = listen_limits();
    door->peers = peers_new(base, &door->limits, hooks, context);
    door->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    evtimer_assign(&door->rested, base, listen_on_rested, door);
    return door;
}

void listen_free(struct listen *door)
{
    if (!door)
        return;
    listen_close(door);
    peers_free(door->peers);
    if (door->reserve >= 0)
        close(door->reserve);
    mem_free(door);
}

void listen_limit(struct listen *door, const struct listen_limits *limits)
{
    door->limits = *limits;
}

void listen_close(struct listen *door)
{
    event_del(&door->rested);
    for (size_t i = 0; i < door->count; i++) {
        event_del(&door->sockets[i].ready);
        close(door->sockets[i].fd);
    }
    door->count = 0;
}

void listen_reply(struct listen *door, uint64_t connection, const void *record, size_t length)
{
    peers_reply(door->peers, connection, record, length);
}

void listen_pause(struct listen *door)
{
    peers_pause(door->peers);
}

void listen_resume(struct listen *door)
{
    peers_resume(door->peers);
}

void listen_drain(struct listen *door, unsigned ms)
{
    peers_drain(door->peers, ms);
}

size_t listen_count(const struct listen *door)
{
    return peers_count(door->peers);
}
