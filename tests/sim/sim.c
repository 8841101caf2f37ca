/*
 * sim - the simulator: the real core in a false world, a seed a world.
 *
 *     sim --seeds 400            the first 400 worlds
 *     sim --seeds 17-30          these
 *     sim --seed 17 [--trace]    one, and all that happens in it
 *     sim --coverage ...         also prints what was come by, and fails if something never was
 *     sim --full                 100,000 worlds
 *
 * From 400 worlds on the coverage is demanded without being asked for.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "defect.h"
#include "mem.h"
#include "sim.h"

#define DAY (86400 * NQS_SECOND)
#define WALL_AHEAD (1700000000 * NQS_SECOND) /* some day in 2023 */
#define CALM_STEP (600 * NQS_SECOND)
#define CALM_DAYS 20

enum { FULL_SEEDS = 100000, COVERED_SEEDS = 400 };

struct options {
    uint64_t first, last;
    bool trace;
    bool coverage;
};

#ifdef NQS_DEFECTS
enum defect defect_chosen;
#endif

static uint64_t seed_now; /* for whoever dies by an assertion */

struct nqs_now sim_now(const struct sim *sim)
{
    return (struct nqs_now){.steady = sim->now, .wall = sim->now + sim->ahead};
}

void sim_after(struct sim *sim, nqs_time wait, struct happening happening)
{
    happening.at = sim->now + wait;
    wheel_put(&sim->wheel, &happening);
}

static void print_time(const struct sim *sim)
{
    printf("%6lld.%06lld ", (long long)(sim->now / NQS_SECOND), (long long)(sim->now % NQS_SECOND));
}

void sim_trace(const struct sim *sim, const char *format, ...)
{
    va_list args;

    if (!sim->trace)
        return;
    print_time(sim);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void sim_fail(const struct sim *sim, const char *format, ...)
{
    va_list args;

    print_time(sim);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\nseed %llu failed; again: tests/sim/sim --seed %llu --trace\n",
           (unsigned long long)sim->seed, (unsigned long long)sim->seed);
    exit(1);
}

/* An assertion of the core has failed: it says which, this says where. */
static void on_abort(int number)
{
    char text[100];
    int length =
        snprintf(text, sizeof text, "seed %llu failed; again: tests/sim/sim --seed %llu --trace\n",
                 (unsigned long long)seed_now, (unsigned long long)seed_now);

    (void)number;
    fflush(stdout);
    if (write(STDOUT_FILENO, text, (size_t)length) < 0)
        _exit(2);
    _exit(1);
}

const char *sim_key(struct job_key key)
{
    static char texts[4][32];
    static unsigned next;
    char *text = texts[next++ % 4];

    if (key.index == NQS_NO_INDEX)
        snprintf(text, sizeof texts[0], "%u", key.seq);
    else
        snprintf(text, sizeof texts[0], "%u[%d]", key.seq, key.index);
    return text;
}

/* --- A world --- */

static void draw_plan(struct sim *sim)
{
    struct dice *dice = &sim->dice;
    struct plan *plan = &sim->plan;
    bool large = dice_once_in(dice, 20);

    plan->actions = large ? 600 : 50 + dice_below(dice, 200);
    plan->pace = dice_span(dice, NQS_SECOND, 3600 * NQS_SECOND);
    plan->queues = 1 + dice_below(dice, 3);
    plan->array_most = large ? 400 : 20;
    plan->arrays = 2 + dice_below(dice, 6);
    plan->depends = dice_once_in(dice, 3) ? 0 : 1 + dice_below(dice, 4);
    plan->crash = dice_once_in(dice, 4) ? 0 : 6u << dice_below(dice, 7);
    plan->trouble = dice_once_in(dice, 4) ? 0 : 2 + dice_below(dice, 1 + dice_below(dice, 20));
    plan->loss = dice_once_in(dice, 4) ? 0 : 2 + dice_below(dice, 30);
    plan->fault = dice_once_in(dice, 3) ? 0 : dice_span(dice, 10 * NQS_SECOND, DAY / 4);
    plan->power = dice_once_in(dice, 3);
    plan->clocks = dice_once_in(dice, 5);
    plan->check_all = !large;
}

