/*
 * queue.h - a batch queue, and its lanes: one for each user who has something in it.
 *
 * A queue does not keep one long line.  Each user's requests stand in a lane
 * of their own, and the queue keeps the lanes in order of their first request.
 * So a user who is at user_limit costs the scheduler nothing: the lane steps
 * aside whole, with however many requests there are in it.
 */
#ifndef NQS_CORE_QUEUE_H
#define NQS_CORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "intern.h"
#include "job.h"
#include "life.h"
#include "tree.h"

enum { QUEUE_NAME_MAX = 15 };

struct complex; /* complex.h */

struct lane {
    struct tree_node by_uid; /* in queue->lanes */
    struct tree_node open;   /* in queue->open, while it may give a request */
    struct tree jobs;        /* by place: priority, time, key */
    uint32_t uid;
    uint32_t running; /* requests that hold a slot */
    uint32_t total;   /* requests in any state; as queue->counts */
    bool is_open;
};

struct queue {
    struct tree_node by_name; /* in the core's queues */
    struct tree_node open;    /* in the core's open queues, while it may give a request */
    struct tree lanes;        /* owned */
    struct tree lanes_open;   /* by the first request of each */
    char name[QUEUE_NAME_MAX + 1];
    uint32_t run_limit;
    uint32_t user_limit;
    uint32_t ageing; /* seconds for a point of priority; set by queue_reorder() too */
    uint32_t resources_max, resources_min, resources_default; /* texts, see bound.h */
    uint8_t queue_priority;
    uint8_t enabled;
    uint8_t started;
    uint8_t acl_user_enable, acl_group_enable, acl_host_enable, acl_either;
    uint8_t from_route_only;
    uint32_t acl_users, acl_user_ids; /* handles, as all lists */
    uint32_t acl_groups, acl_group_ids;
    uint32_t acl_hosts;
    uint32_t max_queued;
    uint32_t max_user_queued;
    struct complex **complexes; /* those it is in; the array is owned */
    size_t complex_count;
    size_t complex_room;
    bool is_open;
    bool changed;                 /* stands in the list of changed queues */
    struct queue *next;           /* in that list */
    uint32_t running;             /* requests that hold a slot */
    uint32_t counts[STATE_COUNT]; /* requests by state; members that wait count by their array's */
};

/* An empty queue called NAME; free it, when nothing is in it, with the texts it holds of INTERN. */
struct queue *queue_new(const char *name);
void queue_free(struct queue *queue, struct intern *intern);

/* Set the value of ATTR (a hot attribute of queues; others are left alone). */
void queue_set(struct queue *queue, struct intern *intern, const struct attr *attr);

/* Append all values that are not zero, packed: the record. */
void queue_pack(const struct queue *queue, const struct intern *intern, struct buf *out);
void queue_values(const struct queue *queue, const struct intern *intern, struct attrs *attrs);

/* How many requests it holds in all. */
uint32_t queue_total(const struct queue *queue);

/* How many of them have LETTER as their state. */
uint32_t queue_count(const struct queue *queue, char letter);

/* The lane of UID; with MAKE it is made when there is none. */
struct lane *queue_lane(struct queue *queue, uint32_t uid, bool make);

/* Free LANE when its user has nothing in the queue any more. */
void queue_drop_lane(struct queue *queue, struct lane *lane);

/* Take LANE out of the order of open lanes before it changes, and put it back where it belongs. */
void lane_lift(struct queue *queue, struct lane *lane);
void lane_settle(struct queue *queue, struct lane *lane);

/* Put QUEUE, with what runs in it, into COMPLEX; and take it out. */
void queue_join(struct queue *queue, struct complex *complex);
void queue_leave(struct queue *queue, struct complex *complex);

/* A complex that keeps QUEUE from starting anything, or UID from it in QUEUE; or NULL. */
const struct complex *queue_complex_full(const struct queue *queue);
const struct complex *queue_user_full(const struct queue *queue, uint32_t uid);

/* The first request that may be placed, or NULL. */
struct job *queue_first(const struct queue *queue);

/*
 * AGEING is about to change: what stands in the lanes, which must be lifted, is put
 * into the order that it makes.
 */
void queue_reorder(struct queue *queue, uint32_t ageing);

/*
 * Order of two requests in a lane: priority, then the time they entered the queue,
 * then key.  With ageing a point of priority is worth so much time: as all grow old
 * alike, the order of two never changes while they wait.
 */
int queue_order(const struct job *a, const struct job *b);

#endif
