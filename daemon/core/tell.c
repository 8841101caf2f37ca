/*
 * tell.c - emitting: an event is applied, remembered, and what must follow is ordered.
 */
#include "tell.h"

#include <assert.h>
#include <string.h>

#include "defect.h"
#include "mem.h"

void telling_begin(struct telling *t, struct core *core, struct nqs_now now, struct outbox *out)
{
    *t = (struct telling){
        .core = core, .now = now, .out = out, .by = -1, .grace_s = -1, .end_reason = "deleted"};
    attrs_init(&t->attrs);
}

void telling_end(struct telling *t)
{
    attrs_done(&t->attrs);
}

/* Number EVENT, pack the attributes behind it and append it. */
static void remember(struct telling *t, struct event *event)
{
    size_t at = t->out->bytes.length;

    attrs_pack(&t->attrs, &t->out->bytes);
    event->seq = (uint64_t)t->core->settings.event_seq + 1;
    event->wall = t->now.wall;
    event->attrs = outbox_since(t->out, at);
    outbox_event(t->out, event);
}

void tell_order(struct telling *t, const struct job *job, enum order_kind kind, uint32_t number)
{
    struct core_order order = {
        .kind = kind, .key = job_key(job), .incarnation = job->incarnation, .number = number};

    outbox_order(t->out, &order);
}

