/*
 * why.c - why a request waits, as a word and a sentence.
 *
 * The reasons are looked at in the order in which they would have to go away.
 */
#include "why.h"

#include "decide.h"

static const char *const why_words[] = {
#define W(name, word) [WHY_##name] = word,
#include "why.def"
#undef W
};

const char *why_word(enum why_reason reason)
{
    return why_words[reason];
}

static enum why_reason why_depend(const struct core *core, const struct job *job)
{
    struct depend item;
    bool lost;

    await_first(core, intern_text(core->intern, job->depend), &item, &lost);
    return lost ? WHY_DEPENDENCY_NEVER : WHY_DEPENDENCY;
}

static enum why_reason why_held(const struct core *core, const struct job *job)
{
    if (job->holds & HOLD_SYSTEM)
        return WHY_HELD_SYSTEM;
    if (job->holds & HOLD_OPERATOR)
        return WHY_HELD_OPERATOR;
    return job->holds & HOLD_USER ? WHY_HELD_USER : why_depend(core, job);
}

static bool array_full(const struct job *job)
{
    const struct array *array = job->array ? job->array : job->parent ? job->parent->array : NULL;

    return array && array->array_max && array->active >= (uint32_t)array->array_max;
}

static enum why_reason why_queued(const struct core *core, const struct job *job)
{
    const struct queue *queue = job->at;
    struct lane *lane = queue_lane(job->at, job->uid, false);

    if (!queue->started)
        return WHY_QUEUE_STOPPED;
    if (array_full(job))
        return WHY_ARRAY_THROTTLE;
    if ((queue->user_limit && lane && lane->running >= queue->user_limit) ||
        queue_user_full(queue, job->uid))
        return WHY_USER_LIMIT;
    if (queue->running >= queue->run_limit)
        return WHY_QUEUE_RUN_LIMIT;
    if (queue_complex_full(queue))
        return WHY_COMPLEX_LIMIT;
    if ((int64_t)core->running >= core->settings.batch_limit)
        return WHY_GLOBAL_LIMIT;
    if (core->settings.available_ncpus &&
        job_ncpus(job) > core->settings.available_ncpus - core->used_ncpus)
        return WHY_RESOURCE_NCPUS;
    if (core->settings.available_mem && job->mem > core->settings.available_mem - core->used_mem)
        return WHY_RESOURCE_MEM;
    return WHY_NEXT;
}

enum why_reason why_find(const struct core *core, const struct job *job)
{
    switch ((enum life_state)job->state) {
    case STATE_HELD: return why_held(core, job);
    case STATE_WAITING: return WHY_START_TIME;
    case STATE_RETRYING: return WHY_START_RETRY;
    case STATE_QUEUED: return why_queued(core, job);
    default: return WHY_NOTHING;
    }
}

typedef void why_say(const struct core *core, const struct job *job, struct nqs_now now,
                     struct buf *out);

static void say_user(const struct core *core, const struct job *job, struct nqs_now now,
                     struct buf *out)
{
    (void)core, (void)job, (void)now;
    buf_add_text(out, "held by its user; qrls releases it");
}

static void say_operator(const struct core *core, const struct job *job, struct nqs_now now,
                         struct buf *out)
{
    (void)core, (void)job, (void)now;
    buf_add_text(out, "held by an operator");
}

static void say_system(const struct core *core, const struct job *job, struct nqs_now now,
                       struct buf *out)
{
    (void)now;
    buf_add_text(out, "held by the system");
    if (job->start_failures)
        buf_format(out, ": %u starts failed, the last: %s", (unsigned)job->start_failures,
                   intern_text(core->intern, job->comment));
}

static void say_depend(const struct core *core, const struct job *job, struct nqs_now now,
                       struct buf *out)
{
    struct depend item;
    bool lost;

    (void)now;
    if (!await_first(core, intern_text(core->intern, job->depend), &item, &lost))
        buf_format(out, "waits until %lld more requests name it with before",
                   (long long)item.count);
    else if (lost)
        buf_format(out, "%.*s is not known any more, so %s can never be met; qdel deletes it",
                   (int)item.length, item.text, depend_word(item.type));
    else
        buf_format(out, "waits for %.*s (%s)", (int)item.length, item.text, depend_word(item.type));
}

static void say_start_time(const struct core *core, const struct job *job, struct nqs_now now,
                           struct buf *out)
{
    (void)core;
    buf_format(out, "its Execution_Time comes in %lld s",
               (long long)((job->execution_time - now.wall + NQS_SECOND - 1) / NQS_SECOND));
}

