/*
 * turn.h - the daemon around the core: its turns, its deaths and its starts.
 */
#ifndef NQS_SIM_TURN_H
#define NQS_SIM_TURN_H

#include "core.h"
#include "cover.h"
#include "outbox.h"
#include "wheel.h"

struct sim;

/* Something that waits for the next turn. */
struct letter {
    bool is_fact;
    uint32_t call; /* else */
    struct fact fact;
};

struct daemon {
    struct core *core; /* owned; NULL while it is down */
    struct outbox out;
    uint32_t epoch;         /* how often it was started */
    bool fresh;             /* the next turn is its first */
    bool awaited;           /* a turn stands in the wheel ... */
    nqs_time turn_at;       /* ... at this time */
    struct letter *letters; /* owned */
    size_t count;
    size_t room;
    uint64_t turns;
};

void daemon_init(struct daemon *daemon);
void daemon_done(struct daemon *daemon);

/* What a simulated core is told when it is made. */
struct core_rules turn_rules(void);

/* A request or a fact arrives.  Nothing happens when the daemon is down. */
void turn_request(struct sim *sim, uint32_t call);
void turn_fact(struct sim *sim, const struct fact *fact);

/* Have a turn after WAIT, or earlier. */
void turn_soon(struct sim *sim, nqs_time wait);

/* The turn of HAPPENING, if it is still wanted. */
void turn_happen(struct sim *sim, const struct happening *happening);

/* The daemon is started; it dies, at WHERE. */
void turn_boot(struct sim *sim);
void turn_crash(struct sim *sim, enum cover_crash where);

#endif
