/*
 * driver.c - plays nqsd against a real starter and real jobs.
 *
 * usage: driver --starter PATH --shepherd PATH --dir DIR [--user UID --other UID]
 *               [--no-cgroup] [--bench JOBS]
 * As root, jobs run as the two users and nqsd is user 1; as anybody else the
 * starter runs in its personal mode.  Prints TAP, or the figures of a benchmark.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cell.h"

struct test {
    const char *name;
    void (*run)(struct cell *cell);
    bool root_only;
};

static int checks_failed;

#define CHECK(good) check((good), #good, __LINE__)

static void check(bool good, const char *what, int line)
{
    if (!good) {
        printf("# line %d: failed: %s\n", line, what);
        checks_failed++;
    }
}

/* ------------------------------------------------------------ ordinary jobs */

static void test_exit_status(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct exit_record record =
        job_run(cell, &WISH(.id = "1.host", .script = "#!/bin/sh\necho hello\nexit 3\n",
                            .out = out, .err = "/dev/null"));

    CHECK(record.status == 3 && record.reason == EXIT_REASON_exited);
    CHECK(strcmp(text_of(out), "hello\n") == 0);
    CHECK(record.pid > 1 && record.start_us > 0 && record.end_us >= record.start_us);
    CHECK(record.maxrss > 0 && record.spooled[0] == '\0');
}

static void test_signal_death(struct cell *cell)
{
    struct exit_record record =
        job_run(cell, &WISH(.id = "2.host", .script = "kill -9 $$\n", .out = "/dev/null",
                            .err = "/dev/null"));

    CHECK(record.status == 265 && record.reason == EXIT_REASON_signal);
}

static void test_script_is_identical(struct cell *cell)
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

