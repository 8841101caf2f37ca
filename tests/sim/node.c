/*
 * node.c - runs, their scripts and shepherds, and what breaks; see node.h.
 */
#include "node.h"

#include <string.h>

#include "mem.h"
#include "sim.h"

static int run_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct run *x = TREE_OF(a, struct run, node);
    const struct run *y = TREE_OF(b, struct run, node);

    if (x->key.seq != y->key.seq)
        return x->key.seq < y->key.seq ? -1 : 1;
    if (x->key.index != y->key.index)
        return x->key.index < y->key.index ? -1 : 1;
    return (x->incarnation > y->incarnation) - (x->incarnation < y->incarnation);
}

void node_init(struct node *node)
{
    *node = (struct node){.boot = 1, .starter = 1};
    tree_init(&node->runs, run_compare);
}

void node_done(struct node *node)
{
    struct run *run;

    while ((run = TREE_OF(tree_first(&node->runs), struct run, node))) {
        tree_remove(&node->runs, &run->node);
        mem_free(run);
    }
}

struct run *node_run(const struct node *node, struct job_key key, uint32_t incarnation)
{
    struct run probe = {.key = key, .incarnation = incarnation};

    return TREE_OF(tree_find(&node->runs, &probe.node), struct run, node);
}

struct run *node_next(const struct node *node, const struct run *after)
{
    struct tree_node *next =
        after ? tree_after(&node->runs, &after->node) : tree_first(&node->runs);

    return TREE_OF(next, struct run, node);
}

/* --- What a job does --- */

static void draw_end(struct dice *dice, struct script *script)
{
    static const char *const limits[] = {"walltime", "cput", "mem"};
    uint32_t lot = dice_below(dice, 20);

    script->reason = "exited";
    if (lot < 12) {
        script->status = 0;
    } else if (lot < 15) {
        script->status = 1 + (int32_t)dice_below(dice, 255);
    } else if (lot < 17) {
        script->reason = "signal";
        script->status = 256 + 9;
    } else {
        script->reason = limits[lot - 17];
        script->status = 256 + 15;
    }
}

/* One job in ten hangs: it ends after hours, at its limit. */
static void draw_script(struct sim *sim, struct job_key key, uint32_t incarnation,
                        struct script *script)
{
    static const char *const spools[] = {"", "", "", "o", "e", "oe"};
    struct dice dice;

    dice_seed(&dice, sim->seed ^ (uint64_t)key.seq << 40 ^ (uint64_t)(uint32_t)key.index << 16 ^
                         incarnation);
    draw_end(&dice, script);
    script->duration = dice_span(&dice, SIM_MILLISECOND, 1800 * NQS_SECOND);
    if (dice_once_in(&dice, 10)) {
        script->duration = 6 * 3600 * NQS_SECOND;
        script->reason = "walltime";
        script->status = 256 + 15;
    }
    if (sim->calm && script->duration > 60 * NQS_SECOND)
        script->duration = 60 * NQS_SECOND;
    script->spooled = spools[dice_below(&dice, 6)];
    script->ignores_term = dice_once_in(&dice, 4);
    script->term_status = dice_once_in(&dice, 3) ? 0 : 256 + 15;
}

enum fate node_fate(struct sim *sim)
{
    if (sim->calm || !dice_once_in(&sim->dice, sim->plan.trouble))
        return FATE_RUNS;
    if (dice_once_in(&sim->dice, 2))
        return dice_once_in(&sim->dice, 3) ? FATE_EXEC_FAILS : FATE_FAILS;
    return (enum fate)(FATE_FAILS + dice_below(&sim->dice, FATE_DIES_BETWEEN - FATE_FAILS + 1));
}

struct run *node_expect(struct sim *sim, struct job_key key, uint32_t incarnation)
{
    struct run *run = mem_new(sizeof *run);

    run->key = key;
    run->incarnation = incarnation;
    draw_script(sim, key, incarnation, &run->script);
    tree_insert(&sim->node.runs, &run->node);
    return run;
}

/* --- The shepherd --- */

static void end_at(struct sim *sim, struct run *run, nqs_time at)
{
    run->end = at;
    sim_after(sim, at - sim->now,
              (struct happening){.thing = THING_END,
                                 .generation = ++run->generation,
                                 .what = {.key = run->key, .incarnation = run->incarnation}});
}

/* What is stopped has so long to go as it had then. */
void node_suspend_job(struct sim *sim, struct run *run, bool suspend)
{
    if (!run->living || run->suspended == suspend || (suspend && run->killed))
        return;
    run->suspended = suspend;
    if (suspend)
        run->left = run->end - sim->now;
    run->generation++;
    if (!suspend)
        end_at(sim, run, sim->now + run->left);
}

