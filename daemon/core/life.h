/*
 * life.h - the life of a request as a table; see life.def and events.def.
 */
#ifndef NQS_CORE_LIFE_H
#define NQS_CORE_LIFE_H

#include <stdbool.h>

enum life_state {
#define S(id, name, letter, place, slot, resume, text) STATE_##name = id,
#include "life.def"
    STATE_COUNT = 16 /* every id is below it; there may be gaps */
};

enum event_type {
#define E(id, name, subject, text) EVENT_##name = id,
#include "events.def"
#undef E
};

enum event_subject { SUBJECT_LIFE, SUBJECT_JOB, SUBJECT_QUEUE, SUBJECT_SERVER, SUBJECT_COMPLEX };

/* What must follow a step, as bits: each is an order (outbox.h). */
enum life_effect {
    EFFECT_START = 1,    /* order START */
    EFFECT_KILL = 2,     /* order KILL */
    EFFECT_CLEAN = 4,    /* order CLEAN: remove the run directory */
    EFFECT_DELIVER = 8,  /* order DELIVER */
    EFFECT_ADOPT = 16,   /* order ADOPT: find the shepherd again (only on resume) */
    EFFECT_SUSPEND = 32, /* order SUSPEND */
    EFFECT_RESUME = 64,  /* order RESUME */
};

/* PLACE_RUNS: where whatever holds a slot stands, by when it ends; life.def does not say it. */
enum life_place { PLACE_NONE, PLACE_LANE, PLACE_WALL, PLACE_STEADY, PLACE_RUNS };

struct life_state_row {
    enum life_state id;
    const char *name;
    char letter;
    enum life_place place;
    bool slot;
    unsigned resume; /* enum life_effect */
    const char *text;
};

struct life_step {
    enum life_state state;
    enum event_type event;
    enum life_state next;
    unsigned effects; /* enum life_effect */
};

struct event_row {
    enum event_type type;
    const char *name;
    enum event_subject subject;
    const char *text;
};

/* The row of STATE.  It must be one (asserted). */
const struct life_state_row *life_state(enum life_state state);

/* The row of the state with number STATE, or NULL when there is none. */
const struct life_state_row *life_state_find(unsigned state);

/* The step that EVENT takes from STATE, or NULL when the table has none. */
const struct life_step *life_step(enum life_state state, enum event_type event);

/* All steps, and how many. */
const struct life_step *life_steps(unsigned *ret_count);

/* The row of TYPE, or NULL when there is none. */
const struct event_row *event_find(unsigned type);

#endif
