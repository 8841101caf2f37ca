/*
 * waits.c - long polls, found by the request they wait for; see waits.h.
 */
#include "waits.h"

#include <event2/event.h>
#include <string.h>

#include "loop.h"
#include "mem.h"
#include "reply.h"
#include "status.h"
#include "tree.h"

enum { WAIT_MS_MAX = 60000 };

struct wait {
    struct tree_node node; /* by key, then number */
    struct waits *waits;   /* borrowed */
    uint64_t number;
    struct job_key key;
    uint64_t connection;
    uint32_t xid;
    const struct rpc_row *row;
    unsigned until;
    struct event *timer;
    char name[NQS_ID_TEXT_MAX];
};

struct waits {
    struct nqsd *nqsd;
    struct tree by_key; /* owned */
    uint64_t number;
};

static int wait_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct wait *x = TREE_OF(a, struct wait, node);
    const struct wait *y = TREE_OF(b, struct wait, node);

    if (x->key.seq != y->key.seq)
        return x->key.seq < y->key.seq ? -1 : 1;
    if (x->key.index != y->key.index)
        return x->key.index < y->key.index ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

struct waits *waits_new(struct nqsd *nqsd)
{
    struct waits *waits = mem_new(sizeof *waits);

    waits->nqsd = nqsd;
    tree_init(&waits->by_key, wait_compare);
    return waits;
}

static void wait_free(struct wait *wait)
{
    tree_remove(&wait->waits->by_key, &wait->node);
    event_free(wait->timer);
    mem_free(wait);
}

void waits_free(struct waits *waits)
{
    struct tree_node *node;

    if (!waits)
        return;
    while ((node = tree_first(&waits->by_key)))
        wait_free(TREE_OF(node, struct wait, node));
    mem_free(waits);
}

static void answer_code(struct nqsd *nqsd, uint64_t connection, uint32_t xid,
                        const struct rpc_row *row, enum nqs_code code, const char *text)
{
    struct call call = {.connection = connection, .xid = xid, .row = row};

    reply_answer(nqsd, &call, code, text, "");
}

/* Has KEY come as far as UNTIL?  When it is there no more, *ret_gone is set. */
static bool is_settled(const struct nqsd *nqsd, struct job_key key, unsigned until, bool *ret_gone)
{
    struct core_facts facts;

    *ret_gone = !core_facts(nqsd->core, key, &facts);
    if (*ret_gone)
        return true;
    return until == NQS_WAIT_SETTLED && facts.state != STATE_ENDING &&
           facts.state != STATE_RERUNNING;
}

/* Answer with what is known of KEY; false when nothing is. */
static bool answer_known(struct nqsd *nqsd, uint64_t connection, uint32_t xid,
                         const struct rpc_row *row, const char *name, struct job_key key)
{
    struct core_look look = {.key = key};
    struct core_facts facts;
    struct attrs attrs;
    struct attrs some;
    bool known;

    attrs_init(&attrs);
    attrs_init(&some);
    known = core_facts(nqsd->core, key, &facts);
    if (known)
        core_show(nqsd->core, nqsd->now, &look, &attrs, &nqsd->space);
    else
        known = status_finished(nqsd, key, &attrs);
    for (size_t i = 0; i < attrs.count; i++)
        if (attrs.list[i].id == ATTR_exit_status || attrs.list[i].id == ATTR_exit_reason ||
            attrs.list[i].id == ATTR_run_count || attrs.list[i].id == ATTR_job_state)
            attrs_add(&some, &attrs.list[i]);
    if (known)
        reply_attrs(nqsd, connection, xid, row, name, &some);
    attrs_done(&attrs);
    attrs_done(&some);
    return known;
}

static void on_timeout(evutil_socket_t fd, short what, void *context)
{
    struct wait *wait = context;

    (void)fd, (void)what;
    answer_code(wait->waits->nqsd, wait->connection, wait->xid, wait->row, NQS_TIMEOUT,
                "it has not come so far yet");
    wait_free(wait);
}

