/*
 * core.c - the tellings; see core.h.
 */
#include "core.h"

#include <assert.h>
#include <string.h>

#include "decide.h"
#include "defect.h"
#include "hear.h"
#include "mem.h"
#include "place.h"
#include "str.h"
#include "tell.h"
#include "world.h"

/* Defaults of the settings, from attributes.def. */
static void set_defaults(struct core *core)
{
    const struct attr_def *def = NULL;
    struct attr attr;

    while ((def = attr_each(def)))
        if (def->of == OF_SERVER && def->heat == HEAT_HOT &&
            attr_parse(def, def->initial, &attr, NULL) == NQS_OK)
            settings_set(core, &attr);
}

struct core *core_new(const struct core_rules *rules)
{
    struct core *core = mem_new(sizeof *core);

    core->rules = *rules;
    str_copy(core->server, sizeof core->server, rules->server);
    core->rules.server = core->server;
    world_init(core);
    set_defaults(core);
    return core;
}

void core_free(struct core *core)
{
    if (!core)
        return;
    world_done(core);
    mem_free(core);
}

static decide_verb *const verbs[VERB_COUNT] = {
    [VERB_QUEUE_JOB] = decide_queue_job,
    [VERB_DELETE_JOB] = decide_delete_job,
    [VERB_HOLD_JOB] = decide_hold_job,
    [VERB_RELEASE_JOB] = decide_release_job,
    [VERB_RERUN_JOB] = decide_rerun_job,
    [VERB_SIGNAL_JOB] = decide_signal_job,
    [VERB_MESSAGE_JOB] = decide_message_job,
    [VERB_MODIFY_JOB] = decide_modify_job,
    [VERB_MOVE_JOB] = decide_move_job,
    [VERB_CREATE_QUEUE] = decide_create_queue,
    [VERB_DELETE_QUEUE] = decide_delete_queue,
    [VERB_SET_QUEUE] = decide_set_queue,
    [VERB_PURGE_QUEUE] = decide_purge_queue,
    [VERB_SET_SERVER] = decide_set_server,
    [VERB_CREATE_COMPLEX] = decide_create_complex,
    [VERB_DELETE_COMPLEX] = decide_delete_complex,
    [VERB_SET_COMPLEX] = decide_set_complex,
};

enum nqs_code core_decide(struct core *core, struct nqs_now now, const struct request *request,
                          struct outbox *out, struct nqs_err *err)
{
    struct telling t;
    enum nqs_code code;

    assert((unsigned)request->verb < VERB_COUNT);
    telling_begin(&t, core, now, out);
    t.by = request->uid;
    code = verbs[request->verb](&t, request, err);
    await_settle(&t);
    telling_end(&t);
    return code;
}

void core_hear(struct core *core, struct nqs_now now, const struct fact *fact, struct outbox *out)
{
    struct telling t;

    telling_begin(&t, core, now, out);
    hear(&t, fact);
    await_settle(&t);
    telling_end(&t);
}

/*
 * An array whose last members could not be loaded has nobody left whose end
 * would end it.  load_job() notes those that may be such as changed.
 */
static void settle_arrays(struct telling *t)
{
    for (const struct job *job = t->core->changed; job; job = job->next)
        if (job->array && job->state != STATE_ENDED)
            tell_array(t, job_key(job));
}

void core_tick(struct core *core, struct nqs_now now, struct outbox *out)
{
    struct telling t;

    telling_begin(&t, core, now, out);
    settle_arrays(&t);
    await_settle(&t);
    place_due(&t);
    if (!core->draining)
        place_all(&t);
    telling_end(&t);
    tell_records(core, out);
}

void core_shutdown(struct core *core, struct nqs_now now, uint32_t grace_s, struct outbox *out)
{
    struct job_key key = {0, NQS_NO_INDEX};
    struct telling t;
    struct job *job;

    core->draining = true;
    telling_begin(&t, core, now, out);
    t.grace_s = grace_s;
    while ((job = world_job_after(core, key))) {
        key = job_key(job);
        if (job->rerunable && life_step((enum life_state)job->state, EVENT_RERUN))
            tell_job(&t, key, EVENT_RERUN, NQS_NEVER);
        else if (job->state == STATE_STARTING || job->state == STATE_RUNNING ||
                 job->state == STATE_SUSPENDED)
            delete_job(&t, job);
    }
    await_settle(&t);
    telling_end(&t);
}

uint32_t core_running(const struct core *core)
{
    return core->running;
}

uint32_t core_queued(const struct core *core)
{
    return core->queued;
}

static nqs_time first_due(const struct tree *tree)
{
    const struct job *job = TREE_OF(tree_first(tree), struct job, place);

    return job ? job->due : NQS_NEVER;
}

struct nqs_now core_wake(const struct core *core)
{
    return (struct nqs_now){.wall = first_due(&core->walls), .steady = first_due(&core->steadies)};
}

/* --- Start-up --- */

