/*
 * listing.c - answering what is asked about requests.
 *
 * A listing walks over the living requests in the order of their keys, then
 * over the finished ones in the order of their ends.  Its cursor is a text
 * that says where it stands, so that nothing is kept here between two pages.
 * What ends between two pages is never left out; it may be shown twice, alive
 * and then finished.
 *
 * A page ends when it is full, and also when much was looked at in vain: a turn
 * is short, whatever is asked for.
 */
#include "listing.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger.h"
#include "role.h"
#include "status.h"

enum {
    LOOKS_MAX = 200000,     /* rows of the core in one call */
    ENDED_LOOKS_MAX = 5000, /* records of finished requests, which are read from the store */
};

/* An environment may hold what is nobody else's business. */
static bool may_see_environment(const struct listing *l, uint32_t owner)
{
    return owner == l->uid || role_of(l->nqsd, l->uid) > CORE_USER;
}

/* The cold values, but for the script, and the environment for those who may see it. */
static void add_body(struct listing *l, struct job_key key, uint32_t owner)
{
    bool all = may_see_environment(l, owner);
    struct attrs body;

    if (!(l->args->flags & NQS_STATUS_BODY))
        return;
    attrs_init(&body);
    ledger_body(l->nqsd->store, key, &body);
    for (size_t i = 0; i < body.count; i++)
        if (body.list[i].id != ATTR_script && body.list[i].id != ATTR_token &&
            (all || body.list[i].id != ATTR_variables))
            attrs_add(&l->attrs, &body.list[i]);
    attrs_done(&body);
}

/* Who owns the living request LOOK; UINT32_MAX when it has gone. */
static uint32_t owner_of(struct listing *l, const struct core_look *look)
{
    struct core_facts facts = {.uid = UINT32_MAX};
    struct job_key row = look->key;

    if (look->virtual_member)
        row.index = NQS_NO_INDEX;
    core_facts(l->nqsd->core, row, &facts);
    return facts.uid;
}

static void add_living(struct listing *l, const struct core_look *look)
{
    char id[NQS_ID_TEXT_MAX];

    attrs_clear(&l->attrs);
    if (!(l->args->flags & NQS_STATUS_IDS)) {
        add_body(l, look->key, owner_of(l, look));
        core_show(l->nqsd->core, l->nqsd->now, look, &l->attrs, &l->nqsd->space);
    }
    core_id_text(l->nqsd->core, look->key, id);
    page_add(&l->page, id, NQS_OK, &l->attrs);
}

/* NQS_OK when KEY has finished and was added, or a test does not hold of it; NQS_FINISHED: too long
 * ago to show. */
static enum nqs_code add_finished(struct listing *l, struct job_key key)
{
    char id[NQS_ID_TEXT_MAX];
    uint32_t owner;

    attrs_clear(&l->attrs);
    if (!status_finished(l->nqsd, key, &l->attrs))
        return NQS_NOJOB;
    owner = (uint32_t)attrs_number(&l->attrs, ATTR_uid, UINT32_MAX);
    if (l->own && owner != l->uid)
        return NQS_NOJOB;
    if (attrs_number(&l->attrs, ATTR_comp_time, 0) < l->since)
        return NQS_FINISHED;
    if (l->test_count && !select_finished(l, key, &l->attrs))
        return NQS_OK;
    status_id(l->nqsd, key, &l->attrs, id);
    if (l->args->flags & NQS_STATUS_IDS)
        attrs_clear(&l->attrs);
    else
        add_body(l, key, owner);
    page_add(&l->page, id, NQS_OK, &l->attrs);
    return NQS_OK;
}

static void add_named(struct listing *l, const char *name)
{
    struct core_look look;
    struct job_key key;
    struct nqs_err err;
    enum nqs_code code = core_find(l->nqsd->core, name, &look, &err);

    if (!code && l->own && owner_of(l, &look) != l->uid)
        code = NQS_NOJOB;
    if (!code) {
        add_living(l, &look);
        return;
    }
    if (code == NQS_NOJOB && status_key(l->nqsd, name, &key))
        code = add_finished(l, key);
    if (code) {
        attrs_clear(&l->attrs);
        page_add(&l->page, name, code, &l->attrs);
    }
}

/* The members that an array has, by their indices. */
struct members {
    struct job_key key;
    int64_t first;
    int64_t last;
    int64_t step;
};

/* False when NAME is no array that is shown. */
static bool members_of(struct listing *l, const char *name, struct members *ret)
{
    struct core_look look;
    struct nqs_err err;

    if (!status_key(l->nqsd, name, &ret->key) || ret->key.index != NQS_NO_INDEX)
        return false;
    attrs_clear(&l->attrs);
    if (!core_find(l->nqsd->core, name, &look, &err) && (!l->own || owner_of(l, &look) == l->uid))
        core_show(l->nqsd->core, l->nqsd->now, &look, &l->attrs, &l->nqsd->space);
    else if (!status_finished(l->nqsd, ret->key, &l->attrs) ||
             attrs_number(&l->attrs, ATTR_comp_time, 0) < l->since)
        return false;
    ret->first = attrs_number(&l->attrs, ATTR_array_first, 0);
    ret->last = attrs_number(&l->attrs, ATTR_array_last, 0);
    ret->step = attrs_number(&l->attrs, ATTR_array_step, 0);
    return ret->step > 0;
}

static void add_member(struct listing *l, struct job_key key)
{
    struct nqs_id id = {.seq = key.seq, .index = key.index};
    struct core_look look;
    struct nqs_err err;
    char text[NQS_ID_TEXT_MAX];

    id_text(&id, text);
    if (!core_find(l->nqsd->core, text, &look, &err))
        add_living(l, &look);
    else
        add_finished(l, key);
}

