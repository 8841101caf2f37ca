/*
 * serve.c - the four verbs.
 *
 * START and DELIVER need the user's account.  If it is not known they are
 * parked, as a copy of the frame, until the look-up has answered; a START has
 * been answered by then, and what becomes of it is told on its link.
 */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "cgroup.h"
#include "deliver.h"
#include "exitrec.h"
#include "lost.h"
#include "rundir.h"
#include "site.h"
#include "start.h"

#define PARKED_MAX 256

struct verb {
    enum order_verb verb;
    void (*serve)(const struct sender *from, const struct order *order, const int fds[2]);
};

/* An order that waits for its user's account. */
struct parked {
    struct parked *next;
    struct sender from;
    struct order order; /* its bytes are below */
    int fds[2];
    unsigned char bytes[];
};

static const struct site *site;
static struct parked *parked;
static unsigned parked_count;

void serve_init(const struct site *the_site)
{
    site = the_site;
}

static uid_t uid_of(const struct order *order)
{
    return (uid_t)order_number(order, ORDER_TAG_uid, -1);
}

static void close_both(const int fds[2])
{
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
}

static void delivered(uint64_t key, const struct order *result)
{
    struct sender *from = (struct sender *)(uintptr_t)key;
    const char *text = result ? order_text(result, ORDER_TAG_text) : NULL;

    peer_answer(
        from, result ? (enum order_code)order_number(result, ORDER_TAG_code, 0) : ORDER_CODE_RETRY,
        text ? text : "delivery took too long");
    free(from);
}

static void deliver_now(const struct sender *from, const struct order *order,
                        const struct order *user)
{
    struct sender *key = malloc(sizeof *key);

    if (key) {
        *key = *from;
        if (deliver_start(site, order, user, (uint64_t)(uintptr_t)key, delivered))
            return;
    }
    free(key);
    peer_answer(from, ORDER_CODE_RETRY, "too many deliveries at once");
}

/* Carry out a START or a DELIVER whose account is known. */
static void serve_account(const struct sender *from, const struct order *order, const int fds[2],
                          const struct order *user)
{
    if (order->verb == ORDER_START) {
        start_job(site, order, user, fds[0], fds[1]);
        close_both(fds);
    } else {
        deliver_now(from, order, user);
    }
}

/* The same when there is no account. */
static void refuse_account(const struct sender *from, const struct order *order, const int fds[2],
                           enum order_code code, const char *text)
{
    if (order->verb == ORDER_START) {
        start_refuse(fds[1], code == ORDER_CODE_RETRY ? EXIT_CLASS_retry : EXIT_CLASS_abort, text);
        close_both(fds);
    } else {
        peer_answer(from, code, text);
    }
}

/* Go on with all that waited for UID. */
static void account_answered(uid_t uid, enum order_code code, const char *text)
{
    struct parked **at = &parked;
    struct parked *one;
    const struct order *user;

    while ((one = *at)) {
        if (uid_of(&one->order) != uid) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        parked_count--;
        user = code == ORDER_CODE_DONE ? account_find(uid) : NULL;
        /* An nqsd that has died since will order the start again, or not at all. */
        if (one->order.verb == ORDER_START && !peer_there(&one->from))
            close_both(one->fds);
        else if (user)
            serve_account(&one->from, &one->order, one->fds, user);
        else
            refuse_account(&one->from, &one->order, one->fds, code, text);
        free(one);
    }
}

/* Park an order and ask for its account, unless another order has asked already. */
static bool park(const struct sender *from, const struct order *order, const int fds[2])
{
    struct parked *one = parked_count < PARKED_MAX ? malloc(sizeof *one + order->length) : NULL;
    struct parked **end = &parked;
    bool asked = false;

    if (!one)
        return false;
    for (; *end; end = &(*end)->next)
        asked = asked || uid_of(&(*end)->order) == uid_of(order);
    if (!asked && !account_ask(uid_of(order), account_answered)) {
        free(one);
        return false;
    }
    one->from = *from;
    one->order = *order;
    one->order.bytes = memcpy(one->bytes, order->bytes, order->length);
    memcpy(one->fds, fds, sizeof one->fds);
    one->next = NULL;
    *end = one;
    parked_count++;
    return true;
}

/* Carry the order out now, or when its account is known. */
static void serve_or_park(const struct sender *from, const struct order *order, const int fds[2])
{
    const struct order *user = account_find(uid_of(order));

    if (user)
        serve_account(from, order, fds, user);
    else if (!park(from, order, fds))
        refuse_account(from, order, fds, ORDER_CODE_RETRY, "too many user look-ups at once");
}

