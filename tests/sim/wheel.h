/*
 * wheel.h - virtual time: dice, and what is to happen when.
 *
 * Everything that will happen stands in one queue ordered by time and then by
 * the order in which it was put there, so that a seed always gives the same
 * world.  Nothing else in the simulator knows of time or chance.
 */
#ifndef NQS_SIM_WHEEL_H
#define NQS_SIM_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core.h"

struct dice {
    uint64_t state;
};

void dice_seed(struct dice *dice, uint64_t seed);
uint64_t dice_next(struct dice *dice);

/* A number from 0 to COUNT - 1. */
uint32_t dice_below(struct dice *dice, uint32_t count);

/* True once in ODDS times; never for 0. */
bool dice_once_in(struct dice *dice, uint32_t odds);

/* A time from LOW to HIGH; short ones are as likely as long ones on a logarithmic scale. */
nqs_time dice_span(struct dice *dice, nqs_time low, nqs_time high);

enum thing {
    THING_TURN,     /* the daemon has something to do: number is its epoch */
    THING_BOOT,     /* the daemon is started */
    THING_REQUEST,  /* a call arrives: number */
    THING_FACT,     /* a fact arrives; number is the epoch that it is meant for */
    THING_SERVE,    /* the starter comes to an order */
    THING_LINK,     /* an order comes to a shepherd, or to where one was */
    THING_BEGIN,    /* a shepherd execs its job */
    THING_END,      /* a job ends: number is the generation of its end */
    THING_LEAVE,    /* a shepherd leaves its run directory */
    THING_CLIENT,   /* somebody does something */
    THING_PATIENCE, /* a caller has waited long enough: number is the call */
    THING_FAULT,    /* something breaks */
    THING_CALM,     /* the operator opens everything, in the end */
};

struct happening {
    nqs_time at;
    uint64_t order;
    enum thing thing;
    uint32_t number;
    uint32_t epoch;
    uint32_t generation;
    struct core_order what; /* SERVE, LINK; key and incarnation are used by all */
    struct fact fact;       /* FACT; its texts are constants */
};

struct wheel {
    struct happening *heap; /* owned */
    size_t count;
    size_t room;
    uint64_t order;
};

void wheel_done(struct wheel *wheel);

/* Let HAPPENING happen; its order is given here. */
void wheel_put(struct wheel *wheel, const struct happening *happening);

/* Take out what happens next; false when nothing does. */
bool wheel_take(struct wheel *wheel, struct happening *ret);

#endif
