/*
 * turn.c - the turn.
 *
 * Facts and calls that change something are told to the core, time passes,
 * one commit, and only then does anything leave: answers, orders, and what is
 * read, which so is always what the disk has.  A commit that found no space
 * has not happened and neither has the rest of the turn: the same batch is
 * tried again, and no new turn begins before it went through.
 */
#include "turn.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "failpoint.h"
#include "follow.h"
#include "history.h"
#include "ledger.h"
#include "link.h"
#include "listen.h"
#include "listing.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "orders.h"
#include "post.h"
#include "reply.h"
#include "role.h"
#include "spool.h"
#include "status.h"
#include "store.h"
#include "waits.h"

enum {
    CALLS_AT_ONCE = 1000, /* of one turn; the rest waits for the next */
    FACT_PATIENCE_MS = 5, /* that a job has begun may wait so long for company */
    BLOCKED_RETRY_MS = 500,
    EXPIRE_SECONDS = 10,
    SWEEP_SECONDS = 600, /* scripts in the spool that nobody names any more */
};

/* The calls of the turn whose answers the core has ordered, by ref - 1. */
struct turn {
    struct call *calls[CALLS_AT_ONCE];
    struct nqs_err errors[CALLS_AT_ONCE]; /* code NQS_OK: the core answers */
    size_t count;
    struct call_list reads;
};

static struct turn *turn_new(void)
{
    struct turn *turn = mem_new(sizeof *turn);

    call_list_init(&turn->reads);
    return turn;
}

/* --- telling --- */

static void hear_facts(struct nqsd *nqsd)
{
    struct heard *heard;

    while ((heard = inbox_take_fact(&nqsd->inbox))) {
        core_hear(nqsd->core, nqsd->now, &heard->fact, &nqsd->out);
        mem_free(heard);
    }
}

static void decide_change(struct nqsd *nqsd, struct turn *turn, struct tree *tokens,
                          struct call *call)
{
    struct nqs_err *err = &turn->errors[turn->count];
    enum nqs_code code = NQS_OK;

    err->code = NQS_OK;
    if (nqsd->closing && call->row->number == NQS_QUEUE_JOB)
        code = nqs_fail(err, NQS_CLOSING, "the server is shutting down");
    else
        code = change_decide(nqsd, call, turn->count + 1, tokens, err);
    if (code == NQS_BUSY) {
        call_list_add(&nqsd->inbox.parked, call);
        return;
    }
    turn->calls[turn->count++] = call;
}

static void take_calls(struct nqsd *nqsd, struct turn *turn)
{
    struct tree tokens;
    struct call *call;

    change_tokens_init(&tokens);
    while (turn->count < CALLS_AT_ONCE && (call = call_list_take(&nqsd->inbox.calls))) {
        if (call->row->kind == KIND_CHANGE)
            decide_change(nqsd, turn, &tokens, call);
        else
            call_list_add(&turn->reads, call);
    }
}

/* This turn has changed a setting, perhaps how long something is kept. */
static bool setting_changed(const struct nqsd *nqsd)
{
    for (size_t i = 0; i < nqsd->out.event_count; i++)
        if (nqsd->out.events[i].type == EVENT_SERVER_SET)
            return true;
    return false;
}

static void expire(struct nqsd *nqsd)
{
    nqs_time wall = nqsd->now.wall;
    struct ledger_old old;
    nqs_time kept;
    bool more;

    if (nqsd->now.steady < nqsd->expire_next && !setting_changed(nqsd))
        return;
    old.history_before = wall - core_setting(nqsd->core, ATTR_keep_history) * NQS_SECOND;
    old.journal_before = wall - core_setting(nqsd->core, ATTR_keep_journal) * NQS_SECOND;
    follow_kept(nqsd->follow, &old.journal_seq, &kept);
    if (kept < old.history_before)
        old.history_before = kept;
    more = ledger_expire(nqsd->store, &old);
    nqsd->expire_next = nqsd->now.steady + (more ? 0 : EXPIRE_SECONDS * NQS_SECOND);
}