static void say_retry(const struct core *core, const struct job *job, struct nqs_now now,
                      struct buf *out)
{
    nqs_time left = job->due > now.steady ? job->due - now.steady : 0;

    buf_format(out, "start %u failed, tried again in %lld s: %s", (unsigned)job->start_failures,
               (long long)((left + NQS_SECOND - 1) / NQS_SECOND),
               intern_text(core->intern, job->comment));
}

static void say_stopped(const struct core *core, const struct job *job, struct nqs_now now,
                        struct buf *out)
{
    (void)core, (void)now;
    buf_format(out, "queue %s is stopped", job->at->name);
}

static void say_run_limit(const struct core *core, const struct job *job, struct nqs_now now,
                          struct buf *out)
{
    (void)core, (void)now;
    buf_format(out, "queue %s runs %u of at most %u requests", job->at->name,
               (unsigned)job->at->running, (unsigned)job->at->run_limit);
}

static void say_user_limit(const struct core *core, const struct job *job, struct nqs_now now,
                           struct buf *out)
{
    const struct complex *complex = queue_user_full(job->at, job->uid);
    const char *owner = intern_text(core->intern, job->owner);

    (void)now;
    if (!complex)
        buf_format(out, "queue %s runs at most %u requests of %s", job->at->name,
                   (unsigned)job->at->user_limit, owner);
    else
        buf_format(out, "%s %s runs at most %u requests of %s", complex->all ? "the" : "complex",
                   complex->all ? "server" : complex->name, (unsigned)complex->complex_user_limit,
                   owner);
}

static void say_complex(const struct core *core, const struct job *job, struct nqs_now now,
                        struct buf *out)
{
    const struct complex *complex = queue_complex_full(job->at);

    (void)core, (void)now;
    buf_format(out, "complex %s runs %u of at most %u requests", complex->name,
               (unsigned)complex->running, (unsigned)complex->complex_run_limit);
}

static void say_global(const struct core *core, const struct job *job, struct nqs_now now,
                       struct buf *out)
{
    (void)job, (void)now;
    buf_format(out, "the server runs %u of at most %d requests", (unsigned)core->running,
               (int)core->settings.batch_limit);
}

static void say_throttle(const struct core *core, const struct job *job, struct nqs_now now,
                         struct buf *out)
{
    const struct array *array = job->array ? job->array : job->parent->array;

    (void)core, (void)now;
    buf_format(out, "%u of at most %d members of the array run", (unsigned)array->active,
               (int)array->array_max);
}

static void say_ncpus(const struct core *core, const struct job *job, struct nqs_now now,
                      struct buf *out)
{
    (void)now;
    buf_format(out, "needs %lld processors; of %lld in all, %lld are taken",
               (long long)job_ncpus(job), (long long)core->settings.available_ncpus,
               (long long)core->used_ncpus);
}

static void say_mem(const struct core *core, const struct job *job, struct nqs_now now,
                    struct buf *out)
{
    (void)now;
    buf_format(out, "needs %lld bytes of memory; of %lld in all, %lld are taken",
               (long long)job->mem, (long long)core->settings.available_mem,
               (long long)core->used_mem);
}

static void say_next(const struct core *core, const struct job *job, struct nqs_now now,
                     struct buf *out)
{
    (void)core, (void)job, (void)now;
    buf_add_text(out, "placed as soon as those before it are");
}

static why_say *const why_says[] = {
    [WHY_HELD_USER] = say_user,
    [WHY_HELD_OPERATOR] = say_operator,
    [WHY_HELD_SYSTEM] = say_system,
    [WHY_DEPENDENCY] = say_depend,
    [WHY_DEPENDENCY_NEVER] = say_depend,
    [WHY_START_TIME] = say_start_time,
    [WHY_START_RETRY] = say_retry,
    [WHY_QUEUE_STOPPED] = say_stopped,
    [WHY_QUEUE_RUN_LIMIT] = say_run_limit,
    [WHY_USER_LIMIT] = say_user_limit,
    [WHY_COMPLEX_LIMIT] = say_complex,
    [WHY_GLOBAL_LIMIT] = say_global,
    [WHY_ARRAY_THROTTLE] = say_throttle,
    [WHY_RESOURCE_NCPUS] = say_ncpus,
    [WHY_RESOURCE_MEM] = say_mem,
    [WHY_NEXT] = say_next,
};

void why_text(const struct core *core, const struct job *job, struct nqs_now now, struct buf *out)
{
    enum why_reason reason = why_find(core, job);

    if (reason == WHY_NOTHING)
        return;
    buf_format(out, "%s: ", why_words[reason]);
    why_says[reason](core, job, now, out);
}
