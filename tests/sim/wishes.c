/*
 * wishes.c - what a submission asks of the scheduler; see wishes.h.
 */
#include "wishes.h"

#include <stdio.h>
#include <string.h>

#include "sim.h"

/* Some request of UID that was submitted lately, or any number. */
static uint32_t draw_target(struct sim *sim, uint32_t uid)
{
    const struct people *people = &sim->people;
    uint32_t lately = people->submission_count < 15 ? people->submission_count : 15;

    for (int tries = 0; lately && tries < 20; tries++) {
        const struct submission *it =
            &people->submissions[people->submission_count - 1 - dice_below(&sim->dice, lately)];

        if (it->seq && (it->uid == uid || dice_once_in(&sim->dice, 10)))
            return it->seq;
    }
    return dice_below(&sim->dice, 40);
}

void wishes_depend(struct sim *sim, struct submission *submission)
{
    static const char *const types[] = {"after",    "afterok",     "afternotok", "afterany",
                                        "afterany", "afterok",     "beforeok",   "before",
                                        "on",       "afterokarray"};
    struct dice *dice = &sim->dice;
    char *at = submission->depend;
    const char *end = at + sizeof submission->depend;

    for (uint32_t left = dice_once_in(dice, 3) ? 3 : 1; left; left--) {
        const char *type = types[dice_below(dice, sizeof types / sizeof *types)];
        uint32_t target = draw_target(sim, submission->uid);

        at += snprintf(at, (size_t)(end - at), "%s%s:", at > submission->depend ? "," : "", type);
        if (!strcmp(type, "on"))
            at += snprintf(at, (size_t)(end - at), "%u", 1 + dice_below(dice, 2));
        else if (dice_once_in(dice, 8))
            at += snprintf(at, (size_t)(end - at), "%u[%u]", target, dice_below(dice, 8));
        else
            at += snprintf(at, (size_t)(end - at), "%u", target);
    }
}
