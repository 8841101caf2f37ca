/*
 * tidy.c - CLEAN and DELIVER; see tidy.h.
 *
 * Nobody waits for a run directory to go, so directories are gathered for a
 * moment and go together.  What was not removed when the daemon ends is found
 * and removed by the next one.
 *
 * A shepherd may still be on its way out when its directory is to be removed;
 * the starter then asks to be told again.  An output that the starter cannot
 * judge now (it was restarted, or is busy) is ordered again too.
 */
#include "tidy.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "mem.h"

enum {
    AGAIN_MS = 50,
    CLEAN_BATCH = 64, /* directories of one frame */
    CLEAN_WAIT_MS = 10,
    OUTPUTS = 2,
};

struct clean_job {
    char id[NQS_ID_TEXT_MAX];
    uint32_t incarnation;
};

struct clean {
    struct clean *next;
    uint64_t serial;
    unsigned count;
    struct clean_job jobs[CLEAN_BATCH];
};

struct delivery {
    struct delivery *next;
    uint64_t serial;
    struct job_key key;
    uint32_t incarnation;
    uint32_t uid;
    char id[NQS_ID_TEXT_MAX];
    unsigned count;
    unsigned at; /* which output is under way */
    char stream[OUTPUTS];
    char *path[OUTPUTS]; /* owned */
    char *name[OUTPUTS]; /* owned */
    bool again;
};

struct tidy {
    struct starter *starter;
    link_fact *fact;
    void *context;
    struct event *timer;
    struct event *soon;
    struct clean *open;          /* being filled; owned */
    struct clean *asked;         /* owned */
    struct clean *again;         /* owned */
    struct delivery *deliveries; /* owned */
};

/* --- cleaning --- */

static void clean_send(struct tidy *tidy, struct clean *clean)
{
    unsigned char frame[CLEAN_BATCH * (NQS_ID_TEXT_MAX + 32) + ORDER_HEADER];
    struct order_out out;
    size_t length;

    clean->serial = starter_serial(tidy->starter);
    order_begin(&out, frame, sizeof frame, ORDER_CLEAN, clean->serial);
    for (unsigned i = 0; i < clean->count; i++) {
        order_put_text(&out, ORDER_TAG_id, clean->jobs[i].id);
        order_put_number(&out, ORDER_TAG_incarnation, clean->jobs[i].incarnation);
    }
    length = order_end(&out);
    clean->next = tidy->asked;
    tidy->asked = clean;
    starter_send(tidy->starter, frame, length, NULL, 0);
}

static void flush(struct tidy *tidy)
{
    struct clean *clean = tidy->open;

    event_del(tidy->soon);
    tidy->open = NULL;
    if (clean)
        clean_send(tidy, clean);
}

static void on_soon(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    flush(context);
}

void tidy_clean(struct tidy *tidy, const struct link_job *job)
{
    static const struct timeval soon = {0, CLEAN_WAIT_MS * 1000};
    struct clean_job *to;

    if (!tidy->open) {
        tidy->open = mem_new(sizeof *tidy->open);
        event_add(tidy->soon, &soon);
    }
    to = &tidy->open->jobs[tidy->open->count++];
    snprintf(to->id, sizeof to->id, "%s", job->id);
    to->incarnation = job->incarnation;
    if (tidy->open->count == CLEAN_BATCH)
        flush(tidy);
}

static void again_soon(struct tidy *tidy)
{
    static const struct timeval wait = {0, AGAIN_MS * 1000};

    if (!event_pending(tidy->timer, EV_TIMEOUT, NULL))
        event_add(tidy->timer, &wait);
}

/* True when SERIAL was one of ours. */
static bool clean_answered(struct tidy *tidy, uint64_t serial, enum order_code code,
                           const char *text)
{
    struct clean **link = &tidy->asked;
    struct clean *clean;

    while (*link && (*link)->serial != serial)
        link = &(*link)->next;
    clean = *link;
    if (!clean)
        return false;
    *link = clean->next;
    if (code == ORDER_CODE_RETRY) {
        clean->next = tidy->again;
        tidy->again = clean;
        again_soon(tidy);
        return true;
    }
    if (code != ORDER_CODE_DONE)
        log_limited("clean-failed first=%s count=%u why=%s", clean->jobs[0].id, clean->count, text);
    mem_free(clean);
    return true;
}

/* --- delivery --- */

