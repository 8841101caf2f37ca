/*
 * queue.c - queues and lanes; see queue.h.
 */
#include "queue.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "complex.h"
#include "defect.h"
#include "field.h"
#include "mem.h"

static const struct field queue_fields[] = {
#define FIELD_JOB_HOT(id, member, type)
#define FIELD_JOB_ARRAY(id, member, type)
#define FIELD_QUEUE_HOT(id, member, type) FIELD(struct queue, id, member, type)
#define FIELD_SERVER_HOT(id, member, type)
#include "field_rows.h"
};

enum { QUEUE_FIELDS = sizeof queue_fields / sizeof *queue_fields };

/* The time at which it would have entered its queue to stand here without any priority. */
static int64_t aged(const struct job *job)
{
    return job->qtime - (int64_t)job->priority * job->at->ageing * NQS_SECOND;
}

int queue_order(const struct job *a, const struct job *b)
{
    if (a->at && a->at->ageing) {
        if (aged(a) != aged(b))
            return aged(a) < aged(b) ? -1 : 1;
        return job_key_compare(job_key(a), job_key(b));
    }
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->qtime != b->qtime)
        return a->qtime < b->qtime ? -1 : 1;
    return job_key_compare(job_key(a), job_key(b));
}

static int place_compare(const struct tree_node *a, const struct tree_node *b)
{
    return queue_order(TREE_OF(a, struct job, place), TREE_OF(b, struct job, place));
}

static int uid_compare(const struct tree_node *a, const struct tree_node *b)
{
    uint32_t x = TREE_OF(a, struct lane, by_uid)->uid;
    uint32_t y = TREE_OF(b, struct lane, by_uid)->uid;

    return (x > y) - (x < y);
}

static struct job *lane_first(const struct lane *lane)
{
    return TREE_OF(tree_first(&lane->jobs), struct job, place);
}

static int open_compare(const struct tree_node *a, const struct tree_node *b)
{
    return queue_order(lane_first(TREE_OF(a, struct lane, open)),
                       lane_first(TREE_OF(b, struct lane, open)));
}

struct queue *queue_new(const char *name)
{
    struct queue *queue = mem_new(sizeof *queue);

    assert(strlen(name) <= QUEUE_NAME_MAX);
    strcpy(queue->name, name);
    tree_init(&queue->lanes, uid_compare);
    tree_init(&queue->lanes_open, open_compare);
    return queue;
}

void queue_free(struct queue *queue, struct intern *intern)
{
    struct lane *lane;

    if (!queue)
        return;
    while ((lane = TREE_OF(tree_first(&queue->lanes), struct lane, by_uid))) {
        tree_remove(&queue->lanes, &lane->by_uid);
        mem_free(lane);
    }
    mem_free(queue->complexes);
    fields_clear(queue_fields, QUEUE_FIELDS, queue, intern);
    mem_free(queue);
}

void queue_set(struct queue *queue, struct intern *intern, const struct attr *attr)
{
    const struct field *field = field_find(queue_fields, QUEUE_FIELDS, attr->id);

    if (field)
        field_set(field, queue, intern, attr);
}

void queue_pack(const struct queue *queue, const struct intern *intern, struct buf *out)
{
    fields_pack(queue_fields, QUEUE_FIELDS, queue, intern, out);
}

void queue_values(const struct queue *queue, const struct intern *intern, struct attrs *attrs)
{
    fields_values(queue_fields, QUEUE_FIELDS, queue, intern, attrs);
}

uint32_t queue_total(const struct queue *queue)
{
    uint32_t total = 0;

    for (int state = 0; state < STATE_COUNT; state++)
        total += queue->counts[state];
    return total;
}

uint32_t queue_count(const struct queue *queue, char letter)
{
    uint32_t total = 0;

    for (int state = 0; state < STATE_COUNT; state++)
        if (queue->counts[state] && life_state((enum life_state)state)->letter == letter)
            total += queue->counts[state];
    return total;
}

