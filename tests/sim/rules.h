/*
 * rules.h - what must always be true.
 *
 * Nothing here asks the core.  What it decided is read from the journal as it
 * is committed, what really ran from the node; the two must agree.
 */
#ifndef NQS_SIM_RULES_H
#define NQS_SIM_RULES_H

#include "core.h"
#include "depend.h"
#include "node.h"
#include "outbox.h"
#include "tree.h"

struct call;
struct sim;

/* What must have happened to another request before this one may start. */
struct seen_gate {
    enum depend_type type;
    struct job_key key;
};

enum { SEEN_GATES = 16 };

/* A request, as the journal tells of it. */
struct seen {
    struct tree_node node;
    struct job_key key;
    enum life_state state;
    uint32_t uid;
    char queue[16];
    bool rerunable;
    int64_t holds;
    nqs_time execution_time;
    int64_t array_max;
    int64_t ncpus, mem;
    int64_t array_step;
    uint32_t incarnation; /* the last */
    int64_t failures;     /* starts that failed since it last began or was released */
    uint32_t ran;         /* jobs that really began */
    struct seen_gate gates[SEEN_GATES];
    uint32_t gate_count;
    int64_t on;      /* how many more must name it */
    bool begun;      /* its journal says so, of this run ... */
    bool begun_ever; /* ... or of an earlier one */
    bool ended_ok;   /* once it is ENDED */
    int64_t exit_status;
    char exit_reason[64];
    bool to_die; /* somebody deleted it */
};

struct seen_queue {
    struct tree_node node;
    char name[16];
    int64_t run_limit, user_limit;
    bool started;
    bool to_purge; /* somebody purged it */
};

/* A complex that was made, with the names of its queues as the journal has them. */
struct seen_complex {
    char queues[256];
    int64_t run_limit, user_limit;
    bool there;
};

enum { SEEN_COMPLEXES = 2 };

struct rules {
    struct seen_complex complexes[SEEN_COMPLEXES]; /* called group0 and on */
    int64_t user_limit;
    struct tree requests; /* owned */
    struct tree queues;   /* owned */
    struct run **open;    /* owned; placed, and perhaps not over: borrowed */
    uint32_t open_count;
    uint32_t open_room;
    int64_t batch_limit;
    int64_t ncpus, mem; /* for all together; 0: not counted */
    int64_t start_tries;
};

void rules_init(struct rules *rules);
void rules_done(struct rules *rules);

/* A request by its key, or NULL. */
struct seen *rules_seen(const struct rules *rules, struct job_key key);

/* A turn was committed. */
void rules_committed(struct sim *sim, const struct outbox *out);

/* CALL may delete requests: what ends as deleted must have been named by one. */
void rules_condemn(struct sim *sim, const struct call *call);

/* CALL is answered with CODE; SEQ is that of the id in the answer. */
void rules_answered(struct sim *sim, const struct call *call, enum nqs_code code, uint32_t seq);

/* The job of RUN begins on the node. */
void rules_begun(struct sim *sim, const struct run *run);

/* The run directory of RUN is removed. */
void rules_cleaned(struct sim *sim, const struct run *run);

/* All is calm and done: every promise was kept. */
void rules_end(struct sim *sim);

/* SEEN was placed: no complex runs more than it may.  And what an event says of a complex. */
void rules_check_complexes(struct sim *sim, const struct seen *seen);
void rules_read_complex(struct sim *sim, const struct event *event, const struct attrs *attrs);

#endif