static enum nqs_code load_queue(struct core *core, const void *key, size_t key_length,
                                const struct attrs *attrs, struct nqs_err *err)
{
    char name[QUEUE_NAME_MAX + 1] = "";
    struct queue *queue;

    if (key_length <= QUEUE_NAME_MAX)
        memcpy(name, key, key_length);
    if (!id_queue_valid(name))
        return nqs_fail(err, NQS_DAMAGED, "a queue's record has no name");
    if (world_queue(core, name))
        return nqs_fail(err, NQS_DAMAGED, "queue '%s' is there twice", name);
    queue = queue_new(name);
    world_add_queue(core, queue);
    for (size_t i = 0; i < attrs->count; i++)
        queue_set(queue, core->intern, &attrs->list[i]);
    world_settle_queue(core, queue);
    return NQS_OK;
}

static enum nqs_code load_complex(struct core *core, const void *key, size_t key_length,
                                  const struct attrs *attrs, struct nqs_err *err)
{
    char name[QUEUE_NAME_MAX + 1] = "";
    struct complex *complex;

    if (key_length <= QUEUE_NAME_MAX)
        memcpy(name, key, key_length);
    if (!id_queue_valid(name))
        return nqs_fail(err, NQS_DAMAGED, "a complex's record has no name");
    if (world_complex(core, name))
        return nqs_fail(err, NQS_DAMAGED, "complex '%s' is there twice", name);
    complex = complex_new(name);
    tree_insert(&core->complexes, &complex->by_name);
    world_lift_queues(core);
    for (size_t i = 0; i < attrs->count; i++)
        complex_set(complex, core->intern, &attrs->list[i]);
    world_bind_complex(core, complex);
    world_settle_queues(core);
    return NQS_OK;
}

/* Is each value one that its row allows?  Those of a later version are kept as they are. */
static enum nqs_code check_values(const struct attrs *attrs, struct nqs_err *err)
{
    struct nqs_err reason;

    for (size_t i = 0; i < attrs->count; i++)
        if (attr_find(attrs->list[i].id) && attr_check(&attrs->list[i], &reason))
            return nqs_fail(err, NQS_DAMAGED, "%s", reason.text);
    return NQS_OK;
}

/* An array has bounds, stands before its members in the order of keys, and never runs itself. */
static enum nqs_code check_array(struct job_key key, enum life_state state,
                                 const struct attrs *attrs, struct nqs_err *err)
{
    int64_t step = attrs_number(attrs, ATTR_array_step, 0);
    int64_t first = attrs_number(attrs, ATTR_array_first, 0);
    int64_t last = attrs_number(attrs, ATTR_array_last, 0);
    int64_t next = attrs_number(attrs, ATTR_array_next, 0);
    bool parts = false;

    for (size_t i = 0; i < attrs->count; i++) {
        const struct attr_def *def = attr_find(attrs->list[i].id);

        parts |= def && def->heat == HEAT_ARRAY;
    }
    if (!step)
        return !parts && state != STATE_OPEN && state != STATE_CLOSING
                   ? NQS_OK
                   : nqs_fail(err, NQS_DAMAGED, "it is half an array");
    if (key.index != NQS_NO_INDEX || last < first || next < first ||
        (next <= last && (next - first) % step))
        return nqs_fail(err, NQS_DAMAGED, "its array has no members");
    if (life_state(state)->slot || state == STATE_RETRYING || state == STATE_EXITING)
        return nqs_fail(err, NQS_DAMAGED, "an array is never %s", life_state(state)->name);
    return NQS_OK;
}

/* What waits for others is held for that, and the other way round; and its text can be read. */
static bool depend_is_held(const struct attrs *attrs)
{
    const struct attr *attr = attrs_find(attrs, ATTR_depend);
    struct depend_reader reader = {0};
    struct depend item;
    enum nqs_code code = NQS_OK;

    reader.text = attr ? attr->bytes : "";
    reader.length = attr ? attr->length : 0;
    while (depend_next(&reader, &item, &code, NULL))
        continue;
    return !code && !reader.length == !(attrs_number(attrs, ATTR_holds, 0) & HOLD_DEPEND);
}

/* What a request's record must say to be one. */
static enum nqs_code check_job(const struct core *core, struct job_key key,
                               const struct attrs *attrs, struct nqs_err *err)
{
    const struct attr *queue = attrs_find(attrs, ATTR_queue);
    int64_t state = attrs_number(attrs, ATTR_state, STATE_NEW);
    char name[QUEUE_NAME_MAX + 1] = "";

    if (queue && queue->length <= QUEUE_NAME_MAX)
        memcpy(name, queue->bytes, queue->length);
    if (!world_queue(core, name))
        return nqs_fail(err, NQS_DAMAGED, "its queue '%s' does not exist", name);
    if (state <= STATE_NEW || state == STATE_ENDED || !life_state_find((unsigned)state))
        return nqs_fail(err, NQS_DAMAGED, "state %lld is none of a living request",
                        (long long)state);
    if (!attrs_number(attrs, ATTR_holds, 0) == (state == STATE_HELD) &&
        (state == STATE_HELD || state == STATE_QUEUED || state == STATE_WAITING))
        return nqs_fail(err, NQS_DAMAGED, "its holds are not those of its state");
    if (!depend_is_held(attrs))
        return nqs_fail(err, NQS_DAMAGED, "its dependencies are not those of its holds");
    if (!key.seq || world_job(core, key))
        return nqs_fail(err, NQS_DAMAGED, "its key is not possible");
    if (key.index != NQS_NO_INDEX) {
        const struct job *array = world_job(core, (struct job_key){key.seq, NQS_NO_INDEX});

        if (!array || !array->array || !array_has(array->array, key.index) ||
            array_waits(array->array, key.index))
            return nqs_fail(err, NQS_DAMAGED, "it is a member of no array");
    }
    return check_array(key, (enum life_state)state, attrs, err);
}

