/*
 * control.c - delete, hold, release, rerun, signal, suspend, resume and message.
 *
 * What a caller may not do to a request that is not his is answered as if the
 * request did not exist (reference/queues.md A.4).  An array stands for its
 * members: those that have a row get an event each, those that wait change
 * with the array.
 */
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "decide.h"
#include "defect.h"

enum nqs_code find_job(const struct core *core, const char *name, struct job_key *ret_key,
                       struct nqs_err *err)
{
    struct core_look look;
    enum nqs_code code = core_find(core, name, &look, err);

    if (!code)
        *ret_key = look.key;
    return code;
}

/* The row to judge by: of a member that was not begun yet, the array's. */
static const struct job *row_of(const struct core *core, struct job_key key)
{
    const struct job *job = world_job(core, key);

    return job ? job : world_job(core, (struct job_key){key.seq, NQS_NO_INDEX});
}

enum nqs_code find_own(const struct core *core, const struct request *request,
                       struct job_key *ret_key, struct nqs_err *err)
{
    enum nqs_code code = find_job(core, request->name, ret_key, err);
    const struct job *job;

    if (code)
        return code;
    job = row_of(core, *ret_key);
    if (job->uid != request->uid && request->role == CORE_USER && !DEFECT(OWNER))
        return nqs_fail(err, NQS_NOJOB, "Unknown Job Id %.80s", request->name);
    return NQS_OK;
}

static enum nqs_code wrong_state(const char *name, const struct job *job, const char *what,
                                 struct nqs_err *err)
{
    return nqs_fail(err, NQS_STATE, "Request invalid for state of job %.80s: %s %s", name,
                    life_state((enum life_state)job->state)->text, what);
}

void answer_job(struct telling *t, const struct request *request, struct job_key key)
{
    char id[NQS_ID_TEXT_MAX];

    core_id_text(t->core, key, id);
    outbox_answer(t->out, request->ref, NQS_OK, "", id);
}

struct job *next_member(const struct core *core, const struct job *array, struct job_key key)
{
    struct job *job = world_job_after(core, key);

    return job && job->parent == array ? job : NULL;
}

/* --- delete --- */

bool is_ending(const struct job *job)
{
    return job->state == STATE_ENDING || job->state == STATE_EXITING || job->state == STATE_CLOSING;
}

/* Who it was, when it was not the owner, who will want to know. */
static void add_deleter(struct telling *t, struct job_key key)
{
    const struct job *job = row_of(t->core, key);

    if (t->by == job->uid || strcmp(t->end_reason, "deleted") != 0)
        return;
    if (t->by < 0)
        snprintf(t->note, sizeof t->note, "deleted by the server");
    else
        snprintf(t->note, sizeof t->note, "deleted by uid %lld", (long long)t->by);
    attrs_add_text(&t->attrs, ATTR_comment, t->note);
}

/* A request that never ran has no exit status; one that did must not end as a silent 0. */
static void delete_row(struct telling *t, struct job_key key, uint32_t run_count, bool runs)
{
    attrs_add_text(&t->attrs, ATTR_exit_reason, t->end_reason);
    add_deleter(t, key);
    if (run_count && !runs)
        attrs_add_number(&t->attrs, ATTR_exit_status, 256 + 15);
    tell_job(t, key, EVENT_DELETED, NQS_NEVER);
}

/* The array itself ends with its last member, so it is looked up each time. */
static void delete_members(struct telling *t, struct job_key array_key)
{
    struct job_key key = array_key;
    struct job *array;
    struct job *member;

    while ((array = world_job(t->core, array_key)) && (member = next_member(t->core, array, key))) {
        key = job_key(member);
        if (!is_ending(member))
            delete_row(t, key, member->run_count, life_state(member->state)->slot);
    }
}