struct lane *queue_lane(struct queue *queue, uint32_t uid, bool make)
{
    struct lane probe = {.uid = uid};
    struct lane *lane = TREE_OF(tree_find(&queue->lanes, &probe.by_uid), struct lane, by_uid);

    if (lane || !make)
        return lane;
    lane = mem_new(sizeof *lane);
    lane->uid = uid;
    tree_init(&lane->jobs, place_compare);
    tree_insert(&queue->lanes, &lane->by_uid);
    return lane;
}

void queue_reorder(struct queue *queue, uint32_t ageing)
{
    struct tree_node *node;
    struct job **jobs;
    size_t count = 0;
    size_t at = 0;

    for (node = tree_first(&queue->lanes); node; node = tree_after(&queue->lanes, node))
        count += tree_size(&TREE_OF(node, struct lane, by_uid)->jobs);
    jobs = mem_array(count + 1, sizeof *jobs);
    for (node = tree_first(&queue->lanes); node; node = tree_after(&queue->lanes, node)) {
        struct lane *lane = TREE_OF(node, struct lane, by_uid);

        while ((jobs[at] = lane_first(lane)))
            tree_remove(&lane->jobs, &jobs[at++]->place);
    }
    queue->ageing = ageing;
    for (at = 0; at < count; at++)
        tree_insert(&jobs[at]->lane->jobs, &jobs[at]->place);
    mem_free(jobs);
}

void queue_drop_lane(struct queue *queue, struct lane *lane)
{
    if (!tree_empty(&lane->jobs) || lane->running || lane->total)
        return;
    assert(!lane->is_open);
    tree_remove(&queue->lanes, &lane->by_uid);
    mem_free(lane);
}

static void count_lanes(const struct queue *queue, struct complex *complex, bool in)
{
    for (struct tree_node *node = tree_first(&queue->lanes); node;
         node = tree_after(&queue->lanes, node)) {
        const struct lane *lane = TREE_OF(node, struct lane, by_uid);

        complex_count(complex, lane->uid, in ? lane->running : 0u - lane->running);
    }
}

void queue_join(struct queue *queue, struct complex *complex)
{
    if (queue->complex_count == queue->complex_room) {
        queue->complex_room = queue->complex_room ? queue->complex_room * 2 : 2;
        queue->complexes =
            mem_grow(queue->complexes, queue->complex_room, sizeof(struct complex *));
    }
    queue->complexes[queue->complex_count++] = complex;
    complex_add(complex, queue);
    count_lanes(queue, complex, true);
}

void queue_leave(struct queue *queue, struct complex *complex)
{
    complex_remove(complex, queue);
    for (size_t i = 0; i < queue->complex_count; i++)
        if (queue->complexes[i] == complex)
            queue->complexes[i--] = queue->complexes[--queue->complex_count];
    count_lanes(queue, complex, false);
}

const struct complex *queue_complex_full(const struct queue *queue)
{
    for (size_t i = 0; i < queue->complex_count; i++)
        if (complex_full(queue->complexes[i]))
            return queue->complexes[i];
    return NULL;
}

const struct complex *queue_user_full(const struct queue *queue, uint32_t uid)
{
    for (size_t i = 0; i < queue->complex_count; i++)
        if (complex_user_full(queue->complexes[i], uid))
            return queue->complexes[i];
    return NULL;
}

void lane_lift(struct queue *queue, struct lane *lane)
{
    if (lane->is_open)
        tree_remove(&queue->lanes_open, &lane->open);
    lane->is_open = false;
}

void lane_settle(struct queue *queue, struct lane *lane)
{
    assert(!lane->is_open);
    if (tree_empty(&lane->jobs))
        return;
    if (queue->user_limit && lane->running >= queue->user_limit && !DEFECT(USER_LIMIT))
        return;
    if (queue_user_full(queue, lane->uid))
        return;
    tree_insert(&queue->lanes_open, &lane->open);
    lane->is_open = true;
}

struct job *queue_first(const struct queue *queue)
{
    struct lane *lane = TREE_OF(tree_first(&queue->lanes_open), struct lane, open);

    return lane ? lane_first(lane) : NULL;
}
