/*
 * hear.c - facts from the outside, which cannot be refused.
 *
 * A fact names the incarnation that it is about.  One about a run that is over
 * for us (another incarnation, a request that holds no slot or has ended)
 * changes nothing; what such a run has left on its node is killed and cleaned
 * away, for nobody waits for it.  The order to clean may have been lost with a
 * daemon, so this is also how its directory goes at last.
 */
#include <string.h>

#include "defect.h"
#include "hear.h"

/* Statuses of requests that the system ended; the word beside them is what people read. */
static const struct {
    const char *reason;
    int status;
} ends[] = {
    {"walltime", -29},      {"cput", -28},      {"mem", -27},
    {"shepherd_lost", -30}, {"node_lost", -31}, {"start_refused", -1},
};

/* Both outputs, whichever of them is in the spool. */
static const char spooled_any[] = "oe";

static int status_of(const char *reason, int status)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!strcmp(ends[i].reason, reason))
            return ends[i].status;
    return status;
}

static bool may_step(const struct job *job, enum event_type type)
{
    return life_step((enum life_state)job->state, type);
}

/* TEXT (NULL: none) as the comment, cut to what its row allows. */
static void add_comment(struct telling *t, const char *text)
{
    size_t max = (size_t)attr_find(ATTR_comment)->max;

    text = text ? text : "";
    attrs_add_bytes(&t->attrs, ATTR_comment, text, strnlen(text, max));
}

/* Back to its queue, or to being held there. */
static void give_back(struct telling *t, const struct job *job, const char *comment)
{
    bool held = job->holds && !DEFECT(HOLDS);
    enum event_type type = held ? EVENT_RETURNED_HELD : EVENT_RETURNED;

    attrs_add_number(&t->attrs, ATTR_session_id, 0);
    if (job->suspended_by)
        attrs_add_number(&t->attrs, ATTR_suspended_by, 0);
    add_comment(t, comment);
    tell_job(t, job_key(job), type, NQS_NEVER);
}

/* --- the start --- */

static void hear_started(struct telling *t, const struct job *job, const struct fact *fact)
{
    if (!may_step(job, EVENT_STARTED) || job->session_id == fact->pid)
        return;
    attrs_add_number(&t->attrs, ATTR_session_id, fact->pid);
    attrs_add_number(&t->attrs, ATTR_stime, fact->start_wall);
    if (job->start_failures && !DEFECT(FAILURES))
        attrs_add_number(&t->attrs, ATTR_start_failures, 0);
    if (job->comment)
        attrs_add_text(&t->attrs, ATTR_comment, "");
    tell_job(t, job_key(job), EVENT_STARTED, NQS_NEVER);
}

/*
 * Ends a request whose processes are gone and whose status is known, or decided
 * here.  What an earlier run left in the spool is owed too; of what may be there
 * and is not, the starter says that it is delivered.
 */
static void end(struct telling *t, const struct job *job, const char *reason, int status,
                const char *spooled)
{
    const char *owed = job->spooled ? spooled_any : spooled;

    attrs_add_number(&t->attrs, ATTR_exit_status, DEFECT(STATUS) ? 0 : status);
    attrs_add_text(&t->attrs, ATTR_exit_reason, reason);
    if (*owed) {
        attrs_add_text(&t->attrs, ATTR_spooled, owed);
        attrs_add_number(&t->attrs, ATTR_comp_time, t->now.wall);
    }
    tell_job(t, job_key(job), *owed ? EVENT_EXITED_OWING : EVENT_EXITED, NQS_NEVER);
}

static nqs_time retry_wait(const struct core *core, const struct job *job)
{
    nqs_time wait = core->settings.start_wait * NQS_SECOND;

    for (uint32_t i = 0; i < job->start_failures && wait < 60 * NQS_SECOND; i++)
        wait *= 2;
    return wait < 60 * NQS_SECOND ? wait : 60 * NQS_SECOND;
}

