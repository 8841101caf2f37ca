/*
 * starter.c - the false starter: one order after another; see starter.h.
 */
#include "starter.h"

#include "sim.h"

void starter_order(struct sim *sim, const struct core_order *order)
{
    struct node *node = &sim->node;
    nqs_time begin = node->busy_until > sim->now ? node->busy_until : sim->now;

    node->busy_until = begin + dice_span(&sim->dice, SIM_MILLISECOND / 10, 100 * SIM_MILLISECOND);
    sim_after(sim, node->busy_until - sim->now,
              (struct happening){.thing = THING_SERVE,
                                 .what = *order,
                                 .epoch = sim->daemon.epoch,
                                 .generation = node->starter});
}

/* There is no directory after that: the answer alone tells. */
static void refuse_start(struct sim *sim, const struct happening *what, struct run *run)
{
    struct fact fact = ties_fact(
        sim, run, run->script.fate == FATE_FAILS ? FACT_START_FAILED : FACT_START_REFUSED);

    if (!ties_hear(sim, what))
        return;
    run->over = true;
    run->failed = fact.kind;
    ties_send(sim, &fact, what->epoch, 0);
}

static void serve_start(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    if (run->dir) {
        if (ties_hear(sim, what))
            ties_look(sim, run);
        return;
    }
    run->script.fate = node_fate(sim);
    if (run->script.fate == FATE_FAILS || run->script.fate == FATE_REFUSED) {
        refuse_start(sim, what, run);
        return;
    }
    run->dir = true;
    run->shepherd = run->script.fate != FATE_DIES_BEFORE;
    run->over = !run->shepherd;
    run->link = what->epoch;
    if (!run->shepherd)
        ties_close(sim, run);
    else
        sim_after(sim, dice_span(&sim->dice, SIM_MILLISECOND / 10, 20 * SIM_MILLISECOND),
                  (struct happening){.thing = THING_BEGIN, .what = what->what});
}

static void serve_clean(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    if (!run->dir)
        return;
    if (run->shepherd) { /* it is about to leave: asked again */
        if (ties_hear(sim, what))
            sim_after(sim, 100 * SIM_MILLISECOND, *what);
        return;
    }
    rules_cleaned(sim, run);
    run->dir = run->begun = run->exit = false;
}

static void serve_deliver(struct sim *sim, const struct happening *what)
{
    bool fails = !sim->calm && dice_once_in(&sim->dice, sim->plan.trouble / 3 + 1);
    struct fact fact = {.kind = fails ? FACT_DELIVERY_FAILED : FACT_DELIVERED,
                        .key = what->what.key,
                        .incarnation = what->what.incarnation,
                        .text = "no such directory"};

    if (ties_hear(sim, what))
        ties_send(sim, &fact, what->epoch, 0);
}

/* Kill what a lost shepherd left, then say what became of it. */
static void serve_kill(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    if (!run->dir || run->shepherd || run->exit)
        return;
    run->living = false;
    run->over = run->lost = true;
    if (ties_hear(sim, what))
        ties_tell_now(sim, run, run->boot == sim->node.boot ? FACT_SHEPHERD_LOST : FACT_NODE_LOST);
}

/* The starter died with the order: its daemon, if that lives, sees to it. */
static void serve_lost(struct sim *sim, const struct happening *what)
{
    if (!ties_hear(sim, what))
        return;
    if (what->what.kind == ORDER_TO_START || what->what.kind == ORDER_TO_KILL)
        ties_look(sim, node_run(&sim->node, what->what.key, what->what.incarnation));
    else
        starter_order(sim, &what->what);
}

void starter_serve(struct sim *sim, const struct happening *what)
{
    if (what->generation != sim->node.starter) {
        serve_lost(sim, what);
        return;
    }
    switch (what->what.kind) {
    case ORDER_TO_START: serve_start(sim, what); return;
    case ORDER_TO_CLEAN: serve_clean(sim, what); return;
    case ORDER_TO_DELIVER: serve_deliver(sim, what); return;
    default: serve_kill(sim, what); return;
    }
}