static enum nqs_code load_job(struct core *core, const void *key_bytes, size_t key_length,
                              const struct attrs *attrs, struct nqs_err *err)
{
    struct job_key key;
    struct job *job;
    enum nqs_code code;

    if (key_length != JOB_KEY_SIZE)
        return nqs_fail(err, NQS_DAMAGED, "a request's key has %zu bytes", key_length);
    key = job_key_unpack(key_bytes);
    code = check_job(core, key, attrs, err);
    if (code)
        return code;
    job = world_add_job(core, key);
    for (size_t i = 0; i < attrs->count; i++)
        job_set(job, core->intern, &attrs->list[i]);
    job->at = world_queue(core, intern_text(core->intern, job->queue));
    if (key.index != NQS_NO_INDEX) {
        job->parent = world_job(core, (struct job_key){key.seq, NQS_NO_INDEX});
        job->parent->array->live++;
    }
    /* A wait for the steady clock does not outlive the daemon: it is over, but for deliveries,
     * which core_resume() orders. */
    job->due = job->state == STATE_EXITING ? NQS_NEVER : 0;
    world_settle(core, job);
    if (job->array && !job->array->todo)
        world_touch(core, job);
    if (core->settings.next_seq <= key.seq) {
        core->settings.next_seq = (int64_t)key.seq + 1;
        core->settings_changed = true;
    }
    return NQS_OK;
}

enum nqs_code core_load(struct core *core, enum record_kind kind, const void *key,
                        size_t key_length, const void *value, size_t value_length,
                        struct nqs_err *err)
{
    struct attrs attrs;
    enum nqs_code code = NQS_OK;

    attrs_init(&attrs);
    if (!attrs_unpack(&attrs, value, value_length))
        code = nqs_fail(err, NQS_DAMAGED, "its values cannot be read");
    else
        code = check_values(&attrs, err);
    if (!code && kind == RECORD_QUEUE)
        code = load_queue(core, key, key_length, &attrs, err);
    else if (!code && kind == RECORD_COMPLEX)
        code = load_complex(core, key, key_length, &attrs, err);
    else if (!code && kind == RECORD_JOB)
        code = load_job(core, key, key_length, &attrs, err);
    else if (!code)
        for (size_t i = 0; i < attrs.count; i++)
            settings_set(core, &attrs.list[i]);
    attrs_done(&attrs);
    return code;
}

void core_reserve(struct core *core, uint32_t seq, uint64_t event_seq)
{
    struct settings *settings = &core->settings;

    if (settings->next_seq <= (int64_t)seq) {
        settings->next_seq = (int64_t)seq + 1;
        core->settings_changed = true;
    }
    if (settings->event_seq < (int64_t)event_seq) {
        settings->event_seq = (int64_t)event_seq;
        core->settings_changed = true;
    }
}

void core_resume(struct core *core, struct nqs_now now, struct outbox *out)
{
    struct tree_node *node = tree_first(&core->jobs);
    struct telling t;

    telling_begin(&t, core, now, out);
    for (; node; node = tree_after(&core->jobs, node)) {
        const struct job *job = TREE_OF(node, struct job, by_key);
        unsigned owed = life_state((enum life_state)job->state)->resume;
        bool rerun = job->state == STATE_RERUNNING;

        if (owed && !(DEFECT(RESUME) && job->state == STATE_ENDING))
            tell_effects(&t, job, owed, rerun ? 0 : (uint32_t)core->settings.kill_delay);
    }
    telling_end(&t);
}

void core_replay(struct core *core, const struct event *event, const char *bytes)
{
    struct attrs attrs;

    attrs_init(&attrs);
    if (attrs_unpack(&attrs, bytes, event->attrs.length))
        apply_event(core, event, &attrs, 0);
    attrs_done(&attrs);
    while (world_next_changed(core))
        continue; /* whoever replays a journal writes no records */
    world_free_ended(core);
}

void core_records(const struct core *core, struct outbox *out)
{
    for (struct tree_node *node = tree_first(&core->jobs); node;
         node = tree_after(&core->jobs, node))
        record_job(core, TREE_OF(node, struct job, by_key), RECORD_JOB, out);
    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node))
        record_queue(core, TREE_OF(node, struct queue, by_name), out);
    for (struct tree_node *node = tree_first(&core->complexes); node;
         node = tree_after(&core->complexes, node))
        record_complex(core, TREE_OF(node, struct complex, by_name), out);
    record_server(core, out);
}
