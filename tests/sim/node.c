/*
 * node.c - the false node; see node.h.
 *
 * Orders for the starter (START, CLEAN, DELIVER and the killing of what a lost
 * shepherd left) are done one after another; when the starter dies, those that
 * it had not come to are looked after by whoever sent them, if he lives.
 * Orders for a shepherd go to it directly, also while its start is under way:
 * they wait for it on the link that went with START.  Nobody looks at a
 * directory that an order of his own may make yet, for what is not there then
 * says nothing, and to order the start again would be to order it twice.
 *
 * A shepherd tells the daemon that
 * it is linked to, and nobody else; its facts come in order, but a copy of one
 * may come at any time.  What is found by looking at a directory is true at
 * that moment and is told at once.
 */
#include "node.h"

#include <string.h>

#include "mem.h"
#include "sim.h"

#define MILLISECOND (NQS_SECOND / 1000)

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
    script->duration = dice_span(&dice, MILLISECOND, 1800 * NQS_SECOND);
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

static enum fate draw_fate(struct sim *sim)
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

/* --- Telling the daemon --- */

static struct fact fact_of(const struct sim *sim, const struct run *run, enum fact_kind kind)
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
static nqs_time send(struct sim *sim, const struct fact *fact, uint32_t epoch, nqs_time earliest)
{
    nqs_time at = sim->now + dice_span(&sim->dice, 0, 200 * MILLISECOND);
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
static void tell(struct sim *sim, struct run *run, enum fact_kind kind)
{
    struct fact fact = fact_of(sim, run, kind);

    if (sim->daemon.core && run->link == sim->daemon.epoch)
        run->told = send(sim, &fact, run->link, run->told);
}

static void tell_now(struct sim *sim, const struct run *run, enum fact_kind kind)
{
    struct fact fact = fact_of(sim, run, kind);

    turn_fact(sim, &fact);
}

/* The daemon sees a link close and will look. */
static void close_link(struct sim *sim, const struct run *run)
{
    struct core_order order = {
        .kind = ORDER_TO_ADOPT, .key = run->key, .incarnation = run->incarnation};

    if (sim->daemon.core && run->link == sim->daemon.epoch)
        sim_after(
            sim, dice_span(&sim->dice, 0, 50 * MILLISECOND),
            (struct happening){.thing = THING_LINK, .epoch = sim->daemon.epoch, .what = order});
}

/* --- Orders on their way --- */

static void queue_for_starter(struct sim *sim, const struct core_order *order)
{
    struct node *node = &sim->node;
    nqs_time begin = node->busy_until > sim->now ? node->busy_until : sim->now;

    node->busy_until = begin + dice_span(&sim->dice, MILLISECOND / 10, 100 * MILLISECOND);
    sim_after(sim, node->busy_until - sim->now,
              (struct happening){.thing = THING_SERVE,
                                 .what = *order,
                                 .epoch = sim->daemon.epoch,
                                 .generation = node->starter});
}

void node_order(struct sim *sim, const struct core_order *order)
{
    struct run *run = node_run(&sim->node, order->key, order->incarnation);

    if (order->kind == ORDER_TO_START && run)
        run->ordered = sim->daemon.epoch;
    if (order->kind == ORDER_TO_START || order->kind == ORDER_TO_CLEAN ||
        order->kind == ORDER_TO_DELIVER)
        queue_for_starter(sim, order);
    else
        sim_after(
            sim, dice_span(&sim->dice, 0, 20 * MILLISECOND),
            (struct happening){.thing = THING_LINK, .what = *order, .epoch = sim->daemon.epoch});
}

/* --- Adoption --- */

void node_look(struct sim *sim, struct job_key key, uint32_t incarnation)
{
    struct run nothing = {.key = key, .incarnation = incarnation};
    struct run *run = node_run(&sim->node, key, incarnation);

    if (!run || !run->dir) {
        tell_now(sim, &nothing, FACT_ABSENT);
    } else if (run->shepherd) {
        run->link = sim->daemon.epoch;
        if (run->exit)
            tell(sim, run, run->failed);
        else if (run->living)
            tell(sim, run, FACT_STARTED);
    } else if (run->exit) {
        tell_now(sim, run, run->failed);
    } else if (!run->begun) {
        tell_now(sim, run, FACT_NEVER_RAN);
    } else {
        struct core_order order = {.kind = ORDER_TO_KILL, .key = key, .incarnation = incarnation};

        queue_for_starter(sim, &order);
    }
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

/* TERM, grace, KILL: it ends by itself if that comes first. */
static void kill_job(struct sim *sim, struct run *run, uint32_t grace)
{
    nqs_time at =
        sim->now + (run->script.ignores_term ? (nqs_time)grace * NQS_SECOND : 5 * MILLISECOND);

    run->killed = true;
    if (!run->living || at >= run->end)
        return;
    run->script.status = run->script.ignores_term ? 256 + 9 : run->script.term_status;
    end_at(sim, run, at);
}

static void raise_job(struct sim *sim, struct run *run, uint32_t signal)
{
    if (!run->living || !signal || run->script.ignores_term || run->end <= sim->now + MILLISECOND)
        return;
    run->script.reason = "signal";
    run->script.status = 256 + (int32_t)signal;
    end_at(sim, run, sim->now + MILLISECOND);
}

static void leave_soon(struct sim *sim, const struct run *run)
{
    sim_after(sim, dice_span(&sim->dice, 0, 300 * MILLISECOND),
              (struct happening){.thing = THING_LEAVE,
                                 .what = {.key = run->key, .incarnation = run->incarnation}});
}

static void exec_failed(struct sim *sim, struct run *run, enum fact_kind kind)
{
    run->exit = true;
    run->failed = kind;
    run->over = true;
    tell(sim, run, kind);
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
        close_link(sim, run);
        return;
    }
    run->living = true;
    run->begins++;
    run->start = sim->now;
    rules_begun(sim, run);
    end_at(sim, run, sim->now + run->script.duration);
    if (run->killed)
        kill_job(sim, run, 0);
    tell(sim, run, FACT_STARTED);
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
    tell(sim, run, FACT_EXITED);
    leave_soon(sim, run);
}

/* --- The starter --- */

static void serve_start(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);
    bool heard = sim->daemon.core && what->epoch == sim->daemon.epoch;
    struct fact fact;

    if (!run)
        sim_fail(sim, "%s.%u is started and was never placed", sim_key(what->what.key),
                 what->what.incarnation);
    if (run->dir) {
        run->ordered = 0;
        if (heard)
            node_look(sim, run->key, run->incarnation);
        if (heard && run->killed && run->shepherd && !run->exit)
            kill_job(sim, run, 0);
        return;
    }
    run->script.fate = draw_fate(sim);
    if (run->script.fate == FATE_FAILS || run->script.fate == FATE_REFUSED) {
        fact = fact_of(sim, run,
                       run->script.fate == FATE_FAILS ? FACT_START_FAILED : FACT_START_REFUSED);
        run->over = heard;
        run->failed = fact.kind;
        if (heard)
            send(sim, &fact, what->epoch, 0);
        return;
    }
    run->ordered = 0; /* else it stays: the answer is on its way, or nobody waits for one */
    run->dir = true;
    run->shepherd = run->script.fate != FATE_DIES_BEFORE;
    run->over = !run->shepherd;
    run->link = what->epoch;
    if (!run->shepherd)
        close_link(sim, run);
    else
        sim_after(sim, dice_span(&sim->dice, MILLISECOND / 10, 20 * MILLISECOND),
                  (struct happening){.thing = THING_BEGIN, .what = what->what});
}

