/*
 * outcome.c - what has happened to requests that others may wait for; see world.h.
 */
#include <string.h>

#include "depend.h"
#include "mem.h"
#include "world.h"

static struct core_finished finished(const struct core *core, const struct job *job)
{
    const char *reason = intern_text(core->intern, job->exit_reason);

    return (struct core_finished){
        .key = job_key(job),
        .uid = job->uid,
        .begun = job->array ? job->stime != 0 : job->session_id != 0,
        .ok = depend_ended_ok(job->exit_status, reason, strlen(reason)),
    };
}

void world_note_outcome(struct core *core, const struct job *job, bool ended, bool members)
{
    if (tree_empty(&core->gates))
        return;
    if (core->outcome_count == core->outcome_room) {
        core->outcome_room = core->outcome_room ? 2 * core->outcome_room : 16;
        core->outcomes = mem_grow(core->outcomes, core->outcome_room, sizeof *core->outcomes);
    }
    core->outcomes[core->outcome_count++] =
        (struct core_outcome){finished(core, job), ended, members};
}

bool world_take_outcome(struct core *core, struct core_outcome *ret)
{
    if (core->outcome_at == core->outcome_count) {
        core->outcome_at = core->outcome_count = 0;
        return false;
    }
    *ret = core->outcomes[core->outcome_at++];
    return true;
}

/* Rows that have ended stand in one of two lists until the turn ends. */
bool world_outcome_of(const struct core *core, struct job_key key, struct core_finished *ret)
{
    const struct job *const lists[] = {core->ended, core->changed};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct job *job = lists[i]; job; job = job->next)
            if (job->state == STATE_ENDED && !job_key_compare(job_key(job), key)) {
                *ret = finished(core, job);
                return true;
            }
    return false;
}