/* --- after the commit --- */

/* One line an event: the log cannot disagree with the store. */
static void log_event(const struct nqsd *nqsd, const struct event *event)
{
    char id[NQS_ID_TEXT_MAX] = "";
    const struct event_row *row = event_find(event->type);

    if (row->subject == SUBJECT_LIFE || row->subject == SUBJECT_JOB)
        core_id_text(nqsd->core, event->key, id);
    log_gather("%s seq=%llu subject=%s", row->name, (unsigned long long)event->seq,
               *id             ? id
               : *event->queue ? event->queue
                               : "server");
}

static void release_answers(struct nqsd *nqsd, struct turn *turn)
{
    const struct outbox *out = &nqsd->out;

    for (size_t i = 0; i < out->order_count; i++) {
        const struct core_order *order = &out->orders[i];

        if (order->kind == ORDER_TO_ANSWER)
            reply_answer(nqsd, turn->calls[order->ref - 1], order->code,
                         outbox_bytes(out, order->text), outbox_bytes(out, order->name));
    }
    for (size_t i = 0; i < turn->count; i++) {
        if (turn->errors[i].code)
            reply_error(nqsd, turn->calls[i], &turn->errors[i]);
        call_free(turn->calls[i]);
    }
    turn->count = 0;
}

static void answer_shutdown(struct nqsd *nqsd, struct call *call)
{
    const nqs_change *args = call->args;
    struct attr attr = {.number = 60};
    struct nqs_err err;

    if (role_check(nqsd, call, &err)) {
        reply_error(nqsd, call, &err);
        return;
    }
    for (unsigned i = 0; i < args->attrs.attrs_len; i++)
        if (args->attrs.attrs_val[i].id == ATTR_kill_delay)
            attr_unpack_value(ATTR_kill_delay, args->attrs.attrs_val[i].value.value_val,
                              args->attrs.attrs_val[i].value.value_len, &attr);
    log_fact("shutdown uid=%u grace=%lld", (unsigned)call->uid, (long long)attr.number);
    reply_answer(nqsd, call, NQS_OK, "", "");
    turn_close(nqsd, attr.number < 0 || attr.number > 3600 ? 60 : attr.number);
}

static void answer_backup(struct nqsd *nqsd, struct call *call)
{
    const nqs_change *args = call->args;
    struct nqs_err err;
    enum nqs_code code = role_check(nqsd, call, &err);

    if (!code && *args->name != '/')
        code = nqs_fail(&err, NQS_VALUE, "backup: '%.80s' is not an absolute path", args->name);
    if (!code)
        code = store_backup_begin(nqsd->store, args->name, &err);
    if (code)
        reply_error(nqsd, call, &err);
    else
        reply_answer(nqsd, call, NQS_OK, "", args->name);
}

static void answer_null(struct nqsd *nqsd, struct call *call)
{
    reply_send(nqsd, call, NULL);
}

static void answer_wait(struct nqsd *nqsd, struct call *call)
{
    waits_call(nqsd->waits, call);
}

static const struct {
    uint32_t procedure;
    void (*answer)(struct nqsd *nqsd, struct call *call);
} answers[] = {
    {NQS_STATUS_JOBS, listing_jobs},    {NQS_STATUS_QUEUES, status_queues},
    {NQS_STATUS_SERVER, status_server}, {NQS_OUTPUT, status_output},
    {NQS_HISTORY, history_answer},

    {NQS_SELECT_JOBS, listing_select},  {NQS_STATUS_COMPLEXES, status_complexes},
    {NQS_WAIT_JOB, answer_wait},        {NQS_SHUTDOWN, answer_shutdown},
    {NQS_BACKUP, answer_backup},        {NQS_NULL, answer_null},
};

