/*
 * check.c - recounting a world: every index against the rows.  For tests.
 */
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "mem.h"
#include "world.h"

struct recount {
    int64_t ncpus, mem; /* of all that holds a slot */
    const struct core *core;
    struct buf *space;
    bool bad;
};

#define WRONG(r, ...)                            \
    do {                                         \
        if (!(r)->bad)                           \
            buf_format((r)->space, __VA_ARGS__); \
        (r)->bad = true;                         \
    } while (0)

static bool in_tree(const struct tree *tree, const struct tree_node *node)
{
    return tree_find(tree, node) == node;
}

static bool over_max(const struct job *job)
{
    const struct array *array = job->array ? job->array : job->parent ? job->parent->array : NULL;

    return array && array->array_max && array->active >= (uint32_t)array->array_max;
}

static void check_place(struct recount *r, const struct job *job)
{
    bool queued = job->state == STATE_QUEUED && !over_max(job) && (!job->array || job->array->todo);

    if (queued != (job->placed_in == PLACE_LANE))
        WRONG(r, "request %u[%d] stands in place %d while %s", (unsigned)job->seq, (int)job->index,
              (int)job->placed_in, life_state((enum life_state)job->state)->name);
    if (job->placed_in == PLACE_LANE && !in_tree(&job->lane->jobs, &job->place))
        WRONG(r, "request %u[%d] is not in its lane", (unsigned)job->seq, (int)job->index);
    if (job->state == STATE_WAITING && !in_tree(&r->core->walls, &job->place))
        WRONG(r, "request %u[%d] waits for no date", (unsigned)job->seq, (int)job->index);
    if (job->state == STATE_RETRYING && !in_tree(&r->core->steadies, &job->place))
        WRONG(r, "request %u[%d] waits for nothing", (unsigned)job->seq, (int)job->index);
    if (job->state == STATE_HELD && !job->holds)
        WRONG(r, "request %u[%d] is HELD without a hold", (unsigned)job->seq, (int)job->index);
    if ((job->state == STATE_QUEUED || job->state == STATE_WAITING) && job->holds)
        WRONG(r, "request %u[%d] has a hold and is not HELD", (unsigned)job->seq, (int)job->index);
}

/* Every dependency of a row stands in the index, and nothing is waited for that is there. */
static uint32_t check_gates(struct recount *r, const struct job *job)
{
    const char *text = intern_text(r->core->intern, job->depend);
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    struct depend item;
    enum nqs_code code;
    uint32_t count = 0;

    if (!*text != !(job->holds & HOLD_DEPEND))
        WRONG(r, "request %u[%d] waits for '%s' with holds %d", (unsigned)job->seq, (int)job->index,
              text, (int)job->holds);
    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key of = {item.id.seq, item.id.index};
        const struct job *row = world_job(r->core, of);

        if (item.type == DEPEND_ON)
            continue;
        count++;
        if (!gates_have(&r->core->gates, of, job_key(job), item.type))
            WRONG(r, "request %u[%d]: its gate %.*s is not in the index", (unsigned)job->seq,
                  (int)job->index, (int)item.length, item.text);
        if (!row)
            row = world_job(r->core, (struct job_key){of.seq, NQS_NO_INDEX});
        if (!row || (item.type == DEPEND_AFTER && !row->array && row->session_id))
            WRONG(r, "request %u[%d] still waits for %.*s", (unsigned)job->seq, (int)job->index,
                  (int)item.length, item.text);
    }
    return count;
}

struct array_count {
    uint32_t live, active, queued;
};

static void check_array(struct recount *r, const struct job *array, const struct array_count *have)
{
    const struct array *a = array->array;

    if (a->live != have->live || a->active != have->active || a->queued != have->queued)
        WRONG(r, "array %u counts %u/%u/%u, has %u/%u/%u", (unsigned)array->seq, (unsigned)a->live,
              (unsigned)a->active, (unsigned)a->queued, (unsigned)have->live,
              (unsigned)have->active, (unsigned)have->queued);
    if (a->array_max && a->active > (uint32_t)a->array_max)
        WRONG(r, "array %u runs %u members, at most %d may", (unsigned)array->seq,
              (unsigned)a->active, (int)a->array_max);
    if (a->todo + a->live + (uint32_t)a->array_ended > array_size(a))
        WRONG(r, "array %u has more members than it was given", (unsigned)array->seq);
    if (!a->todo && !a->live)
        WRONG(r, "array %u has no member left and has not ended", (unsigned)array->seq);
}

/* Walk over all rows; fill what each queue should have counted. */
static void check_rows(struct recount *r, struct queue *expect, size_t queues, uint32_t *running)
{
    struct array_count members = {0};
    const struct job *array = NULL;
    const struct job *job = NULL;
    struct tree_node *node = tree_first(&r->core->jobs);
    uint32_t gates = 0;

    for (; node; node = tree_after(&r->core->jobs, node)) {
        bool slot;

        job = TREE_OF(node, struct job, by_key);
        slot = life_state((enum life_state)job->state)->slot;
        if (array && job->parent != array)
            check_array(r, array, &members);
        if (array && job->parent != array)
            array = NULL;
        if (job->array) {
            array = job;
            members = (struct array_count){0};
        }
        if (job->parent) {
            members.live++;
            members.active += slot;
            members.queued += job->state == STATE_QUEUED;
        }
        *running += slot;
        r->ncpus += slot ? job_ncpus(job) : 0;
        r->mem += slot ? job->mem : 0;
        if (slot != (job->placed_in == PLACE_RUNS) ||
            (slot && !in_tree(&r->core->runs, &job->place)))
            WRONG(r, "request %u[%d] does not stand with those that run", (unsigned)job->seq,
                  (int)job->index);
        for (size_t i = 0; i < queues; i++)
            if (!strcmp(expect[i].name, job->at->name)) {
                expect[i].counts[job->state] += job->array ? job->array->todo : 1;
                expect[i].running += slot;
            }
        check_place(r, job);
        gates += check_gates(r, job);
    }
    if (gates != tree_size(&r->core->gates))
        WRONG(r, "the index has %u gates, the requests have %u",
              (unsigned)tree_size(&r->core->gates), (unsigned)gates);
    if (array)
        check_array(r, array, &members);
}

