/*
 * world.c - the indexes of a core; see world.h.
 *
 * Every index follows from a row's state and values by world_settle(), and
 * world_lift() undoes exactly that.  Nothing else touches them.
 */
#include "world.h"

#include <assert.h>
#include <string.h>

#include "defect.h"
#include "mem.h"

struct slab {
    struct slab *next;
    struct job rows[WORLD_SLAB_ROWS];
};

static int key_compare(const struct tree_node *a, const struct tree_node *b)
{
    return job_key_compare(job_key(TREE_OF(a, struct job, by_key)),
                           job_key(TREE_OF(b, struct job, by_key)));
}

static int due_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct job *x = TREE_OF(a, struct job, place);
    const struct job *y = TREE_OF(b, struct job, place);

    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return job_key_compare(job_key(x), job_key(y));
}

static int runs_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct job *x = TREE_OF(a, struct job, place);
    const struct job *y = TREE_OF(b, struct job, place);

    if (job_end(x) != job_end(y))
        return job_end(x) < job_end(y) ? -1 : 1;
    return job_key_compare(job_key(x), job_key(y));
}

static int name_compare(const struct tree_node *a, const struct tree_node *b)
{
    return strcmp(TREE_OF(a, struct queue, by_name)->name, TREE_OF(b, struct queue, by_name)->name);
}

static int open_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct queue *x = TREE_OF(a, struct queue, open);
    const struct queue *y = TREE_OF(b, struct queue, open);

    if (x->queue_priority != y->queue_priority)
        return x->queue_priority > y->queue_priority ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int complex_compare(const struct tree_node *a, const struct tree_node *b)
{
    return strcmp(TREE_OF(a, struct complex, by_name)->name,
                  TREE_OF(b, struct complex, by_name)->name);
}

void world_init(struct core *core)
{
    core->all = complex_new("");
    core->all->all = true;
    tree_init(&core->complexes, complex_compare);
    tree_init(&core->gone_complexes, complex_compare);
    core->intern = intern_new();
    tree_init(&core->jobs, key_compare);
    tree_init(&core->queues, name_compare);
    tree_init(&core->gone_queues, name_compare);
    tree_init(&core->queues_open, open_compare);
    tree_init(&core->walls, due_compare);
    gates_init(&core->gates);
    tree_init(&core->runs, runs_compare);
    tree_init(&core->steadies, due_compare);
}

static void free_queues(struct tree *queues, struct intern *intern)
{
    struct queue *queue;

    while ((queue = TREE_OF(tree_first(queues), struct queue, by_name))) {
        tree_remove(queues, &queue->by_name);
        queue_free(queue, intern);
    }
}

static void free_complexes(struct tree *complexes, struct intern *intern)
{
    struct complex *complex;

    while ((complex = TREE_OF(tree_first(complexes), struct complex, by_name))) {
        tree_remove(complexes, &complex->by_name);
        complex_free(complex, intern);
    }
}

void world_done(struct core *core)
{
    struct slab *slab;
    struct job *job;

    while (world_next_changed(core))
        ; /* what has ended this turn and stands there still is put with the ended */
    world_free_ended(core);
    while ((job = TREE_OF(tree_first(&core->jobs), struct job, by_key))) {
        tree_remove(&core->jobs, &job->by_key);
        job_clear(job, core->intern);
    }
    free_queues(&core->queues, core->intern);
    free_queues(&core->gone_queues, core->intern);
    free_complexes(&core->complexes, core->intern);
    free_complexes(&core->gone_complexes, core->intern);
    complex_free(core->all, core->intern);
    while ((slab = core->slabs)) {
        core->slabs = slab->next;
        mem_free(slab);
    }
    gates_done(&core->gates);
    mem_free(core->outcomes);
    mem_free(core->aside);
    intern_free(core->intern);
}

/* --- Rows --- */

static void add_slab(struct core *core)
{
    struct slab *slab = mem_new(sizeof *slab);

    slab->next = core->slabs;
    core->slabs = slab;
    for (int i = WORLD_SLAB_ROWS; i-- > 0;) {
        slab->rows[i].next = core->free_rows;
        core->free_rows = &slab->rows[i];
    }
}