/* TERM, grace, KILL: it ends by itself if that comes first. */
void node_kill_job(struct sim *sim, struct run *run, uint32_t grace)
{
    nqs_time at =
        sim->now + (run->script.ignores_term ? (nqs_time)grace * NQS_SECOND : 5 * SIM_MILLISECOND);

    run->killed = true;
    node_suspend_job(sim, run, false);
    if (!run->living || at >= run->end)
        return;
    run->script.status = run->script.ignores_term ? 256 + 9 : run->script.term_status;
    end_at(sim, run, at);
}

void node_raise_job(struct sim *sim, struct run *run, uint32_t signal)
{
    if (run->suspended && signal == 9)
        node_suspend_job(sim, run, false);
    if (!run->living || run->suspended || !signal || run->script.ignores_term ||
        run->end <= sim->now + SIM_MILLISECOND)
        return;
    run->script.reason = "signal";
    run->script.status = 256 + (int32_t)signal;
    end_at(sim, run, sim->now + SIM_MILLISECOND);
}

static void leave_soon(struct sim *sim, const struct run *run)
{
    sim_after(sim, dice_span(&sim->dice, 0, 300 * SIM_MILLISECOND),
              (struct happening){.thing = THING_LEAVE,
                                 .what = {.key = run->key, .incarnation = run->incarnation}});
}

static void exec_failed(struct sim *sim, struct run *run, enum fact_kind kind)
{
    run->exit = true;
    run->failed = kind;
    run->over = true;
    ties_tell(sim, run, kind);
    leave_soon(sim, run);
}

static void begin(struct sim *sim, struct run *run)
{
    if (!run->shepherd || run->begun)
        return;
    run->begun = true;
    run->boot = sim->node.boot;
    if (run->script.fate == FATE_EXEC_FAILS || run->script.fate == FATE_EXEC_REFUSED) {
        exec_failed(sim, run,
                    run->script.fate == FATE_EXEC_FAILS ? FACT_START_FAILED : FACT_START_REFUSED);
        return;
    }
    if (run->script.fate == FATE_DIES_BETWEEN) {
        run->shepherd = false;
        run->over = run->lost = true;
        ties_close(sim, run);
        return;
    }
    run->living = true;
    run->begins++;
    run->start = sim->now;
    rules_begun(sim, run);
    end_at(sim, run, sim->now + run->script.duration);
    ties_tell(sim, run, FACT_STARTED);
    if (run->doomed == run->link)
        node_kill_job(sim, run, run->doomed_grace);
}

/* The exit record is in its place before anybody is told. */
static void end(struct sim *sim, struct run *run)
{
    run->living = false;
    run->over = true;
    if (!run->shepherd)
        return;
    run->exit = true;
    run->failed = FACT_EXITED;
    run->status = run->script.status;
    run->reason = run->killed ? "killed" : run->script.reason;
    ties_tell(sim, run, FACT_EXITED);
    leave_soon(sim, run);
}

void node_happen(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    switch (what->thing) {
    case THING_SERVE: starter_serve(sim, what); return;
    case THING_LINK: ties_serve(sim, what); return;
    case THING_BEGIN: begin(sim, run); return;
    case THING_END:
        if (run->living && what->generation == run->generation)
            end(sim, run);
        return;
    case THING_LEAVE: run->shepherd = false; return;
    default: return;
    }
}

/* --- What breaks --- */

/* Half of the time some of the job's processes survive the leader, which dies with its shepherd. */
static void lose_shepherd(struct sim *sim, struct run *run)
{
    run->shepherd = false;
    if (!run->exit) {
        run->living = run->living && dice_once_in(&sim->dice, 2);
        run->over = !run->living;
        run->lost = run->begun;
    }
    ties_close(sim, run);
}

void node_kill_shepherd(struct sim *sim)
{
    struct run *run = NULL;
    uint32_t count = 0;

    while ((run = node_next(&sim->node, run)))
        count += run->shepherd;
    if (!count)
        return;
    count = dice_below(&sim->dice, count);
    while ((run = node_next(&sim->node, run)))
        if (run->shepherd && !count--)
            break;
    sim_trace(sim, "the shepherd of %s.%u is killed", sim_key(run->key), run->incarnation);
    lose_shepherd(sim, run);
}

void node_kill_starter(struct sim *sim)
{
    sim_trace(sim, "the starter is killed");
    sim->node.starter++;
}

/* An exit record that was just written may not have reached the disk. */
void node_power_cut(struct sim *sim)
{
    struct run *run = NULL;

    sim_trace(sim, "the power is cut");
    turn_crash(sim, CRASH_POWER);
    while ((run = node_next(&sim->node, run))) {
        if (!run->dir)
            continue;
        if (run->exit && run->shepherd && dice_once_in(&sim->dice, 2))
            run->exit = false;
        run->shepherd = run->living = false;
        run->over = true;
        if (run->begun && !run->exit)
            run->lost = true;
    }
    sim->node.boot++;
    sim->node.starter++;
    sim->node.busy_until = sim->now;
}