/* What the lanes count of their users' requests is what the queue counts by state. */
static void check_totals(struct recount *r, const struct queue *queue)
{
    uint64_t total = 0;

    for (struct tree_node *node = tree_first(&queue->lanes); node;
         node = tree_after(&queue->lanes, node))
        total += TREE_OF(node, struct lane, by_uid)->total;
    if (total != queue_total(queue))
        WRONG(r, "queue %s holds %u requests, its users have %u", queue->name,
              (unsigned)queue_total(queue), (unsigned)total);
}

static void check_queue(struct recount *r, const struct queue *queue, const struct queue *expect)
{
    bool open = queue->started && queue->running < queue->run_limit &&
                !tree_empty(&queue->lanes_open) && !queue_complex_full(queue);

    if (memcmp(queue->counts, expect->counts, sizeof queue->counts))
        WRONG(r, "queue %s miscounts its states", queue->name);
    if (queue->running != expect->running)
        WRONG(r, "queue %s counts %u running, has %u", queue->name, (unsigned)queue->running,
              (unsigned)expect->running);
    if (open != queue->is_open)
        WRONG(r, "queue %s is %sopen", queue->name, queue->is_open ? "" : "not ");
    for (struct tree_node *node = tree_first(&queue->lanes); node;
         node = tree_after(&queue->lanes, node)) {
        const struct lane *lane = TREE_OF(node, struct lane, by_uid);
        bool lane_open = !tree_empty(&lane->jobs) &&
                         !(queue->user_limit && lane->running >= queue->user_limit) &&
                         !queue_user_full(queue, lane->uid);

        if (lane_open != lane->is_open)
            WRONG(r, "queue %s: lane of %u is %sopen", queue->name, (unsigned)lane->uid,
                  lane->is_open ? "" : "not ");
    }
}

/* A complex counts what its queues count, of each user too. */
static void check_complex(struct recount *r, const struct complex *complex)
{
    uint32_t running = 0;
    size_t named = 0;

    for (const struct tree_node *node = tree_first(&r->core->queues); node;
         node = tree_after(&r->core->queues, node))
        named +=
            complex_names(complex, r->core->intern, TREE_OF(node, struct queue, by_name)->name);
    if (named != complex->count)
        WRONG(r, "complex %s has %zu queues, names %zu", complex->name, complex->count, named);
    for (size_t i = 0; i < complex->count; i++) {
        running += complex->queues[i]->running;
        for (struct tree_node *node = tree_first(&complex->queues[i]->lanes); node;
             node = tree_after(&complex->queues[i]->lanes, node)) {
            uint32_t uid = TREE_OF(node, struct lane, by_uid)->uid;
            uint32_t of_user = 0;

            for (size_t j = 0; j < complex->count; j++) {
                const struct lane *lane = queue_lane(complex->queues[j], uid, false);

                of_user += lane ? lane->running : 0;
            }
            if (of_user != complex_user_running(complex, uid))
                WRONG(r, "complex %s counts %u running of %u, has %u", complex->name,
                      (unsigned)complex_user_running(complex, uid), (unsigned)uid,
                      (unsigned)of_user);
        }
    }
    if (running != complex->running)
        WRONG(r, "complex %s counts %u running, has %u", complex->name, (unsigned)complex->running,
              (unsigned)running);
}

const char *core_check(const struct core *core, struct buf *space)
{
    struct recount r = {.core = core, .space = space};
    size_t count = tree_size(&core->queues);
    struct queue *expect = mem_array(count, sizeof *expect);
    struct tree_node *node = tree_first(&core->queues);
    uint32_t running = 0;

    buf_clear(space);
    for (size_t i = 0; i < count; i++, node = tree_after(&core->queues, node))
        strcpy(expect[i].name, TREE_OF(node, struct queue, by_name)->name);
    check_rows(&r, expect, count, &running);
    node = tree_first(&core->queues);
    for (size_t i = 0; i < count; i++, node = tree_after(&core->queues, node))
        check_queue(&r, TREE_OF(node, struct queue, by_name), &expect[i]);
    for (node = tree_first(&core->queues); node; node = tree_after(&core->queues, node))
        check_totals(&r, TREE_OF(node, struct queue, by_name));
    check_complex(&r, core->all);
    for (node = tree_first(&core->complexes); node; node = tree_after(&core->complexes, node))
        check_complex(&r, TREE_OF(node, struct complex, by_name));
    if (running != core->running)
        WRONG(&r, "the core counts %u running, has %u", (unsigned)core->running, (unsigned)running);
    if (r.ncpus != core->used_ncpus || r.mem != core->used_mem)
        WRONG(&r, "%lld processors and %lld bytes are counted, %lld and %lld are taken",
              (long long)core->used_ncpus, (long long)core->used_mem, (long long)r.ncpus,
              (long long)r.mem);
    mem_free(expect);
    return r.bad ? buf_text(space) : NULL;
}