struct job *world_job(const struct core *core, struct job_key key)
{
    struct job probe;

    probe.seq = key.seq;
    probe.index = key.index;
    return TREE_OF(tree_find(&core->jobs, &probe.by_key), struct job, by_key);
}

struct job *world_job_after(const struct core *core, struct job_key key)
{
    struct job probe;

    probe.seq = key.seq;
    probe.index = key.index;
    return TREE_OF(tree_after(&core->jobs, &probe.by_key), struct job, by_key);
}

struct job *world_add_job(struct core *core, struct job_key key)
{
    struct job *job;

    if (!core->free_rows)
        add_slab(core);
    job = core->free_rows;
    core->free_rows = job->next;
    memset(job, 0, sizeof *job);
    job->seq = key.seq;
    job->index = key.index;
    tree_insert(&core->jobs, &job->by_key);
    return job;
}

void world_touch(struct core *core, struct job *job)
{
    if (job->changed)
        return;
    job->changed = true;
    job->next = core->changed;
    core->changed = job;
}

struct job *world_next_changed(struct core *core)
{
    struct job *job;

    while ((job = core->changed)) {
        core->changed = job->next;
        job->changed = false;
        if (job->state != STATE_ENDED)
            return job;
        job->next = core->ended;
        core->ended = job;
    }
    return NULL;
}

/*
 * A row that stands in the list of changed rows stays there until the turn
 * ends, where its state tells that it has no record any more; leaving the list
 * now would mean walking it.
 */
void world_end_job(struct core *core, struct job *job)
{
    tree_remove(&core->jobs, &job->by_key);
    if (job->changed)
        return;
    job->next = core->ended;
    core->ended = job;
}

void world_free_ended(struct core *core)
{
    struct job *job;

    while ((job = core->ended)) {
        core->ended = job->next;
        job_clear(job, core->intern);
        job->next = core->free_rows;
        core->free_rows = job;
    }
}

/* --- Queues --- */

struct queue *world_queue(const struct core *core, const char *name)
{
    struct queue probe;

    if (strlen(name) > QUEUE_NAME_MAX)
        return NULL;
    strcpy(probe.name, name);
    return TREE_OF(tree_find(&core->queues, &probe.by_name), struct queue, by_name);
}

void world_touch_queue(struct core *core, struct queue *queue)
{
    if (queue->changed)
        return;
    queue->changed = true;
    queue->next = core->changed_queues;
    core->changed_queues = queue;
}

static void close_queue(struct core *core, struct queue *queue)
{
    if (queue->is_open)
        tree_remove(&core->queues_open, &queue->open);
    queue->is_open = false;
}

static void open_queue(struct core *core, struct queue *queue)
{
    assert(!queue->is_open);
    if (!queue->started || queue->running >= queue->run_limit + DEFECT(RUN_LIMIT) ||
        tree_empty(&queue->lanes_open) || queue_complex_full(queue))
        return;
    tree_insert(&core->queues_open, &queue->open);
    queue->is_open = true;
}

void world_lift_queue(struct core *core, struct queue *queue)
{
    close_queue(core, queue);
    for (struct tree_node *node = tree_first(&queue->lanes); node;
         node = tree_after(&queue->lanes, node))
        lane_lift(queue, TREE_OF(node, struct lane, by_uid));
}

void world_settle_queue(struct core *core, struct queue *queue)
{
    for (struct tree_node *node = tree_first(&queue->lanes); node;
         node = tree_after(&queue->lanes, node))
        lane_settle(queue, TREE_OF(node, struct lane, by_uid));
    open_queue(core, queue);
}

void world_lift_queues(struct core *core)
{
    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node))
        world_lift_queue(core, TREE_OF(node, struct queue, by_name));
}

void world_settle_queues(struct core *core)
{
    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node))
        world_settle_queue(core, TREE_OF(node, struct queue, by_name));
}

/* --- Complexes --- */

