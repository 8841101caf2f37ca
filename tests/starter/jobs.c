/*
 * jobs.c - ordinary jobs, and what their processes are.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cell.h"
#include "tests.h"

void test_exit_status(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct exit_record record =
        job_run(cell, &WISH(.id = "1.host", .script = "#!/bin/sh\necho hello\nexit 3\n", .out = out,
                            .err = "/dev/null"));

    CHECK(record.status == 3 && record.reason == EXIT_REASON_exited);
    CHECK(strcmp(text_of(out), "hello\n") == 0);
    CHECK(record.pid > 1 && record.start_us > 0 && record.end_us >= record.start_us);
    CHECK(record.maxrss > 0 && record.spooled[0] == '\0');
}

void test_signal_death(struct cell *cell)
{
    struct exit_record record = job_run(cell, &WISH(.id = "2.host", .script = "kill -9 $$\n",
                                                    .out = "/dev/null", .err = "/dev/null"));

    CHECK(record.status == 265 && record.reason == EXIT_REASON_signal);
}

void test_script_is_identical(struct cell *cell)
{
    static char script[300001];
    const char *copy = cell_path(cell, "home/copy");

    strcpy(script, "#!/bin/sh\ncp \"$0\" \"$COPY\"; stat -c %a \"$0\"; : >> \"$0\" && echo wrote\n"
                   "exit\n");
    for (size_t i = strlen(script); i < sizeof script - 1; i++)
        script[i] = (char)('a' + i % 26);
    char entry[600];
    const char *env[] = {entry, NULL};
    snprintf(entry, sizeof entry, "COPY=%s", copy);
    job_run(cell, &WISH(.id = "3.host", .script = script, .env = env, .err = "/dev/null",
                        .out = cell_path(cell, "home/out")));
    CHECK(strcmp(text_of(copy), script) == 0);
    if (!cell->personal)
        CHECK(!strstr(text_of(cell_path(cell, "home/out")), "wrote"));
}

void test_interpreters(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *args[] = {"printf", "%s-%s\n", "a b", "$HOME", NULL};
    const char *missing[] = {"no-such-command", NULL};
    struct exit_record record;

    record = job_run(cell, &WISH(.id = "4.a", .script = "print(40+2)\n", .out = out,
                                 .err = "/dev/null", .shell = "/usr/bin/python3"));
    CHECK(record.status == 0 && strcmp(text_of(out), "42\n") == 0);
    unlink(out);
    record =
        job_run(cell, &WISH(.id = "4.b", .script = "echo $0\n", .out = out, .err = "/dev/null"));
    CHECK(record.status == 0 && strstr(text_of(out), "run/4.b.1/script"));
    unlink(out);
    record = job_run(cell, &WISH(.id = "4.c", .args = args, .out = out, .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(text_of(out), "a b-$HOME\n") == 0);
    record = job_run(cell, &WISH(.id = "4.d", .args = missing, .out = out, .err = out));
    CHECK(record.class == EXIT_CLASS_abort && strstr(record.text, "no-such-command"));
    record = job_run(
        cell, &WISH(.id = "4.e", .script = "x", .shell = "/no/such/shell", .out = out, .err = out));
    CHECK(record.reason == EXIT_REASON_start_failed && record.class == EXIT_CLASS_abort);
    CHECK(strstr(record.text, "/no/such/shell: No such file"));
    record = job_run(
        cell, &WISH(.id = "4.f", .script = "#!/no/such/interpreter\n", .out = out, .err = out));
    CHECK(record.reason == EXIT_REASON_start_failed && record.class == EXIT_CLASS_abort);
}

void test_environment(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *env[] = {"HOME=/evil", "USER=root", "LOGNAME=root", "SHELL=/evil",
                         "A=1=2",      "B=",        "USERS=yes",    NULL};
    const struct passwd *user = getpwuid(cell->user);
    char line[600];
    const char *text;

    job_run(cell,
            &WISH(.id = "5.host", .script = "env\n", .out = out, .err = "/dev/null", .env = env));
    text = text_of(out);
    CHECK(!strstr(text, "evil") && strstr(text, "A=1=2\n") && strstr(text, "\nB=\n"));
    CHECK(strstr(text, "PATH=/usr/local/bin:/usr/bin:/bin\n") && strstr(text, "USERS=yes\n"));
    snprintf(line, sizeof line, "HOME=%s\n", user->pw_dir);
    CHECK(strstr(text, line) != NULL);
    snprintf(line, sizeof line, "\nLOGNAME=%s\n", user->pw_name);
    CHECK(strstr(text, line) != NULL);
}

/* T12: what the job's process is when its program begins. */
void test_privilege(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *script = "#!/bin/sh\numask\npwd\nls -l /proc/self/fd | wc -l\n"
                         "exec cat /proc/self/status /proc/self/stat /proc/self/oom_score_adj\n";
    const struct passwd *user = getpwuid(cell->user);
    struct exit_record record;
    char line[200];
    const char *text;

    record = job_run(cell, &WISH(.id = "6.host", .script = script, .out = out, .err = "/dev/null",
                                 .umask = 027, .workdir = "/usr", .nice = 5));
    text = text_of(out);
    CHECK(record.status == 0 && strncmp(text, "0027\n/usr\n", 10) == 0);
    /* "total", standard input, output, error, and the directory that ls reads. */
    CHECK(strncmp(text + 10, "5\n", 2) == 0);
    snprintf(line, sizeof line, "Uid:\t%u\t%u\t%u\t%u\n", user->pw_uid, user->pw_uid, user->pw_uid,
             user->pw_uid);
    CHECK(strstr(text, line) != NULL);
    snprintf(line, sizeof line, "Gid:\t%u\t%u\t%u\t%u\n", user->pw_gid, user->pw_gid, user->pw_gid,
             user->pw_gid);
    CHECK(strstr(text, line) != NULL);
    CHECK(strstr(text, "SigBlk:\t0000000000000000") != NULL);
    CHECK(strstr(text, "SigIgn:\t0000000000000000") != NULL);
    CHECK(strstr(text, "CapEff:\t0000000000000000") != NULL);
    CHECK(strstr(text, "CapPrm:\t0000000000000000") != NULL);
    /* pid (sh) R parent group session: the job leads its own. */
    snprintf(line, sizeof line, " %lld %lld 0 -1 ", (long long)record.pid, (long long)record.pid);
    CHECK(strstr(text, line) != NULL);
    CHECK(cell->personal || strcmp(text + strlen(text) - 3, "\n0\n") == 0);
    if (!cell->personal) {
        gid_t groups[100];
        int count = 100;
        const char *at = strstr(text, "Groups:\t");
        getgrouplist(user->pw_name, user->pw_gid, groups, &count);
        int seen = 0;
        for (at += 8; at && *at != '\n'; at += strcspn(at, " \n") + 1, seen++) {
            bool known = false;
            for (int i = 0; i < count; i++)
                known = known || groups[i] == (gid_t)atoi(at);
            CHECK(known);
            if (at[strcspn(at, " \n") + 1] == '\n')
                break;
        }
        CHECK(seen + 1 == count);
    }
}

void test_join_and_note(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *err = cell_path(cell, "home/err");
    const char *script = "echo out; echo err >&2\n";

    job_run(cell, &WISH(.id = "7.a", .script = script, .out = out, .join = ORDER_JOIN_OE,
                        .note = "-- again --"));
    CHECK(strcmp(text_of(out), "-- again --\nout\nerr\n") == 0);
    job_run(cell, &WISH(.id = "7.b", .script = script, .err = err, .join = ORDER_JOIN_EO));
    CHECK(strcmp(text_of(err), "out\nerr\n") == 0);
    job_run(cell, &WISH(.id = "7.c", .script = script, .out = out, .err = err, .note = "N"));
    CHECK(strcmp(text_of(out), "-- again --\nout\nerr\nN\nout\n") == 0);
    CHECK(strcmp(text_of(err), "out\nerr\nN\nerr\n") == 0);
}

void test_workdir_missing(struct cell *cell)
{
    struct exit_record record =
        job_run(cell, &WISH(.id = "8.host", .script = "exit 0", .workdir = "/no/such/place",
                            .out = "/dev/null", .err = "/dev/null"));

    CHECK(record.class == EXIT_CLASS_abort && strstr(record.text, "working directory"));
}