static void fault(struct sim *sim)
{
    switch (dice_below(&sim->dice, 6)) {
    case 0: turn_crash(sim, CRASH_IDLE); break;
    case 1:
    case 2: node_kill_shepherd(sim); break;
    case 3: node_kill_starter(sim); break;
    case 4:
        if (sim->plan.power)
            node_power_cut(sim);
        break;
    default:
        if (!sim->plan.clocks)
            break;
        sim->ahead = WALL_AHEAD + dice_span(&sim->dice, 0, DAY) - dice_span(&sim->dice, 0, DAY);
        sim_trace(sim, "the wall clock is %lld s ahead", (long long)(sim->ahead / NQS_SECOND));
        turn_soon(sim, 0); /* timers of the wall clock are armed again */
    }
    sim_after(sim, dice_span(&sim->dice, NQS_SECOND, sim->plan.fault),
              (struct happening){.thing = THING_FAULT});
}

static bool is_clean(const struct sim *sim)
{
    struct run *run = NULL;

    while ((run = node_next(&sim->node, run)))
        if (run->dir || run->living)
            return false;
    return true;
}

/* Everything has ended and been answered and cleaned away; fails when it never will. */
static bool is_over(struct sim *sim, unsigned calms)
{
    const struct entry *left = disk_next(&sim->disk, RECORD_JOB, NULL);

    if (sim->daemon.core && !left && people_content(sim) && is_clean(sim))
        return true;
    if (calms < CALM_DAYS * (unsigned)(DAY / CALM_STEP))
        return false;
    if (left)
        sim_fail(sim, "%s waits for ever, %s", sim_key(job_key_unpack(left->key)),
                 life_state((enum life_state)entry_number(left, ATTR_state, 0))->name);
    sim_fail(sim, "something is never %s", is_clean(sim) ? "answered" : "cleaned away on the node");
}

static void happen(struct sim *sim, const struct happening *what)
{
    switch (what->thing) {
    case THING_TURN: turn_happen(sim, what); return;
    case THING_BOOT: turn_boot(sim); return;
    case THING_REQUEST: turn_request(sim, what->number); return;
    case THING_FACT:
        if (what->epoch == sim->daemon.epoch) {
            ties_heard(sim, &what->fact);
            turn_fact(sim, &what->fact);
        }
        return;
    case THING_CLIENT:
    case THING_PATIENCE:
    case THING_CALM: people_happen(sim, what); return;
    case THING_FAULT:
        if (!sim->calm)
            fault(sim);
        return;
    default: node_happen(sim, what); return;
    }
}

/* People act among faults; then all is calm, and everything has to end. */
static void live(struct sim *sim)
{
    struct happening next;
    unsigned calms = 0;

    turn_boot(sim);
    sim_after(sim, NQS_SECOND, (struct happening){.thing = THING_CLIENT});
    if (sim->plan.fault)
        sim_after(sim, sim->plan.fault, (struct happening){.thing = THING_FAULT});
    while (wheel_take(&sim->wheel, &next)) {
        sim->now = next.at;
        happen(sim, &next);
        if (!sim->calm && sim->people.acted >= sim->plan.actions) {
            sim->calm = true;
            sim_trace(sim, "all is calm");
            sim_after(sim, CALM_STEP, (struct happening){.thing = THING_CALM});
        } else if (next.thing == THING_CALM) {
            if (is_over(sim, ++calms))
                break;
            sim_after(sim, CALM_STEP, (struct happening){.thing = THING_CALM});
        }
    }
    rules_end(sim);
}

