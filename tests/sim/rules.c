/*
 * rules.c - what must always be true; see rules.h.
 */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "opened.h"
#include "sim.h"

static int seen_compare(const struct tree_node *a, const struct tree_node *b)
{
    struct job_key x = TREE_OF(a, struct seen, node)->key;
    struct job_key y = TREE_OF(b, struct seen, node)->key;

    if (x.seq != y.seq)
        return x.seq < y.seq ? -1 : 1;
    return (x.index > y.index) - (x.index < y.index);
}

static int queue_compare(const struct tree_node *a, const struct tree_node *b)
{
    return strcmp(TREE_OF(a, struct seen_queue, node)->name,
                  TREE_OF(b, struct seen_queue, node)->name);
}

void rules_init(struct rules *rules)
{
    *rules = (struct rules){.start_tries = strtol(attr_find(ATTR_start_tries)->initial, NULL, 10),
                            .batch_limit = strtol(attr_find(ATTR_batch_limit)->initial, NULL, 10)};
    tree_init(&rules->requests, seen_compare);
    tree_init(&rules->queues, queue_compare);
}

void rules_done(struct rules *rules)
{
    struct seen_queue *queue;
    struct seen *seen;

    while ((seen = TREE_OF(tree_first(&rules->requests), struct seen, node))) {
        tree_remove(&rules->requests, &seen->node);
        mem_free(seen);
    }
    while ((queue = TREE_OF(tree_first(&rules->queues), struct seen_queue, node))) {
        tree_remove(&rules->queues, &queue->node);
        mem_free(queue);
    }
    mem_free(rules->open);
}

struct seen *rules_seen(const struct rules *rules, struct job_key key)
{
    struct seen probe = {.key = key};

    return TREE_OF(tree_find(&rules->requests, &probe.node), struct seen, node);
}

static struct seen *array_of(const struct rules *rules, struct job_key key)
{
    return rules_seen(rules, (struct job_key){key.seq, NQS_NO_INDEX});
}

static struct seen_queue *find_queue(const struct rules *rules, const char *name)
{
    struct seen_queue probe;

    strcpy(probe.name, name);
    return TREE_OF(tree_find(&rules->queues, &probe.node), struct seen_queue, node);
}

/* --- Reading the journal --- */

/* A request that is new to us; a member is as its array is. */
static struct seen *make_seen(struct sim *sim, struct job_key key)
{
    struct seen *seen = mem_new(sizeof *seen);
    const struct seen *array = array_of(&sim->rules, key);

    if (key.index != NQS_NO_INDEX && !array)
        sim_fail(sim, "%s is a member of nothing", sim_key(key));
    if (array) {
        *seen = *array;
        seen->array_step = 0;
        seen->state = STATE_NEW;
        seen->begun = seen->begun_ever = false;
        sim->cover->members++;
    } else {
        sim->cover->requests++;
    }
    seen->key = key;
    tree_insert(&sim->rules.requests, &seen->node);
    return seen;
}

static void read_attrs(struct seen *seen, const struct attrs *attrs)
{
    const struct attr *queue = attrs_find(attrs, ATTR_queue);

    seen->uid = (uint32_t)attrs_number(attrs, ATTR_uid, seen->uid);
    seen->rerunable = attrs_number(attrs, ATTR_rerunable, seen->rerunable);
    seen->holds = attrs_number(attrs, ATTR_holds, seen->holds);
    seen->execution_time = attrs_number(attrs, ATTR_execution_time, seen->execution_time);
    seen->array_max = attrs_number(attrs, ATTR_array_max, seen->array_max);
    seen->ncpus = attrs_number(attrs, ATTR_ncpus, seen->ncpus);
    seen->mem = attrs_number(attrs, ATTR_mem, seen->mem);
    seen->array_step = attrs_number(attrs, ATTR_array_step, seen->array_step);
    if (queue && queue->length < sizeof seen->queue) {
        memcpy(seen->queue, queue->bytes, queue->length);
        seen->queue[queue->length] = '\0';
    }
}