static void release_reads(struct nqsd *nqsd, struct turn *turn)
{
    struct call *call;

    while ((call = call_list_take(&turn->reads))) {
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
            if (answers[i].procedure == call->row->number)
                answers[i].answer(nqsd, call);
        call_free(call);
    }
}

static void release_waits(struct nqsd *nqsd)
{
    for (size_t i = 0; i < nqsd->out.event_count; i++)
        if (event_find(nqsd->out.events[i].type)->subject == SUBJECT_LIFE)
            waits_event(nqsd->waits, nqsd->out.events[i].key);
}

static bool wants_script(void *context, const char *name)
{
    struct nqsd *nqsd = context;

    return core_holds_text(nqsd->core, name);
}

/* Only here, where every script that was put is named by a row or was refused. */
static void sweep_scripts(struct nqsd *nqsd)
{
    if (nqsd->now.steady < nqsd->sweep_next)
        return;
    spool_sweep(nqsd->spool, wants_script, nqsd);
    nqsd->sweep_next = nqsd->now.steady + SWEEP_SECONDS * NQS_SECOND;
}

/* --- the whole --- */

static struct turn *the_turn(struct nqsd *nqsd)
{
    if (!nqsd->turn)
        nqsd->turn = turn_new();
    return nqsd->turn;
}

static void tell(struct nqsd *nqsd, struct turn *turn)
{
    outbox_clear(&nqsd->out);
    nqsd->now = clock_now();
    hear_facts(nqsd);
    take_calls(nqsd, turn);
    if (nqsd->shutdown_wanted)
        core_shutdown(nqsd->core, nqsd->now, (uint32_t)nqsd->shutdown_grace_s, &nqsd->out);
    nqsd->shutdown_wanted = false;
    core_tick(nqsd->core, nqsd->now, &nqsd->out);
    ledger_write(nqsd->store, &nqsd->out);
    /* With the commit that holds what was found out of the boot before, never earlier. */
    if (nqsd->boot_new && !link_adopting(nqsd->link)) {
        ledger_note_boot(nqsd->store, link_boot(nqsd->link));
        nqsd->boot_new = false;
    }
    expire(nqsd);
    follow_note(nqsd->follow, post_settled(nqsd->post));
    store_turn_end(nqsd->store);
}

static void turn_again(evutil_socket_t fd, short what, void *context)
{
    struct nqsd *nqsd = context;

    (void)fd, (void)what;
    loop_want(nqsd->loop);
}

/* True when the batch is on disk; exits when it is unknown what the disk holds. */
static bool commit(struct nqsd *nqsd)
{
    static const struct timeval again = {0, BLOCKED_RETRY_MS * 1000};
    struct nqs_err err;
    enum nqs_code code;

    FAILPOINT("turn-told");
    code = store_commit(nqsd->store, &err);
    if (!code) {
        FAILPOINT("turn-committed");
        if (nqsd->blocked)
            log_fact("commit-unblocked");
        if (nqsd->blocked)
            listen_resume(nqsd->listen);
        nqsd->blocked = false;
        return true;
    }
    if (code != NQS_NOSPACE) {
        log_fact("commit-failed why=%s", err.text);
        exit(2); /* nothing has left; the successor starts from the disk */
    }
    log_limited("commit-blocked why=%s", err.text);
    if (!nqsd->blocked)
        listen_pause(nqsd->listen);
    nqsd->blocked = true;
    event_base_once(loop_base(nqsd->loop), -1, EV_TIMEOUT, turn_again, nqsd, &again);
    return false;
}

static void release(struct nqsd *nqsd, struct turn *turn)
{
    for (size_t i = 0; i < nqsd->out.event_count; i++)
        log_event(nqsd, &nqsd->out.events[i]);
    log_flush();
    release_answers(nqsd, turn);
    FAILPOINT("turn-answered");
    orders_release(nqsd);
    FAILPOINT("turn-ordered");
    release_waits(nqsd);
    release_reads(nqsd, turn);
    follow_run(nqsd->follow);
    store_turn_end(nqsd->store);
}

