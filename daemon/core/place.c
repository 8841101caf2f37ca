/*
 * place.c - the scheduler.
 *
 * Over the started queues in order of their priority, each time the first
 * request that passes the queue's run limit, its user's limit and the global
 * limit.  All of that is in the indexes: the queues that may give a request
 * stand in order, in each the lanes that may, in each lane its requests.  So
 * a slot costs a few steps down three trees, however many requests wait, and
 * nothing is looked at that cannot be placed.
 *
 * Where processors or memory are counted the first may not fit: see place_counted().
 */
#include "place.h"

#include <assert.h>

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

/* --- Processors and memory --- */

/* What is free of one kind, and what is needed of it; a capacity of 0 is not counted. */
static bool enough(int64_t capacity, int64_t used, int64_t need)
{
    return !capacity || need <= capacity - used;
}

bool place_fits(const struct core *core, const struct job *job)
{
    return (enough(core->settings.available_ncpus, core->used_ncpus, job_ncpus(job)) ||
            DEFECT(NCPUS)) &&
           enough(core->settings.available_mem, core->used_mem, job->mem);
}

static bool may_ever_fit(const struct core *core, const struct job *job)
{
    return enough(core->settings.available_ncpus, 0, job_ncpus(job)) &&
           enough(core->settings.available_mem, 0, job->mem);
}

/* When JOB fits at the latest, by what those that run may take; NQS_NEVER: nobody knows. */
static nqs_time promise_of(const struct core *core, const struct job *job, nqs_time now)
{
    int64_t ncpus = core->used_ncpus;
    int64_t mem = core->used_mem;

    for (struct tree_node *node = tree_first(&core->runs); node;
         node = tree_after(&core->runs, node)) {
        const struct job *run = TREE_OF(node, struct job, place);

        ncpus -= job_ncpus(run);
        mem -= run->mem;
        if (enough(core->settings.available_ncpus, ncpus, job_ncpus(job)) &&
            enough(core->settings.available_mem, mem, job->mem))
            return job_end(run) > now ? job_end(run) : now;
    }
    return NQS_NEVER;
}

/* The first request that does not fit, and when it will. */
struct promise {
    const struct job *job; /* NULL: none so far */
    nqs_time at;
};

static bool ends_by(const struct job *job, nqs_time now, nqs_time at)
{
    return at != NQS_NEVER && job->walltime && now + job->walltime * NQS_SECOND <= at;
}

/* Look at JOB, the first that may be placed; false when nobody behind it may be. */
static bool consider(struct telling *t, struct job *job, struct promise *promise)
{
    struct core *core = t->core;
    nqs_time now = t->now.wall;

    if (place_fits(core, job) &&
        (!promise->job || ends_by(job, now, promise->at) || DEFECT(PROMISE))) {
        place_one(t, job);
        return true;
    }
    if (!promise->job && may_ever_fit(core, job)) {
        promise->job = job;
        promise->at = core->settings.backfill ? promise_of(core, job, now) : NQS_NEVER;
    }
    world_set_aside(core, job);
    return !promise->job || promise->at != NQS_NEVER;
}

/*
 * Backfill looks at requests in their order and keeps one promise: the first that
 * does not fit now holds a reservation, and nothing placed behind it may push that
 * later.  So only what ends before it is placed: then at that time every limit is
 * as it would have been.  Without backfill, or without an end to rely upon, nobody
 * passes; one that could not fit on an empty machine keeps nobody waiting.
 */
static void place_counted(struct telling *t)
{
    enum { LOOK_MAX = 1000 }; /* at those that are passed over in one pass */
    struct core *core = t->core;
    struct promise promise = {.at = NQS_NEVER};
    struct queue *queue;

    while (core->aside_count < LOOK_MAX && (int64_t)core->running < core->settings.batch_limit &&
           (queue = world_open_queue(core)))
        if (!consider(t, queue_first(queue), &promise))
            break;
    world_put_back(core);
    assert(promise.at == NQS_NEVER || place_fits(core, promise.job) ||
           promise_of(core, promise.job, t->now.wall) <= promise.at);
}

/* --- The pass --- */

void place_all(struct telling *t)
{
    struct core *core = t->core;
    struct queue *queue;

    if (core->settings.available_ncpus || core->settings.available_mem) {
        place_counted(t);
        return;
    }
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
