/*
 * apply.c - how an event changes the world.
 *
 * What an event says is in its attributes; what follows from it is computed
 * here and nowhere else, so that the journal alone gives the same world:
 * that the sequence number is used up, that a member of an array is there
 * once something has happened to it, that an array counts its ended members.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "defect.h"
#include "field.h"
#include "mem.h"
#include "tell.h"

static const struct field settings_fields[] = {
#define FIELD_JOB_HOT(id, member, type)
#define FIELD_JOB_ARRAY(id, member, type)
#define FIELD_QUEUE_HOT(id, member, type)
#define FIELD_SERVER_HOT(id, member, type) FIELD(struct settings, id, member, type)
#include "field_rows.h"
};

enum { SETTINGS_FIELDS = sizeof settings_fields / sizeof *settings_fields };

void settings_set(struct core *core, const struct attr *attr)
{
    const struct field *field = field_find(settings_fields, SETTINGS_FIELDS, attr->id);

    if (field)
        field_set(field, &core->settings, core->intern, attr);
    if (attr->id == ATTR_global_user_limit)
        world_limit_users(core);
}

/* Zero is a value here (batch_limit 0 drains), so every number is listed. */
void settings_values(const struct core *core, struct attrs *attrs)
{
    struct attr attr;

    for (size_t i = 0; i < SETTINGS_FIELDS; i++) {
        field_get(&settings_fields[i], &core->settings, core->intern, &attr);
        attrs_add(attrs, &attr);
    }
}

static struct job *array_of(const struct core *core, struct job_key key)
{
    struct job *job = world_job(core, (struct job_key){key.seq, NQS_NO_INDEX});

    return job && job->array ? job : NULL;
}

/* Something happens to a member for the first time: it gets a row of its own. */
static struct job *make_member(struct core *core, struct job_key key)
{
    struct job *array = array_of(core, key);
    struct job *member;

    assert(array && array_waits(array->array, key.index));
    world_lift(core, array);
    array_take(array->array, key.index);
    world_settle(core, array);
    array->array->live++;
    world_touch(core, array);
    member = world_add_job(core, key);
    job_inherit(member, array, core->intern);
    member->parent = array;
    member->at = array->at;
    return member;
}

static struct job *make_job(struct core *core, struct job_key key)
{
    if (key.index != NQS_NO_INDEX)
        return make_member(core, key);
    if (core->settings.next_seq <= key.seq) {
        core->settings.next_seq = (int64_t)key.seq + 1;
        core->settings_changed = true;
    }
    return world_add_job(core, key);
}

static void end_member(struct core *core, const struct job *member)
{
    struct array *array = member->parent->array;

    array->live--;
    array->array_ended++;
    array->array_failed += member->exit_status != 0;
    world_touch(core, member->parent);
}

/* The one place in which a state changes. */
static void job_apply(struct core *core, struct job *job, const struct life_step *step,
                      nqs_time due)
{
    job->state = (uint8_t)step->next;
    job->due = due;
    if (step->next != STATE_ENDED) {
        world_settle(core, job);
        world_touch(core, job);
        return;
    }
    if (job->parent)
        end_member(core, job);
    world_end_job(core, job);
}

static void apply_job(struct core *core, const struct event *event, const struct attrs *attrs,
                      nqs_time due)
{
    const struct event_row *row = event_find(event->type);
    struct job *job = world_job(core, event->key);

    if (job)
        world_lift(core, job);
    else
        job = make_job(core, event->key);
    for (size_t i = 0; i < attrs->count; i++)
        job_set(job, core->intern, &attrs->list[i]);
    job->mtime = event->wall;
    if (job->parent && job->session_id && !job->parent->stime) {
        job->parent->stime = event->wall; /* the array has begun with its first member */
        world_touch(core, job->parent);
    }
    if (!job->at || event->type == EVENT_MOVED)
        job->at = world_queue(core, intern_text(core->intern, job->queue));
    assert(job->at);
    if (event->type == EVENT_CLOSED || (event->type == EVENT_DELETED && job->array))
        array_take_all(job->array);
    if (row->subject == SUBJECT_LIFE) {
        const struct life_step *step = life_step((enum life_state)job->state, event->type);

        assert(step);
        if (step->next == STATE_ENDED)
            job->comp_time = event->wall;
        job_apply(core, job, step, due);
        return;
    }
    world_settle(core, job);
    if (!DEFECT(RECORD))
        world_touch(core, job);
}

