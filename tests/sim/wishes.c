/*
 * wishes.c - what a submission asks for; see wishes.h.
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

void wishes_resources(struct sim *sim, struct submission *submission)
{
    struct dice *dice = &sim->dice;

    if (dice_once_in(dice, 2))
        submission->ncpus = 1 + dice_below(dice, 7);
    if (dice_once_in(dice, 4))
        submission->mem = (int64_t)(1 + dice_below(dice, 9)) << 18;
    if (!dice_once_in(dice, 4))
        submission->walltime = 1 + dice_below(dice, dice_once_in(dice, 2) ? 600 : 20000);
}

void wishes_array(struct sim *sim, struct submission *submission)
{
    struct dice *dice = &sim->dice;

    if (!dice_once_in(dice, sim->plan.arrays))
        return;
    submission->step = dice_once_in(dice, 2) ? 1 : 1 + dice_below(dice, 7);
    submission->first = dice_once_in(dice, 8) ? INT32_MAX - 500 : dice_below(dice, 10);
    submission->last =
        submission->first + dice_below(dice, dice_once_in(dice, 3) ? 4 : sim->plan.array_most);
    if (dice_once_in(dice, 2))
        submission->max = 1 + dice_below(dice, 5);
    if (dice_once_in(dice, 30))
        submission->step = 0; /* and so no array, though it has bounds */
}

void wishes_attrs(const struct submission *it, struct attrs *attrs)
{
    static const char environment[] = "PATH=/bin";

    attrs_add_text(attrs, ATTR_name, "job");
    attrs_add_bytes(attrs, ATTR_token, it->token, sizeof it->token);
    attrs_add_bytes(attrs, ATTR_variables, environment, sizeof environment);
    if (it->priority)
        attrs_add_number(attrs, ATTR_priority, it->priority);
    if (it->holds)
        attrs_add_number(attrs, ATTR_holds, it->holds);
    if (it->execution_time)
        attrs_add_number(attrs, ATTR_execution_time, it->execution_time);
    if (it->rerunable >= 0)
        attrs_add_number(attrs, ATTR_rerunable, it->rerunable);
    if (it->step)
        attrs_add_number(attrs, ATTR_array_step, it->step);
    if (it->step || it->last)
        attrs_add_number(attrs, ATTR_array_first, it->first);
    if (it->step || it->last)
        attrs_add_number(attrs, ATTR_array_last, it->last);
    if (*it->depend)
        attrs_add_text(attrs, ATTR_depend, it->depend);
    if (it->ncpus)
        attrs_add_number(attrs, ATTR_ncpus, it->ncpus);
    if (it->mem)
        attrs_add_number(attrs, ATTR_mem, it->mem);
    if (it->walltime)
        attrs_add_number(attrs, ATTR_walltime, it->walltime);
    if (it->max)
        attrs_add_number(attrs, ATTR_array_max, it->max);
}