static void serve_clean(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    if (!run || !run->dir)
        return;
    if (run->shepherd) { /* it is about to leave: asked again */
        if (sim->daemon.core && what->epoch == sim->daemon.epoch)
            sim_after(sim, 100 * MILLISECOND, *what);
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

    if (sim->daemon.core && what->epoch == sim->daemon.epoch)
        send(sim, &fact, what->epoch, 0);
}

/* Kill what a lost shepherd left, then say what became of it. */
static void serve_kill(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    if (!run->dir || run->shepherd || run->exit)
        return;
    run->living = false;
    run->over = run->lost = true;
    if (sim->daemon.core && what->epoch == sim->daemon.epoch)
        tell_now(sim, run, run->boot == sim->node.boot ? FACT_SHEPHERD_LOST : FACT_NODE_LOST);
}

static void serve(struct sim *sim, const struct happening *what)
{
    if (what->generation != sim->node.starter) {
        if (!sim->daemon.core || what->epoch != sim->daemon.epoch)
            return;
        if (what->what.kind == ORDER_TO_START)
            node_run(&sim->node, what->what.key, what->what.incarnation)->ordered = 0;
        if (what->what.kind == ORDER_TO_START || what->what.kind == ORDER_TO_KILL)
            node_look(sim, what->what.key, what->what.incarnation);
        else
            queue_for_starter(sim, &what->what);
        return;
    }
    switch (what->what.kind) {
    case ORDER_TO_START: serve_start(sim, what); return;
    case ORDER_TO_CLEAN: serve_clean(sim, what); return;
    case ORDER_TO_DELIVER: serve_deliver(sim, what); return;
    default: serve_kill(sim, what); return;
    }
}

/* An order for a shepherd; where there is none, the directory tells. */
static void serve_link(struct sim *sim, const struct happening *what)
{
    const struct core_order *order = &what->what;
    struct run *run = node_run(&sim->node, order->key, order->incarnation);

    if (!sim->daemon.core || what->epoch != sim->daemon.epoch)
        return;
    if (run && run->ordered == what->epoch && !run->shepherd) {
        run->killed |= order->kind == ORDER_TO_KILL;
        return;
    }
    if (order->kind == ORDER_TO_ADOPT || !run || !run->shepherd || run->link != what->epoch)
        node_look(sim, order->key, order->incarnation);
    if (!run || !run->shepherd || run->exit)
        return;
    if (order->kind == ORDER_TO_KILL)
        kill_job(sim, run, order->number);
    else if (order->kind == ORDER_TO_RAISE)
        raise_job(sim, run, order->number);
}

void node_happen(struct sim *sim, const struct happening *what)
{
    struct run *run = node_run(&sim->node, what->what.key, what->what.incarnation);

    switch (what->thing) {
    case THING_SERVE: serve(sim, what); return;
    case THING_LINK: serve_link(sim, what); return;
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
    close_link(sim, run);
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