static void test_interpreters(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *args[] = {"printf", "%s-%s\n", "a b", "$HOME", NULL};
    const char *missing[] = {"no-such-command", NULL};
    struct exit_record record;

    record = job_run(cell, &WISH(.id = "4.a", .script = "print(40+2)\n", .out = out,
                                 .err = "/dev/null", .shell = "/usr/bin/python3"));
    CHECK(record.status == 0 && strcmp(text_of(out), "42\n") == 0);
    unlink(out);
    record = job_run(cell, &WISH(.id = "4.b", .script = "echo $0\n", .out = out,
                                 .err = "/dev/null"));
    CHECK(record.status == 0 && strstr(text_of(out), "run/4.b.1/script"));
    unlink(out);
    record = job_run(cell, &WISH(.id = "4.c", .args = args, .out = out, .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(text_of(out), "a b-$HOME\n") == 0);
    record = job_run(cell, &WISH(.id = "4.d", .args = missing, .out = out, .err = out));
    CHECK(record.class == EXIT_CLASS_abort && strstr(record.text, "no-such-command"));
    record = job_run(cell, &WISH(.id = "4.e", .script = "x", .shell = "/no/such/shell",
                                 .out = out, .err = out));
    CHECK(record.reason == EXIT_REASON_start_failed && record.class == EXIT_CLASS_abort);
    CHECK(strstr(record.text, "/no/such/shell: No such file"));
    record = job_run(cell, &WISH(.id = "4.f", .script = "#!/no/such/interpreter\n", .out = out,
                                 .err = out));
    CHECK(record.reason == EXIT_REASON_start_failed && record.class == EXIT_CLASS_abort);
}

static void test_environment(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *env[] = {"HOME=/evil", "USER=root", "LOGNAME=root", "SHELL=/evil", "A=1=2", "B=",
                         "USERS=yes", NULL};
    const struct passwd *user = getpwuid(cell->user);
    char line[600];
    const char *text;

    job_run(cell, &WISH(.id = "5.host", .script = "env\n", .out = out,
                        .err = "/dev/null", .env = env));
    text = text_of(out);
    CHECK(!strstr(text, "evil") && strstr(text, "A=1=2\n") && strstr(text, "\nB=\n"));
    CHECK(strstr(text, "PATH=/usr/local/bin:/usr/bin:/bin\n") && strstr(text, "USERS=yes\n"));
    snprintf(line, sizeof line, "HOME=%s\n", user->pw_dir);
    CHECK(strstr(text, line) != NULL);
    snprintf(line, sizeof line, "\nLOGNAME=%s\n", user->pw_name);
    CHECK(strstr(text, line) != NULL);
}

/* T12: what the job's process is when its program begins. */
static void test_privilege(struct cell *cell)
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
    snprintf(line, sizeof line, "Uid:\t%u\t%u\t%u\t%u\n", user->pw_uid, user->pw_uid,
             user->pw_uid, user->pw_uid);
    CHECK(strstr(text, line) != NULL);
    snprintf(line, sizeof line, "Gid:\t%u\t%u\t%u\t%u\n", user->pw_gid, user->pw_gid,
             user->pw_gid, user->pw_gid);
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

static void test_join_and_note(struct cell *cell)
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

static void test_workdir_missing(struct cell *cell)
{
    struct exit_record record =
        job_run(cell, &WISH(.id = "8.host", .script = "exit 0", .workdir = "/no/such/place",
                            .out = "/dev/null", .err = "/dev/null"));

    CHECK(record.class == EXIT_CLASS_abort && strstr(record.text, "working directory"));
}

/* ----------------------------------------------------------- ends and limits */

static void test_daemons_die(struct cell *cell)
{
    const char *out = cell_path(cell, "home/pids");
    struct exit_record record =
        job_run(cell, &WISH(.id = "10.host", .out = out, .err = "/dev/null", .script =
            "#!/bin/sh\n(setsid sh -c 'trap \"\" TERM HUP; sleep 1000 & echo $$ $!; wait' &)\n"
            "while [ \"$(wc -l < /proc/$$/fd/1)\" -lt 1 ]; do :; done\nexit 0\n"));
    int pids[2] = {0};

    CHECK(record.status == 0 && record.reason == EXIT_REASON_exited);
    CHECK(sscanf(text_of(out), "%d %d", &pids[0], &pids[1]) == 2);
    CHECK(kill(pids[0], 0) != 0 && kill(pids[1], 0) != 0);
}

static void test_kill_with_grace(struct cell *cell)
{
    const char *stubborn = "#!/bin/sh\ntrap 'echo asked' TERM\necho ready\n"
                           "while :; do sleep 0.05; done\n";
    const char *out = cell_path(cell, "home/out");
    const struct order *order;
    struct exit_record record;
    int link;

    link = job_start(cell, &WISH(.id = "11.a", .script = stubborn, .out = out,
                                 .err = "/dev/null"));
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

static void test_raise(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct exit_record record;
    int link = job_start(cell, &WISH(.id = "12.host", .out = out, .err = "/dev/null", .script =
        "#!/bin/sh\ntrap 'exit 7' USR1\necho ready\nwhile :; do sleep 0.05; done\n"));

    while (!*text_of(out))
        poll(NULL, 0, 5);
    link_raise(link, SIGUSR1);
    exitrec_take(&record, link_wait(link, ORDER_ENDED));
    CHECK(record.status == 7 && record.reason == EXIT_REASON_exited);
    close(link);
}

static void test_limits(struct cell *cell)
{
    struct exit_record record;

    record = job_run(cell, &WISH(.id = "13.a", .script = "#!/bin/sh\nsleep 1000\n",
                                 .walltime = 1, .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.reason == EXIT_REASON_walltime && record.status == 256 + SIGTERM);
    CHECK(record.walltime_us >= 1000000 && record.walltime_us < 5000000);
    record = job_run(cell, &WISH(.id = "13.b", .script = "#!/bin/sh\n(while :; do :; done)\n",
                                 .cput = 1, .grace = -1, .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.reason == EXIT_REASON_cput);
    CHECK(record.cput_us >= 1000000 && record.cput_us < 5000000);
    record = job_run(cell, &WISH(.id = "13.c", .mem = 64L << 20, .out = "/dev/null",
        .err = "/dev/null", .shell = "/usr/bin/python3", .script =
        "import os\nos.fork()\nx = bytearray(50 << 20)\nwhile True: pass\n"));
    CHECK(record.reason == EXIT_REASON_mem && record.maxrss > 50L << 20);
}

/* -------------------------------------------------------------------- output */

static void test_spool_and_deliver(struct cell *cell)
{
    const char *out = cell_path(cell, "home/late/out");
    struct exit_record record =
        job_run(cell, &WISH(.id = "20.host", .script = "echo out; echo err >&2\n", .out = out,
                            .err = cell_path(cell, "home/err")));
    struct stat stat_buf;

    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    CHECK(stat(cell_path(cell, "spool/out/20.host.o"), &stat_buf) == 0);
    CHECK(stat_buf.st_uid == cell->user && (stat_buf.st_mode & 07777) == 0640);
    CHECK(order_deliver(cell, "20.host", "o", out, NULL) == ORDER_CODE_FAILED);
    CHECK(strstr(answer_text(), "No such file") != NULL);
    mkdir(cell_path(cell, "home/late"), 0755);
    if (chown(cell_path(cell, "home/late"), cell->user, (gid_t)-1) != 0)
        give_up("chown");
    CHECK(order_deliver(cell, "20.host", "o", cell_path(cell, "home/late"), "name.o20") ==
          ORDER_CODE_DONE);
    CHECK(strcmp(text_of(cell_path(cell, "home/late/name.o20")), "out\n") == 0);
    CHECK(access(cell_path(cell, "spool/out/20.host.o"), F_OK) != 0);
    CHECK(order_deliver(cell, "20.host", "o", out, NULL) == ORDER_CODE_FAILED);

    record = job_run(cell, &WISH(.id = "20.host", .incarnation = 2, .script = "echo one\n"));
    CHECK(strcmp(record.spooled, "oe") == 0);
    record = job_run(cell, &WISH(.id = "20.host", .incarnation = 3, .script = "echo two\n"));
    CHECK(strcmp(text_of(cell_path(cell, "spool/out/20.host.o")), "one\ntwo\n") == 0);
}

/* T11: what a user can put at the place of an output file. */
static void test_output_attacks(struct cell *cell)
{
    const char *secret = cell_path(cell, "secret");
    const char *trap = cell_path(cell, "home/trap");
    const char *fifo = cell_path(cell, "home/fifo");
    struct exit_record record;
    FILE *file = fopen(secret, "w");

    fclose(file);
    chmod(secret, 0600);
    if (symlink(secret, trap) != 0 || mkfifo(fifo, 0666) != 0 || chmod(fifo, 0666) != 0)
        give_up("making traps");
    record = job_run(cell, &WISH(.id = "21.a", .script = "echo x\n", .out = fifo,
                                 .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    record = job_run(cell, &WISH(.id = "21.b", .script = "echo x\n", .out = fifo,
                                 .err = "/dev/null"));
    CHECK(record.status == 0 && strcmp(record.spooled, "o") == 0);
    CHECK(order_deliver(cell, "21.b", "o", fifo, NULL) == ORDER_CODE_FAILED);
    close(reader);
    record = job_run(cell, &WISH(.id = "21.c", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home/"), .out_name = "n.o21"));
    CHECK(strcmp(text_of(cell_path(cell, "home/n.o21")), "x\n") == 0);
    record = job_run(cell, &WISH(.id = "21.d", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home"), .out_name = "m.o21"));
    CHECK(strcmp(text_of(cell_path(cell, "home/m.o21")), "x\n") == 0);
    record = job_run(cell, &WISH(.id = "21.e", .script = "echo x\n", .err = "/dev/null",
                                 .out = cell_path(cell, "home/new\nline")));
    CHECK(strcmp(text_of(cell_path(cell, "home/new\nline")), "x\n") == 0);
    if (cell->personal)
        return;
    record = job_run(cell, &WISH(.id = "21.f", .script = "echo x\n", .out = trap,
                                 .err = "/dev/null"));
    CHECK(strcmp(record.spooled, "o") == 0 && *text_of(secret) == '\0');
    CHECK(order_deliver(cell, "21.f", "o", trap, NULL) == ORDER_CODE_FAILED);
    CHECK(*text_of(secret) == '\0');
}

/* A user who makes the spool's names his own before a job does. */
static void test_spool_is_roots(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    const char *env[] = {NULL, NULL};
    char entry[600];

    snprintf(entry, sizeof entry, "SPOOL=%s", cell_path(cell, "spool"));
    env[0] = entry;
    job_run(cell, &WISH(.id = "22.host", .out = out, .err = "/dev/null", .env = env, .script =
        "for f in out/22.host.o out/x run/x run/22.host.1/x run/22.host.1/begun "
        "run/22.host.1/lock; do (: >> $SPOOL/$f) && echo wrote $f; done\n"
        "ls $SPOOL/out && echo listed; ls $SPOOL/run/22.host.1 && echo listed\n"
        "cat $SPOOL/run/22.host.1/lock && echo read\n"));
    CHECK(*text_of(out) == '\0');
}

/* --------------------------------------------------------------- who may what */

static void test_refusals(struct cell *cell)
{
    long uids[] = {-1, 1, 65534};

    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        int link = job_send(cell, &WISH(.id = "30.host", .script = "exit", .uid = uids[i]));
        CHECK(answer_take(cell) == ORDER_CODE_REFUSED);
        CHECK(link_next(link)->verb == 0);
        close(link);
    }
    const char *ids[] = {"../x", ".x", "a/b", "a b", "a\nb"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        int link = job_send(cell, &WISH(.id = ids[i], .script = "exit"));
        CHECK(answer_take(cell) == ORDER_CODE_INVALID);
        close(link);
        CHECK(order_clean(cell, ids[i], 1) == ORDER_CODE_INVALID);
        CHECK(order_signal(cell, ids[i], 1) == ORDER_CODE_INVALID);
    }
    const char *env[] = {"NOEQUALS", NULL};
    int link = job_send(cell, &WISH(.id = "30.b", .script = "exit", .env = env));
    CHECK(answer_take(cell) == ORDER_CODE_INVALID);
    close(link);
}

static void test_no_such_user(struct cell *cell)
{
    int link = job_start(cell, &WISH(.id = "31.host", .script = "exit", .uid = 3999999));
    const struct order *order = link_next(link);

    CHECK(order->verb == ORDER_FAILED);
    CHECK(order_number(order, ORDER_TAG_class, 0) == EXIT_CLASS_abort);
    CHECK(strcmp(order_text(order, ORDER_TAG_text), "no such user") == 0);
    close(link);
}

static void test_wrong_peer(struct cell *cell)
{
    char byte;

    chmod(cell->socket, 0666);
    int fd = cell_connect(cell, cell->socket, SOCK_STREAM, cell->other);
    CHECK(fd >= 0 && read(fd, &byte, 1) <= 0);
    close(fd);
    fd = cell_connect(cell, cell->socket, SOCK_STREAM, 0);
    CHECK(fd >= 0 && read(fd, &byte, 1) <= 0);
    close(fd);
    chmod(cell->socket, 0660);
    CHECK(order_clean(cell, "none", 1) == ORDER_CODE_DONE);
}

/* A connection that is sent LENGTH bytes of rubbish is closed; the others do not notice. */
static void rubbish(struct cell *cell, const void *bytes, size_t length)
{
    int fd = cell_connect(cell, cell->socket, SOCK_STREAM, cell->daemon);
    char byte;

    send(fd, bytes, length, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (read(fd, &byte, 1) > 0)
        continue;
    close(fd);
    CHECK(order_clean(cell, "none", 1) == ORDER_CODE_DONE);
}

static void test_bad_frames(struct cell *cell)
{
    unsigned char frame[4096];
    struct order_out out;
    size_t length;

    rubbish(cell, "GET / HTTP/1.0\r\n\r\n", 18);
    memset(frame, 0xff, sizeof frame);
    rubbish(cell, frame, sizeof frame);
    memset(frame, 0, sizeof frame);
    rubbish(cell, frame, sizeof frame);
    order_begin(&out, frame, sizeof frame, ORDER_CLEAN, 1);
    order_put_text(&out, ORDER_TAG_id, "x");
    length = order_end(&out);
    for (size_t cut = 1; cut < length; cut++)
        rubbish(cell, frame, cut);
    for (size_t at = 0; at < length; at++) {
        frame[at] ^= 0xff;
        rubbish(cell, frame, length);
        frame[at] ^= 0xff;
    }
    order_begin(&out, frame, sizeof frame, ORDER_START, 1);
    order_put_text(&out, ORDER_TAG_id, "x");
    rubbish(cell, frame, order_end(&out));
    order_begin(&out, frame, sizeof frame, (enum order_verb)77, 1);
    rubbish(cell, frame, order_end(&out));
}

/* A START of nearly the largest size, and descriptors that nobody asked for. */
static void test_large_frames(struct cell *cell)
{
    static char values[11][130000];
    const char *env[12] = {NULL};
    struct exit_record record;

    for (size_t i = 0; i < 10; i++) {
        memset(values[i], 'v', sizeof values[i] - 1);
        values[i][0] = 'V';
        values[i][1] = '=';
        env[i] = values[i];
    }
    record = job_run(cell, &WISH(.id = "32.host", .script = "#!/bin/sh\nexit 4\n", .env = env,
                                 .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.status == 4);
}

/* ------------------------------------------------------------- kills, restarts */

static void test_same_start_twice(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct wish wish = WISH(.id = "40.host", .script = "echo ran\n", .out = out,
                            .err = "/dev/null");
    const struct order *order;
    int link;

    job_run(cell, &wish);
    link = job_start(cell, &wish);
    order = link_next(link);
    CHECK(order->verb == ORDER_FAILED);
    CHECK(order_number(order, ORDER_TAG_class, 0) == EXIT_CLASS_exists);
    close(link);
    CHECK(strcmp(text_of(out), "ran\n") == 0);
    CHECK(order_clean(cell, "40.host", 1) == ORDER_CODE_DONE);
    CHECK(access(cell_path(cell, "spool/run/40.host.1"), F_OK) != 0);
    CHECK(order_clean(cell, "40.host", 1) == ORDER_CODE_DONE);
    wish.incarnation = 2;
    job_run(cell, &wish);
    CHECK(strcmp(text_of(out), "ran\nran\n") == 0);
}

/* A job that ends when FIFO is opened for writing; begun when this returns. */
static int waiting_job(struct cell *cell, const char *id, const char *fifo, pid_t *ret_pid)
{
    static char entry[700];
    const char *env[] = {entry, NULL};
    int link;

    if (mkfifo(fifo, 0666) != 0 || chmod(fifo, 0666) != 0)
        give_up("mkfifo");
    snprintf(entry, sizeof entry, "FIFO=%s", fifo);
    link = job_start(cell, &WISH(.id = id, .script = "#!/bin/sh\nread x < $FIFO\nexit 5\n",
                                 .env = env, .out = "/dev/null", .err = "/dev/null"));
    *ret_pid = (pid_t)order_number(link_wait(link, ORDER_BEGUN), ORDER_TAG_pid, 0);
    return link;
}

static void open_fifo(const char *fifo)
{
    int fd = open(fifo, O_WRONLY);

    if (write(fd, "\n", 1) != 1)
        give_up("fifo");
    close(fd);
}

static void test_starter_killed(struct cell *cell)
{
    const char *fifo = cell_path(cell, "home/fifo");
    struct exit_record record;
    pid_t pid;
    int link = waiting_job(cell, "41.host", fifo, &pid);

    cell_kill(cell, SIGKILL);
    close(link);
    mkdir(cell_path(cell, "spool/run/.new-1-1"), 0700);
    close(open(cell_path(cell, "spool/run/.new-1-1/script"), O_CREAT | O_WRONLY, 0600));
    cell_up(cell);
    CHECK(access(cell_path(cell, "spool/run/.new-1-1"), F_OK) != 0);
    CHECK(order_clean(cell, "41.host", 1) == ORDER_CODE_RETRY);
    CHECK(order_signal(cell, "41.host", 1) == ORDER_CODE_RETRY);
    CHECK(kill(pid, 0) == 0);
    open_fifo(cell_path(cell, "home/fifo"));
    record = record_wait(cell, "41.host.1");
    CHECK(record.status == 5);
}

static void test_reconnect(struct cell *cell)
{
    pid_t pid;
    const char *fifo = cell_path(cell, "home/fifo");
    int link = waiting_job(cell, "42.host", fifo, &pid);
    char sock[700];
    const struct order *order;
    struct exit_record record;
    char byte;
    int again;

    snprintf(sock, sizeof sock, "%s", cell_path(cell, "spool/run/42.host.1/sock"));
    shutdown(link, SHUT_RDWR);
    while (access(sock, F_OK) != 0)
        poll(NULL, 0, 1);
    if (!cell->personal) {
        again = cell_connect(cell, sock, SOCK_SEQPACKET, 0);
        CHECK(again >= 0 && recv(again, &byte, 1, 0) <= 0);
        close(again);
        CHECK(cell_connect(cell, sock, SOCK_SEQPACKET, cell->other) < 0);
    }
    again = cell_connect(cell, sock, SOCK_SEQPACKET, cell->daemon);
    order = link_wait(again, ORDER_BEGUN);
    CHECK(order_number(order, ORDER_TAG_pid, 0) == pid);
    CHECK(link_next(link)->verb == 0);
    close(link);
    link_kill(again, 5);
    exitrec_take(&record, link_wait(again, ORDER_ENDED));
    CHECK(record.reason == EXIT_REASON_killed);
    close(again);
}

static pid_t parent_of(pid_t pid)
{
    char path[64];
    const char *at;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    at = strstr(text_of(path), "PPid:");
    return at ? (pid_t)atoi(at + 5) : 0;
}

static void test_shepherd_killed(struct cell *cell)
{
    const char *out = cell_path(cell, "home/pids");
    struct begun_record begun;
    int child = 0;
    pid_t leader;
    int link = job_start(cell, &WISH(.id = "43.host", .out = out, .err = "/dev/null", .script =
        "#!/bin/sh\nsleep 1000 &\necho $!\nwait\n"));

    leader = (pid_t)order_number(link_wait(link, ORDER_BEGUN), ORDER_TAG_pid, 0);
    while (sscanf(text_of(out), "%d", &child) != 1)
        poll(NULL, 0, 5);
    CHECK(order_signal(cell, "43.host", 1) == ORDER_CODE_RETRY);
    kill(parent_of(leader), SIGKILL);
    CHECK(link_next(link)->verb == 0);
    close(link);
    wait_gone(leader);
    const char *text = text_of(cell_path(cell, "spool/run/43.host.1/begun"));
    CHECK(exitrec_parse_begun(&begun, text, strlen(text)) && begun.pid == leader);
    CHECK(access(cell_path(cell, "spool/run/43.host.1/exit"), F_OK) != 0);
    while (order_signal(cell, "43.host", 1) == ORDER_CODE_RETRY)
        poll(NULL, 0, 1);
    wait_gone(child);
    CHECK(order_signal(cell, "43.host", 1) == ORDER_CODE_DONE);
    CHECK(order_clean(cell, "43.host", 1) == ORDER_CODE_DONE);
}

/* A lost job's record whose number belongs to somebody else by now: nobody is hurt. */
static void test_reused_number(struct cell *cell)
{
    pid_t victim = fork();
    char text[300];
    int fd;

    if (victim == 0) {
        setsid();
        if (!cell->personal && setuid(cell->user) != 0)
            _exit(1);
        while (true)
            pause();
    }
    mkdir(cell_path(cell, "spool/run/44.host.1"), 0755);
    fd = open(cell_path(cell, "spool/run/44.host.1/begun"), O_CREAT | O_WRONLY, 0644);
    snprintf(text, sizeof text, "%s", text_of("/proc/sys/kernel/random/boot_id"));
    dprintf(fd, "boot=%.36s\nstart_us=1\nuid=%u\npid=%d\nstart_ticks=1\n", text, cell->user,
            (int)victim);
    close(fd);
    CHECK(order_signal(cell, "44.host", 1) == ORDER_CODE_DONE);
    CHECK(waitpid(victim, NULL, WNOHANG) == 0);
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
}

static void test_bursts(struct cell *cell)
{
    enum { JOBS = 60 };
    int links[JOBS];
    char id[32];

    for (int i = 0; i < JOBS; i++) {
        snprintf(id, sizeof id, "45[%d].host", i);
        links[i] = job_send(cell, &WISH(.id = id, .script = "#!/bin/sh\nexit 6\n",
                                        .out = "/dev/null", .err = "/dev/null"));
    }
    for (int i = 0; i < JOBS; i++)
        CHECK(answer_take(cell) == ORDER_CODE_DONE);
    for (int i = 0; i < JOBS; i++) {
        CHECK(order_number(link_wait(links[i], ORDER_ENDED), ORDER_TAG_status, -1) == 6);
        close(links[i]);
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
    {"the shepherd is killed", test_shepherd_killed, false},
    {"a process number that was used again", test_reused_number, false},
    {"many starts at once", test_bursts, false},
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
            links[i % at_once] = job_start(cell, &WISH(.id = id, .script = script,
                .out = "/dev/null", .err = "/dev/null", .workdir = "/"));
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