/* Runs that are over for the node and for the journal need no looking at any more. */
static void forget_old_runs(struct rules *rules)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < rules->open_count; i++) {
        struct run *run = rules->open[i];
        const struct seen *seen = rules_seen(rules, run->key);

        if (!run->over || (seen->incarnation == run->incarnation && life_state(seen->state)->slot))
            rules->open[kept++] = run;
    }
    rules->open_count = kept;
}

static void add_run(struct rules *rules, struct run *run)
{
    if (rules->open_count == rules->open_room) {
        rules->open_room = rules->open_room ? rules->open_room * 2 : 16;
        rules->open = mem_grow(rules->open, rules->open_room, sizeof *rules->open);
    }
    rules->open[rules->open_count++] = run;
}

/* What runs, or may still run, as the node sees it: no limit is passed by one more. */
static void check_limits(struct sim *sim, const struct seen *seen)
{
    const struct rules *rules = &sim->rules;
    const struct seen_queue *queue = find_queue(rules, seen->queue);
    int64_t all = 0, same_queue = 0, same_user = 0, same_array = 0;
    int64_t ncpus = 0, mem = 0;

    for (uint32_t i = 0; i < rules->open_count; i++) {
        const struct run *run = rules->open[i];
        const struct seen *other = rules_seen(rules, run->key);

        if (run->over)
            continue;
        all++;
        ncpus += other->ncpus ? other->ncpus : 1;
        mem += other->mem;
        same_queue += !strcmp(other->queue, seen->queue);
        same_user += !strcmp(other->queue, seen->queue) && other->uid == seen->uid;
        same_array += run->key.seq == seen->key.seq;
        if (other == seen && run->incarnation != seen->incarnation)
            sim_fail(sim, "%s is placed while its incarnation %u is not over", sim_key(seen->key),
                     run->incarnation);
    }
    if (!queue || !queue->started)
        sim_fail(sim, "%s is placed by a stopped queue", sim_key(seen->key));
    if (same_queue > queue->run_limit)
        sim_fail(sim, "queue %s runs %lld, at most %lld may", queue->name, (long long)same_queue,
                 (long long)queue->run_limit);
    if (queue->user_limit && same_user > queue->user_limit)
        sim_fail(sim, "queue %s runs %lld of user %u, at most %lld may", queue->name,
                 (long long)same_user, seen->uid, (long long)queue->user_limit);
    if (rules->ncpus && ncpus > rules->ncpus)
        sim_fail(sim, "%lld processors are given, there are %lld", (long long)ncpus,
                 (long long)rules->ncpus);
    if (rules->mem && mem > rules->mem)
        sim_fail(sim, "%lld bytes are given, there are %lld", (long long)mem,
                 (long long)rules->mem);
    if (all > rules->batch_limit)
        sim_fail(sim, "%lld run, at most %lld may", (long long)all, (long long)rules->batch_limit);
    if (seen->array_max && same_array > seen->array_max)
        sim_fail(sim, "array %u runs %lld, at most %lld may", seen->key.seq, (long long)same_array,
                 (long long)seen->array_max);
}

static void placed(struct sim *sim, struct seen *seen, const struct event *event,
                   const struct attrs *attrs)
{
    uint32_t incarnation = (uint32_t)attrs_number(attrs, ATTR_incarnation, 0);

    if (incarnation <= seen->incarnation)
        sim_fail(sim, "%s.%u is placed a second time", sim_key(seen->key), incarnation);
    if (seen->holds)
        sim_fail(sim, "%s is placed while it is held", sim_key(seen->key));
    if (seen->execution_time > event->wall && !sim->plan.clocks)
        sim_fail(sim, "%s is placed before its date", sim_key(seen->key));
    opened_check(sim, seen);
    seen->incarnation = incarnation;
    forget_old_runs(&sim->rules);
    add_run(&sim->rules, node_expect(sim, seen->key, incarnation));
    check_limits(sim, seen);
    rules_check_complexes(sim, seen);
}