static void queue_reorder_by(struct queue *queue, const struct attrs *attrs)
{
    uint32_t ageing = (uint32_t)attrs_number(attrs, ATTR_ageing, queue->ageing);

    if (ageing != queue->ageing)
        queue_reorder(queue, ageing);
}

static void apply_queue_set(struct core *core, const struct event *event, const struct attrs *attrs)
{
    struct queue *queue = world_queue(core, event->queue);

    if (!queue) {
        queue = queue_new(event->queue);
        world_add_queue(core, queue);
    }
    world_lift_queue(core, queue);
    queue_reorder_by(queue, attrs);
    for (size_t i = 0; i < attrs->count; i++)
        queue_set(queue, core->intern, &attrs->list[i]);
    world_settle_queue(core, queue);
    world_touch_queue(core, queue);
}

/* The store forgets the queue when the turn ends; until then it waits among the gone. */
static void apply_queue_deleted(struct core *core, const struct event *event)
{
    struct queue *queue = world_queue(core, event->queue);
    struct queue **link = &core->changed_queues;

    assert(queue && !queue_total(queue));
    world_lift_queue(core, queue);
    world_remove_queue(core, queue);
    while (queue->changed && *link != queue)
        link = &(*link)->next;
    if (queue->changed)
        *link = queue->next;
    if (tree_find(&core->gone_queues, &queue->by_name))
        queue_free(queue, core->intern); /* one of this name went earlier in the turn */
    else
        tree_insert(&core->gone_queues, &queue->by_name);
}

static void apply_complex_set(struct core *core, const struct event *event,
                              const struct attrs *attrs)
{
    struct complex *complex = world_complex(core, event->queue);

    if (!complex) {
        complex = complex_new(event->queue);
        tree_insert(&core->complexes, &complex->by_name);
    }
    world_lift_queues(core);
    for (size_t i = 0; i < attrs->count; i++)
        complex_set(complex, core->intern, &attrs->list[i]);
    world_bind_complex(core, complex);
    world_settle_queues(core);
    complex->changed = true;
}

static void apply_complex_deleted(struct core *core, const struct event *event)
{
    struct complex *complex = world_complex(core, event->queue);

    assert(complex);
    world_lift_queues(core);
    while (complex->count)
        queue_leave(complex->queues[0], complex);
    world_settle_queues(core);
    tree_remove(&core->complexes, &complex->by_name);
    if (tree_find(&core->gone_complexes, &complex->by_name))
        complex_free(complex, core->intern);
    else
        tree_insert(&core->gone_complexes, &complex->by_name);
}

void apply_event(struct core *core, const struct event *event, const struct attrs *attrs,
                 nqs_time due)
{
    if ((int64_t)event->seq > core->settings.event_seq) {
        core->settings.event_seq = (int64_t)event->seq;
        core->settings_changed = true;
    }
    switch (event_find(event->type)->subject) {
    case SUBJECT_LIFE:
    case SUBJECT_JOB: apply_job(core, event, attrs, due); return;
    case SUBJECT_QUEUE:
        if (event->type == EVENT_QUEUE_SET)
            apply_queue_set(core, event, attrs);
        else
            apply_queue_deleted(core, event);
        return;
    case SUBJECT_COMPLEX:
        if (event->type == EVENT_COMPLEX_SET)
            apply_complex_set(core, event, attrs);
        else
            apply_complex_deleted(core, event);
        return;
    case SUBJECT_SERVER:
        for (size_t i = 0; i < attrs->count; i++)
            settings_set(core, &attrs->list[i]);
        core->settings_changed = true;
        return;
    }
}
