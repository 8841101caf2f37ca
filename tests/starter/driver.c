/*
 * driver.c - plays nqsd against a real starter and real jobs.
 *
 * usage: driver --starter PATH --shepherd PATH --dir DIR [--user UID --other UID]
 *               [--no-cgroup] [--bench JOBS]
 * As root, jobs run as the two users and nqsd is user 1; as anybody else the
 * starter runs in its personal mode.  Prints TAP, or the figures of a benchmark.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cell.h"
#include "tests.h"

struct test {
    const char *name;
    void (*run)(struct cell *cell);
    bool root_only;
};

static int checks_failed;

void check(bool good, const char *what, const char *file, int line)
{
    if (!good) {
        printf("# %s:%d: failed: %s\n", file, line, what);
        checks_failed++;
    }
}

static const struct test tests[] = {
    {"exit status and output", test_exit_status, false},
    {"death by a signal", test_signal_death, false},
    {"the script is copied byte by byte and cannot be changed", test_script_is_identical, false},
    {"interpreters: -S, #!, login shell, a command, missing ones", test_interpreters, false},
    {"environment", test_environment, false},
    {"T12 uids, groups, umask, descriptors, signals, session", test_privilege, false},
    {"joined outputs and the note", test_join_and_note, false},
    {"a missing working directory", test_workdir_missing, false},
    {"daemons of a job die with it", test_daemons_die, false},
    {"KILL: TERM, grace, KILL", test_kill_with_grace, false},
    {"RAISE", test_raise, false},
    {"limits of wall time, CPU time and memory", test_limits, false},
    {"spooled output and DELIVER", test_spool_and_deliver, false},
    {"T11 links, FIFOs and directories at the output's place", test_output_attacks, false},
    {"the user writes nothing in the spool", test_spool_is_roots, true},
    {"who may not run, and bad ids", test_refusals, false},
    {"no such user", test_no_such_user, true},
    {"a peer that is not nqsd", test_wrong_peer, true},
    {"half frames and rubbish", test_bad_frames, false},
    {"a frame of more than a mebibyte", test_large_frames, false},
    {"the same START twice", test_same_start_twice, false},
    {"the starter is killed and the job goes on", test_starter_killed, false},
    {"nqsd connects anew to a shepherd", test_reconnect, false},
    {"SUSPEND and RESUME", test_suspend, false},
    {"the shepherd is killed", test_shepherd_killed, false},
    {"a process number that was used again", test_reused_number, false},
    {"many starts at once", test_bursts, false},
    {"the starter is killed at every moment of a start", test_killed_while_starting, false},
    {"the cgroup above the jobs is removed", test_cgroup_removed, false},
    {"peers that dawdle", test_slow_peers, false},
};

/* A fresh directory whose home the job's user owns. */
static void cell_make(struct cell *cell, const char *parent, int number)
{
    const char *home;

    snprintf(cell->dir, sizeof cell->dir, "%s/cell-%d-%d", parent, (int)getpid(), number);
    snprintf(cell->socket, sizeof cell->socket, "%s/%s/%s", cell->dir,
             "a-directory-name-that-is-as-long-as-the-name-of-a-socket-can-be-so-that-with-its-"
             "parent-it-is-longer-than-that",
             "starter.sock");
    home = cell_path(cell, "home");
    if (mkdir(cell->dir, 0755) != 0 || mkdir(home, 0755) != 0 ||
        mkdir(cell_path(cell, "spool"), 0755) != 0)
        give_up("making %s", cell->dir);
    *strrchr(cell->socket, '/') = '\0';
    mkdir(cell->socket, 0755);
    cell->socket[strlen(cell->socket)] = '/';
    if (!cell->personal && chown(home, cell->user, (gid_t)-1) != 0)
        give_up("chown");
}

static int run_tests(struct cell *cell, const char *parent, const char *only)
{
    int failed = 0;
    int count = (int)(sizeof tests / sizeof tests[0]);

    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        if ((tests[i].root_only && cell->personal) || (only && !strstr(tests[i].name, only))) {
            printf("ok %d - %s # SKIP\n", i + 1, tests[i].name);
            continue;
        }
        checks_failed = 0;
        cell_make(cell, parent, i);
        cell_up(cell);
        tests[i].run(cell);
        cell_down(cell);
        printf("%sok %d - %s\n", checks_failed ? "not " : "", i + 1, tests[i].name);
        fflush(stdout);
        failed += checks_failed != 0;
    }
    return failed != 0;
}

static double now_seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Run JOBS empty jobs, AT_ONCE of them at a time, each cleaned up before the next. */
static void bench(struct cell *cell, int jobs, int at_once)
{
    char script[200];
    const char *program = getenv("NQS_BENCH_PROGRAM");
    int links[64];
    char id[32];
    int64_t cput = 0;
    double start = now_seconds(CLOCK_MONOTONIC);

    snprintf(script, sizeof script, "#!%s\n", program ? program : "/bin/true");
    for (int i = 0; i < jobs + at_once; i++) {
        if (i >= at_once) {
            cput += order_number(link_wait(links[i % at_once], ORDER_ENDED), ORDER_TAG_cput_us, 0);
            if (link_next(links[i % at_once])->verb != 0)
                give_up("more after the end");
            close(links[i % at_once]);
            snprintf(id, sizeof id, "%d.b%d", i - at_once, at_once);
            if (order_clean(cell, id, 1) != ORDER_CODE_DONE)
                give_up("CLEAN: %s", answer_text());
        }
        if (i < jobs) {
            snprintf(id, sizeof id, "%d.b%d", i, at_once);
            links[i % at_once] =
                job_start(cell, &WISH(.id = id, .script = script, .out = "/dev/null",
                                      .err = "/dev/null", .workdir = "/"));
        }
    }
    printf("jobs=%d at-once=%d jobs/s=%.0f cput-per-job=%lld-us\n", jobs, at_once,
           jobs / (now_seconds(CLOCK_MONOTONIC) - start), (long long)(cput / jobs));
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"starter", 1, NULL, 's'}, {"shepherd", 1, NULL, 'h'}, {"dir", 1, NULL, 'd'},
        {"user", 1, NULL, 'u'},    {"other", 1, NULL, 'o'},    {"no-cgroup", 0, NULL, 'n'},
        {"bench", 1, NULL, 'b'},   {"only", 1, NULL, 't'},     {NULL, 0, NULL, 0}};
    struct cell cell = {.personal = geteuid() != 0, .user = geteuid(), .daemon = geteuid()};
    const char *parent = "/tmp";
    const char *only = NULL;
    int jobs = 0;
    int option;

    if (!cell.personal)
        cell.daemon = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's': cell.starter = optarg; break;
        case 'h': cell.shepherd = optarg; break;
        case 'd': parent = optarg; break;
        case 'u': cell.user = (uid_t)atoi(optarg); break;
        case 'o': cell.other = (uid_t)atoi(optarg); break;
        case 'n': cell.no_cgroup = true; break;
        case 'b': jobs = atoi(optarg); break;
        case 't': only = optarg; break;
        default: return 2;
        }
    }
    umask(022);
    if (!cell.starter || !cell.shepherd || (!cell.personal && !cell.user))
        return 2;
    if (jobs == 0)
        return run_tests(&cell, parent, only);
    cell_make(&cell, parent, 0);
    cell_up(&cell);
    for (int at_once = 1; at_once <= 4; at_once *= 2)
        bench(&cell, jobs, at_once);
    cell_down(&cell);
    return 0;
}
