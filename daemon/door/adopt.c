/*
 * adopt.c - what a run directory tells about a start.
 *
 *   the lock is held     the shepherd lives: connect to it
 *   exit is there        it has ended, and how
 *   begun, no exit       the shepherd is lost: what is left is killed, then told
 *   neither              it never ran and never will: its incarnation is burnt
 *   no directory         nothing is known; the order to start may be under way
 *
 * A power cut may take back what was not synced, and no run directory is: after
 * one, the last two mean that the node has lost the job, if it ran.
 *
 * The lock is asked first and the records after it, because a shepherd writes
 * its record before it lets go of the lock.
 */
#include "adopt.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "exitrec.h"
#include "log.h"
#include "rundir.h"

enum { LOOK_MS_MAX = 1000 };

/* A descriptor of the run directory, good for nothing but to name it. */
static int open_directory(const struct tie *tie)
{
    char name[NQS_ID_TEXT_MAX + 24];

    snprintf(name, sizeof name, "run/%s.%u", tie->id, (unsigned)tie->incarnation);
    return openat(spool_fd(tie->link->spool), name, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The socket is named through the directory's descriptor: its path may be too long. */
static bool connect_shepherd(struct tie *tie)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int directory = open_directory(tie);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool done = false;

    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/sock", directory);
    if (directory >= 0 && fd >= 0)
        done = !connect(fd, (struct sockaddr *)&address, sizeof address);
    if (directory >= 0)
        close(directory);
    if (done) {
        tie_found(tie);
        tie_open(tie, fd);
    }
    if (!done && fd >= 0)
        close(fd);
    return done;
}

static void sweep(struct tie *tie, const struct rundir_state *state)
{
    unsigned char frame[ORDER_PACKET];
    struct order_out out;
    size_t length;

    tie->state = TIE_SWEEPING;
    tie->serial = starter_serial(tie->link->starter);
    tie->node_lost =
        state->begun == RUNDIR_SOUND && strcmp(state->begun_record.boot, tie->link->boot) != 0;
    log_fact("shepherd-lost job=%s incarnation=%u", tie->id, (unsigned)tie->incarnation);
    order_begin(&out, frame, sizeof frame, ORDER_SIGNAL, tie->serial);
    order_put_text(&out, ORDER_TAG_id, tie->id);
    order_put_number(&out, ORDER_TAG_incarnation, tie->incarnation);
    length = order_end(&out);
    starter_send(tie->link->starter, frame, length, NULL, 0);
}

void adopt_swept(struct link *link, uint64_t serial, enum order_code code, const char *text)
{
    struct tie *tie = tie_by_serial(link, serial);
    struct fact fact = {.kind = FACT_SHEPHERD_LOST};

    if (!tie || tie->state != TIE_SWEEPING)
        return;
    if (code != ORDER_CODE_DONE) {
        log_limited("sweep-failed job=%s why=%s", tie->id, text);
        tie_look_soon(tie);
        return;
    }
    if (tie->node_lost)
        fact.kind = FACT_NODE_LOST;
    tie_settle(tie, &fact);
}

static void look_absent(struct tie *tie)
{
    struct fact fact = {.kind = FACT_ABSENT};
    char text[sizeof tie->verdict_text];

    if (tie->refused) {
        memcpy(text, tie->verdict_text, sizeof text);
        fact.kind = tie->verdict;
        fact.text = text;
        tie_settle(tie, &fact);
        return;
    }
    if (tie->adopted && tie->link->rebooted)
        fact.kind = FACT_NODE_LOST;
    if (fact.kind == FACT_NODE_LOST || starter_connected(tie->link->starter))
        tie_settle(tie, &fact);
    else
        tie->state = TIE_WAITING;
}

static void look(struct tie *tie)
{
    struct rundir_state state;
    struct fact fact = {.kind = FACT_NEVER_RAN};
    struct nqs_err err;

    if (rundir_look(tie->link->spool, tie->id, tie->incarnation, &state, &err)) {
        log_limited("rundir-failed job=%s why=%s", tie->id, err.text);
        tie_look_soon(tie);
    } else if (!state.there) {
        look_absent(tie);
    } else if (state.held) {
        if (!connect_shepherd(tie))
            tie_look_soon(tie);
    } else if (state.ended == RUNDIR_SOUND) {
        tie_exited(&state.exit_record, &fact);
        tie_settle(tie, &fact);
    } else if (state.begun != RUNDIR_ABSENT || state.ended != RUNDIR_ABSENT) {
        sweep(tie, &state);
    } else {
        if (tie->adopted && tie->link->rebooted)
            fact.kind = FACT_NODE_LOST;
        tie_settle(tie, &fact);
    }
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
    struct tie *tie = context;

    (void)fd, (void)what;
    look(tie);
}

void tie_look_soon(struct tie *tie)
{
    struct timeval wait = {tie->look_ms / 1000, (suseconds_t)(tie->look_ms % 1000) * 1000};

    if (tie->event)
        event_free(tie->event);
    if (tie->fd >= 0)
        close(tie->fd);
    tie->fd = -1;
    tie->state = TIE_LOOKING;
    tie->event = event_new(tie->link->base, -1, 0, on_look, tie);
    event_add(tie->event, &wait);
    tie->look_ms = tie->look_ms * 2 < LOOK_MS_MAX ? tie->look_ms * 2 : LOOK_MS_MAX;
}
