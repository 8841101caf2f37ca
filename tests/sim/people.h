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
    int64_t ncpus, mem, walltime;                       /* 0: not said */
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
    uint16_t attrs[8];   /* other verbs: what to set */
    int64_t numbers[8];
    char destination[16]; /* MOVE_JOB: a queue */
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

/* EVENT is committed. */
void people_saw(struct sim *sim, const struct event *event);

/* CALL is answered. */
void people_answered(struct sim *sim, uint32_t call, enum nqs_code code, const char *name);

/* Nobody waits for an answer any more, and nobody will ask again. */
bool people_content(const struct sim *sim);

/* A new call by somebody of ROLE; what it sets; it goes on its way. */
struct call *people_call(struct sim *sim, enum core_verb verb, enum core_role role);
void people_set(struct call *call, uint16_t attr, int64_t number);
void people_send(struct sim *sim);

/* The name of queue NUMBER, and of any that may be there. */
void people_queue(char *name, size_t size, uint32_t number);
void people_any_queue(struct sim *sim, char *name, size_t size);

/* managers.c: what is done to a queue, to the server, to complexes, and to what queues hold. */
void act_on_queue(struct sim *sim);
void act_on_server(struct sim *sim);
void act_on_complex(struct sim *sim);
void act_on_queues(struct sim *sim);
void act_purge(struct sim *sim);

#endif
