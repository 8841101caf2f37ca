/*
 * cover.c - counting, and saying what is missing; see cover.h.
 */
#include "cover.h"

#include <assert.h>
#include <stdio.h>

#include "life.h"

static const char *const order_names[COVER_ORDERS] = {
    [ORDER_TO_ANSWER] = "ANSWER",   [ORDER_TO_START] = "START",     [ORDER_TO_ADOPT] = "ADOPT",
    [ORDER_TO_RAISE] = "RAISE",     [ORDER_TO_KILL] = "KILL",       [ORDER_TO_CLEAN] = "CLEAN",
    [ORDER_TO_DELIVER] = "DELIVER", [ORDER_TO_SUSPEND] = "SUSPEND", [ORDER_TO_RESUME] = "RESUME",
    [ORDER_TO_MESSAGE] = "MESSAGE",
};

static const char *const fact_names[COVER_FACTS] = {
    [FACT_STARTED] = "STARTED",
    [FACT_START_FAILED] = "START_FAILED",
    [FACT_START_REFUSED] = "START_REFUSED",
    [FACT_EXITED] = "EXITED",
    [FACT_NEVER_RAN] = "NEVER_RAN",
    [FACT_ABSENT] = "ABSENT",
    [FACT_SHEPHERD_LOST] = "SHEPHERD_LOST",
    [FACT_NODE_LOST] = "NODE_LOST",
    [FACT_DELIVERED] = "DELIVERED",
    [FACT_DELIVERY_FAILED] = "DELIVERY_FAILED",
};

static const char *const verb_names[VERB_COUNT] = {
    [VERB_QUEUE_JOB] = "QUEUE_JOB",
    [VERB_DELETE_JOB] = "DELETE_JOB",
    [VERB_HOLD_JOB] = "HOLD_JOB",
    [VERB_RELEASE_JOB] = "RELEASE_JOB",
    [VERB_RERUN_JOB] = "RERUN_JOB",
    [VERB_SIGNAL_JOB] = "SIGNAL_JOB",
    [VERB_MESSAGE_JOB] = "MESSAGE_JOB",
    [VERB_MODIFY_JOB] = "MODIFY_JOB",
    [VERB_MOVE_JOB] = "MOVE_JOB",
    [VERB_CREATE_QUEUE] = "CREATE_QUEUE",
    [VERB_DELETE_QUEUE] = "DELETE_QUEUE",
    [VERB_SET_QUEUE] = "SET_QUEUE",
    [VERB_PURGE_QUEUE] = "PURGE_QUEUE",
    [VERB_SET_SERVER] = "SET_SERVER",
    [VERB_CREATE_COMPLEX] = "CREATE_COMPLEX",
    [VERB_DELETE_COMPLEX] = "DELETE_COMPLEX",
    [VERB_SET_COMPLEX] = "SET_COMPLEX",
};

static const char *const crash_names[CRASHES] = {
    [CRASH_BEFORE] = "before a commit", [CRASH_AFTER] = "after a commit",
    [CRASH_BETWEEN] = "between orders", [CRASH_IDLE] = "between turns",
    [CRASH_POWER] = "power cut",
};

void cover_row(struct cover *cover, enum life_state state, enum event_type event)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);
    const struct life_step *step = life_step(state, event);

    assert(step && count <= COVER_ROWS_MAX);
    cover->rows[step - steps]++;
}

/* One count; false and a line when it is none. */
static bool came_by(bool quiet, const char *what, const char *name, const char *how, uint64_t count)
{
    if (!quiet || !count)
        printf("%s%-8s %-18s %-18s %llu\n", count ? "  " : "! ", what, name, how,
               (unsigned long long)count);
    return count != 0;
}

static bool print_rows(const struct cover *cover, bool quiet)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);
    bool all = true;

    for (unsigned i = 0; i < count; i++)
        all &= came_by(quiet, "row", life_state(steps[i].state)->name,
                       event_find(steps[i].event)->name, cover->rows[i]);
    for (int state = 0; state < STATE_COUNT; state++)
        if (life_state_find((unsigned)state) && life_state((enum life_state)state)->resume)
            all &= came_by(quiet, "resume", life_state((enum life_state)state)->name, "",
                           cover->resumed[state]);
    return all;
}

static bool print_tellings(const struct cover *cover, bool quiet)
{
    bool all = true;

    for (int i = 0; i < COVER_ORDERS; i++) {
        all &= came_by(quiet, "order", order_names[i], "carried out", cover->done[i]);
        all &= came_by(quiet, "order", order_names[i], "lost", cover->lost[i]);
    }
    for (int i = 0; i < COVER_FACTS; i++) {
        all &= came_by(quiet, "fact", fact_names[i], "believed", cover->facts[i][1]);
        all &= came_by(quiet, "fact", fact_names[i], "not believed", cover->facts[i][0]);
    }
    for (int i = 0; i < VERB_COUNT; i++) {
        all &= came_by(quiet, "verb", verb_names[i], "granted", cover->verbs[i][1]);
        all &= came_by(quiet, "verb", verb_names[i], "refused", cover->verbs[i][0]);
    }
    all &= came_by(quiet, "depend", "open at a start", "", cover->gates);
    all &= came_by(quiet, "depend", "never to be met", "", cover->vain);
    for (int i = 0; i < CRASHES; i++)
        all &= came_by(quiet, "crash", crash_names[i], "", cover->crashes[i]);
    return all;
}

bool cover_print(const struct cover *cover, bool quiet)
{
    bool rows = print_rows(cover, quiet);
    bool tellings = print_tellings(cover, quiet);

    return rows && tellings;
}
