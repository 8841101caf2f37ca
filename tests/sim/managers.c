/*
 * managers.c - people who see to queues and to the server; see people.h.
 */
#include <stdio.h>
#include <string.h>

#include "sim.h"

void act_on_queue(struct sim *sim)
{
    struct dice *dice = &sim->dice;
    struct call *call = people_call(sim, VERB_SET_QUEUE, CORE_MANAGER);

    people_any_queue(sim, call->name, sizeof call->name);
    if (dice_once_in(dice, 20))
        strcpy(call->name, "nowhere");
    switch (dice_below(dice, 7)) {
    case 5: people_set(call, ATTR_ageing, dice_below(dice, 3) * 600); break;
    case 0: people_set(call, ATTR_run_limit, dice_below(dice, 5)); break;
    case 1: people_set(call, ATTR_user_limit, dice_below(dice, 3)); break;
    case 2: people_set(call, ATTR_started, dice_below(dice, 3) != 0); break;
    case 3: people_set(call, ATTR_enabled, dice_below(dice, 4) != 0); break;
    case 4: people_set(call, ATTR_queue_priority, dice_below(dice, 70)); break;
    default:
        people_set(call, ATTR_started, 1);
        people_set(call, ATTR_run_limit, 1 + dice_below(dice, 6));
        break;
    }
    people_send(sim);
}

void act_on_server(struct sim *sim)
{
    struct dice *dice = &sim->dice;
    struct call *call = people_call(sim, VERB_SET_SERVER, CORE_MANAGER);

    switch (dice_below(dice, 10)) {
    case 7: people_set(call, ATTR_available_ncpus, dice_below(dice, 3) * 4); break;
    case 8: people_set(call, ATTR_available_mem, (int64_t)dice_below(dice, 3) << 20); break;
    case 9: people_set(call, ATTR_backfill, dice_below(dice, 3) != 0); break;
    case 5: people_set(call, ATTR_global_user_limit, dice_below(dice, 4)); break;
    case 0: people_set(call, ATTR_batch_limit, dice_below(dice, 8)); break;
    case 1: people_set(call, ATTR_start_tries, 1 + dice_below(dice, 6)); break;
    case 2: people_set(call, ATTR_start_wait, dice_span(dice, 0, 100)); break;
    case 3: people_set(call, ATTR_kill_delay, dice_below(dice, 30)); break;
    case 4: people_set(call, ATTR_deliver_wait, dice_below(dice, 200)); break;
    default: people_set(call, ATTR_batch_limit, dice_below(dice, 2) ? -1 : 20); break;
    }
    people_send(sim);
}

/* Queues share limits, for a while; of those that are named one may not be there. */
void act_on_complex(struct sim *sim)
{
    struct dice *dice = &sim->dice;
    static const enum core_verb verbs[] = {VERB_CREATE_COMPLEX, VERB_CREATE_COMPLEX,
                                           VERB_SET_COMPLEX,    VERB_SET_COMPLEX,
                                           VERB_SET_COMPLEX,    VERB_DELETE_COMPLEX};
    struct call *call = people_call(sim, verbs[dice_below(dice, 6)], CORE_MANAGER);

    snprintf(call->name, sizeof call->name, "group%u", dice_below(dice, 2));
    if (call->verb == VERB_DELETE_COMPLEX) {
        people_send(sim);
        return;
    }
    if (dice_once_in(dice, 2))
        people_set(call, ATTR_complex_run_limit, dice_below(dice, 5));
    if (dice_once_in(dice, 3))
        people_set(call, ATTR_complex_user_limit, dice_below(dice, 3));
    if (call->verb == VERB_CREATE_COMPLEX || dice_once_in(dice, 2)) {
        people_set(call, ATTR_list_operation, dice_below(dice, 3));
        snprintf(call->list, sizeof call->list, "queue%u,queue%u",
                 dice_below(dice, sim->plan.queues), dice_below(dice, sim->plan.queues));
    }
    people_send(sim);
}

/* Create a queue that may be there, or take one apart. */
void act_on_queues(struct sim *sim)
{
    struct dice *dice = &sim->dice;
    struct call *call;
    char name[16];

    people_queue(name, sizeof name, dice_below(dice, sim->plan.queues + 1));
    if (dice_once_in(dice, 2)) {
        call = people_call(sim, VERB_SET_QUEUE, CORE_MANAGER);
        people_set(call, ATTR_started, 0);
        people_set(call, ATTR_enabled, 0);
        strcpy(call->name, name);
        people_send(sim);
        call = people_call(sim, VERB_DELETE_QUEUE, CORE_MANAGER);
    } else {
        call = people_call(sim, VERB_CREATE_QUEUE, CORE_MANAGER);
        people_set(call, ATTR_started, 1);
        people_set(call, ATTR_enabled, 1);
        people_set(call, ATTR_run_limit, 1 + dice_below(dice, 3));
    }
    strcpy(call->name, name);
    people_send(sim);
}

void act_purge(struct sim *sim)
{
    struct call *call = people_call(sim, VERB_PURGE_QUEUE, CORE_OPERATOR);

    people_any_queue(sim, call->name, sizeof call->name);
    if (dice_once_in(&sim->dice, 5))
        strcpy(call->name, "nowhere");
    if (dice_once_in(&sim->dice, 3))
        people_set(call, ATTR_abort_grace, dice_below(&sim->dice, 30));
    rules_condemn(sim, call);
    people_send(sim);
}
