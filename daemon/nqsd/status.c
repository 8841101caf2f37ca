/*
 * status.c - answering what is asked about requests, queues and the server.
 *
 * A listing walks over the living requests in the order of their keys, then
 * over the finished ones in the order of their ends.  Its cursor is a text
 * that says where it stands, so that nothing is kept here between two pages.
 * What ends between two pages is never left out; it may be shown twice, alive
 * and then finished.
 */
#include "status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "page.h"
#include "role.h"
#include "spool.h"
#include "users.h"

/* --- one finished request --- */

bool status_key(struct nqsd *nqsd, const char *text, struct job_key *ret)
{
    struct nqs_id id;

    if (id_parse(text, &id, NULL) || (id.server[0] && strcmp(id.server, nqsd->conf.server)) ||
        (id.at[0] && strcmp(id.at, nqsd->conf.server)))
        return false;
    *ret = (struct job_key){id.seq, id.index};
    return true;
}

bool status_finished(struct nqsd *nqsd, struct job_key key, struct attrs *attrs)
{
    if (!ledger_history(nqsd->store, key, attrs))
        return false;
    attrs_add_text(attrs, ATTR_job_state, "C");
    attrs_add_text(attrs, ATTR_substate, "ENDED");
    attrs_add_text(attrs, ATTR_server, nqsd->conf.server);
    if (attrs_number(attrs, ATTR_run_count, 0)) {
        attrs_add_text(attrs, ATTR_exec_host, nqsd->conf.server);
        /* A status of 0 is not in the record, as no zero is; here it is news. */
        if (!attrs_find(attrs, ATTR_exit_status))
            attrs_add_number(attrs, ATTR_exit_status, 0);
    }
    return true;
}

void status_id(struct nqsd *nqsd, struct job_key key, const struct attrs *attrs,
               char text[NQS_ID_TEXT_MAX])
{
    struct nqs_id id = {.seq = key.seq, .index = key.index};

    id.array = key.index == NQS_NO_INDEX && attrs_number(attrs, ATTR_array_step, 0);
    snprintf(id.server, sizeof id.server, "%s", nqsd->conf.server);
    id_text(&id, text);
}

/* --- rows --- */

struct listing {
    struct nqsd *nqsd;
    const nqs_status_args *args;
    struct page page;
    struct attrs attrs; /* of the row being made */
    uint32_t uid;       /* who asks */
    nqs_time since;     /* finished requests that ended before are not shown */
    struct buf conf_managers;
    struct buf conf_operators;
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

static void add_living(struct listing *l, const struct core_look *look)
{
    char id[NQS_ID_TEXT_MAX];
    struct core_facts facts = {.uid = UINT32_MAX};
    struct job_key row = look->key;

    if (look->virtual_member)
        row.index = NQS_NO_INDEX;
    core_facts(l->nqsd->core, row, &facts);
    attrs_clear(&l->attrs);
    add_body(l, look->key, facts.uid);
    core_show(l->nqsd->core, l->nqsd->now, look, &l->attrs, &l->nqsd->space);
    core_id_text(l->nqsd->core, look->key, id);
    page_add(&l->page, id, NQS_OK, &l->attrs);
}

/* NQS_OK when KEY has finished and was added; NQS_FINISHED: too long ago to show. */
static enum nqs_code add_finished(struct listing *l, struct job_key key)
{
    char id[NQS_ID_TEXT_MAX];

