/*
 * place.c - the scheduler.
 *
 * Over the started queues in order of their priority, each time the first
 * request that passes the queue's run limit, its user's limit and the global
 * limit.  All of that is in the indexes: the queues that may give a request
 * stand in order, in each the lanes that may, in each lane its requests.  So
 * a slot costs a few steps down three trees, however many requests wait, and
 * nothing is looked at that cannot be placed.
 */
#include "place.h"

#include "defect.h"

static struct job_key pick(const struct job *job)
{
    if (!job->array)
        return job_key(job);
    return (struct job_key){job->seq, array_waiting_from(job->array, job->array->array_next)};
}

static void place_one(struct telling *t, const struct job *job)
{
    struct job_key key = pick(job);
    bool fresh = job->array != NULL; /* a member that has no row yet */

    attrs_add_number(&t->attrs, ATTR_incarnation,
                     fresh ? 1 : (int64_t)job->incarnation + !DEFECT(BURNT));
    attrs_add_number(&t->attrs, ATTR_run_count, fresh ? 1 : (int64_t)job->run_count + 1);
    attrs_add_number(&t->attrs, ATTR_stime, t->now.wall);
    attrs_add_number(&t->attrs, ATTR_session_id, 0);
    tell_job(t, key, EVENT_PLACED, NQS_NEVER);
}

void place_all(struct telling *t)
{
    struct core *core = t->core;
    struct queue *queue;

    while ((int64_t)core->running < core->settings.batch_limit && (queue = world_open_queue(core)))
        place_one(t, queue_first(queue));
}

void place_due(struct telling *t)
{
    struct job *job;

    while ((job = world_due(t->core, t->now))) {
        if (job->state == STATE_WAITING)
            attrs_add_number(&t->attrs, ATTR_etime, t->now.wall);
        tell_job(t, job_key(job), EVENT_DUE, NQS_NEVER);
    }
}
