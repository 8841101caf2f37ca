/*
 * cover.h - what all seeds together have come by.
 *
 * A simulator that never reaches a row of life.def proves nothing about it.
 * So it counts every row that was taken, every effect that was carried out and
 * that was lost because the daemon died first, every state in which it
 * started again, every kind of fact that changed something and that did not,
 * and every verb that was granted and that was refused.
 */
#ifndef NQS_SIM_COVER_H
#define NQS_SIM_COVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core.h"

enum {
    COVER_ROWS_MAX = 128,
    COVER_ORDERS = ORDER_TO_MESSAGE + 1,
    COVER_FACTS = FACT_DELIVERY_FAILED + 1,
};

enum cover_crash { CRASH_BEFORE, CRASH_AFTER, CRASH_BETWEEN, CRASH_IDLE, CRASH_POWER, CRASHES };

struct cover {
    uint64_t rows[COVER_ROWS_MAX];  /* of life.def, in its order */
    uint64_t done[COVER_ORDERS];    /* orders carried out */
    uint64_t lost[COVER_ORDERS];    /* orders that died with the daemon */
    uint64_t resumed[STATE_COUNT];  /* requests found in that state at a start */
    uint64_t gates, vain;           /* gates that were open at a start; ends for those never open */
    uint64_t facts[COVER_FACTS][2]; /* [1]: it changed something */
    uint64_t verbs[VERB_COUNT][2];  /* [1]: it was granted */
    uint64_t crashes[CRASHES];
    uint64_t worlds, requests, members, turns, events;
    nqs_time time; /* virtual, of all worlds */
};

/* Count that EVENT was taken in STATE. */
void cover_row(struct cover *cover, enum life_state state, enum event_type event);

/* Print all; false, and a line each, when something was never come by. */
bool cover_print(const struct cover *cover, bool quiet);

#endif
