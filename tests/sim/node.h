/*
 * node.h - a starter, shepherds and their jobs, as the real ones behave.
 *
 * A run is one incarnation of a request.  What stands in its run directory
 * (dir, begun, exit, boot) outlives everybody; its shepherd and its processes
 * do not.  What is known here of a run is the truth that rules.c judges by.
 */
#ifndef NQS_SIM_NODE_H
#define NQS_SIM_NODE_H

#include "core.h"
#include "outbox.h"
#include "tree.h"
#include "wheel.h"

struct sim;

/* What becomes of a start. */
enum fate {
    FATE_RUNS,
    FATE_FAILS,        /* before there is a directory */
    FATE_REFUSED,      /* likewise */
    FATE_EXEC_FAILS,   /* with a directory, `begun` and an exit record that says so */
    FATE_EXEC_REFUSED, /* likewise, for good */
    FATE_DIES_BEFORE,  /* the shepherd, before `begun` */
    FATE_DIES_BETWEEN, /* the shepherd, behind `begun` and before the exec */
};

/* What the job does, from the seed alone. */
struct script {
    enum fate fate;
    nqs_time duration;
    int32_t status;
    const char *reason;
    const char *spooled;
    bool ignores_term;
    int32_t term_status; /* when it does not */
};

struct run {
    struct tree_node node;
    struct job_key key;
    uint32_t incarnation;
    /* on the node's disk */
    bool dir;
    bool begun;
    bool exit;
    uint32_t boot;         /* in which it began */
    enum fact_kind failed; /* of an exit record that says that the start failed; else EXITED */
    int32_t status;
    const char *reason;
    /* in its memory */
    bool shepherd;         /* lives, and holds the lock */
    bool living;           /* processes of the job live */
    bool suspended;        /* they are stopped, ... */
    nqs_time left;         /* ... and have so long to go */
    bool killed;           /* somebody ordered its end */
    uint32_t link;         /* the daemon's epoch that the shepherd speaks to */
    uint32_t tied;         /* the daemon's epoch that waits for what becomes of it; 0: none */
    uint32_t doomed;       /* the daemon's epoch that wants it killed, ... */
    uint32_t doomed_grace; /* ... so gently */
    uint32_t wished;       /* the daemon's epoch that wants it suspended, or not, ... */
    bool wish;             /* ... as this says */
    uint32_t generation;   /* of the end to come */
    nqs_time ordered;      /* when the last order on the link arrives */
    nqs_time told;         /* when the last fact on the link arrives */
    /* the truth, for rules.c */
    bool over; /* it will not run (any more) */
    bool lost; /* its shepherd, or its node, died under it */
    uint32_t begins;
    nqs_time start;
    nqs_time end;
    struct script script;
};

struct node {
    struct tree runs; /* owned */
    uint32_t boot;
    uint32_t starter;    /* how often the starter was started */
    nqs_time busy_until; /* it does one thing after another */
};

void node_init(struct node *node);
void node_done(struct node *node);

/* The run of an incarnation, or NULL; the first behind AFTER (NULL: of all). */
struct run *node_run(const struct node *node, struct job_key key, uint32_t incarnation);
struct run *node_next(const struct node *node, const struct run *after);

/* Note that an incarnation was placed: it may begin from now on. */
struct run *node_expect(struct sim *sim, struct job_key key, uint32_t incarnation);

/* Something of ours happens. */
void node_happen(struct sim *sim, const struct happening *what);

/* What becomes of the next start. */
enum fate node_fate(struct sim *sim);

/* Orders reach a shepherd that lives: TERM, GRACE seconds, KILL; another signal. */
void node_kill_job(struct sim *sim, struct run *run, uint32_t grace);
void node_raise_job(struct sim *sim, struct run *run, uint32_t signal);

/* It is stopped, or goes on. */
void node_suspend_job(struct sim *sim, struct run *run, bool suspend);

/* Something breaks: a shepherd, the starter, the whole node. */
void node_kill_shepherd(struct sim *sim);
void node_kill_starter(struct sim *sim);
void node_power_cut(struct sim *sim);

#endif
