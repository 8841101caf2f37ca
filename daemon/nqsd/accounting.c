/*
 * accounting.c - from the journal to the files of a day; see accounting.h.
 *
 * One page is being written by the scribe while the next one grows.  A page is
 * of one day; what does not fit waits in the journal.  When the disk is full
 * the same page is tried again, and the cursor stays before it.
 *
 * An event can make two records, so how far a file has come is the number of
 * the last event and whether that event is complete in it: S comes before E.
 */
#include "accounting.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "clock.h"
#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "scribe.h"
#include "users.h"

enum { PAGE_BYTES = 256 * 1024, RETRY_MS_MIN = 500, RETRY_MS_MAX = 60000, END_WAIT_S = 5 };

/* Each page is synced: a busy site has its records written so often, and no oftener. */
enum { PAGE_EVERY_US = 100000 };

/* How far a file has come. */
struct mark {
    uint64_t seq;
    bool begun_only; /* of the event SEQ only the S is there */
};

struct accounting {
    struct nqsd *nqsd;
    struct scribe *scribe;
    struct scribe_page *growing; /* owned */
    struct scribe_page *handed;  /* owned; the scribe's while `busy`, else waiting for its retry */
    bool pending;                /* `handed` is not on disk yet */
    struct event *retry;
    unsigned retry_ms;
    struct event *gather;            /* for the page that grows, when the last one is too fresh */
    nqs_time handed_at;              /* on the steady clock */
    uint64_t taken;                  /* the last event that was taken, or passed over */
    uint64_t synced;                 /* everything up to here is on disk */
    uint64_t last;                   /* of the journal, at the start */
    struct mark marks[SCRIBE_FORMS]; /* as found at the start */
};

const char *accounting_path(const struct nqsd *nqsd)
{
    static char path[4096 + 16];

    if (*nqsd->conf.accounting)
        return nqsd->conf.accounting;
    snprintf(path, sizeof path, "%s/accounting", nqsd->conf.spool);
    return path;
}

static bool page_empty(const struct scribe_page *page)
{
    return !page->forms[SCRIBE_TEXT].length && !page->forms[SCRIBE_JSON].length;
}

/* --- writing --- */

static void hand_over_now(struct accounting *a)
{
    struct scribe_page *page = a->growing;

    if (a->pending || page_empty(page))
        return;
    a->handed_at = clock_now().steady;
    a->growing = a->handed;
    a->handed = page;
    page->upto = a->taken;
    a->pending = true;
    scribe_write(a->scribe, page);
}

/* The first record after a pause is written at once. */
static void hand_over(struct accounting *a)
{
    nqs_time left = a->handed_at + PAGE_EVERY_US - clock_now().steady;
    struct timeval wait = {0, (suseconds_t)left};

    if (left <= 0)
        hand_over_now(a);
    else if (!event_pending(a->gather, EV_TIMEOUT, NULL))
        event_add(a->gather, &wait);
}

static void on_gather(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    hand_over_now(context);
}

static void on_retry(evutil_socket_t fd, short what, void *context)
{
    struct accounting *a = context;

    (void)fd, (void)what;
    scribe_write(a->scribe, a->handed);
}

static void on_written(void *context, struct scribe_page *page, int error)
{
    struct accounting *a = context;

    if (error) {
        struct timeval wait = {a->retry_ms / 1000, (suseconds_t)(a->retry_ms % 1000) * 1000};

        log_limited("accounting-blocked why=%s again_ms=%u", strerror(error), a->retry_ms);
        event_add(a->retry, &wait);
        a->retry_ms = a->retry_ms * 2 < RETRY_MS_MAX ? a->retry_ms * 2 : RETRY_MS_MAX;
        return;
    }
    if (a->retry_ms > RETRY_MS_MIN)
        log_fact("accounting-unblocked");
    a->retry_ms = RETRY_MS_MIN;
    a->pending = false;
    a->synced = page->upto;
    hand_over(a);
    loop_want(a->nqsd->loop); /* there may be events that did not fit */
}

/* --- following --- */

static bool wants(void *context, enum event_type type)
{
    (void)context;
    return account_wants(type);
}

/* The user's group; false when it is being looked up. */
static bool find_group(struct accounting *a, const struct followed *followed, const char **ret)
{
    uint32_t uid = (uint32_t)attrs_number(followed->attrs, ATTR_uid, 0);
    enum users_state state = users_group(a->nqsd->users, uid, a->nqsd->now.steady, ret);

    if (state != USERS_KNOWN)
        *ret = "";
    return state != USERS_ASKED;
}

/* Is the record TYPE of event SEQ in the file already? */
static bool is_there(const struct mark *mark, uint64_t seq, char type)
{
    if (seq != mark->seq)
        return seq < mark->seq;
    return !mark->begun_only || type == 'S';
}

