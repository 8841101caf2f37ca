/*
 * link.c - ties to shepherds, and the orders that go over them; see link.h.
 *
 * A job's link is a socket pair made here: one end travels with START to the
 * starter and on to the shepherd.  So its end of file, without a word before,
 * means that whoever had the other end died, wherever it had come to; adopt.c
 * then looks at the run directory, which tells the truth.
 */
#include "link.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adopt.h"
#include "exitrec.h"
#include "log.h"
#include "mem.h"
#include "tidy.h"
#include "tie.h"

enum { LOOK_MS_MIN = 5 };

static int tie_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct tie *x = TREE_OF(a, struct tie, node);
    const struct tie *y = TREE_OF(b, struct tie, node);

    if (x->key.seq != y->key.seq)
        return x->key.seq < y->key.seq ? -1 : 1;
    if (x->key.index != y->key.index)
        return x->key.index < y->key.index ? -1 : 1;
    return (x->incarnation > y->incarnation) - (x->incarnation < y->incarnation);
}

struct tie *tie_find(struct link *link, const struct link_job *job)
{
    struct tie probe = {.key = job->key, .incarnation = job->incarnation};

    return TREE_OF(tree_find(&link->ties, &probe.node), struct tie, node);
}

struct tie *tie_get(struct link *link, const struct link_job *job)
{
    struct tie *tie = tie_find(link, job);

    if (tie)
        return tie;
    tie = mem_new(sizeof *tie);
    tie->link = link;
    tie->key = job->key;
    tie->incarnation = job->incarnation;
    snprintf(tie->id, sizeof tie->id, "%s", job->id);
    tie->fd = -1;
    tie->look_ms = LOOK_MS_MIN;
    tree_insert(&link->ties, &tie->node);
    return tie;
}

/* Only answers that say no are looked for, so a walk will do. */
struct tie *tie_by_serial(struct link *link, uint64_t serial)
{
    for (struct tree_node *node = tree_first(&link->ties); node;
         node = tree_after(&link->ties, node))
        if (TREE_OF(node, struct tie, node)->serial == serial)
            return TREE_OF(node, struct tie, node);
    return NULL;
}

static void tie_close(struct tie *tie)
{
    if (tie->event)
        event_free(tie->event);
    tie->event = NULL;
    if (tie->fd >= 0)
        close(tie->fd);
    tie->fd = -1;
}

void tie_found(struct tie *tie)
{
    if (tie->adopted)
        tie->link->adopting--;
    tie->adopted = false;
}

void tie_free(struct tie *tie)
{
    tie_found(tie);
    tie_close(tie);
    tree_remove(&tie->link->ties, &tie->node);
    mem_free(tie);
}

void tie_settle(struct tie *tie, struct fact *fact)
{
    struct link *link = tie->link;

    fact->key = tie->key;
    fact->incarnation = tie->incarnation;
    tie_free(tie);
    link->fact(link->context, fact);
}

/* --- from the shepherd --- */

static void hear_begun(struct tie *tie, const struct order *order)
{
    struct fact fact = {.kind = FACT_STARTED, .key = tie->key, .incarnation = tie->incarnation};

    fact.pid = (int32_t)order_number(order, ORDER_TAG_pid, 0);
    fact.start_wall = order_number(order, ORDER_TAG_start_us, 0);
    tie->link->fact(tie->link->context, &fact);
}

/*
 * A start that was refused may be the second order for one that runs already
 * (the first was given before a restart), so the directory has the last word:
 * only where there is none is the refusal told.
 */
static void refuse(struct tie *tie, enum fact_kind verdict, const char *text)
{
    tie->refused = true;
    tie->verdict = verdict;
    snprintf(tie->verdict_text, sizeof tie->verdict_text, "%s", text ? text : "");
    tie_close(tie);
    tie_look_soon(tie);
}

static void hear_failed(struct tie *tie, const struct order *order)
{
    enum exit_class class = (enum exit_class)order_number(order, ORDER_TAG_class, 0);

    if (class == EXIT_CLASS_exists) {
        tie_close(tie);
        tie_look_soon(tie);
        return;
    }
    refuse(tie, class == EXIT_CLASS_abort ? FACT_START_REFUSED : FACT_START_FAILED,
           order_text(order, ORDER_TAG_text));
}

static void hear_ended(struct tie *tie, const struct order *order)
{
    struct exit_record record;
    struct fact fact;

    exitrec_take(&record, order);
    tie_exited(&record, &fact);
    tie_settle(tie, &fact);
}

