/*
 * ends.c - how jobs end: daemons, orders, limits.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "tests.h"

void test_daemons_die(struct cell *cell)
{
    const char *out = cell_path(cell, "home/pids");
    struct exit_record record = job_run(
        cell,
        &WISH(.id = "10.host", .out = out, .err = "/dev/null",
              .script = "#!/bin/sh\n(setsid sh -c 'trap \"\" TERM HUP; sleep 1000 & echo $$ $!; "
                        "wait' &)\n"
                        "while [ \"$(wc -l < /proc/$$/fd/1)\" -lt 1 ]; do :; done\nexit 0\n"));
    int pids[2] = {0};

    CHECK(record.status == 0 && record.reason == EXIT_REASON_exited);
    CHECK(sscanf(text_of(out), "%d %d", &pids[0], &pids[1]) == 2);
    CHECK(kill(pids[0], 0) != 0 && kill(pids[1], 0) != 0);
}

void test_kill_with_grace(struct cell *cell)
{
    const char *stubborn = "#!/bin/sh\ntrap 'echo asked' TERM\necho ready\n"
                           "while :; do sleep 0.05; done\n";
    const char *out = cell_path(cell, "home/out");
    const struct order *order;
    struct exit_record record;
    int link;

    link = job_start(cell, &WISH(.id = "11.a", .script = stubborn, .out = out, .err = "/dev/null"));
    link_wait(link, ORDER_BEGUN);
    while (!*text_of(out))
        poll(NULL, 0, 5);
    link_kill(link, 1);
    order = link_wait(link, ORDER_ENDED);
    exitrec_take(&record, order);
    CHECK(record.status == 265 && record.reason == EXIT_REASON_killed);
    CHECK(strcmp(record.text, "deleted by the test") == 0 && record.walltime_us >= 1000000);
    CHECK(strstr(text_of(out), "asked") != NULL);
    close(link);

    link = job_start(cell, &WISH(.id = "11.b", .script = "#!/bin/sh\nexec sleep 1000\n",
                                 .out = "/dev/null", .err = "/dev/null"));
    link_wait(link, ORDER_BEGUN);
    link_kill(link, 1000);
    exitrec_take(&record, link_wait(link, ORDER_ENDED));
    CHECK(record.status == 256 + SIGTERM && record.reason == EXIT_REASON_killed);
    close(link);
}

void test_raise(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct exit_record record;
    int link = job_start(
        cell,
        &WISH(.id = "12.host", .out = out, .err = "/dev/null",
              .script =
                  "#!/bin/sh\ntrap 'exit 7' USR1\necho ready\nwhile :; do sleep 0.05; done\n"));

    while (!*text_of(out))
        poll(NULL, 0, 5);
    link_raise(link, SIGUSR1);
    exitrec_take(&record, link_wait(link, ORDER_ENDED));
    CHECK(record.status == 7 && record.reason == EXIT_REASON_exited);
    close(link);
}

void test_limits(struct cell *cell)
{
    struct exit_record record;

    record = job_run(cell, &WISH(.id = "13.a", .script = "#!/bin/sh\nsleep 1000\n", .walltime = 1,
                                 .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.reason == EXIT_REASON_walltime && record.status == 256 + SIGTERM);
    CHECK(record.walltime_us >= 1000000 && record.walltime_us < 5000000);
    record = job_run(cell, &WISH(.id = "13.b", .script = "#!/bin/sh\n(while :; do :; done)\n",
                                 .cput = 1, .grace = -1, .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.reason == EXIT_REASON_cput);
    CHECK(record.cput_us >= 1000000 && record.cput_us < 5000000);
    record = job_run(
        cell, &WISH(.id = "13.c", .mem = 64L << 20, .out = "/dev/null", .err = "/dev/null",
                    .shell = "/usr/bin/python3",
                    .script = "import os\nos.fork()\nx = bytearray(50 << 20)\nwhile True: pass\n"));
    CHECK(record.reason == EXIT_REASON_mem && record.maxrss > 50L << 20);
}