static uint64_t run_world(uint64_t seed, bool trace, struct cover *cover)
{
    struct sim *sim = mem_new(sizeof *sim);
    uint64_t digest;

    seed_now = sim->seed = seed;
    sim->trace = trace;
    sim->cover = cover;
    sim->ahead = WALL_AHEAD;
    dice_seed(&sim->dice, seed);
    draw_plan(sim);
    daemon_init(&sim->daemon);
    disk_init(&sim->disk);
    node_init(&sim->node);
    people_init(&sim->people);
    rules_init(&sim->rules);
    live(sim);
    cover->worlds++;
    cover->turns += sim->daemon.turns;
    cover->events += sim->disk.events;
    cover->time += sim->now;
    digest = sim->digest;
    wheel_done(&sim->wheel);
    daemon_done(&sim->daemon);
    disk_done(&sim->disk);
    node_done(&sim->node);
    people_done(&sim->people);
    rules_done(&sim->rules);
    mem_free(sim);
    return digest;
}

/* The same world again says the same, byte for byte. */
static void run_again(uint64_t seed, uint64_t digest)
{
    struct cover ignored = {0};

    if (run_world(seed, false, &ignored) == digest)
        return;
    printf("seed %llu: the same world twice gives two outboxes\n", (unsigned long long)seed);
    exit(1);
}

static void print_figures(const struct cover *cover, double seconds)
{
    double days = (double)cover->time / (double)DAY;

    printf("%llu worlds, %llu requests, %llu members of arrays, %llu turns, %llu events, "
           "%.0f virtual days\n",
           (unsigned long long)cover->worlds, (unsigned long long)cover->requests,
           (unsigned long long)cover->members, (unsigned long long)cover->turns,
           (unsigned long long)cover->events, days);
    printf("%.1f s: %.0f worlds, %.0f requests and members a second, %.0f virtual days a minute\n",
           seconds, (double)cover->worlds / seconds,
           (double)(cover->requests + cover->members) / seconds, days / seconds * 60);
}

static int run(const struct options *options)
{
    struct cover cover = {0};
    struct timespec from, to;
    bool covered = true;

    clock_gettime(CLOCK_MONOTONIC, &from);
    for (uint64_t seed = options->first; seed <= options->last; seed++) {
        uint64_t digest = run_world(seed, options->trace, &cover);

        if (seed % 8 == 0 || options->first == options->last)
            run_again(seed, digest);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (options->coverage || options->last - options->first + 1 >= COVERED_SEEDS)
        covered = cover_print(&cover, !options->coverage);
    print_figures(&cover,
                  (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    if (!covered)
        printf("what is marked with ! was never come by\n");
    return covered ? 0 : 1;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: sim [--coverage] [--trace] --seeds N | --seeds A-B | --seed N | --full\n");
    return 2;
}

static bool choose_defect(const char *name)
{
#ifdef NQS_DEFECTS
    static const char *const names[] = {
        "NONE",
#define D(name, text) #name,
#include "defects.def"
#undef D
    };

    for (int i = 0; i < DEFECT_COUNT; i++)
        if (!strcmp(names[i], name))
            return defect_chosen = (enum defect)i, true;
#endif
    fprintf(stderr, "sim: there is no defect '%s' in this build\n", name);
    return false;
}

static bool parse_seeds(const char *text, struct options *options)
{
    char *end;

    options->first = 1;
    options->last = strtoull(text, &end, 10);
    if (*end == '-') {
        options->first = options->last;
        options->last = strtoull(end + 1, &end, 10);
    }
    return !*end && options->last >= options->first;
}

int main(int argc, char **argv)
{
    struct options options = {.first = 1, .last = 0};

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (!strcmp(argv[i], "--trace")) {
            options.trace = true;
        } else if (!strcmp(argv[i], "--coverage")) {
            options.coverage = true;
        } else if (!strcmp(argv[i], "--full")) {
            options.last = FULL_SEEDS;
        } else if (!strcmp(argv[i], "--seeds") && parse_seeds(value, &options)) {
            i++;
        } else if (!strcmp(argv[i], "--seed") && parse_seeds(value, &options)) {
            options.first = options.last;
            i++;
        } else if (!strcmp(argv[i], "--defect") && choose_defect(value)) {
            i++;
        } else {
            return usage();
        }
    }
    if (!options.last)
        return usage();
    signal(SIGABRT, on_abort);
    signal(SIGSEGV, on_abort);
    return run(&options);
}