static void end_if_closed(struct nqsd *nqsd)
{
    if (nqsd->closing && (nqsd->now.steady >= nqsd->close_at || !core_running(nqsd->core)))
        loop_stop(nqsd->loop);
}

static void arm(struct nqsd *nqsd)
{
    struct nqs_now wake = core_wake(nqsd->core);
    nqs_time oldest = ledger_oldest_end(nqsd->store);
    nqs_time expire_at;

    if (nqsd->inbox.calls.first || nqsd->inbox.facts)
        loop_want(nqsd->loop);
    if (oldest != NQS_NEVER) {
        expire_at = oldest + core_setting(nqsd->core, ATTR_keep_history) * NQS_SECOND;
        expire_at += nqsd->now.steady - nqsd->now.wall;
        if (expire_at < nqsd->expire_next)
            expire_at = nqsd->expire_next;
        if (expire_at < wake.steady)
            wake.steady = expire_at;
    }
    if (nqsd->closing && nqsd->close_at < wake.steady)
        wake.steady = nqsd->close_at;
    store_turn_end(nqsd->store);
    loop_wake(nqsd->loop, nqsd->now, wake);
}

void turn_run(void *context)
{
    struct nqsd *nqsd = context;
    struct turn *turn = the_turn(nqsd);

    if (!nqsd->blocked)
        tell(nqsd, turn);
    if (!commit(nqsd))
        return;
    release(nqsd, turn);
    sweep_scripts(nqsd);
    arm(nqsd);
    end_if_closed(nqsd);
}

/* --- hooks --- */

static void on_call(void *context, const struct listen_call *call)
{
    struct nqsd *nqsd = context;

    if (!inbox_call(&nqsd->inbox, call)) {
        buf_clear(&nqsd->reply);
        rpc_encode_refusal(&nqsd->reply, call->xid, RPC_GARBAGE);
        listen_reply(nqsd->listen, call->connection, nqsd->reply.bytes, nqsd->reply.length);
        return;
    }
    loop_want(nqsd->loop);
}

static void on_closed(void *context, uint64_t connection)
{
    struct nqsd *nqsd = context;

    waits_closed(nqsd->waits, connection);
}

const struct listen_hooks turn_listen_hooks = {on_call, on_closed};

/*
 * That a job has begun owes nobody an answer, nor that it has exited when
 * nobody waits for that or for its slot: such facts wait a little for company,
 * and often go with the commit of the next submission.
 */
static bool may_wait(const struct nqsd *nqsd, const struct fact *fact)
{
    if (fact->kind == FACT_STARTED)
        return true;
    return fact->kind == FACT_EXITED && !core_queued(nqsd->core) && waits_empty(nqsd->waits) &&
           !nqsd->closing;
}

void turn_fact(void *context, const struct fact *fact)
{
    struct nqsd *nqsd = context;

    inbox_fact(&nqsd->inbox, fact);
    if (may_wait(nqsd, fact))
        loop_want_within(nqsd->loop, FACT_PATIENCE_MS);
    else
        loop_want(nqsd->loop);
}

void turn_user_found(void *context)
{
    struct nqsd *nqsd = context;
    struct call *call;

    while ((call = call_list_take(&nqsd->inbox.parked)))
        call_list_add(&nqsd->inbox.calls, call);
    loop_want(nqsd->loop);
}

void turn_close(struct nqsd *nqsd, int64_t grace_s)
{
    enum { SLACK_S = 5 };

    if (nqsd->closing && grace_s >= 0)
        return;
    nqsd->closing = true;
    nqsd->close_at = nqsd->now.steady;
    if (grace_s >= 0) {
        nqsd->close_at += (grace_s + SLACK_S) * NQS_SECOND;
        nqsd->shutdown_grace_s = grace_s;
        nqsd->shutdown_wanted = true;
    }
    loop_want(nqsd->loop);
}