static void delete_array(struct telling *t, struct job_key array_key)
{
    struct job *array = world_job(t->core, array_key);

    if (array->state == STATE_CLOSING) {
        delete_members(t, array_key);
        return;
    }
    attrs_add_text(&t->attrs, ATTR_exit_reason, t->end_reason);
    add_deleter(t, array_key);
    if (!array->array->live) {
        attrs_add_number(&t->attrs, ATTR_exit_status, array->array->array_ended ? 256 + 15 : 0);
        tell_job(t, array_key, EVENT_DELETED, NQS_NEVER);
        return;
    }
    tell_job(t, array_key, EVENT_CLOSED, NQS_NEVER);
    delete_members(t, array_key);
}

/* An array is CLOSING also while members still run after its queue was purged. */
static bool may_delete(const struct core *core, const struct job *job)
{
    const struct job *member;

    if (job->state != STATE_CLOSING)
        return !is_ending(job);
    for (struct job_key at = job_key(job); (member = next_member(core, job, at));
         at = job_key(member))
        if (!is_ending(member))
            return true;
    return false;
}

void delete_job(struct telling *t, struct job *job)
{
    if (job->array)
        delete_array(t, job_key(job));
    else
        delete_row(t, job_key(job), job->run_count, life_state(job->state)->slot);
}

/* From TERM to KILL, when an operator has said it; else -1. */
static int64_t abort_grace(const struct request *request)
{
    int64_t grace = attrs_number(request->attrs, ATTR_abort_grace, -1);

    return grace > 3600 ? 3600 : grace;
}

enum nqs_code decide_delete_job(struct telling *t, const struct request *request,
                                struct nqs_err *err)
{
    struct job_key key;
    enum nqs_code code = find_own(t->core, request, &key, err);
    struct job *job;

    if (code)
        return code;
    job = world_job(t->core, key);
    if (job && !may_delete(t->core, job))
        return wrong_state(request->name, job, "already", err);
    answer_job(t, request, key); /* while it is there to tell that it is an array */
    t->grace_s = attrs_number(request->attrs, ATTR_kill_grace, -1);
    if (request->role >= CORE_OPERATOR && attrs_find(request->attrs, ATTR_abort_grace))
        t->grace_s = abort_grace(request);
    if (job)
        delete_job(t, job);
    else
        delete_row(t, key, 0, false);
    return NQS_OK;
}

/* --- hold and release --- */

enum nqs_code check_hold_rights(const struct request *request, int64_t holds, struct nqs_err *err)
{
    if (holds & HOLD_DEPEND)
        return nqs_fail(err, NQS_VALUE, "a dependency is no hold that anybody sets");
    if (holds & HOLD_SYSTEM && request->role < CORE_MANAGER)
        return nqs_fail(err, NQS_PERM, "hold s is a manager's");
    if (holds & HOLD_OPERATOR && request->role < CORE_OPERATOR)
        return nqs_fail(err, NQS_PERM, "hold o is an operator's");
    return NQS_OK;
}

/* A member that was not begun yet gets a row of its own, held by HOLDS or as its array is. */
static void begin_held(struct telling *t, struct job_key key, int64_t holds)
{
    if (!holds)
        holds = row_of(t->core, key)->holds;
    attrs_add_number(&t->attrs, ATTR_holds, holds);
    tell_job(t, key, EVENT_HELD, NQS_NEVER);
}

void set_holds(struct telling *t, struct job_key key, int64_t holds)
{
    enum event_type type = EVENT_ALTERED;
    const struct job *job;

    if (!world_job(t->core, key))
        begin_held(t, key, holds);
    job = world_job(t->core, key);
    if (holds == job->holds)
        return;
    if (holds && job->state != STATE_HELD && life_step((enum life_state)job->state, EVENT_HELD))
        type = EVENT_HELD;
    else if (!holds && job->state == STATE_HELD)
        type = job->execution_time > t->now.wall ? EVENT_RELEASED_DEFERRED : EVENT_RELEASED;
    attrs_add_number(&t->attrs, ATTR_holds, holds);
    if (type == EVENT_RELEASED)
        attrs_add_number(&t->attrs, ATTR_etime, t->now.wall);
    if (!holds && job->start_failures)
        attrs_add_number(&t->attrs, ATTR_start_failures, 0);
    tell_job(t, key, type, NQS_NEVER);
}