/* A state in which nobody wants the job any more: its start has ended before it began. */
static bool unwanted(struct telling *t, const struct job *job, const char *text)
{
    if (job->state == STATE_ENDING)
        end(t, job, "deleted", job->run_count > 1 ? 256 + 15 : 0, "");
    else if (job->state == STATE_RERUNNING)
        give_back(t, job, text);
    else
        return false;
    return true;
}

/* A start that was ordered twice may fail the second time; the first one has begun then. */
static bool has_begun(const struct job *job)
{
    return job->session_id != 0;
}

static void hear_start_failed(struct telling *t, const struct job *job, const struct fact *fact)
{
    bool last = job->start_failures + 1 >= t->core->settings.start_tries;

    if (has_begun(job) || unwanted(t, job, fact->text))
        return;
    attrs_add_number(&t->attrs, ATTR_start_failures, job->start_failures + 1);
    if (!last && job->holds) {
        give_back(t, job, fact->text);
        return;
    }
    add_comment(t, fact->text);
    if (last)
        attrs_add_number(&t->attrs, ATTR_holds, job->holds | HOLD_SYSTEM);
    tell_job(t, job_key(job), last ? EVENT_START_ABANDONED : EVENT_START_FAILED,
             t->now.steady + retry_wait(t->core, job));
}

static void hear_start_refused(struct telling *t, const struct job *job, const struct fact *fact)
{
    if (has_begun(job) || unwanted(t, job, ""))
        return;
    add_comment(t, fact->text);
    end(t, job, "start_refused", status_of("start_refused", 0), "");
}

/* --- the end --- */

/* Killed because it was deleted: never a silent 0, whatever its trap handler said. */
static int deleted_status(const struct fact *fact)
{
    return fact->status >= 256 ? fact->status : 256 + 15;
}

static void hear_exited(struct telling *t, const struct job *job, const struct fact *fact)
{
    const char *reason = fact->reason;
    int status = status_of(reason, fact->status);

    if (!job->session_id) { /* it was over before its start was told */
        attrs_add_number(&t->attrs, ATTR_session_id, fact->pid);
        attrs_add_number(&t->attrs, ATTR_stime, fact->start_wall);
    }
    attrs_add_number(&t->attrs, ATTR_used_walltime, fact->walltime_us / NQS_SECOND);
    attrs_add_number(&t->attrs, ATTR_used_cput, fact->cput_us / NQS_SECOND);
    attrs_add_number(&t->attrs, ATTR_used_mem, fact->mem);
    if (job->state == STATE_RERUNNING) {
        if (fact->spooled && *fact->spooled)
            attrs_add_text(&t->attrs, ATTR_spooled, spooled_any);
        give_back(t, job, "");
        return;
    }
    if (!strcmp(reason, "killed")) {
        reason = "deleted";
        status = deleted_status(fact);
    }
    end(t, job, reason, status, fact->spooled ? fact->spooled : "");
}

static void hear_never_ran(struct telling *t, const struct job *job, const struct fact *fact)
{
    (void)fact;
    if (unwanted(t, job, ""))
        return;
    if (may_step(job, EVENT_RETURNED))
        give_back(t, job, "");
}

static void hear_lost(struct telling *t, const struct job *job, const struct fact *fact)
{
    const char *reason = fact->kind == FACT_NODE_LOST ? "node_lost" : "shepherd_lost";
    bool again = job->state == STATE_RERUNNING || job->rerunable || DEFECT(RERUNABLE);

    /* Nobody can say any more whether its output went to the spool. */
    if (job->state == STATE_ENDING) {
        end(t, job, "deleted", 256 + 9, spooled_any);
    } else if (again) {
        attrs_add_text(&t->attrs, ATTR_spooled, spooled_any);
        give_back(t, job, reason);
    } else {
        end(t, job, reason, status_of(reason, 0), spooled_any);
    }
}

/*
 * Nothing is known of the incarnation: the order to start it may be under way
 * still, so the same order is given again (it is idempotent), with its killing
 * behind it where nobody wants the job any more.  One that has begun cannot be
 * absent; if it is, its node has lost it, and to start it would run it twice.
 */