static void delivery_send(struct tidy *tidy, struct delivery *delivery)
{
    unsigned char frame[8192];
    char stream[2] = {delivery->stream[delivery->at], '\0'};
    struct order_out out;
    size_t length;

    delivery->again = false;
    delivery->serial = starter_serial(tidy->starter);
    order_begin(&out, frame, sizeof frame, ORDER_DELIVER, delivery->serial);
    order_put_text(&out, ORDER_TAG_id, delivery->id);
    order_put_number(&out, ORDER_TAG_uid, delivery->uid);
    order_put_text(&out, ORDER_TAG_stream, stream);
    order_put_text(&out, ORDER_TAG_path, delivery->path[delivery->at]);
    order_put_text(&out, ORDER_TAG_name, delivery->name[delivery->at]);
    length = order_end(&out);
    starter_send(tidy->starter, frame, length, NULL, 0);
}

void tidy_deliver(struct tidy *tidy, const struct link_job *job, uint32_t uid,
                  const struct link_output *outputs, unsigned count)
{
    struct delivery *delivery = mem_new(sizeof *delivery);

    delivery->key = job->key;
    delivery->incarnation = job->incarnation;
    delivery->uid = uid;
    snprintf(delivery->id, sizeof delivery->id, "%s", job->id);
    delivery->count = count;
    for (unsigned i = 0; i < count; i++) {
        delivery->stream[i] = outputs[i].stream;
        delivery->path[i] = mem_text(outputs[i].path);
        delivery->name[i] = mem_text(outputs[i].name);
    }
    delivery->next = tidy->deliveries;
    tidy->deliveries = delivery;
    delivery_send(tidy, delivery);
}

static void delivery_free(struct delivery *delivery)
{
    for (unsigned i = 0; i < delivery->count; i++) {
        mem_free(delivery->path[i]);
        mem_free(delivery->name[i]);
    }
    mem_free(delivery);
}

static void delivery_done(struct tidy *tidy, struct delivery **link, enum fact_kind kind,
                          const char *text)
{
    struct delivery *delivery = *link;
    struct fact fact = {
        .kind = kind, .key = delivery->key, .incarnation = delivery->incarnation, .text = text};

    *link = delivery->next;
    delivery_free(delivery);
    tidy->fact(tidy->context, &fact);
}

static void delivery_answered(struct tidy *tidy, uint64_t serial, enum order_code code,
                              const char *text)
{
    struct delivery **link = &tidy->deliveries;

    while (*link && (*link)->serial != serial)
        link = &(*link)->next;
    if (!*link)
        return;
    if (code == ORDER_CODE_RETRY) {
        (*link)->again = true;
        again_soon(tidy);
    } else if (code != ORDER_CODE_DONE) {
        delivery_done(tidy, link, FACT_DELIVERY_FAILED, text);
    } else if (++(*link)->at < (*link)->count) {
        delivery_send(tidy, *link);
    } else {
        delivery_done(tidy, link, FACT_DELIVERED, NULL);
    }
}

void tidy_answered(struct tidy *tidy, uint64_t serial, enum order_code code, const char *text)
{
    if (!clean_answered(tidy, serial, code, text))
        delivery_answered(tidy, serial, code, text);
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
    struct tidy *tidy = context;
    struct clean *clean = tidy->again;

    (void)fd, (void)what;
    tidy->again = NULL;
    while (clean) {
        struct clean *next = clean->next;

        clean_send(tidy, clean);
        clean = next;
    }
    for (struct delivery *delivery = tidy->deliveries; delivery; delivery = delivery->next)
        if (delivery->again)
            delivery_send(tidy, delivery);
}

struct tidy *tidy_new(struct event_base *base, struct starter *starter, link_fact *fact,
                      void *context)
{
    struct tidy *tidy = mem_new(sizeof *tidy);

    tidy->starter = starter;
    tidy->fact = fact;
    tidy->context = context;
    tidy->timer = event_new(base, -1, 0, on_again, tidy);
    tidy->soon = event_new(base, -1, 0, on_soon, tidy);
    return tidy;
}

static void cleans_free(struct clean *clean)
{
    while (clean) {
        struct clean *next = clean->next;

        mem_free(clean);
        clean = next;
    }
}

void tidy_free(struct tidy *tidy)
{
    if (!tidy)
        return;
    event_free(tidy->timer);
    event_free(tidy->soon);
    cleans_free(tidy->open);
    cleans_free(tidy->asked);
    cleans_free(tidy->again);
    while (tidy->deliveries) {
        struct delivery *next = tidy->deliveries->next;

        delivery_free(tidy->deliveries);
        tidy->deliveries = next;
    }
    mem_free(tidy);
}