void change_holds(struct telling *t, struct job_key key, int64_t add, int64_t remove)
{
    const struct job *array = world_job(t->core, key);
    const struct job *row = row_of(t->core, key);
    const struct job *member;
    struct job_key at = key;

    set_holds(t, key, (row->holds | add) & ~remove);
    if (!array || !array->array)
        return;
    while ((member = next_member(t->core, array, at))) {
        at = job_key(member);
        if (!is_ending(member))
            set_holds(t, at, (member->holds | add) & ~remove);
    }
}

static enum nqs_code decide_holds(struct telling *t, const struct request *request, bool add,
                                  struct nqs_err *err)
{
    int64_t holds = attrs_number(request->attrs, ATTR_set_holds, HOLD_USER);
    const struct job *job;
    struct job_key key;
    enum nqs_code code = find_own(t->core, request, &key, err);

    if (!code)
        code = check_hold_rights(request, holds, err);
    if (code)
        return code;
    job = world_job(t->core, key);
    if (job && is_ending(job))
        return wrong_state(request->name, job, "already", err);
    if (!job && !add && !row_of(t->core, key)->holds)
        holds = 0; /* a member that waits unheld is not worth a row */
    if (holds)
        change_holds(t, key, add ? holds : 0, add ? 0 : holds);
    answer_job(t, request, key);
    return NQS_OK;
}

enum nqs_code decide_hold_job(struct telling *t, const struct request *request, struct nqs_err *err)
{
    return decide_holds(t, request, true, err);
}

enum nqs_code decide_release_job(struct telling *t, const struct request *request,
                                 struct nqs_err *err)
{
    return decide_holds(t, request, false, err);
}

/* --- rerun and signal --- */

static bool may_rerun(const struct job *job)
{
    return job->rerunable && life_step((enum life_state)job->state, EVENT_RERUN);
}

static enum nqs_code rerun_array(struct telling *t, const struct request *request,
                                 struct job_key key, struct nqs_err *err)
{
    const struct job *array = world_job(t->core, key);
    struct job_key at = key;
    const struct job *member;
    bool any = false;

    while ((member = next_member(t->core, array, at))) {
        at = job_key(member);
        if (!may_rerun(member))
            continue;
        tell_job(t, at, EVENT_RERUN, NQS_NEVER);
        any = true;
    }
    if (!any)
        return nqs_fail(err, NQS_STATE,
                        "Request invalid for state of job %.80s: no member of it runs",
                        request->name);
    answer_job(t, request, key);
    return NQS_OK;
}

enum nqs_code decide_rerun_job(struct telling *t, const struct request *request,
                               struct nqs_err *err)
{
    struct job_key key;
    enum nqs_code code = find_own(t->core, request, &key, err);
    const struct job *job;

    if (code)
        return code;
    job = row_of(t->core, key);
    if (!job->rerunable)
        return nqs_fail(err, NQS_STATE, "Request %.80s is not rerunnable (qsub -r n)",
                        request->name);
    if (job->array && key.index == NQS_NO_INDEX)
        return rerun_array(t, request, key, err);
    if (job->array || !may_rerun(job))
        return wrong_state(request->name, job, "and does not run", err);
    tell_job(t, key, EVENT_RERUN, NQS_NEVER);
    answer_job(t, request, key);
    return NQS_OK;
}

/* What a request to signal asks for. */
struct raise {
    uint32_t signal;
    enum attr_pseudo pseudo;
    uint32_t by; /* SUSPENDED_BY_*: who asks */
};

enum { SUSPENDED_BY_OWNER = 1, SUSPENDED_BY_OPERATOR = 2 };

