/*
 * select.c - walking over the requests of which some tests hold.
 *
 * The walk goes from node to node, not from the root to each, and a test looks
 * at one member of a row: of a million requests those of one user are found in
 * a few tenths of a second.
 */
#include <string.h>

#include "core.h"
#include "show.h"
#include "world.h"

struct walk {
    const struct core *core;
    const struct core_selection *selection;
    struct job_key *at;
    unsigned left; /* rows that may still be looked at */
};

/* Does TEST, which is of no cold attribute, hold of JOB, in whose state LETTER it is shown? */
static bool job_passes(const struct core *core, const struct job *job, const char *letter,
                       const struct compare *test)
{
    struct attr attr = {.id = test->def->id};
    struct attr host = {.id = ATTR_submit_host};
    bool there;

    if (attr.id == ATTR_job_state) {
        attr.bytes = letter;
        attr.length = 1;
        return compare_holds(test, &attr);
    }
    there = job_value(job, core->intern, attr.id, &attr);
    if (attr.id == ATTR_owner) {
        job_value(job, core->intern, host.id, &host);
        return compare_owner_holds(test, &attr, &host);
    }
    return compare_holds(test, there ? &attr : NULL);
}

static bool job_selected(const struct core *core, const struct job *job, bool virtual_member,
                         const struct core_selection *selection)
{
    char letter = show_letter(job, virtual_member);

    if (selection->own && job->uid != selection->uid)
        return false;
    for (size_t i = 0; i < selection->count; i++)
        if (selection->tests[i].def->heat != HEAT_COLD &&
            !job_passes(core, job, &letter, &selection->tests[i]))
            return false;
    return true;
}

static bool walk_visit(void *context, struct tree_node *node)
{
    struct walk *walk = context;
    const struct job *job = TREE_OF(node, struct job, by_key);
    struct core_look look = {.key = job_key(job)};

    if (job->parent)
        return true;
    if (!walk->left)
        return false;
    walk->left--;
    if (job_selected(walk->core, job, false, walk->selection) &&
        !walk->selection->visit(walk->selection->context, &look))
        return false;
    *walk->at = look.key;
    return true;
}

/* With members, those without a row as well, so that there is no node to go to. */
static bool walk_members(struct walk *walk)
{
    struct core_look look;

    while (core_next(walk->core, walk->at, true, &look)) {
        struct job_key row = look.key;
        const struct job *job;

        if (look.virtual_member)
            row.index = NQS_NO_INDEX;
        job = world_job(walk->core, row);
        if (!walk->left)
            return false;
        walk->left--;
        if (job && job_selected(walk->core, job, look.virtual_member, walk->selection) &&
            !walk->selection->visit(walk->selection->context, &look))
            return false;
        *walk->at = look.key;
    }
    return true;
}

bool core_select(const struct core *core, const struct core_selection *selection,
                 struct job_key *at)
{
    struct walk walk = {core, selection, at, selection->looks_max};
    struct job probe;

    if (selection->members)
        return walk_members(&walk);
    probe.seq = at->seq;
    probe.index = at->index;
    return tree_walk(&core->jobs, &probe.by_key, walk_visit, &walk);
}