/* Is there an order of a kind that we may carry out?  NULL or why not. */
static const char *order_fault(const struct order *order, enum order_code *ret_code)
{
    const char *id = order_text(order, ORDER_TAG_id);

    *ret_code = ORDER_CODE_INVALID;
    if (!id || !order_id_valid(id))
        return "no good job id";
    *ret_code = ORDER_CODE_REFUSED;
    return site_may_run(site, order_number(order, ORDER_TAG_uid, -1))
               ? NULL
               : "jobs may not run as this user";
}

/* The environment is handed on as it is, so that a variable must look like one. */
static bool env_good(const struct order *order)
{
    size_t cursor = 0;
    const char *entry;

    while ((entry = order_each_text(order, ORDER_TAG_env, &cursor))) {
        if (entry[0] == '=' || !strchr(entry, '='))
            return false;
    }
    return true;
}

static void serve_start(const struct sender *from, const struct order *order, const int fds[2])
{
    enum order_code code;
    const char *fault = order_fault(order, &code);

    if (!fault && (order_number(order, ORDER_TAG_incarnation, 0) < 1 || !env_good(order))) {
        code = ORDER_CODE_INVALID;
        fault = "START lacks a field";
    }
    peer_answer(from, fault ? code : ORDER_CODE_DONE, fault ? fault : "");
    if (fault)
        close_both(fds);
    else
        serve_or_park(from, order, fds);
}

static void serve_deliver(const struct sender *from, const struct order *order, const int fds[2])
{
    const char *stream = order_text(order, ORDER_TAG_stream);
    enum order_code code;
    const char *fault = order_fault(order, &code);

    if (!fault && (!order_text(order, ORDER_TAG_path) || !stream || !strchr("oe", *stream))) {
        code = ORDER_CODE_INVALID;
        fault = "DELIVER lacks a field";
    }
    if (fault)
        peer_answer(from, code, fault);
    else
        serve_or_park(from, order, fds);
}

static void serve_signal(const struct sender *from, const struct order *order, const int fds[2])
{
    const char *id = order_text(order, ORDER_TAG_id);
    enum order_code code = ORDER_CODE_INVALID;
    char text[128] = "no good job id";
    char name[256];

    (void)fds;
    if (id && rundir_name(name, sizeof name, id, order_number(order, ORDER_TAG_incarnation, 0)))
        code = lost_kill(site, name, text, sizeof text);
    peer_answer(from, code, text);
}

/* Remove one run directory with its cgroup. */
static enum order_code clean_one(const char *name, char *text, size_t size)
{
    int dir = rundir_open(site, name);
    bool held = dir >= 0 && rundir_held(dir);

    if (dir >= 0)
        close(dir);
    if (held) {
        snprintf(text, size, "%s: the shepherd lives", name);
        return ORDER_CODE_RETRY;
    }
    if (cgroup_remove(site, name) && rundir_remove(site, name))
        return ORDER_CODE_DONE;
    snprintf(text, size, "%s: %s", name, strerror(errno));
    return errno == EBUSY ? ORDER_CODE_RETRY : ORDER_CODE_FAILED;
}

/* Clean what can be cleaned; the answer is the last trouble. */
static void serve_clean(const struct sender *from, const struct order *order, const int fds[2])
{
    enum order_code code = ORDER_CODE_DONE;
    enum order_code one;
    char text[400] = "";
    char name[256];
    size_t ids = 0;
    size_t numbers = 0;
    int64_t incarnation;
    const char *id;

    (void)fds;
    while ((id = order_each_text(order, ORDER_TAG_id, &ids))) {
        if (!order_each_number(order, ORDER_TAG_incarnation, &numbers, &incarnation) ||
            !rundir_name(name, sizeof name, id, incarnation)) {
            code = ORDER_CODE_INVALID;
            snprintf(text, sizeof text, "no good job id");
            break;
        }
        one = clean_one(name, text, sizeof text);
        code = one == ORDER_CODE_DONE ? code : one;
    }
    peer_answer(from, code, text);
}

static const struct verb verbs[] = {
    {ORDER_START, serve_start},
    {ORDER_SIGNAL, serve_signal},
    {ORDER_DELIVER, serve_deliver},
    {ORDER_CLEAN, serve_clean},
};

void serve_order(const struct sender *from, const struct order *order, const int fds[2])
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].verb == (enum order_verb)order->verb) {
            verbs[i].serve(from, order, fds);
            return;
        }
    }
    peer_answer(from, ORDER_CODE_INVALID, "no such verb");
}