/* A start that failed is on record like an end; it is told as what it was. */
void tie_exited(const struct exit_record *record, struct fact *ret)
{
    *ret = (struct fact){
        .kind = FACT_EXITED,
        .text = record->text,
        .pid = (int32_t)record->pid,
        .status = (int32_t)record->status,
        .reason = exitrec_reason_word(record->reason),
        .spooled = record->spooled,
        .start_wall = record->start_us,
        .end_wall = record->end_us,
        .walltime_us = record->walltime_us,
        .cput_us = record->cput_us,
        .mem = record->maxrss,
    };
    if (record->reason == EXIT_REASON_start_failed)
        ret->kind = record->class == EXIT_CLASS_abort ? FACT_START_REFUSED : FACT_START_FAILED;
}

static const struct {
    enum order_verb verb;
    void (*hear)(struct tie *tie, const struct order *order);
    bool settles; /* the tie may be gone afterwards */
} tie_rows[] = {
    {ORDER_BEGUN, hear_begun, false},
    {ORDER_FAILED, hear_failed, true},
    {ORDER_ENDED, hear_ended, true},
};

/* True when TIE may be gone. */
static bool hear_packet(struct tie *tie, const void *bytes, size_t length)
{
    struct order order;
    const char *wrong = order_open(&order, bytes, length);

    for (size_t i = 0; !wrong && i < sizeof tie_rows / sizeof *tie_rows; i++) {
        if (tie_rows[i].verb != order.verb)
            continue;
        tie_rows[i].hear(tie, &order);
        return tie_rows[i].settles;
    }
    log_limited("link-garbage job=%s why=%s", tie->id, wrong ? wrong : "verb");
    return false;
}

static void on_packet(evutil_socket_t fd, short what, void *context)
{
    struct tie *tie = context;
    unsigned char packet[ORDER_PACKET];
    ssize_t got;

    (void)what;
    while ((got = recv(fd, packet, sizeof packet, MSG_DONTWAIT)) > 0)
        if (hear_packet(tie, packet, (size_t)got))
            return;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    tie_close(tie);
    tie_look_soon(tie);
}

void tie_open(struct tie *tie, int fd)
{
    tie_close(tie);
    tie->fd = fd;
    tie->state = TIE_OPEN;
    tie->event = event_new(tie->link->base, fd, EV_READ | EV_PERSIST, on_packet, tie);
    event_priority_set(tie->event, 0);
    event_add(tie->event, NULL);
    if (tie->wish)
        tie_send_wish(tie);
    if (tie->kill)
        tie_send_kill(tie);
}

/* --- to the shepherd --- */