static void keep(struct waits *waits, const struct call *call, const nqs_wait_args *args,
                 struct job_key key)
{
    struct wait *wait = mem_new(sizeof *wait);
    unsigned ms = args->timeout_ms < WAIT_MS_MAX ? args->timeout_ms : WAIT_MS_MAX;
    struct timeval timeout = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};

    wait->waits = waits;
    wait->number = ++waits->number;
    wait->key = key;
    wait->connection = call->connection;
    wait->xid = call->xid;
    wait->row = call->row;
    wait->until = args->until;
    core_id_text(waits->nqsd->core, key, wait->name);
    wait->timer = event_new(loop_base(waits->nqsd->loop), -1, 0, on_timeout, wait);
    event_add(wait->timer, &timeout);
    tree_insert(&waits->by_key, &wait->node);
}

void waits_call(struct waits *waits, struct call *call)
{
    struct nqsd *nqsd = waits->nqsd;
    const nqs_wait_args *args = call->args;
    struct core_look look;
    struct job_key key;
    struct nqs_err err;
    enum nqs_code code = core_find(nqsd->core, args->name, &look, &err);
    bool gone;

    if (code != NQS_SYNTAX && status_key(nqsd, args->name, &key) &&
        status_hidden(nqsd, key, call->uid)) {
        code = nqs_fail(&err, NQS_NOJOB, "Unknown Job Id %.80s", args->name);
        reply_error(nqsd, call, &err);
        return;
    }
    if (code == NQS_SYNTAX) {
        reply_error(nqsd, call, &err);
        return;
    }
    if (!code && look.virtual_member) {
        keep(waits, call, args, look.key);
        return;
    }
    if (!code && !is_settled(nqsd, look.key, args->until, &gone)) {
        keep(waits, call, args, look.key);
        return;
    }
    if (!code)
        key = look.key;
    else if (!status_key(nqsd, args->name, &key))
        key = (struct job_key){0, NQS_NO_INDEX};
    if (!answer_known(nqsd, call->connection, call->xid, call->row, args->name, key))
        reply_error(nqsd, call, &err);
}

static struct wait *wait_after(struct waits *waits, struct job_key key, uint64_t number)
{
    struct wait probe = {.key = key, .number = number};
    struct wait *wait = TREE_OF(tree_after(&waits->by_key, &probe.node), struct wait, node);

    if (!wait || wait->key.seq != key.seq || wait->key.index != key.index)
        return NULL;
    return wait;
}

void waits_event(struct waits *waits, struct job_key key)
{
    struct nqsd *nqsd = waits->nqsd;
    struct wait *wait;
    uint64_t number = 0;

    while ((wait = wait_after(waits, key, number))) {
        bool gone;

        number = wait->number;
        if (!is_settled(nqsd, key, wait->until, &gone))
            continue;
        if (!answer_known(nqsd, wait->connection, wait->xid, wait->row, wait->name, key))
            answer_code(nqsd, wait->connection, wait->xid, wait->row, NQS_NOJOB,
                        "Unknown Job Id: it has gone");
        wait_free(wait);
    }
}

bool waits_empty(const struct waits *waits)
{
    return tree_empty(&waits->by_key);
}

void waits_closed(struct waits *waits, uint64_t connection)
{
    struct tree_node *node = tree_first(&waits->by_key);

    while (node) {
        struct wait *wait = TREE_OF(node, struct wait, node);

        node = tree_after(&waits->by_key, node);
        if (wait->connection == connection)
            wait_free(wait);
    }
}

void waits_end(struct waits *waits)
{
    struct tree_node *node;

    while ((node = tree_first(&waits->by_key))) {
        struct wait *wait = TREE_OF(node, struct wait, node);

        answer_code(waits->nqsd, wait->connection, wait->xid, wait->row, NQS_CLOSING,
                    "the server is shutting down");
        wait_free(wait);
    }
}