/* Suspending and resuming are events, for they outlive the daemon; a signal is an order alone. */
static bool raise_at(struct telling *t, const struct job *job, const struct raise *raise)
{
    enum event_type type = raise->pseudo == PSEUDO_SUSPEND ? EVENT_SUSPENDED : EVENT_RESUMED;

    if (raise->pseudo) {
        if (!life_step((enum life_state)job->state, type))
            return false;
        attrs_add_number(&t->attrs, ATTR_suspended_by, type == EVENT_SUSPENDED ? raise->by : 0);
        tell_job(t, job_key(job), type, NQS_NEVER);
        return true;
    }
    if (job->state != STATE_RUNNING && job->state != STATE_SUSPENDED)
        return false;
    tell_order(t, job, ORDER_TO_RAISE, raise->signal);
    return true;
}

static bool may_resume(const struct job *job, const struct raise *raise)
{
    return raise->pseudo != PSEUDO_RESUME || job->suspended_by <= raise->by;
}

static const char *not_raised(const struct raise *raise, const struct job *job)
{
    if (raise->pseudo == PSEUDO_RESUME)
        return "and is not suspended";
    return raise->pseudo && job->state == STATE_SUSPENDED ? "already" : "and does not run";
}

/* To each member of the array of KEY that it means something to. */
static bool raise_array(struct telling *t, struct job_key key, const struct raise *raise)
{
    const struct job *array = world_job(t->core, key);
    const struct job *member;
    bool any = false;

    while ((member = next_member(t->core, array, key))) {
        key = job_key(member);
        any |= may_resume(member, raise) && raise_at(t, member, raise);
    }
    return any;
}

enum nqs_code decide_signal_job(struct telling *t, const struct request *request,
                                struct nqs_err *err)
{
    struct raise raise = {
        .signal = (uint32_t)attrs_number(request->attrs, ATTR_signal, 15),
        .pseudo = (enum attr_pseudo)attrs_number(request->attrs, ATTR_pseudo_signal, PSEUDO_NONE)};
    struct job_key key;
    enum nqs_code code = find_own(t->core, request, &key, err);
    const struct job *job;
    bool any;

    if (code)
        return code;
    job = row_of(t->core, key);
    raise.by = request->role == CORE_USER ? SUSPENDED_BY_OWNER : SUSPENDED_BY_OPERATOR;
    if (!may_resume(job, &raise))
        return nqs_fail(err, NQS_PERM, "%.80s was suspended by an operator", request->name);
    if (job->array)
        any = key.index == NQS_NO_INDEX && raise_array(t, key, &raise);
    else
        any = raise_at(t, job, &raise);
    if (!any)
        return wrong_state(request->name, job, not_raised(&raise, job), err);
    answer_job(t, request, key);
    return NQS_OK;
}

/* --- message --- */

static bool message_at(struct telling *t, const struct job *job, const struct attrs *attrs)
{
    const struct attr *text = attrs_find(attrs, ATTR_message);
    struct core_order order = {.kind = ORDER_TO_MESSAGE,
                               .key = job_key(job),
                               .incarnation = job->incarnation,
                               .number = (uint32_t)attrs_number(attrs, ATTR_message_to, 2)};

    if (job->state != STATE_RUNNING && job->state != STATE_SUSPENDED)
        return false;
    order.text = outbox_put(t->out, text ? text->bytes : "", text ? text->length : 0);
    outbox_order(t->out, &order);
    return true;
}

enum nqs_code decide_message_job(struct telling *t, const struct request *request,
                                 struct nqs_err *err)
{
    struct job_key key;
    enum nqs_code code = find_own(t->core, request, &key, err);
    const struct job *job;
    const struct job *member;
    bool any = false;

    if (code)
        return code;
    job = row_of(t->core, key);
    if (!job->array)
        any = message_at(t, job, request->attrs);
    else if (key.index == NQS_NO_INDEX)
        for (struct job_key at = key; (member = next_member(t->core, job, at));
             at = job_key(member))
            any |= message_at(t, member, request->attrs);
    if (!any)
        return wrong_state(request->name, job, "and does not run", err);
    answer_job(t, request, key);
    return NQS_OK;
}