static void hear_absent(struct telling *t, const struct job *job, const struct fact *fact)
{
    if (has_begun(job)) {
        hear_lost(t, job, fact);
        return;
    }
    tell_order(t, job, ORDER_TO_START, 0);
    if (job->state != STATE_STARTING)
        tell_order(t, job, ORDER_TO_KILL, 0);
}

/* --- delivery --- */

static void hear_delivered(struct telling *t, const struct job *job, const struct fact *fact)
{
    (void)fact;
    if (!may_step(job, EVENT_DELIVERED))
        return;
    attrs_add_text(&t->attrs, ATTR_spooled, "");
    tell_job(t, job_key(job), EVENT_DELIVERED, NQS_NEVER);
}

static void hear_delivery_failed(struct telling *t, const struct job *job, const struct fact *fact)
{
    enum { DELIVER_AGAIN_S = 30 };
    nqs_time waited = t->now.wall - job->comp_time;
    nqs_time wait = t->core->settings.deliver_wait;

    if (!may_step(job, EVENT_DELIVERY_FAILED))
        return;
    add_comment(t, fact->text);
    if (wait && waited < wait * NQS_SECOND) {
        nqs_time again = wait < DELIVER_AGAIN_S ? wait : DELIVER_AGAIN_S;

        tell_job(t, job_key(job), EVENT_DELIVERY_FAILED, t->now.steady + again * NQS_SECOND);
        return;
    }
    attrs_add_text(&t->attrs, ATTR_undelivered, intern_text(t->core->intern, job->spooled));
    tell_job(t, job_key(job), EVENT_UNDELIVERED, NQS_NEVER);
}

typedef void hear_fact(struct telling *t, const struct job *job, const struct fact *fact);

enum stray { STRAY_NOTHING, STRAY_CLEAN, STRAY_KILL };

static const struct {
    hear_fact *hear;
    bool of_run;      /* it means nothing once the run is over */
    enum stray stray; /* what to do about a run that nobody waits for */
} hear_rows[] = {
    [FACT_STARTED] = {hear_started, true, STRAY_KILL},
    [FACT_START_FAILED] = {hear_start_failed, true, STRAY_CLEAN},
    [FACT_START_REFUSED] = {hear_start_refused, true, STRAY_CLEAN},
    [FACT_EXITED] = {hear_exited, true, STRAY_CLEAN},
    [FACT_NEVER_RAN] = {hear_never_ran, true, STRAY_CLEAN},
    [FACT_ABSENT] = {hear_absent, true, STRAY_NOTHING},
    [FACT_SHEPHERD_LOST] = {hear_lost, true, STRAY_CLEAN},
    [FACT_NODE_LOST] = {hear_lost, true, STRAY_CLEAN},
    [FACT_DELIVERED] = {hear_delivered, false, STRAY_NOTHING},
    [FACT_DELIVERY_FAILED] = {hear_delivery_failed, false, STRAY_NOTHING},
};

/* A run that is over for us has left a directory behind, or processes. */
static void hear_stray(struct telling *t, const struct fact *fact)
{
    enum stray stray = hear_rows[fact->kind].stray;
    struct core_order order = {.kind = stray == STRAY_KILL ? ORDER_TO_KILL : ORDER_TO_CLEAN,
                               .key = fact->key,
                               .incarnation = fact->incarnation};

    if (stray != STRAY_NOTHING)
        outbox_order(t->out, &order);
}

void hear(struct telling *t, const struct fact *fact)
{
    const struct job *job = world_job(t->core, fact->key);
    bool runs = job && life_state((enum life_state)job->state)->slot;

    if (job && (job->incarnation == fact->incarnation || DEFECT(INCARNATION)) &&
        (runs || !hear_rows[fact->kind].of_run))
        hear_rows[fact->kind].hear(t, job, fact);
    else
        hear_stray(t, fact);
}