void tell_effects(struct telling *t, const struct job *job, unsigned effects, uint32_t grace)
{
    static const struct {
        enum life_effect effect;
        enum order_kind order;
    } rows[] = {
        {EFFECT_START, ORDER_TO_START},   {EFFECT_ADOPT, ORDER_TO_ADOPT},
        {EFFECT_KILL, ORDER_TO_KILL},     {EFFECT_DELIVER, ORDER_TO_DELIVER},
        {EFFECT_CLEAN, ORDER_TO_CLEAN},   {EFFECT_SUSPEND, ORDER_TO_SUSPEND},
        {EFFECT_RESUME, ORDER_TO_RESUME},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (effects & rows[i].effect && !(DEFECT(CLEAN) && rows[i].effect == EFFECT_CLEAN))
            tell_order(t, job, rows[i].order, rows[i].effect == EFFECT_KILL ? grace : 0);
}

void tell_array(struct telling *t, struct job_key key)
{
    struct job *array = world_job(t->core, (struct job_key){key.seq, NQS_NO_INDEX});
    enum event_type type;

    if (!array || !array->array || array->array->todo)
        return;
    type = array->array->live ? EVENT_ALL_BEGUN : EVENT_MEMBERS_ENDED;
    if (!life_step((enum life_state)array->state, type))
        return;
    if (type == EVENT_MEMBERS_ENDED) {
        attrs_add_number(&t->attrs, ATTR_exit_status, array->array->array_failed ? 1 : 0);
        if (array->state != STATE_CLOSING) /* else CLOSED has told it */
            attrs_add_text(&t->attrs, ATTR_exit_reason, "members_ended");
    }
    tell_job(t, job_key(array), type, NQS_NEVER);
}

static struct span put_key(struct outbox *out, struct job_key key)
{
    size_t at = out->bytes.length;

    job_key_pack(key, &out->bytes);
    return outbox_since(out, at);
}

static void remember_end(struct telling *t, const struct job *job)
{
    outbox_record(t->out, RECORD_JOB, put_key(t->out, job_key(job)), (struct span){0, 0});
    record_job(t->core, job, RECORD_HISTORY, t->out);
}

/* JOB has come by TYPE to where it is: note what others may wait for. */
static void note_outcomes(struct telling *t, const struct job *job, enum event_type type)
{
    bool begun = type == EVENT_STARTED || type == EVENT_EXITED || type == EVENT_EXITED_OWING;

    if (begun && job->parent && job->parent->stime)
        world_note_outcome(t->core, job->parent, false, false);
    if (job->state == STATE_ENDED)
        world_note_outcome(t->core, job, true, false);
    else if (begun && job->session_id)
        world_note_outcome(t->core, job, false, false);
    if (job->array && (type == EVENT_DELETED || type == EVENT_CLOSED))
        world_note_outcome(t->core, job, true, true);
}

/* What is to run again is killed at once; what is deleted may take its leave. */
static uint32_t kill_grace(const struct telling *t, enum event_type type)
{
    if (t->grace_s >= 0)
        return (uint32_t)t->grace_s;
    return type == EVENT_RERUN ? 0 : (uint32_t)t->core->settings.kill_delay;
}

void tell_job(struct telling *t, struct job_key key, enum event_type type, nqs_time due)
{
    struct event event = {.type = type, .key = key};
    struct job *job = world_job(t->core, key);
    enum life_state before = job ? (enum life_state)job->state : STATE_NEW;
    const struct life_step *step = life_step(before, type);

    remember(t, &event);
    apply_event(t->core, &event, &t->attrs, due);
    attrs_clear(&t->attrs);
    if (DEFECT(REPLAY) && job)
        job->etime++;
    /* A row that has just ended heads its list, or stands in that of changed ones. */
    if (step && step->next == STATE_ENDED) {
        job = job ? job : t->core->ended;
        remember_end(t, job);
    } else {
        job = world_job(t->core, key);
    }
    note_outcomes(t, job, type);
    if (step && step->effects)
        tell_effects(t, job, step->effects, kill_grace(t, type));
    if (key.index != NQS_NO_INDEX)
        tell_array(t, key);
}

void tell_queue(struct telling *t, const char *name, enum event_type type)
{
    struct event event = {.type = type, .key = {0, NQS_NO_INDEX}};

    assert(strlen(name) < sizeof event.queue);
    strcpy(event.queue, name);
    remember(t, &event);
    apply_event(t->core, &event, &t->attrs, NQS_NEVER);
    attrs_clear(&t->attrs);
}

void tell_server(struct telling *t)
{
    struct event event = {.type = EVENT_SERVER_SET, .key = {0, NQS_NO_INDEX}};

    remember(t, &event);
    apply_event(t->core, &event, &t->attrs, NQS_NEVER);
    attrs_clear(&t->attrs);
}

/* --- Records --- */

void record_job(const struct core *core, const struct job *job, enum record_kind kind,
                struct outbox *out)
{
    struct span key = put_key(out, job_key(job));
    size_t at = out->bytes.length;

    job_pack(job, core->intern, &out->bytes);
    outbox_record(out, kind, key, outbox_since(out, at));
}

/* The name stands in the record too, so that none is empty, which would mean deleted. */
void record_queue(const struct core *core, const struct queue *queue, struct outbox *out)
{
    struct span key = outbox_put(out, queue->name, strlen(queue->name));
    size_t at = out->bytes.length;

    attr_pack_text(ATTR_queue, queue->name, &out->bytes);
    queue_pack(queue, core->intern, &out->bytes);
    outbox_record(out, RECORD_QUEUE, key, outbox_since(out, at));
}

void record_complex(const struct core *core, const struct complex *complex, struct outbox *out)
{
    struct span key = outbox_put(out, complex->name, strlen(complex->name));
    size_t at = out->bytes.length;

    attr_pack_text(ATTR_queue, complex->name, &out->bytes); /* so that none is empty */
    complex_pack(complex, core->intern, &out->bytes);
    outbox_record(out, RECORD_COMPLEX, key, outbox_since(out, at));
}

void record_server(const struct core *core, struct outbox *out)
{
    struct span key = outbox_put(out, "server", 6);
    size_t at = out->bytes.length;
    struct attrs attrs;

    attrs_init(&attrs);
    settings_values(core, &attrs);
    attrs_pack(&attrs, &out->bytes);
    attrs_done(&attrs);
    outbox_record(out, RECORD_SERVER, key, outbox_since(out, at));
}

static void flush_jobs(struct core *core, struct outbox *out)
{
    const struct job *job;

    while ((job = world_next_changed(core)))
        record_job(core, job, RECORD_JOB, out);
    world_free_ended(core);
}

static void flush_gone_queues(struct core *core, struct outbox *out)
{
    struct span none = {0, 0};
    struct queue *queue;

    while ((queue = TREE_OF(tree_first(&core->gone_queues), struct queue, by_name))) {
        tree_remove(&core->gone_queues, &queue->by_name);
        outbox_record(out, RECORD_QUEUE, outbox_put(out, queue->name, strlen(queue->name)), none);
        queue_free(queue, core->intern);
    }
}

static void flush_complexes(struct core *core, struct outbox *out)
{
    struct span none = {0, 0};
    struct complex *complex;

    while ((complex = TREE_OF(tree_first(&core->gone_complexes), struct complex, by_name))) {
        tree_remove(&core->gone_complexes, &complex->by_name);
        outbox_record(out, RECORD_COMPLEX, outbox_put(out, complex->name, strlen(complex->name)),
                      none);
        complex_free(complex, core->intern);
    }
    for (struct tree_node *node = tree_first(&core->complexes); node;
         node = tree_after(&core->complexes, node)) {
        complex = TREE_OF(node, struct complex, by_name);
        if (complex->changed)
            record_complex(core, complex, out);
        complex->changed = false;
    }
}

void tell_records(struct core *core, struct outbox *out)
{
    struct queue *queue;

    flush_jobs(core, out);
    flush_gone_queues(core, out);
    for (queue = core->changed_queues; queue; queue = queue->next) {
        queue->changed = false;
        record_queue(core, queue, out);
    }
    core->changed_queues = NULL;
    flush_complexes(core, out);
    if (core->settings_changed)
        record_server(core, out);
    core->settings_changed = false;
}
