/*
 * door_server.c - see door_server.h.
 */
#include "door_server.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"

enum { DOOR_OWED_MAX = 4096, DOOR_DRAIN_MS = 1000 };

struct door_owed {
    uint64_t connection;
    uint32_t xid;
    const struct rpc_row *row;
};

struct door {
    struct event_base *base;
    struct listen *listen;
    struct event *turn;
    struct event *resume;
    struct door_owed owed[DOOR_OWED_MAX];
    size_t owed_count;
    unsigned told;
    unsigned closed;
};

struct listen_limits door_limits(void)
{
    struct listen_limits limits = listen_limits();

    limits.record_ms = 1000;
    limits.drain_ms = 300;
    return limits;
}

static void door_answer(struct door *door, const struct door_owed *owed, const void *result)
{
    struct buf record;
    bool fits;

    buf_init(&record);
    fits = rpc_encode_reply(&record, owed->xid, owed->row, result);
    assert(fits);
    listen_reply(door->listen, owed->connection, record.bytes, record.length);
    buf_done(&record);
}

static void door_on_turn(evutil_socket_t fd, short what, void *context)
{
    struct nqs_answer answer = {.text = (char *)"", .name = (char *)"1.turn"};
    struct door *door = context;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < door->owed_count; i++)
        door_answer(door, &door->owed[i], &answer);
    door->owed_count = 0;
}

static void door_on_resume(evutil_socket_t fd, short what, void *context)
{
    struct door *door = context;

    (void)fd;
    (void)what;
    listen_resume(door->listen);
}

static void door_status(struct door *door, const struct door_owed *owed,
                        const struct listen_call *call)
{
    struct nqs_status_answer answer = {0};
    struct nqs_status_args args;
    struct nqs_attr attr = {.id = 1};
    struct nqs_row row = {.name = (char *)"large"};
    char text[64];
    char uid[32];

    if (!rpc_decode_args(call->row, call->args, call->length, &args)) {
        struct buf refusal;

        buf_init(&refusal);
        rpc_encode_refusal(&refusal, call->xid, RPC_GARBAGE);
        listen_reply(door->listen, call->connection, refusal.bytes, refusal.length);
        buf_done(&refusal);
        return;
    }
    snprintf(text, sizeof text, "%u",
             owed->row->number == NQS_STATUS_JOBS ? door->told : args.rows_max);
    snprintf(uid, sizeof uid, "%ld", (long)call->uid);
    answer.text = text;
    answer.next = uid;
    if (owed->row->number == NQS_STATUS_QUEUES) {
        attr.value.value_val = mem_new(DOOR_LARGE);
        attr.value.value_len = DOOR_LARGE;
        row.attrs.attrs_val = &attr;
        row.attrs.attrs_len = 1;
        answer.rows.rows_val = &row;
        answer.rows.rows_len = 1;
    }
    door_answer(door, owed, &answer);
    mem_free(attr.value.value_val);
    rpc_free(call->row->takes, &args, call->row->takes_size);
}

static void door_on_call(void *context, const struct listen_call *call)
{
    static const struct timeval pause = {.tv_usec = DOOR_PAUSE_MS * 1000};
    struct nqs_answer answer = {.text = (char *)"", .name = (char *)""};
    struct door_owed owed = {call->connection, call->xid, call->row};
    struct door *door = context;

    switch (call->row->number) {
    case NQS_STATUS_SERVER:
    case NQS_STATUS_QUEUES:
    case NQS_STATUS_JOBS: door_status(door, &owed, call); break;
    case NQS_DELETE_JOB: door->told++; break;
    case NQS_HOLD_JOB:
        listen_pause(door->listen);
        event_add(door->resume, &pause);
        door_answer(door, &owed, &answer);
        break;
    default:
        assert(door->owed_count < DOOR_OWED_MAX);
        door->owed[door->owed_count++] = owed;
        event_active(door->turn, 0, 0);
        break;
    }
}

static void door_on_closed(void *context, uint64_t connection)
{
    struct door *door = context;

    assert(connection);
    door->closed++;
}

static void door_on_term(evutil_socket_t number, short what, void *context)
{
    (void)number;
    (void)what;
    event_base_loopbreak(context);
}

/* What the child does; READY gets the TCP port when both sockets listen. */
static void door_run(const struct door_server *server, const struct listen_limits *limits,
                     unsigned files, int ready)
{
    static const struct listen_hooks hooks = {door_on_call, door_on_closed};
    struct rlimit bound = {files, files};
    struct door *door = mem_new(sizeof *door);
    struct event *term;
    struct nqs_err err;
    sigset_t again;
    uint16_t port;
    enum nqs_code code;

    if (files)
        setrlimit(RLIMIT_NOFILE, &bound);
    door->base = event_base_new();
    event_base_priority_init(door->base, 3);
    door->turn = event_new(door->base, -1, 0, door_on_turn, door);
    event_priority_set(door->turn, 2);
    door->resume = evtimer_new(door->base, door_on_resume, door);
    term = evsignal_new(door->base, SIGTERM, door_on_term, door->base);
    event_add(term, NULL);
    door->listen = listen_new(door->base, &hooks, door);
    listen_limit(door->listen, limits);
    code = listen_unix(door->listen, server->path, &err);
    assert(!code);
    code = listen_tcp(door->listen, "127.0.0.1", &port, &err);
    assert(!code);
    if (write(ready, &port, sizeof port) != sizeof port)
        abort();
    close(ready);
    event_base_dispatch(door->base);
    sigemptyset(&again); /* being told twice changes nothing */
    sigaddset(&again, SIGTERM);
    sigprocmask(SIG_BLOCK, &again, NULL);
    listen_close(door->listen);
    listen_drain(door->listen, DOOR_DRAIN_MS);
    listen_free(door->listen);
    event_free(door->turn);
    event_free(door->resume);
    event_free(term);
    event_base_free(door->base);
    mem_free(door);
}

void door_start(struct door_server *server, const struct listen_limits *limits, unsigned files,
                int depth)
{
    int ready[2];
    size_t used;

    snprintf(server->directory, sizeof server->directory, "/tmp/nqs-door.XXXXXX");
    if (!mkdtemp(server->directory) || pipe(ready))
        abort();
    used = (size_t)snprintf(server->path, sizeof server->path, "%s", server->directory);
    for (int i = 0; i < depth; i++) {
        used += (size_t)snprintf(server->path + used, sizeof server->path - used, "/%050d", i);
        if (mkdir(server->path, 0755))
            abort();
    }
    snprintf(server->path + used, sizeof server->path - used, "/door.sock");
    if (chmod(server->directory, 0755))
        abort();
    server->pid = fork();
    if (server->pid == 0) {
        close(ready[0]);
        door_run(server, limits, files, ready[1]);
        exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &server->port, sizeof server->port) != sizeof server->port)
        abort();
    close(ready[0]);
}

int door_stop(struct door_server *server)
{
    char *slash;
    int status = -1;

    kill(server->pid, SIGTERM);
    waitpid(server->pid, &status, 0);
    unlink(server->path);
    while ((slash = strrchr(server->path, '/')) && slash > server->path + strlen("/tmp")) {
        *slash = '\0';
        rmdir(server->path);
    }
    return status;
}