/* Starts that fail in a row hold a request when they are enough, neither earlier nor later. */
static void count_failures(struct sim *sim, struct seen *seen, const struct event *event)
{
    bool enough = seen->failures + 1 >= sim->rules.start_tries;

    if (event->type == EVENT_START_FAILED && enough)
        sim_fail(sim, "%s is tried again after %lld failed starts", sim_key(seen->key),
                 (long long)seen->failures + 1);
    if (event->type == EVENT_START_ABANDONED && !enough)
        sim_fail(sim, "%s is given up after %lld failed starts", sim_key(seen->key),
                 (long long)seen->failures + 1);
    if (event->type == EVENT_START_FAILED)
        seen->failures++;
    else if (event->type == EVENT_STARTED || event->type == EVENT_RELEASED ||
             event->type == EVENT_RELEASED_DEFERRED)
        seen->failures = 0;
}

static void read_job(struct sim *sim, const struct event *event, const struct attrs *attrs)
{
    struct seen *seen = rules_seen(&sim->rules, event->key);
    const struct life_step *step;

    if (!seen)
        seen = make_seen(sim, event->key);
    if (event->type == EVENT_DUE && seen->state == STATE_WAITING &&
        seen->execution_time > event->wall)
        sim_fail(sim, "%s is due before its date", sim_key(seen->key));
    read_attrs(seen, attrs);
    opened_note_end(&sim->rules, seen, attrs);
    if (attrs_find(attrs, ATTR_depend))
        opened_read(sim, seen, attrs_find(attrs, ATTR_depend));
    if (event_find(event->type)->subject == SUBJECT_JOB)
        return;
    step = life_step(seen->state, event->type);
    if (!step)
        sim_fail(sim, "%s is %s and then %s", sim_key(seen->key), life_state(seen->state)->name,
                 event_find(event->type)->name);
    cover_row(sim->cover, seen->state, event->type);
    count_failures(sim, seen, event);
    seen->state = step->next;
    if (event->type == EVENT_PLACED)
        placed(sim, seen, event, attrs);
}

static void read_queue(struct sim *sim, const struct event *event, const struct attrs *attrs)
{
    struct seen_queue *queue = find_queue(&sim->rules, event->queue);

    if (event->type == EVENT_QUEUE_DELETED) {
        if (!queue)
            sim_fail(sim, "queue %s is deleted twice", event->queue);
        tree_remove(&sim->rules.queues, &queue->node);
        mem_free(queue);
        return;
    }
    if (!queue) {
        queue = mem_new(sizeof *queue);
        strcpy(queue->name, event->queue);
        tree_insert(&sim->rules.queues, &queue->node);
    }
    queue->run_limit = attrs_number(attrs, ATTR_run_limit, queue->run_limit);
    queue->user_limit = attrs_number(attrs, ATTR_user_limit, queue->user_limit);
    queue->started = attrs_number(attrs, ATTR_started, queue->started);
}

static void read_event(struct sim *sim, const struct outbox *out, const struct event *event)
{
    struct rules *rules = &sim->rules;
    struct attrs attrs;

    attrs_init(&attrs);
    if (!attrs_unpack(&attrs, outbox_bytes(out, event->attrs), event->attrs.length))
        sim_fail(sim, "event %llu cannot be read", (unsigned long long)event->seq);
    sim_trace(sim, "event %llu: %s %s%s", (unsigned long long)event->seq,
              event_find(event->type)->name, event->key.seq ? sim_key(event->key) : "",
              event->queue);
    switch (event_find(event->type)->subject) {
    case SUBJECT_LIFE:
    case SUBJECT_JOB: read_job(sim, event, &attrs); break;
    case SUBJECT_QUEUE: read_queue(sim, event, &attrs); break;
    case SUBJECT_COMPLEX: rules_read_complex(sim, event, &attrs); break;
    case SUBJECT_SERVER:
        rules->user_limit = attrs_number(&attrs, ATTR_global_user_limit, rules->user_limit);
        rules->ncpus = attrs_number(&attrs, ATTR_available_ncpus, rules->ncpus);
        rules->mem = attrs_number(&attrs, ATTR_available_mem, rules->mem);
        rules->batch_limit = attrs_number(&attrs, ATTR_batch_limit, rules->batch_limit);
        rules->start_tries = attrs_number(&attrs, ATTR_start_tries, rules->start_tries);
        break;
    }
    attrs_done(&attrs);
}

/* --- Ends --- */