static void tie_send(struct tie *tie, struct order_out *out, const void *frame)
{
    size_t length = order_end(out);

    /* A shepherd that is gone is noticed by the end of file that follows. */
    if (send(tie->fd, frame, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_limited("link-send-failed job=%s why=%s", tie->id, strerror(errno));
}

void tie_send_kill(struct tie *tie)
{
    unsigned char frame[ORDER_PACKET];
    struct order_out out;

    order_begin(&out, frame, sizeof frame, ORDER_KILL, 0);
    order_put_number(&out, ORDER_TAG_grace, tie->kill_grace_s);
    order_put_number(&out, ORDER_TAG_reason, EXIT_REASON_killed);
    tie_send(tie, &out, frame);
}

void link_raise(struct link *link, const struct link_job *job, int signal)
{
    struct tie *tie = tie_find(link, job);
    unsigned char frame[ORDER_PACKET];
    struct order_out out;

    if (!tie || tie->state != TIE_OPEN || !signal)
        return;
    order_begin(&out, frame, sizeof frame, ORDER_RAISE, 0);
    order_put_number(&out, ORDER_TAG_signo, signal);
    tie_send(tie, &out, frame);
}

void link_message(struct link *link, const struct link_job *job, unsigned outputs, const char *text)
{
    struct tie *tie = tie_find(link, job);
    unsigned char frame[ORDER_PACKET];
    struct order_out out;

    if (!tie || tie->state != TIE_OPEN)
        return;
    order_begin(&out, frame, sizeof frame, ORDER_MESSAGE, 0);
    order_put_text(&out, ORDER_TAG_message, text);
    order_put_number(&out, ORDER_TAG_outputs, outputs);
    tie_send(tie, &out, frame);
}

void tie_send_wish(struct tie *tie)
{
    unsigned char frame[ORDER_PACKET];
    struct order_out out;

    order_begin(&out, frame, sizeof frame,
                tie->wish == TIE_WISH_SUSPEND ? ORDER_SUSPEND : ORDER_RESUME, 0);
    tie_send(tie, &out, frame);
}

void link_suspend(struct link *link, const struct link_job *job, bool suspend)
{
    struct tie *tie = tie_find(link, job);

    if (!tie)
        return; /* it has just ended */
    tie->wish = suspend ? TIE_WISH_SUSPEND : TIE_WISH_RESUME;
    if (tie->state == TIE_OPEN)
        tie_send_wish(tie);
}

void link_kill(struct link *link, const struct link_job *job, unsigned grace_s)
{
    struct tie *tie = tie_find(link, job);

    if (!tie) {
        tie = tie_get(link, job);
        tie_look_soon(tie);
    }
    tie->kill = true;
    tie->kill_grace_s = grace_s;
    if (tie->state == TIE_OPEN)
        tie_send_kill(tie);
}

void link_adopt(struct link *link, const struct link_job *job)
{
    struct tie *tie;

    if (tie_find(link, job))
        return;
    tie = tie_get(link, job);
    tie->adopted = true;
    link->adopting++;
    tie_look_soon(tie);
}

const char *link_boot(const struct link *link)
{
    return link->boot;
}

void link_rebooted(struct link *link)
{
    link->rebooted = true;
}

bool link_adopting(const struct link *link)
{
    return link->adopting > 0;
}

/* --- starting --- */

uint64_t link_serial(struct link *link)
{
    return starter_serial(link->starter);
}

void link_start(struct link *link, const struct link_job *job, const void *frame, size_t length,
                int script)
{
    struct tie *tie = tie_get(link, job);
    struct order order;
    int pair[2];
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
        log_limited("link-failed job=%s why=%s", job->id, strerror(errno));
        close(script);
        tie_look_soon(tie); /* nothing will be found, and the start is ordered again */
        return;
    }
    fds[0] = script;
    fds[1] = pair[1];
    order_open(&order, frame, length);
    tie->serial = order.serial;
    if (starter_send(link->starter, frame, length, fds, 2)) {
        tie_open(tie, pair[0]);
        return;
    }
    close(pair[0]);
    tie_close(tie);
    tie->state = TIE_WAITING;
}

/* Those who waited for the starter were never started: the order is given again. */
static void on_connected(void *context)
{
    struct link *link = context;
    struct tree_node *node = tree_first(&link->ties);

    while (node) {
        struct tie *tie = TREE_OF(node, struct tie, node);
        struct tie probe = *tie;

        if (tie->state == TIE_WAITING)
            tie_look_soon(tie);
        node = tree_after(&link->ties, &probe.node);
    }
}

static void start_answered(struct link *link, uint64_t serial, enum order_code code,
                           const char *text)
{
    struct tie *tie = code == ORDER_CODE_DONE ? NULL : tie_by_serial(link, serial);
    bool later = code == ORDER_CODE_RETRY || code == ORDER_CODE_FAILED;

    if (tie)
        refuse(tie, later ? FACT_START_FAILED : FACT_START_REFUSED, text);
}

static void on_answered(void *context, enum order_verb verb, uint64_t serial, enum order_code code,
                        const char *text)
{
    struct link *link = context;

    if (verb == ORDER_START)
        start_answered(link, serial, code, text);
    else if (verb == ORDER_SIGNAL)
        adopt_swept(link, serial, code, text);
    else
        tidy_answered(link->tidy, serial, code, text);
}

static const struct starter_hooks starter_hooks = {on_answered, on_connected};

static void read_boot(char boot[40])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, boot, 39);

    boot[got > 0 ? got : 0] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
    if (fd >= 0)
        close(fd);
}

struct link *link_new(struct event_base *base, const char *starter, struct spool *spool,
                      link_fact *fact, void *context)
{
    struct link *link = mem_new(sizeof *link);

    link->base = base;
    link->spool = spool;
    link->fact = fact;
    link->context = context;
    tree_init(&link->ties, tie_compare);
    read_boot(link->boot);
    link->starter = starter_new(base, starter, &starter_hooks, link);
    link->tidy = tidy_new(base, link->starter, fact, context);
    return link;
}

void link_free(struct link *link)
{
    struct tree_node *node;

    if (!link)
        return;
    while ((node = tree_first(&link->ties)))
        tie_free(TREE_OF(node, struct tie, node));
    tidy_free(link->tidy);
    starter_free(link->starter);
    mem_free(link);
}

void link_clean(struct link *link, const struct link_job *job)
{
    tidy_clean(link->tidy, job);
}

void link_deliver(struct link *link, const struct link_job *job, uint32_t uid,
                  const struct link_output *outputs, unsigned count)
{
    tidy_deliver(link->tidy, job, uid, outputs, count);
}
