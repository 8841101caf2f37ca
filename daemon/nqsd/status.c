/*
 * status.c - answering what is asked about queues, the server, and outputs.
 */
#include "status.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
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

bool status_hidden(struct nqsd *nqsd, struct job_key key, uint32_t uid)
{
    struct job_key array = {key.seq, NQS_NO_INDEX};
    struct core_facts facts = {.uid = uid};
    struct attrs attrs;

    if (core_setting(nqsd->core, ATTR_query_other_jobs) || role_of(nqsd, uid) > CORE_USER)
        return false;
    if (core_facts(nqsd->core, key, &facts) || core_facts(nqsd->core, array, &facts))
        return facts.uid != uid;
    attrs_init(&attrs);
    if (ledger_history(nqsd->store, key, &attrs))
        facts.uid = (uint32_t)attrs_number(&attrs, ATTR_uid, uid);
    attrs_done(&attrs);
    return facts.uid != uid;
}

void status_id(struct nqsd *nqsd, struct job_key key, const struct attrs *attrs,
               char text[NQS_ID_TEXT_MAX])
{
    struct nqs_id id = {.seq = key.seq, .index = key.index};

    id.array = key.index == NQS_NO_INDEX && attrs_number(attrs, ATTR_array_step, 0);
    snprintf(id.server, sizeof id.server, "%s", nqsd->conf.server);
    id_text(&id, text);
}

/* --- queues and the server --- */

struct query {
    struct nqsd *nqsd;
    const nqs_status_args *args;
    struct page page;
    struct attrs attrs; /* of the row being made */
    struct buf conf_managers;
    struct buf conf_operators;
    char limits[256]; /* what bounds_said() */
};

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

static void add_queue(struct query *l, const char *name)
{
    bool there;

    attrs_clear(&l->attrs);
    there = core_queue_show(l->nqsd->core, name, &l->attrs, &l->nqsd->space);
    page_add(&l->page, name, there ? NQS_OK : NQS_NOQUEUE, &l->attrs);
}

static void list_queues(struct query *l)
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
    struct query l = {.nqsd = nqsd, .args = call->args};
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

static void add_complex(struct query *l, const char *name)
{
    bool there;

    attrs_clear(&l->attrs);
    there = core_complex_show(l->nqsd->core, name, &l->attrs, &l->nqsd->space);
    page_add(&l->page, name, there ? NQS_OK : NQS_NOQUEUE, &l->attrs);
}

void status_complexes(struct nqsd *nqsd, struct call *call)
{
    struct query l = {.nqsd = nqsd, .args = call->args};
    const char *name = l.args->after;

    page_init(&l.page, l.args);
    attrs_init(&l.attrs);
    for (unsigned i = 0; i < l.args->names.names_len; i++)
        add_complex(&l, l.args->names.names_val[i].text);
    while (!l.args->names.names_len && (name = core_complex_next(nqsd->core, name))) {
        add_complex(&l, name);
        if (!page_full(&l.page))
            continue;
        snprintf(l.page.next, sizeof l.page.next, "%s", name);
        break;
    }
    page_send(&l.page, nqsd, call);
    attrs_done(&l.attrs);
    page_done(&l.page);
}

/* Names where they are known already, else numbers: nothing is waited for here. */
static void put_uids(struct query *l, const struct conf_uids *uids, uint16_t id, struct buf *text)
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

static void add_server(struct query *l)
{
    attrs_clear(&l->attrs);
    core_server_show(l->nqsd->core, &l->attrs, &l->nqsd->space);
    put_uids(l, &l->nqsd->conf.managers, ATTR_conf_managers, &l->conf_managers);
    put_uids(l, &l->nqsd->conf.operators, ATTR_conf_operators, &l->conf_operators);
    attrs_add_text(&l->attrs, ATTR_version, PACKAGE_VERSION);
    attrs_add_number(&l->attrs, ATTR_node_ncpus, sysconf(_SC_NPROCESSORS_ONLN));
    attrs_add_number(&l->attrs, ATTR_node_mem,
                     (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
    bounds_said(l->nqsd->conf.spool, l->limits, sizeof l->limits);
    attrs_add_text(&l->attrs, ATTR_limits_enforced, l->limits);
    page_add(&l->page, l->nqsd->conf.server, NQS_OK, &l->attrs);
}

void status_server(struct nqsd *nqsd, struct call *call)
{
    struct query l = {.nqsd = nqsd, .args = call->args};

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