/* What is written of an array follows from what is written of its members. */
static void check_array_end(struct sim *sim, const struct seen *seen, const struct entry *array)
{
    const struct entry *entry = array;
    int64_t first = entry_number(array, ATTR_array_first, 0);
    int64_t size = (entry_number(array, ATTR_array_last, 0) - first) / seen->array_step + 1;
    bool failed = false;
    char reason[64];

    entry_text(array, ATTR_exit_reason, reason, sizeof reason);
    while ((entry = disk_next(&sim->disk, RECORD_HISTORY, entry)) &&
           job_key_unpack(entry->key).seq == seen->key.seq) {
        size--;
        failed |= entry_number(entry, ATTR_exit_status, 0) != 0;
    }
    if (!strcmp(reason, "deleted"))
        return;
    if (!strcmp(reason, "dependency") && opened_never(&sim->rules, seen)) {
        sim->cover->vain++;
        return;
    }
    if (strcmp(reason, "members_ended") || size)
        sim_fail(sim, "array %u ends as %s and %lld members are missing", seen->key.seq, reason,
                 (long long)size);
    if (failed != (entry_number(array, ATTR_exit_status, 0) != 0))
        sim_fail(sim, "array %u ends with another status than its members", seen->key.seq);
}

static bool was_condemned(const struct rules *rules, const struct seen *seen)
{
    const struct seen_queue *queue = find_queue(rules, seen->queue);

    return seen->to_die || array_of(rules, seen->key)->to_die || (queue && queue->to_purge);
}

/* The reasons and statuses that the system gives by itself; see reference "exit status". */
static int64_t limit_status(const char *reason)
{
    if (!strcmp(reason, "walltime"))
        return -29;
    return !strcmp(reason, "cput") ? -28 : !strcmp(reason, "mem") ? -27 : 0;
}

static bool is_true_end(const struct sim *sim, const struct seen *seen, const char *reason,
                        int64_t status)
{
    const struct run *run = node_run(&sim->node, seen->key, seen->incarnation);
    bool ran = run && run->begins && run->reason && !strcmp(run->reason, reason);

    if (!strcmp(reason, "deleted"))
        return was_condemned(&sim->rules, seen) && (status != 0 || !seen->ran);
    if (!strcmp(reason, "dependency"))
        return opened_never(&sim->rules, seen) && !seen->ran && !status;
    if (!strcmp(reason, "exited") || !strcmp(reason, "signal"))
        return ran && status == run->status;
    if (limit_status(reason))
        return ran && status == limit_status(reason);
    if (!strcmp(reason, "shepherd_lost") || !strcmp(reason, "node_lost"))
        return run && run->lost && !seen->rerunable && status < 0;
    if (!strcmp(reason, "start_refused"))
        return run && run->failed == FACT_START_REFUSED && !run->begins && status == -1;
    return false;
}

static void check_end(struct sim *sim, struct job_key key)
{
    const struct entry *entry = disk_job(&sim->disk, RECORD_HISTORY, key);
    const struct seen *seen = rules_seen(&sim->rules, key);
    char reason[64];

    if (seen->state != STATE_ENDED)
        sim_fail(sim, "%s has a history and is %s", sim_key(key), life_state(seen->state)->name);
    if (disk_job(&sim->disk, RECORD_JOB, key))
        sim_fail(sim, "%s has ended and its record is there", sim_key(key));
    if (seen->array_step) {
        check_array_end(sim, seen, entry);
        return;
    }
    entry_text(entry, ATTR_exit_reason, reason, sizeof reason);
    if (!is_true_end(sim, seen, reason, entry_number(entry, ATTR_exit_status, 0)))
        sim_fail(sim, "%s.%u ends as '%s' with %lld, which is not what happened", sim_key(key),
                 seen->incarnation, reason, (long long)entry_number(entry, ATTR_exit_status, 0));
}

void rules_committed(struct sim *sim, const struct outbox *out)
{
    for (size_t i = 0; i < out->event_count; i++)
        read_event(sim, out, &out->events[i]);
    for (size_t i = 0; i < out->record_count; i++)
        if (out->records[i].kind == RECORD_HISTORY)
            check_end(sim, job_key_unpack(outbox_bytes(out, out->records[i].key)));
}

/* --- Calls --- */

static bool may(const struct call *call, const struct seen *seen)
{
    return call->role != CORE_USER || call->uid == seen->uid;
}

