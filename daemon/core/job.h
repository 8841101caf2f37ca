/*
 * job.h - the row of a request, and of an array; their values by attribute.
 *
 * One row a request, however many there are: a million must cost little, so
 * texts are handles, times that a record does not need are not here, and what
 * only arrays have stands apart.  Names of members are those of attributes.def.
 */
#ifndef NQS_CORE_JOB_H
#define NQS_CORE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "clock.h"
#include "intern.h"
#include "life.h"
#include "outbox.h"
#include "tree.h"

struct queue;
struct lane;

/* What only an array has.  Members from array_next on whose bit in array_done is clear wait. */
struct array {
    int32_t array_first;
    int32_t array_last;
    int32_t array_step;
    int32_t array_max;
    int64_t array_next; /* index of the next member to begin; past the end: none */
    int32_t array_ended;
    int32_t array_failed;
    uint8_t *array_done; /* owned; a bit for each place of an index; NULL: none is set */
    uint32_t todo;       /* members that nothing has happened to yet */
    uint32_t live;       /* rows of members */
    uint32_t active;     /* of these: how many hold a slot */
    uint32_t queued;     /* of these: how many wait for a slot, in their lane or not */
};

struct job {
    struct tree_node by_key; /* in the core's jobs */
    struct tree_node place;  /* in a lane, or in a tree of waits; see placed_in */
    struct queue *at;        /* the queue that holds it; borrowed, always there */
    struct lane *lane;       /* while it stands in a lane or holds a slot; borrowed */
    struct job *parent;      /* of a member: the array; borrowed, outlives its members */
    struct array *array;     /* of an array: owned */
    struct job *next;        /* in the list of changed, or of free, rows */
    struct buf *unknown;     /* owned; attributes of a later version, packed; mostly NULL */
    uint32_t seq;
    int32_t index;
    uint32_t uid;
    uint32_t name, owner, queue, submit_host, exit_reason, comment, spooled, undelivered;
    uint32_t script_name;
    uint32_t account_name, mail_points, mail_users;
    uint32_t depend;
    int64_t execution_time, ctime, qtime, etime, mtime, stime, comp_time;
    int64_t due; /* PLACE_WALL, PLACE_STEADY: when */
    int64_t mem, used_mem;
    uint32_t walltime, cput, used_walltime, used_cput;
    uint32_t incarnation, run_count;
    uint32_t ncpus;
    int32_t session_id;
    uint16_t start_failures;
    int16_t priority;
    int16_t exit_status;
    uint8_t holds, rerunable, suspended_by;
    uint8_t state;     /* enum life_state; only job_apply() changes it */
    uint8_t placed_in; /* enum life_place: in which tree `place` stands now */
    bool changed;      /* stands in the list of changed rows */
};

static inline struct job_key job_key(const struct job *job)
{
    return (struct job_key){job->seq, job->index};
}

/* Set the value of ATTR; an id that is no hot attribute of a request is kept as it is. */
void job_set(struct job *job, struct intern *intern, const struct attr *attr);

/* Append all values that are not zero, packed: the record. */
void job_pack(const struct job *job, const struct intern *intern, struct buf *out);

/* Append all values that are not zero to ATTRS, which borrows the texts. */
void job_values(const struct job *job, const struct intern *intern, struct attrs *attrs);

/* The value of the hot attribute ID; false when it is zero or empty, or JOB has none such. */
bool job_value(const struct job *job, const struct intern *intern, uint16_t id, struct attr *ret);

/* Give MEMBER, which is all zero, the values of ARRAY; its state is NEW. */
void job_inherit(struct job *member, const struct job *array, struct intern *intern);

/* Give back what JOB holds: texts, the array, the unknown; the row itself stays. */
void job_clear(struct job *job, struct intern *intern);

/* When JOB, which holds a slot, ends at the latest; NQS_NEVER when nobody knows. */
nqs_time job_end(const struct job *job);

/* What JOB, or a member of it, takes while it runs. */
int64_t job_ncpus(const struct job *job);

/* --- Arrays: indices --- */

/* How many members ARRAY has in all. */
uint32_t array_size(const struct array *array);

/* INDEX is one of ARRAY's. */
bool array_has(const struct array *array, int32_t index);

/* INDEX is one of ARRAY's and nothing has happened to it (no row, not ended). */
bool array_waits(const struct array *array, int32_t index);

/* The first index from FROM on that array_waits(), or NQS_NO_INDEX. */
int32_t array_waiting_from(const struct array *array, int64_t from);

/* Note that something has happened to INDEX: it does not wait any more. */
void array_take(struct array *array, int32_t index);

/* Note that nothing waits any more. */
void array_take_all(struct array *array);

#endif