    attrs_clear(&l->attrs);
    if (!status_finished(l->nqsd, key, &l->attrs))
        return NQS_NOJOB;
    if (attrs_number(&l->attrs, ATTR_comp_time, 0) < l->since)
        return NQS_FINISHED;
    status_id(l->nqsd, key, &l->attrs, id);
    add_body(l, key, (uint32_t)attrs_number(&l->attrs, ATTR_uid, UINT32_MAX));
    page_add(&l->page, id, NQS_OK, &l->attrs);
    return NQS_OK;
}

static void add_named(struct listing *l, const char *name)
{
    struct core_look look;
    struct job_key key;
    struct nqs_err err;
    enum nqs_code code = core_find(l->nqsd->core, name, &look, &err);

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
    if (!core_find(l->nqsd->core, name, &look, &err))
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

/* Living requests behind KEY; true when all were listed. */
static bool list_living(struct listing *l, struct job_key key)
{
    bool members = l->args->flags & NQS_STATUS_MEMBERS;
    struct core_look look;

    while (core_next(l->nqsd->core, &key, members, &look)) {
        if (page_full(&l->page)) {
            snprintf(l->page.next, sizeof l->page.next, "l%" PRIu32 ":%" PRId32, key.seq,
                     key.index);
            return false;
        }
        add_living(l, &look);
        key = look.key;
    }
    return true;
}

static void list_finished(struct listing *l, struct ledger_end after)
{
    bool members = l->args->flags & NQS_STATUS_MEMBERS;
    struct ledger_end end;

    while (ledger_next_end(l->nqsd->store, after, &end)) {
        if (page_full(&l->page)) {
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

void status_jobs(struct nqsd *nqsd, struct call *call)
{
    struct listing l = {.nqsd = nqsd, .args = call->args, .uid = call->uid};

    page_init(&l.page, l.args);
    attrs_init(&l.attrs);
    l.since = shown_since(nqsd, l.args->flags);
    if (l.args->names.names_len)
        list_named(&l);
    else
        list_all(&l);
    page_send(&l.page, nqsd, call);
    attrs_done(&l.attrs);
    page_done(&l.page);
}

/* --- queues and the server --- */

/* Cut "@server" off NAME; false when it is another server. */
static bool own_part(const struct nqsd *nqsd, const char *name, char *queue, size_t size)
{
    const char *at = strchr(name, '@');
    size_t length = at ? (size_t)(at - name) : strlen(name);

    if (length >= size || (at && strcmp(at + 1, nqsd->conf.server)))
        return false;
    memcpy(queue, name, length);
    queue[length] = '\0';
    return true;
}

static void add_queue(struct listing *l, const char *name)
{
    bool there;

    attrs_clear(&l->attrs);
    there = core_queue_show(l->nqsd->core, name, &l->attrs, &l->nqsd->space);
    page_add(&l->page, name, there ? NQS_OK : NQS_NOQUEUE, &l->attrs);
}

static void list_queues(struct listing *l)
{
    const char *name = l->args->after;
    const char *next;

    while ((next = core_queue_next(l->nqsd->core, name))) {
        if (page_full(&l->page)) {
            snprintf(l->page.next, sizeof l->page.next, "%s", name);
            return;
        }
        add_queue(l, next);
        name = next;
    }
}

void status_queues(struct nqsd *nqsd, struct call *call)
{
    struct listing l = {.nqsd = nqsd, .args = call->args};
    char queue[NQS_NAME_MAX + 1];

    page_init(&l.page, l.args);
    attrs_init(&l.attrs);
    for (unsigned i = 0; i < l.args->names.names_len; i++) {
        const char *name = l.args->names.names_val[i].text;

        attrs_clear(&l.attrs);
        if (!own_part(nqsd, name, queue, sizeof queue))
            page_add(&l.page, name, NQS_NOQUEUE, &l.attrs);
        else if (*queue)
            add_queue(&l, queue);
        else
            list_queues(&l);
    }
    if (!l.args->names.names_len)
        list_queues(&l);
    page_send(&l.page, nqsd, call);
    attrs_done(&l.attrs);
    page_done(&l.page);
}

/* Names where they are known already, else numbers: nothing is waited for here. */
static void put_uids(struct listing *l, const struct conf_uids *uids, uint16_t id, struct buf *text)
{
    const char *name;

    buf_clear(text);
    for (unsigned i = 0; i < uids->count; i++) {
        enum users_state state =
            users_name(l->nqsd->users, uids->uid[i], l->nqsd->now.steady, &name);

        if (i)
            buf_add_char(text, ',');
        if (state == USERS_KNOWN)
            buf_add_text(text, name);
        else
            buf_format(text, "[%u]", (unsigned)uids->uid[i]);
    }
    attrs_add_text(&l->attrs, id, buf_text(text));
}

static void add_server(struct listing *l)
{
    attrs_clear(&l->attrs);
    core_server_show(l->nqsd->core, &l->attrs, &l->nqsd->space);
    put_uids(l, &l->nqsd->conf.managers, ATTR_conf_managers, &l->conf_managers);
    put_uids(l, &l->nqsd->conf.operators, ATTR_conf_operators, &l->conf_operators);
    attrs_add_text(&l->attrs, ATTR_version, PACKAGE_VERSION);
    page_add(&l->page, l->nqsd->conf.server, NQS_OK, &l->attrs);
}

void status_server(struct nqsd *nqsd, struct call *call)
{
    struct listing l = {.nqsd = nqsd, .args = call->args};

    page_init(&l.page, l.args);
    attrs_init(&l.attrs);
    for (unsigned i = 0; i < l.args->names.names_len; i++) {
        const char *name = l.args->names.names_val[i].text;

        attrs_clear(&l.attrs);
        if (strcmp(name, nqsd->conf.server))
            page_add(&l.page, name, NQS_UNREACHABLE, &l.attrs);
        else
            add_server(&l);
    }
    if (!l.args->names.names_len)
        add_server(&l);
    page_send(&l.page, nqsd, call);
    attrs_done(&l.attrs);
    page_done(&l.page);
    buf_done(&l.conf_managers);
    buf_done(&l.conf_operators);
}

/* --- output in the spool --- */

static bool may_read(struct nqsd *nqsd, const struct call *call, struct job_key key,
                     struct attrs *attrs)
{
    struct core_facts facts;
    uint32_t uid;

    if (core_facts(nqsd->core, key, &facts))
        uid = facts.uid;
    else if (status_finished(nqsd, key, attrs))
        uid = (uint32_t)attrs_number(attrs, ATTR_uid, UINT32_MAX);
    else
        return false;
    return uid == call->uid || role_of(nqsd, call->uid) > CORE_USER;
}

void status_output(struct nqsd *nqsd, struct call *call)
{
    const nqs_output_args *args = call->args;
    nqs_output_answer answer = {.code = NQS_OK, .text = (char *)""};
    size_t max =
        args->length_max && args->length_max < NQS_DATA_MAX ? args->length_max : NQS_DATA_MAX;
    char id[NQS_ID_TEXT_MAX];
    struct nqs_err err = {.text = ""};
    struct attrs attrs;
    struct job_key key;
    struct buf data;
    uint64_t size = 0;

    attrs_init(&attrs);
    buf_init(&data);
    if (!status_key(nqsd, args->name, &key) || !may_read(nqsd, call, key, &attrs))
        answer.code = nqs_fail(&err, NQS_NOJOB, "Unknown Job Id %.80s", args->name);
    else if ((args->stream != 'o' && args->stream != 'e') || args->offset < 0)
        answer.code = nqs_fail(&err, NQS_VALUE, "a stream is 'o' or 'e', an offset 0 or more");
    if (!answer.code) {
        status_id(nqsd, key, &attrs, id);
        answer.code = spool_output_read(nqsd->spool, id, (char)args->stream, (uint64_t)args->offset,
                                        max, &data, &size, &err);
    }
    answer.text = err.text;
    answer.data.data_val = data.bytes;
    answer.data.data_len = (unsigned)data.length;
    answer.size = (int64_t)size;
    reply_send(nqsd, call, &answer);
    buf_done(&data);
    attrs_done(&attrs);
}