/*
 * The members of NAME, when it is an array, from the index *AT on;
 * NQS_NO_INDEX: all.  False when the page ends before they do.  Members that
 * are not shown any more fill no page, so their number has a bound of its own.
 */
static bool list_members(struct listing *l, const char *name, int32_t *at)
{
    struct members of;
    int left = 10000;

    if (!(l->args->flags & NQS_STATUS_MEMBERS) || !members_of(l, name, &of))
        return true;
    for (int64_t i = *at == NQS_NO_INDEX ? of.first : *at; i <= of.last; i += of.step) {
        of.key.index = (int32_t)i;
        if (page_full(&l->page) || !left--) {
            *at = of.key.index;
            return false;
        }
        add_member(l, of.key);
    }
    return true;
}

/* The names from the cursor on, the number of a name and perhaps the index of a member. */
static void list_named(struct listing *l)
{
    int32_t member = NQS_NO_INDEX;
    unsigned at = 0;

    if (*l->args->after && sscanf(l->args->after, "n%u:%" SCNd32, &at, &member) < 1)
        return;
    for (; at < l->args->names.names_len && !page_full(&l->page); at++) {
        const char *name = l->args->names.names_val[at].text;

        if (member == NQS_NO_INDEX)
            add_named(l, name);
        if (!list_members(l, name, &member)) {
            snprintf(l->page.next, sizeof l->page.next, "n%u:%" PRId32, at, member);
            return;
        }
        member = NQS_NO_INDEX;
    }
    if (at < l->args->names.names_len)
        snprintf(l->page.next, sizeof l->page.next, "n%u", at);
}

/* What core_select() has found. */
static bool visit_living(void *context, const struct core_look *look)
{
    struct listing *l = context;

    if (page_full(&l->page))
        return false;
    if (!l->cold || select_body(l, look->key))
        add_living(l, look);
    return true;
}

/* Living requests behind KEY; true when all were listed. */
static bool list_living(struct listing *l, struct job_key key)
{
    struct core_selection selection = {.tests = l->tests,
                                       .count = l->test_count,
                                       .members = l->args->flags & NQS_STATUS_MEMBERS,
                                       .own = l->own,
                                       .uid = l->uid,
                                       .looks_max = LOOKS_MAX,
                                       .visit = visit_living,
                                       .context = l};

    if (core_select(l->nqsd->core, &selection, &key))
        return true;
    snprintf(l->page.next, sizeof l->page.next, "l%" PRIu32 ":%" PRId32, key.seq, key.index);
    return false;
}

static void list_finished(struct listing *l, struct ledger_end after)
{
    bool members = l->args->flags & NQS_STATUS_MEMBERS;
    int left = ENDED_LOOKS_MAX;
    struct ledger_end end;

    while (ledger_next_end(l->nqsd->store, after, &end)) {
        if (page_full(&l->page) || !left--) {
            snprintf(l->page.next, sizeof l->page.next, "f%" PRIu64 ":%" PRIu32 ":%" PRId32,
                     after.end, after.key.seq, after.key.index);
            return;
        }
        if (end.key.index == NQS_NO_INDEX || members)
            add_finished(l, end.key);
        after = end;
    }
}

static void list_all(struct listing *l)
{
    struct job_key key = {0, NQS_NO_INDEX};
    struct ledger_end end = {.end = l->since > 0 ? (uint64_t)l->since : 0,
                             .key = {0, NQS_NO_INDEX}};
    const char *after = l->args->after;
    bool finished = l->args->flags & (NQS_STATUS_HISTORY | NQS_STATUS_COMPLETED);

    if (sscanf(after, "f%" SCNu64 ":%" SCNu32 ":%" SCNd32, &end.end, &end.key.seq,
               &end.key.index) == 3) {
        list_finished(l, end);
        return;
    }
    if (*after && sscanf(after, "l%" SCNu32 ":%" SCNd32, &key.seq, &key.index) != 2)
        return;
    if (list_living(l, key) && finished)
        list_finished(l, end);
}

/* How far back finished requests are shown: not at all, for keep_completed, or all there are. */
static nqs_time shown_since(const struct nqsd *nqsd, unsigned flags)
{
    if (flags & NQS_STATUS_HISTORY)
        return 0;
    if (flags & NQS_STATUS_COMPLETED)
        return nqsd->now.wall - core_setting(nqsd->core, ATTR_keep_completed) * NQS_SECOND;
    return NQS_NEVER;
}

static void listing_init(struct listing *l, struct nqsd *nqsd, const struct call *call,
                         const nqs_status_args *args)
{
    *l = (struct listing){.nqsd = nqsd, .args = args, .uid = call->uid};
    page_init(&l->page, args);
    attrs_init(&l->attrs);
    l->since = shown_since(nqsd, args->flags);
    l->own =
        !core_setting(nqsd->core, ATTR_query_other_jobs) && role_of(nqsd, call->uid) == CORE_USER;
}

static void listing_done(struct listing *l)
{
    attrs_done(&l->attrs);
    page_done(&l->page);
}

void listing_jobs(struct nqsd *nqsd, struct call *call)
{
    struct listing l;

    listing_init(&l, nqsd, call, call->args);
    if (l.args->names.names_len)
        list_named(&l);
    else
        list_all(&l);
    page_send(&l.page, nqsd, call);
    listing_done(&l);
}

void listing_select(struct nqsd *nqsd, struct call *call)
{
    const nqs_select_args *args = call->args;
    struct nqs_err err;
    struct listing l;

    listing_init(&l, nqsd, call, &args->list);
    if (select_tests(&l, args, &err)) {
        reply_error(nqsd, call, &err);
    } else {
        list_all(&l);
        page_send(&l.page, nqsd, call);
    }
    listing_done(&l);
}