/* Nothing more may run in the queues of COMPLEX, or something may again. */
static void turn_queues(struct core *core, const struct complex *complex)
{
    for (size_t i = 0; i < complex->count; i++) {
        close_queue(core, complex->queues[i]);
        open_queue(core, complex->queues[i]);
    }
}

/* The same for what UID has in them. */
static void turn_lanes(struct core *core, const struct complex *complex, uint32_t uid)
{
    for (size_t i = 0; i < complex->count; i++) {
        struct queue *queue = complex->queues[i];
        struct lane *lane = queue_lane(queue, uid, false);

        if (!lane)
            continue;
        close_queue(core, queue);
        lane_lift(queue, lane);
        lane_settle(queue, lane);
        open_queue(core, queue);
    }
}

static void count_complex(struct core *core, struct complex *complex, uint32_t uid, int change)
{
    bool was_full = complex_full(complex);
    bool was_user_full = complex_user_full(complex, uid);

    complex_count(complex, uid, (uint32_t)change);
    if (was_full != complex_full(complex))
        turn_queues(core, complex);
    if (was_user_full != complex_user_full(complex, uid))
        turn_lanes(core, complex, uid);
}

struct queue *world_open_queue(const struct core *core)
{
    return TREE_OF(tree_first(&core->queues_open), struct queue, open);
}

/* --- A row in its place --- */

/* An array counts as many members as wait in it; once all were begun, none. */
static uint32_t job_weight(const struct job *job)
{
    return job->array ? job->array->todo : 1;
}

/* Over array_max nothing of an array is placed: neither a new member nor one that runs again. */
static bool over_array_max(const struct job *job)
{
    const struct array *array = job->array ? job->array : job->parent ? job->parent->array : NULL;

    return array && array->array_max && array->active >= (uint32_t)array->array_max;
}

static enum life_place wanted_place(const struct job *job)
{
    enum life_place place = life_state(job->state)->place;

    if (life_state(job->state)->slot)
        return PLACE_RUNS;
    if (place == PLACE_STEADY && job->due == NQS_NEVER)
        return PLACE_NONE;
    if (place != PLACE_LANE)
        return place;
    if (job->array && !job->array->todo)
        return PLACE_NONE;
    return over_array_max(job) ? PLACE_NONE : PLACE_LANE;
}

static void count_active(struct core *core, struct job *array, int change);

/* Count JOB's slot in (+1) or out (-1), wherever one is limited. */
static void count_slot(struct core *core, struct job *job, int change)
{
    struct queue *queue = job->at;
    struct lane *lane = queue_lane(queue, job->uid, true);

    close_queue(core, queue);
    lane_lift(queue, lane);
    lane->running += (uint32_t)change;
    queue->running += (uint32_t)change;
    core->running += (uint32_t)change;
    core->used_ncpus += change * job_ncpus(job);
    core->used_mem += change * job->mem;
    lane_settle(queue, lane);
    queue_drop_lane(queue, lane);
    open_queue(core, queue);
    for (size_t i = 0; i < queue->complex_count; i++)
        count_complex(core, queue->complexes[i], job->uid, change);
    if (job->parent)
        count_active(core, job->parent, change);
}

static void lane_put(struct core *core, struct job *job)
{
    struct queue *queue = job->at;

    close_queue(core, queue);
    job->lane = queue_lane(queue, job->uid, true);
    lane_lift(queue, job->lane);
    tree_insert(&job->lane->jobs, &job->place);
    core->queued++;
    lane_settle(queue, job->lane);
    open_queue(core, queue);
}

static void lane_take(struct core *core, struct job *job)
{
    struct queue *queue = job->at;

    close_queue(core, queue);
    lane_lift(queue, job->lane);
    tree_remove(&job->lane->jobs, &job->place);
    core->queued--;
    lane_settle(queue, job->lane);
    queue_drop_lane(queue, job->lane);
    job->lane = NULL;
    open_queue(core, queue);
}

