/*
 * ties.c - what the daemon and the shepherds have to do with each other; see ties.h.
 *
 * A shepherd tells the daemon that it is linked to, and nobody else; its facts
 * come in order, but a copy of one may come at any time.  What is found by
 * looking at a directory is true at that moment and is told at once.
 */
#include "ties.h"

#include "sim.h"

/* --- Telling the daemon --- */

struct fact ties_fact(const struct sim *sim, const struct run *run, enum fact_kind kind)
{
    return (struct fact){
        .kind = kind,
        .key = run->key,
        .incarnation = run->incarnation,
        .text = "the node was short of something",
        .pid = (int32_t)(1000 + run->key.seq * 64 + run->incarnation),
        .status = run->status,
        .reason = run->reason,
        .spooled = run->script.spooled,
        .start_wall = run->start + sim->ahead,
        .end_wall = run->end + sim->ahead,
        .walltime_us = run->end - run->start,
        .cput_us = (run->end - run->start) / 2,
        .mem = 4096,
    };
}

/* Tell the daemon of EPOCH, not before a time; sometimes a copy comes later. */
nqs_time ties_send(struct sim *sim, const struct fact *fact, uint32_t epoch, nqs_time earliest)
{
    nqs_time at = sim->now + dice_span(&sim->dice, 0, 200 * SIM_MILLISECOND);
    struct happening happening = {.thing = THING_FACT, .epoch = epoch, .fact = *fact};

    happening.at = at > earliest ? at : earliest;
    wheel_put(&sim->wheel, &happening);
    at = happening.at;
    if (!sim->calm && dice_once_in(&sim->dice, sim->plan.loss)) {
        happening.at += dice_span(&sim->dice, 0, 600 * NQS_SECOND);
        wheel_put(&sim->wheel, &happening);
    }
    return at;
}

/* What the shepherd of RUN tells on its link. */
void ties_tell(struct sim *sim, struct run *run, enum fact_kind kind)
{
    struct fact fact = ties_fact(sim, run, kind);

    if (sim->daemon.core && run->link == sim->daemon.epoch)
        run->told = ties_send(sim, &fact, run->link, run->told);
}

void ties_tell_now(struct sim *sim, struct run *run, enum fact_kind kind)
{
    struct fact fact = ties_fact(sim, run, kind);

    run->tied = 0;
    turn_fact(sim, &fact);
}

void ties_heard(struct sim *sim, const struct fact *fact)
{
    struct run *run = node_run(&sim->node, fact->key, fact->incarnation);

    if (run && (fact->kind == FACT_EXITED || fact->kind == FACT_START_FAILED ||
                fact->kind == FACT_START_REFUSED))
        run->tied = 0;
}

/* The daemon of now waits for what becomes of RUN. */
bool ties_hold(const struct sim *sim, const struct run *run)
{
    return sim->daemon.core && run->tied == sim->daemon.epoch;
}

bool ties_hear(const struct sim *sim, const struct happening *what)
{
    return sim->daemon.core && what->epoch == sim->daemon.epoch;
}

void ties_look(struct sim *sim, struct run *run)
{
    struct core_order order = {
        .kind = ORDER_TO_ADOPT, .key = run->key, .incarnation = run->incarnation};

    run->tied = sim->daemon.epoch;
    sim_after(sim, dice_span(&sim->dice, 5 * SIM_MILLISECOND, 50 * SIM_MILLISECOND),
              (struct happening){.thing = THING_LINK, .epoch = sim->daemon.epoch, .what = order});
}

/* Whoever had the other end of the link is gone. */
void ties_close(struct sim *sim, struct run *run)
{
    if (ties_hold(sim, run) && run->link == sim->daemon.epoch)
        ties_look(sim, run);
}

/* --- Orders on their way --- */