void rules_condemn(struct sim *sim, const struct call *call)
{
    struct job_key key = {(uint32_t)strtoul(call->name, NULL, 10), NQS_NO_INDEX};
    struct seen *seen = rules_seen(&sim->rules, key);
    struct seen_queue *queue;

    if (call->verb == VERB_PURGE_QUEUE) {
        queue = find_queue(&sim->rules, call->name);
        if (queue)
            queue->to_purge = true;
    } else if (seen && may(call, seen)) {
        seen->to_die = true;
    }
}

void rules_answered(struct sim *sim, const struct call *call, enum nqs_code code, uint32_t seq)
{
    struct job_key key = {seq, NQS_NO_INDEX};
    const struct entry *entry;

    if (code)
        return;
    if (call->verb == VERB_QUEUE_JOB) {
        const struct submission *it = &sim->people.submissions[call->submission];

        entry = disk_find(&sim->disk, RECORD_TOKEN, it->token, sizeof it->token);
        if (!entry || job_key_unpack(entry->value).seq != seq ||
            (!disk_job(&sim->disk, RECORD_JOB, key) && !disk_job(&sim->disk, RECORD_HISTORY, key)))
            sim_fail(sim, "%u was answered and is not on disk", seq);
    } else if (call->verb >= VERB_DELETE_JOB && call->verb <= VERB_MOVE_JOB) {
        if (!may(call, rules_seen(&sim->rules, key)))
            sim_fail(sim, "user %u was allowed something with %u", call->uid, seq);
    }
}

/* --- The node --- */

static bool is_wanted(const struct sim *sim, const struct run *run)
{
    const struct entry *entry = disk_job(&sim->disk, RECORD_JOB, run->key);

    return entry && entry_number(entry, ATTR_incarnation, 0) == run->incarnation &&
           life_state((enum life_state)entry_number(entry, ATTR_state, 0))->slot;
}

void rules_begun(struct sim *sim, const struct run *run)
{
    struct seen *seen = rules_seen(&sim->rules, run->key);

    if (run->begins > 1)
        sim_fail(sim, "%s.%u begins twice", sim_key(run->key), run->incarnation);
    if (!is_wanted(sim, run))
        sim_fail(sim, "%s.%u begins and nobody waits for it", sim_key(run->key), run->incarnation);
    for (uint32_t i = 0; i < sim->rules.open_count; i++) {
        const struct run *other = sim->rules.open[i];

        if (other != run && other->living && other->key.seq == run->key.seq &&
            other->key.index == run->key.index)
            sim_fail(sim, "%s lives twice", sim_key(run->key));
    }
    if (seen->ran++ && !seen->rerunable)
        sim_fail(sim, "%s is not rerunnable and runs again", sim_key(run->key));
}

void rules_cleaned(struct sim *sim, const struct run *run)
{
    if (run->living)
        sim_fail(sim, "%s.%u is cleaned away while it lives", sim_key(run->key), run->incarnation);
    if (is_wanted(sim, run))
        sim_fail(sim, "%s.%u is cleaned away before its end is on disk", sim_key(run->key),
                 run->incarnation);
}

/* --- In the end --- */

void rules_end(struct sim *sim)
{
    const struct entry *entry = NULL;
    struct tree_node *node = tree_first(&sim->rules.requests);
    uint32_t tokens = 0;

    for (; node; node = tree_after(&sim->rules.requests, node)) {
        const struct seen *seen = TREE_OF(node, struct seen, node);

        if (seen->state != STATE_ENDED || !disk_job(&sim->disk, RECORD_HISTORY, seen->key))
            sim_fail(sim, "%s never ended", sim_key(seen->key));
    }
    for (uint32_t i = 0; i < sim->people.submission_count; i++) {
        const struct submission *it = &sim->people.submissions[i];

        tokens += it->seq != 0;
        if (it->seq && !rules_seen(&sim->rules, (struct job_key){it->seq, NQS_NO_INDEX}))
            sim_fail(sim, "%u was promised and lost", it->seq);
    }
    while ((entry = disk_next(&sim->disk, RECORD_TOKEN, entry)))
        tokens--;
    if (tokens)
        sim_fail(sim, "there are not as many tokens as submissions that were answered");
}
