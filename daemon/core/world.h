/*
 * world.h - what a core holds, and finding things in it.
 *
 * Private to daemon/core.  world.c keeps the indexes: a row that changes is
 * taken out of them before and put back after, so that no index can disagree
 * with the rows (core_check() recounts them all).
 */
#ifndef NQS_CORE_WORLD_H
#define NQS_CORE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "complex.h"
#include "gate.h"
#include "id.h"
#include "intern.h"
#include "job.h"
#include "queue.h"
#include "told.h"
#include "tree.h"

enum { WORLD_SLAB_ROWS = 1024 };

struct slab;

/* The settings that attributes.def has for SERVER. */
struct settings {
    uint32_t default_queue, shell_strategy; /* a handle */
    uint32_t nqs_directives;                /* a handle: off, warn or on */
    int32_t batch_limit;
    uint32_t global_user_limit;
    int32_t default_priority;
    int32_t keep_completed, keep_history, keep_journal;
    int32_t kill_delay;
    int64_t next_seq;
    int64_t event_seq;
    int64_t available_ncpus, available_mem; /* 0: not counted */
    uint8_t backfill;
    int32_t start_tries, start_wait;
    int32_t deliver_wait;
    uint32_t managers, manager_ids; /* handles, as all lists */
    uint32_t operators, operator_ids;
    uint32_t dialect; /* a handle */
    uint8_t query_other_jobs;
};

/* Something that others may wait for has happened to a request. */
struct core_outcome {
    struct core_finished is;
    bool ended;   /* else it has begun */
    bool members; /* of an array: those that were never begun are gone */
};

struct core {
    struct core_rules rules;
    char server[NQS_SERVER_MAX + 1];
    struct settings settings;
    bool settings_changed;
    bool draining; /* nothing is placed any more */
    struct intern *intern;
    struct tree jobs;           /* by key; owns the rows with the slabs */
    struct tree queues;         /* by name; owned */
    struct tree queues_open;    /* by priority, name: those that may give a request */
    struct tree complexes;      /* by name; owned */
    struct complex *all;        /* every queue: what the server limits of one user; owned */
    struct tree gone_complexes; /* deleted this turn; owned */
    struct tree walls;          /* requests by due, wall clock */
    struct tree steadies;       /* requests by due, steady clock */
    uint32_t running;           /* requests that hold a slot */
    uint32_t queued;            /* rows that stand in a lane */
    struct job *changed;        /* rows whose record is to be written */
    struct job *ended;          /* rows out of every index, to be freed when the turn ends */
    struct tree runs;           /* requests that hold a slot, by when they end at the latest */
    int64_t used_ncpus;         /* by them, as they were asked for */
    int64_t used_mem;
    struct job **aside; /* owned; requests that the scheduler has passed over in this pass */
    size_t aside_count, aside_room;
    struct tree gates;             /* who waits for whom; owned */
    struct core_outcome *outcomes; /* owned; to be taken up by await_settle() */
    size_t outcome_at, outcome_count, outcome_room;
    struct queue *changed_queues;
    struct tree gone_queues; /* queues deleted this turn, by name; owned */
    struct slab *slabs;      /* owned */
    struct job *free_rows;
};

/* The request of KEY, or NULL. */
struct job *world_job(const struct core *core, struct job_key key);

/* The first request behind KEY in order of keys, or NULL. */
struct job *world_job_after(const struct core *core, struct job_key key);

/* The queue called NAME, or NULL. */
struct queue *world_queue(const struct core *core, const char *name);

/* A row with KEY, all else zero, in no index but the one by key. */
struct job *world_add_job(struct core *core, struct job_key key);

/* Take JOB out of the index by key; it lives until world_free_ended(). */
void world_end_job(struct core *core, struct job *job);
void world_free_ended(struct core *core);

/*
 * Take JOB out of the index that its state puts it in, the counts and the
 * limits; and put it in again by what it is now.
 */
void world_lift(struct core *core, struct job *job);
void world_settle(struct core *core, struct job *job);

/* The same for a queue whose limits or flow change. */
void world_lift_queue(struct core *core, struct queue *queue);
void world_settle_queue(struct core *core, struct queue *queue);

/* The complex called NAME, or NULL. */
struct complex *world_complex(const struct core *core, const char *name);

/* Take QUEUE in, into the complexes that name it too; and out of all of them. */
void world_add_queue(struct core *core, struct queue *queue);
void world_remove_queue(struct core *core, struct queue *queue);

/* All queues, as world_lift_queue() and world_settle_queue(): for a complex that changes. */
void world_lift_queues(struct core *core);
void world_settle_queues(struct core *core);

/* COMPLEX has the queues that it names, and counts what runs in them.  With all queues lifted. */
void world_bind_complex(struct core *core, struct complex *complex);

/* The server's limit of one user's requests has changed. */
void world_limit_users(struct core *core);

/* Note that the record of JOB, or of QUEUE, is to be written this turn; and take the next row off
 * that list, or NULL: those that have ended since have no record and are passed over. */
void world_touch(struct core *core, struct job *job);
struct job *world_next_changed(struct core *core);
void world_touch_queue(struct core *core, struct queue *queue);

/* Take JOB out of its lane, so that the next comes first; and put all such back. */
void world_set_aside(struct core *core, struct job *job);
void world_put_back(struct core *core);

/* Note an outcome of JOB, if anybody may wait for it, and take the first that was noted. */
void world_note_outcome(struct core *core, const struct job *job, bool ended, bool members);
bool world_take_outcome(struct core *core, struct core_outcome *ret);

/* What is to be remembered of KEY, which has ended in this turn; false when it has not. */
bool world_outcome_of(const struct core *core, struct job_key key, struct core_finished *ret);

/* The first queue that may give a request, or NULL. */
struct queue *world_open_queue(const struct core *core);

/* The first request whose moment has come by NOW, or NULL. */
struct job *world_due(const struct core *core, struct nqs_now now);

/* Make an empty world, and free all of it. */
void world_init(struct core *core);
void world_done(struct core *core);

#endif