static void place_put(struct core *core, struct job *job)
{
    job->placed_in = wanted_place(job);
    if (job->placed_in == PLACE_LANE)
        lane_put(core, job);
    else if (job->placed_in == PLACE_WALL)
        tree_insert(&core->walls, &job->place);
    else if (job->placed_in == PLACE_STEADY)
        tree_insert(&core->steadies, &job->place);
    else if (job->placed_in == PLACE_RUNS)
        tree_insert(&core->runs, &job->place);
    if (job->parent && job->state == STATE_QUEUED)
        job->parent->array->queued++;
}

static void place_take(struct core *core, struct job *job)
{
    if (job->parent && job->state == STATE_QUEUED)
        job->parent->array->queued--;
    if (job->placed_in == PLACE_LANE)
        lane_take(core, job);
    else if (job->placed_in == PLACE_WALL)
        tree_remove(&core->walls, &job->place);
    else if (job->placed_in == PLACE_STEADY)
        tree_remove(&core->steadies, &job->place);
    else if (job->placed_in == PLACE_RUNS)
        tree_remove(&core->runs, &job->place);
    job->placed_in = PLACE_NONE;
}

/*
 * Members with a row of their own stand in a lane, which gives its first
 * without asking.  So all of them leave it when the array reaches array_max,
 * and go back when it falls below.
 */
static void replace_members(struct core *core, struct job *array)
{
    uint32_t left = array->array->queued;
    struct job *job = array;

    while (left && (job = world_job_after(core, job_key(job))) && job->parent == array) {
        if (job->state != STATE_QUEUED)
            continue;
        place_take(core, job);
        place_put(core, job);
        left--;
    }
}

/* The array's own place depends on how many of its members are active. */
static void count_active(struct core *core, struct job *array, int change)
{
    bool was_over = over_array_max(array);

    place_take(core, array);
    array->array->active += (uint32_t)change;
    place_put(core, array);
    if (was_over != over_array_max(array) && !DEFECT(THROTTLE))
        replace_members(core, array);
}

void world_set_aside(struct core *core, struct job *job)
{
    if (core->aside_count == core->aside_room) {
        core->aside_room = core->aside_room ? 2 * core->aside_room : 64;
        core->aside = mem_grow(core->aside, core->aside_room, sizeof(struct job *));
    }
    core->aside[core->aside_count++] = job;
    lane_take(core, job);
    job->placed_in = PLACE_NONE;
}

/* An array may have gone back by itself, when a member of it was placed. */
void world_put_back(struct core *core)
{
    for (size_t i = 0; i < core->aside_count; i++) {
        struct job *job = core->aside[i];

        if (job->placed_in != PLACE_NONE || wanted_place(job) != PLACE_LANE)
            continue;
        job->placed_in = PLACE_LANE;
        lane_put(core, job);
    }
    core->aside_count = 0;
}

/* Count JOB, with its members that wait, in or out of its queue, and of what its user has there. */
static void count_in(struct job *job, bool in)
{
    uint32_t weight = in ? job_weight(job) : 0u - job_weight(job);

    job->at->counts[job->state] += weight;
    queue_lane(job->at, job->uid, true)->total += weight;
}

void world_lift(struct core *core, struct job *job)
{
    if (job->depend)
        gates_take(&core->gates, job_key(job), intern_text(core->intern, job->depend));
    place_take(core, job);
    if (life_state(job->state)->slot)
        count_slot(core, job, -1);
    count_in(job, false);
    queue_drop_lane(job->at, queue_lane(job->at, job->uid, false));
}

void world_settle(struct core *core, struct job *job)
{
    count_in(job, true);
    if (job->depend)
        gates_put(&core->gates, job_key(job), intern_text(core->intern, job->depend));
    if (job->state == STATE_WAITING)
        job->due = job->execution_time;
    if (life_state(job->state)->slot)
        count_slot(core, job, +1);
    place_put(core, job);
}

struct job *world_due(const struct core *core, struct nqs_now now)
{
    struct job *job = TREE_OF(tree_first(&core->walls), struct job, place);

    if (job && job->due <= now.wall + DEFECT(EARLY) * 60 * NQS_SECOND)
        return job;
    job = TREE_OF(tree_first(&core->steadies), struct job, place);
    return job && job->due <= now.steady ? job : NULL;
}