/* Some limits stand in the request's body only. */
static void add_records(struct accounting *a, struct account *account, const char *types)
{
    struct scribe_page *page = a->growing;
    uint64_t seq = account->followed->event->seq;
    struct attrs body;

    attrs_init(&body);
    ledger_body(a->nqsd->store, account->followed->event->key, &body);
    account->body = &body;
    for (; *types; types++) {
        if (!is_there(&a->marks[SCRIBE_TEXT], seq, *types))
            account_text(account, *types, &page->forms[SCRIBE_TEXT]);
        if (!is_there(&a->marks[SCRIBE_JSON], seq, *types))
            account_json(account, *types, &page->forms[SCRIBE_JSON]);
    }
    attrs_done(&body);
}

static bool take(void *context, const struct followed *followed)
{
    struct accounting *a = context;
    const char *types = account_types(followed);
    struct account account = {.followed = followed, .server = a->nqsd->conf.server};
    struct scribe_page *page = a->growing;
    uint64_t seq = followed->event->seq;
    char day[SCRIBE_DAY_SIZE];

    scribe_day(followed->event->wall, day);
    if (!page_empty(page) && strcmp(page->day, day)) {
        hand_over(a);
        page = a->growing;
    }
    if (page->forms[SCRIBE_TEXT].length + page->forms[SCRIBE_JSON].length > PAGE_BYTES ||
        (!page_empty(page) && strcmp(page->day, day)))
        return false;
    if (*types && !find_group(a, followed, &account.group))
        return false;
    memcpy(page->day, day, sizeof page->day);
    if (*types)
        add_records(a, &account, types);
    a->taken = seq;
    return true;
}

static void pass(void *context, uint64_t seq)
{
    struct accounting *a = context;

    a->taken = seq;
    hand_over(a);
    if (!a->pending && page_empty(a->growing))
        a->synced = seq;
}

static uint64_t done(void *context)
{
    const struct accounting *a = context;

    return a->synced;
}

/* --- the start --- */

struct look {
    struct accounting *a;
    enum scribe_form form;
    uint64_t cursor;
};

static void raise_mark(struct look *look, uint64_t seq, bool begun_only)
{
    struct mark *mark = &look->a->marks[look->form];

    if (seq > look->a->last || seq <= look->cursor || seq <= mark->seq)
        return;
    *mark = (struct mark){seq, begun_only};
}

static void seen_text(void *context, const char *line)
{
    const char *seq = strstr(line, " seq=");
    const char *type = strchr(line, ';');

    if (seq && type)
        raise_mark(context, strtoull(seq + 5, NULL, 10), type[1] == 'S');
}

static void seen_json(void *context, const char *line)
{
    const char *seq = strstr(line, ",\"seq\":");

    if (seq)
        raise_mark(context, strtoull(seq + 7, NULL, 10), strstr(line, "\"type\":\"S\"") != NULL);
}

/* What the files have beyond the cursor was written before a crash, and is not written again. */
static uint64_t begin(void *context, uint64_t seq, uint64_t last)
{
    struct accounting *a = context;
    struct look look = {.a = a, .cursor = seq};
    const char *path = accounting_path(a->nqsd);

    a->last = last;
    look.form = SCRIBE_TEXT;
    scribe_last_lines(path, SCRIBE_TEXT, seen_text, &look);
    look.form = SCRIBE_JSON;
    scribe_last_lines(path, SCRIBE_JSON, seen_json, &look);
    a->taken = a->synced = seq;
    return seq;
}

struct accounting *accounting_new(struct nqsd *nqsd, struct follow *follow)
{
    struct accounting *a = mem_new(sizeof *a);
    struct event_base *base = loop_base(nqsd->loop);
    struct follower follower = {.name = "accounting",
                                .context = a,
                                .wants = wants,
                                .take = take,
                                .pass = pass,
                                .done = done,
                                .begin = begin};

    a->nqsd = nqsd;
    a->growing = mem_new(sizeof *a->growing);
    a->handed = mem_new(sizeof *a->handed);
    a->retry = event_new(base, -1, 0, on_retry, a);
    a->gather = event_new(base, -1, 0, on_gather, a);
    a->handed_at = clock_now().steady - PAGE_EVERY_US;
    a->retry_ms = RETRY_MS_MIN;
    follow_add(follow, &follower);
    a->scribe = scribe_new(base, accounting_path(nqsd), (unsigned)nqsd->conf.keep_accounting,
                           on_written, a);
    return a;
}

static void page_free(struct scribe_page *page)
{
    for (enum scribe_form form = 0; form < SCRIBE_FORMS; form++)
        buf_done(&page->forms[form]);
    mem_free(page);
}

void accounting_free(struct accounting *a)
{
    if (!a)
        return;
    hand_over_now(a);
    if (!scribe_free(a->scribe, END_WAIT_S))
        return; /* a page is in the hands of a thread that hangs */
    event_free(a->retry);
    event_free(a->gather);
    page_free(a->growing);
    page_free(a->handed);
    mem_free(a);
}
