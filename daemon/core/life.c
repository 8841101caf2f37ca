/*
 * life.c - looking up life.def and events.def.
 */
#include "life.h"

#include <assert.h>
#include <stddef.h>

static const struct life_state_row life_states[] = {
#define S(id, name, letter, place, slot, resume, text) \
    [id] = {STATE_##name, #name, letter, PLACE_##place, slot, resume, text},
#include "life.def"
};

static_assert(sizeof life_states / sizeof *life_states <= STATE_COUNT, "STATE_COUNT is too small");

static const struct life_step life_rows[] = {
#define T(state, event, next, effects) {STATE_##state, EVENT_##event, STATE_##next, effects},
#include "life.def"
};

static const struct event_row event_rows[] = {
#define E(id, name, subject, text) {EVENT_##name, #name, SUBJECT_##subject, text},
#include "events.def"
#undef E
};

const struct life_state_row *life_state(enum life_state state)
{
    assert(life_state_find(state));
    return &life_states[state];
}

const struct life_state_row *life_state_find(unsigned state)
{
    bool there = state < sizeof life_states / sizeof *life_states && life_states[state].name;

    return there ? &life_states[state] : NULL;
}

const struct life_step *life_step(enum life_state state, enum event_type event)
{
    for (size_t i = 0; i < sizeof life_rows / sizeof *life_rows; i++)
        if (life_rows[i].state == state && life_rows[i].event == event)
            return &life_rows[i];
    return NULL;
}

const struct life_step *life_steps(unsigned *ret_count)
{
    *ret_count = sizeof life_rows / sizeof *life_rows;
    return life_rows;
}

const struct event_row *event_find(unsigned type)
{
    for (size_t i = 0; i < sizeof event_rows / sizeof *event_rows; i++)
        if ((unsigned)event_rows[i].type == type)
            return &event_rows[i];
    return NULL;
}
