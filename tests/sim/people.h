/*
 * people.h - those who ask for things: users, operators, a manager.
 */
#ifndef NQS_SIM_PEOPLE_H
#define NQS_SIM_PEOPLE_H

#include "core.h"
#include "wheel.h"

struct sim;

/* A submission, as whoever made it remembers it. */
struct submission {
    uint32_t uid;
    enum core_role role;
    char queue[16];
    int64_t priority, holds, execution_time, rerunable; /* rerunable -1: not said */
    int64_t first, last, step, max;                     /* step 0: no array */
    char depend[160];                                   /* "": on nothing */
    uint64_t token[2];
    uint32_t seq; /* once it was answered; else 0 */
    bool refused;
};

struct call {
    enum core_verb verb;
    uint32_t uid;
    enum core_role role;
    char name[64];
    uint32_t submission; /* QUEUE_JOB: which */
    uint16_t attrs[4];   /* other verbs: what to set */
    int64_t numbers[4];
    uint32_t attr_count;
    char list[64]; /* of queues, for a complex */
    bool answered;
};

struct people {
    struct submission *submissions; /* owned */
    uint32_t submission_count;
    uint32_t submission_room;
    struct call *calls; /* owned; the index is the ref */
    uint32_t call_count;
    uint32_t call_room;
    uint32_t acted;
};

void people_init(struct people *people);
void people_done(struct people *people);

/* Somebody does something, gives up waiting; the operator opens everything. */
void people_happen(struct sim *sim, const struct happening *what);

/* What CALL asks, as the daemon would have decoded it.  The texts live as long as CALL. */
void people_request(const struct sim *sim, uint32_t call, struct request *request,
                    struct attrs *attrs);

/* CALL is answered. */
void people_answered(struct sim *sim, uint32_t call, enum nqs_code code, const char *name);

/* Nobody waits for an answer any more, and nobody will ask again. */
bool people_content(const struct sim *sim);

#endif
