/*
 * starter.c - one stream socket to the starter; see starter.h.
 */
#include "starter.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "buf.h"
#include "log.h"
#include "mem.h"

enum { AGAIN_MS_MIN = 20, AGAIN_MS_MAX = 1000, READ_SIZE = 65536, FDS_MAX = 2 };

/* A frame on its way, and then, unless it is a START, until it is answered. */
struct message {
    struct message *next;
    uint64_t serial;
    enum order_verb verb;
    size_t length;
    size_t sent;
    int fds[FDS_MAX]; /* owned until sent */
    unsigned fd_count;
    char frame[];
};

struct list {
    struct message *first;
    struct message **end;
};

struct starter {
    struct event_base *base;
    char *path;
    const struct starter_hooks *hooks;
    void *context;
    int fd; /* -1: not connected */
    struct event *reading;
    struct event *writing;
    struct event *again;
    unsigned again_ms;
    struct list out;   /* to be sent */
    struct list asked; /* sent, not answered */
    struct buf in;
    uint64_t serial;
};

static void list_init(struct list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

static void list_add(struct list *list, struct message *message)
{
    message->next = NULL;
    *list->end = message;
    list->end = &message->next;
}

static struct message *list_take(struct list *list)
{
    struct message *message = list->first;

    list->first = message->next;
    if (!list->first)
        list->end = &list->first;
    return message;
}

static void close_fds(struct message *message)
{
    while (message->fd_count)
        close(message->fds[--message->fd_count]);
}

static void message_free(struct message *message)
{
    close_fds(message);
    mem_free(message);
}

/* What was not answered goes out again, before what was not sent; a START is over. */
static void requeue(struct starter *starter)
{
    struct list all;
    struct list *from[] = {&starter->asked, &starter->out};

    list_init(&all);
    for (int i = 0; i < 2; i++) {
        while (from[i]->first) {
            struct message *message = list_take(from[i]);

            message->sent = 0;
            if (message->verb == ORDER_START)
                message_free(message);
            else
                list_add(&all, message);
        }
    }
    list_init(&starter->out);
    while (all.first)
        list_add(&starter->out, list_take(&all));
}

static void try_again(struct starter *starter)
{
    struct timeval wait = {starter->again_ms / 1000,
                           (suseconds_t)(starter->again_ms % 1000) * 1000};

    event_add(starter->again, &wait);
    starter->again_ms *= 2;
    if (starter->again_ms > AGAIN_MS_MAX)
        starter->again_ms = AGAIN_MS_MAX;
}

static void disconnect(struct starter *starter, const char *why)
{
    if (starter->fd < 0)
        return;
    log_limited("starter-lost why=%s", why);
    event_free(starter->reading);
    event_free(starter->writing);
    close(starter->fd);
    starter->fd = -1;
    buf_clear(&starter->in);
    requeue(starter);
    try_again(starter);
}

/* Send as much of MESSAGE as the socket takes; its descriptors go with the first byte. */
static ssize_t message_send(int fd, struct message *message)
{
    union {
        char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {message->frame + message->sent, message->length - message->sent};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    struct cmsghdr *rights;

    if (message->fd_count) {
        header.msg_control = control.space;
        header.msg_controllen = CMSG_SPACE(message->fd_count * sizeof(int));
        rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(message->fd_count * sizeof(int));
        memcpy(CMSG_DATA(rights), message->fds, message->fd_count * sizeof(int));
    }
    return sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void flush(struct starter *starter)
{
    while (starter->fd >= 0 && starter->out.first) {
        struct message *message = starter->out.first;
        ssize_t sent = message_send(starter->fd, message);

        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            event_add(starter->writing, NULL);
            return;
        }
        if (sent < 0) {
            disconnect(starter, strerror(errno));
            return;
        }
        close_fds(message);
        message->sent += (size_t)sent;
        if (message->sent == message->length)
            list_add(&starter->asked, list_take(&starter->out));
    }
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    flush(context);
}

/* Take the message of SERIAL out of those asked, or NULL. */
static struct message *take_asked(struct starter *starter, uint64_t serial)
{
    struct message **link = &starter->asked.first;
    struct message *message;

    while (*link && (*link)->serial != serial)
        link = &(*link)->next;
    message = *link;
    if (!message)
        return NULL;
    *link = message->next;
    if (!*link)
        starter->asked.end = link;
    return message;
}

static bool take_answer(struct starter *starter, const char *bytes, size_t length)
{
    struct order order;
    const char *wrong = order_open(&order, bytes, length);
    struct message *message;
    const char *text;

    if (wrong || order.verb != ORDER_ANSWER)
        return false;
    message = take_asked(starter, order.serial);
    if (!message)
        return true; /* answered before the connection was lost */
    text = order_text(&order, ORDER_TAG_text);
    starter->hooks->answered(starter->context, message->verb, message->serial,
                             (enum order_code)order_number(&order, ORDER_TAG_code, 0),
                             text ? text : "");
    message_free(message);
    return true;
}

static void take_answers(struct starter *starter)
{
    size_t used = 0;

    for (;;) {
        const char *at = starter->in.bytes + used;
        size_t have = starter->in.length - used;
        long need = order_measure(at, have);

        if (need < 0 ||
            (need > 0 && (size_t)need <= have && !take_answer(starter, at, (size_t)need))) {
            disconnect(starter, "garbage");
            return;
        }
        if (need == 0 || (size_t)need > have)
            break;
        used += (size_t)need;
    }
    memmove(starter->in.bytes, starter->in.bytes + used, starter->in.length - used);
    starter->in.length -= used;
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct starter *starter = context;
    char *space = buf_reserve(&starter->in, READ_SIZE);
    ssize_t got = recv(fd, space, READ_SIZE, MSG_DONTWAIT);

    (void)what;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        disconnect(starter, got ? strerror(errno) : "closed");
        return;
    }
    starter->in.length += (size_t)got;
    take_answers(starter);
}

static int starter_connect(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct address address;
    int failed = -1;

    if (fd < 0)
        return -1;
    if (address_init(&address, path, NULL) == NQS_OK) {
        failed = connect(fd, (struct sockaddr *)&address.un, sizeof address.un);
        address_done(&address);
    }
    if (!failed)
        return fd;
    close(fd);
    return -1;
}

static void connect_now(struct starter *starter)
{
    starter->fd = starter_connect(starter->path);
    if (starter->fd < 0) {
        log_limited("starter-unreachable path=%s", starter->path);
        try_again(starter);
        return;
    }
    log_fact("starter-connected");
    starter->again_ms = AGAIN_MS_MIN;
    starter->reading =
        event_new(starter->base, starter->fd, EV_READ | EV_PERSIST, on_readable, starter);
    starter->writing = event_new(starter->base, starter->fd, EV_WRITE, on_writable, starter);
    event_add(starter->reading, NULL);
    flush(starter);
    if (starter->fd >= 0)
        starter->hooks->connected(starter->context);
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    connect_now(context);
}

struct starter *starter_new(struct event_base *base, const char *path,
                            const struct starter_hooks *hooks, void *context)
{
    struct starter *starter = mem_new(sizeof *starter);
    static const struct timeval at_once = {0, 0};

    starter->base = base;
    starter->path = mem_text(path);
    starter->hooks = hooks;
    starter->context = context;
    starter->fd = -1;
    starter->again_ms = AGAIN_MS_MIN;
    list_init(&starter->out);
    list_init(&starter->asked);
    buf_init(&starter->in);
    starter->again = event_new(base, -1, 0, on_again, starter);
    event_add(starter->again, &at_once);
    return starter;
}

void starter_free(struct starter *starter)
{
    if (!starter)
        return;
    if (starter->fd >= 0) {
        event_free(starter->reading);
        event_free(starter->writing);
        close(starter->fd);
    }
    event_free(starter->again);
    while (starter->out.first)
        message_free(list_take(&starter->out));
    while (starter->asked.first)
        message_free(list_take(&starter->asked));
    buf_done(&starter->in);
    mem_free(starter->path);
    mem_free(starter);
}

bool starter_connected(const struct starter *starter)
{
    return starter->fd >= 0;
}

uint64_t starter_serial(struct starter *starter)
{
    return ++starter->serial;
}

bool starter_send(struct starter *starter, const void *frame, size_t length, const int *fds,
                  unsigned count)
{
    struct order order;
    struct message *message = mem_new(sizeof *message + length);
    const char *wrong = order_open(&order, frame, length);

    assert(!wrong && count <= FDS_MAX);
    (void)wrong;
    message->serial = order.serial;
    message->verb = (enum order_verb)order.verb;
    message->length = length;
    memcpy(message->frame, frame, length);
    if (count)
        memcpy(message->fds, fds, count * sizeof *fds);
    message->fd_count = count;
    if (starter->fd < 0 && order.verb == ORDER_START) {
        message_free(message);
        return false;
    }
    list_add(&starter->out, message);
    if (starter->out.first == message)
        flush(starter);
    return true;
}