/* What goes over one link comes in its order. */
static void send_to_shepherd(struct sim *sim, struct run *run, const struct core_order *order)
{
    nqs_time at = sim->now + dice_span(&sim->dice, 0, 20 * SIM_MILLISECOND);

    run->ordered = at > run->ordered ? at : run->ordered;
    sim_after(sim, run->ordered - sim->now,
              (struct happening){.thing = THING_LINK, .what = *order, .epoch = sim->daemon.epoch});
}

static void order_kill(struct sim *sim, struct run *run, const struct core_order *order)
{
    run->doomed = sim->daemon.epoch;
    run->doomed_grace = order->number;
    if (!ties_hold(sim, run))
        ties_look(sim, run);
    else if (run->shepherd && run->link == sim->daemon.epoch)
        send_to_shepherd(sim, run, order);
}

/* A tie remembers what its job is to be; without one there is nobody to be told. */
static void order_wish(struct sim *sim, struct run *run, const struct core_order *order)
{
    if (!ties_hold(sim, run))
        return;
    run->wished = sim->daemon.epoch;
    run->wish = order->kind == ORDER_TO_SUSPEND;
    if (run->shepherd && run->link == sim->daemon.epoch)
        send_to_shepherd(sim, run, order);
}

void ties_order(struct sim *sim, const struct core_order *order)
{
    struct run *run = node_run(&sim->node, order->key, order->incarnation);

    if (!run)
        sim_fail(sim, "order %d for %s.%u, which was never placed", (int)order->kind,
                 sim_key(order->key), order->incarnation);
    switch (order->kind) {
    case ORDER_TO_START: run->tied = sim->daemon.epoch; break;
    case ORDER_TO_ADOPT:
        if (!ties_hold(sim, run))
            ties_look(sim, run);
        return;
    case ORDER_TO_KILL: order_kill(sim, run, order); return;
    case ORDER_TO_SUSPEND:
    case ORDER_TO_RESUME: order_wish(sim, run, order); return;
    case ORDER_TO_MESSAGE:
    case ORDER_TO_RAISE:
        if (ties_hold(sim, run) && run->link == sim->daemon.epoch)
            send_to_shepherd(sim, run, order);
        return;
    default: break;
    }
    starter_order(sim, order);
}

/* --- Adoption --- */

static void connect(struct sim *sim, struct run *run)
{
    run->link = sim->daemon.epoch;
    if (run->exit)
        ties_tell(sim, run, run->failed);
    else if (run->living)
        ties_tell(sim, run, FACT_STARTED);
    if (run->wished == sim->daemon.epoch && !run->exit)
        node_suspend_job(sim, run, run->wish);
    if (run->doomed == sim->daemon.epoch && !run->exit)
        node_kill_job(sim, run, run->doomed_grace);
}

static void look(struct sim *sim, struct run *run)
{
    struct core_order kill = {
        .kind = ORDER_TO_KILL, .key = run->key, .incarnation = run->incarnation};

    if (!run->dir)
        ties_tell_now(sim, run, FACT_ABSENT);
    else if (run->shepherd)
        connect(sim, run);
    else if (run->exit)
        ties_tell_now(sim, run, run->failed);
    else if (!run->begun)
        ties_tell_now(sim, run, FACT_NEVER_RAN);
    else
        starter_order(sim, &kill);
}

void ties_serve(struct sim *sim, const struct happening *what)
{
    const struct core_order *order = &what->what;
    struct run *run = node_run(&sim->node, order->key, order->incarnation);

    if (!ties_hear(sim, what) || !ties_hold(sim, run))
        return;
    if (order->kind == ORDER_TO_ADOPT)
        look(sim, run);
    else if (!run->shepherd || run->exit)
        return;
    else if (order->kind == ORDER_TO_KILL)
        node_kill_job(sim, run, order->number);
    else if (order->kind == ORDER_TO_MESSAGE)
        return; /* written, and of no consequence */
    else if (order->kind != ORDER_TO_RAISE)
        node_suspend_job(sim, run, order->kind == ORDER_TO_SUSPEND);
    else
        node_raise_job(sim, run, order->number);
}
