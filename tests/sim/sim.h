/*
 * sim.h - a world for the core: a daemon, a disk, a node, people, and rules.
 *
 * The core is the real one.  Around it everything is false: time (wheel.h),
 * the daemon's turn (turn.c), the store (disk.c), the starter and the
 * shepherds (node.c), and those who ask for things (people.c).  What must
 * always be true is in rules.c, which believes only the disk and the node.
 */
#ifndef NQS_SIM_SIM_H
#define NQS_SIM_SIM_H

#include "cover.h"
#include "disk.h"
#include "node.h"
#include "people.h"
#include "rules.h"
#include "starter.h"
#include "ties.h"
#include "turn.h"
#include "wheel.h"

/* How a world is: drawn from its seed.  Odds: once in so many times, 0 never. */
struct plan {
    uint32_t actions; /* of people, before everything calms down */
    nqs_time pace;    /* longest time between two of them */
    uint32_t queues;
    uint32_t array_most; /* members of an array */
    uint32_t arrays;     /* odds that a submission is one */
    uint32_t depends;    /* odds that one waits for others */
    uint32_t crash;      /* odds that the daemon dies, at each point where it can */
    uint32_t trouble;    /* odds that a start goes wrong */
    uint32_t loss;       /* odds that an answer or a fact is lost or comes twice */
    nqs_time fault;      /* longest time between two faults; 0: there are none */
    bool power;          /* faults may be power cuts */
    bool clocks;         /* faults may be steps of the wall clock */
    bool check_all;      /* recount after every turn */
};

struct sim {
    uint64_t seed;
    bool trace;
    bool calm; /* nothing goes wrong any more */
    nqs_time now;
    nqs_time ahead;  /* of the wall clock, of the steady one */
    uint64_t digest; /* of every outbox */
    struct plan plan;
    struct dice dice;
    struct wheel wheel;
    struct daemon daemon;
    struct disk disk;
    struct node node;
    struct people people;
    struct rules rules;
    struct cover *cover; /* borrowed; over all seeds */
};

/* The name of our server. */
#define SIM_SERVER "sim"

#define SIM_MILLISECOND (NQS_SECOND / 1000)

/* Both clocks. */
struct nqs_now sim_now(const struct sim *sim);

/* Let HAPPENING happen after a while. */
void sim_after(struct sim *sim, nqs_time wait, struct happening happening);

/* Print a line of the trace, if one is wanted. */
void sim_trace(const struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Something that must not be has been seen: say so, say how to see it again, and exit. */
_Noreturn void sim_fail(const struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* KEY as a person reads it, for traces and failures; lent until the fourth next call. */
const char *sim_key(struct job_key key);

#endif
