/*
 * kills.c - starts that come twice, and programs that are killed.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cell.h"
#include "tests.h"

void test_same_start_twice(struct cell *cell)
{
    const char *out = cell_path(cell, "home/out");
    struct wish wish =
        WISH(.id = "40.host", .script = "echo ran\n", .out = out, .err = "/dev/null");
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

void test_starter_killed(struct cell *cell)
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

/* What `begun` says of the leader's birth is what the kernel says. */
static void check_start_ticks(struct cell *cell, const char *name, pid_t pid)
{
    const char *text = text_of(cell_path(cell, "spool/run/%s/begun", name));
    struct begun_record begun = {0};
    char path[64];

    CHECK(exitrec_parse_begun(&begun, text, strlen(text)) && begun.pid == pid);
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    text = strrchr(text_of(path), ')');
    for (int field = 2; text && field < 22; field++)
        text = strchr(text + 1, ' ');
    CHECK(text && atoll(text) == begun.start_ticks && begun.start_ticks > 0);
}

void test_reconnect(struct cell *cell)
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
    check_start_ticks(cell, "42.host.1", pid);
    CHECK(order_number(order, ORDER_TAG_pid, 0) == pid);
    CHECK(link_next(link)->verb == 0);
    close(link);
    link_kill(again, 5);
    exitrec_take(&record, link_wait(again, ORDER_ENDED));
    CHECK(record.reason == EXIT_REASON_killed);
    close(again);
}

/* Another job's second is the measure; no clock of ours is asked. */
void test_suspend(struct cell *cell)
{
    const char *fifo = cell_path(cell, "home/fifo");
    const char *sleep[] = {"sleep", "1", NULL};
    struct exit_record record;
    struct pollfd told = {.events = POLLIN};
    pid_t pid;
    int fd;

    told.fd = waiting_job(cell, "44.host", fifo, &pid);
    link_order(told.fd, ORDER_RESUME);
    link_order(told.fd, ORDER_SUSPEND);
    link_order(told.fd, ORDER_SUSPEND);
    fd = open(fifo, O_RDWR);
    job_run(cell, &WISH(.id = "45.host", .args = sleep, .out = "/dev/null", .err = "/dev/null"));
    CHECK(write(fd, "\n", 1) == 1);
    job_run(cell, &WISH(.id = "46.host", .args = sleep, .out = "/dev/null", .err = "/dev/null"));
    CHECK(poll(&told, 1, 0) == 0);
    link_order(told.fd, ORDER_RESUME);
    exitrec_take(&record, link_wait(told.fd, ORDER_ENDED));
    CHECK(record.status == 5 && record.reason == EXIT_REASON_exited);
    CHECK(record.walltime_us + 1500000 < record.end_us - record.start_us);
    close(told.fd);
    close(fd);
    unlink(fifo);

    told.fd = waiting_job(cell, "47.host", fifo, &pid);
    link_order(told.fd, ORDER_SUSPEND);
    link_kill(told.fd, 10);
    exitrec_take(&record, link_wait(told.fd, ORDER_ENDED));
    CHECK(record.status == 256 + SIGTERM && record.reason == EXIT_REASON_killed);
    close(told.fd);
}

static pid_t parent_of(pid_t pid)
{
    char path[64];
    const char *at;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    at = strstr(text_of(path), "PPid:");
    return at ? (pid_t)atoi(at + 5) : 0;
}

void test_shepherd_killed(struct cell *cell)
{
    const char *out = cell_path(cell, "home/pids");
    struct begun_record begun;
    int child = 0;
    int away = 0; /* in a session of its own */
    pid_t leader;
    int link = job_start(cell, &WISH(.id = "43.host", .out = out, .err = "/dev/null",
                                     .script = "#!/bin/sh\nsetsid sleep 1000 &\necho $!\n"
                                               "sleep 1000 &\necho $!\nwait\n"));

    leader = (pid_t)order_number(link_wait(link, ORDER_BEGUN), ORDER_TAG_pid, 0);
    while (sscanf(text_of(out), "%d %d", &away, &child) != 2)
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
    wait_gone(away);
    CHECK(order_signal(cell, "43.host", 1) == ORDER_CODE_DONE);
    CHECK(order_clean(cell, "43.host", 1) == ORDER_CODE_DONE);
}

static long lines_of(const char *text)
{
    long lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/*
 * The end of a start that was ordered twice: told on the second link, or else
 * the first order had come far enough for a directory; true then.
 */
static bool see_it_settled(struct cell *cell, const char *id, int link)
{
    const struct order *order = link_next(link);
    char name[300];

    while (order->verb == ORDER_BEGUN)
        order = link_next(link);
    CHECK(order->verb == ORDER_ENDED || order->verb == ORDER_FAILED);
    if (order->verb == ORDER_ENDED)
        return false;
    CHECK(order_number(order, ORDER_TAG_class, 0) == EXIT_CLASS_exists);
    snprintf(name, sizeof name, "%s.1", id);
    while (order_signal(cell, id, 1) == ORDER_CODE_RETRY)
        poll(NULL, 0, 1);
    /* Now the lock is free: it has ended, or it never ran and never will. */
    CHECK((access(cell_path(cell, "spool/run/%s/begun", name), F_OK) == 0) ==
          (access(cell_path(cell, "spool/run/%s/exit", name), F_OK) == 0));
    return true;
}

/* Kill the starter at ever later moments of a start, and order the same again. */
void test_killed_while_starting(struct cell *cell)
{
    char out[600];
    int64_t until;
    struct timespec now;
    char id[32];
    long runs = 0;
    int known = 0;
    int links[2];

    snprintf(out, sizeof out, "%s", cell_path(cell, "home/ran"));
    for (int i = 0; i < 80; i++) {
        snprintf(id, sizeof id, "46[%d].host", i);
        struct wish wish = WISH(.id = id, .script = "echo ran\n", .out = out, .err = "/dev/null");
        links[0] = job_send(cell, &wish);
        clock_gettime(CLOCK_MONOTONIC, &now);
        until = now.tv_sec * 1000000000 + now.tv_nsec + i % 40 * 75000;
        while (now.tv_sec * 1000000000 + now.tv_nsec < until)
            clock_gettime(CLOCK_MONOTONIC, &now);
        cell_kill(cell, SIGKILL);
        cell_up(cell);
        links[1] = job_start(cell, &wish);
        known += see_it_settled(cell, id, links[1]);
        for (int end = 0; end < 2; end++) {
            while (link_next(links[end])->verb != 0)
                continue;
            close(links[end]);
        }
        runs = lines_of(text_of(out));
        CHECK(runs <= i + 1);
        if (order_clean(cell, id, 1) != ORDER_CODE_DONE)
            give_up("CLEAN: %s", answer_text());
    }
    CHECK(runs > 0);
    printf("# 80 starts: %ld ran, %d were known to the next starter\n", runs, known);
}

/* A lost job's record whose number belongs to somebody else by now: nobody is hurt. */
void test_reused_number(struct cell *cell)
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

/* An empty cgroup may be removed by anybody who may write there. */
void test_cgroup_removed(struct cell *cell)
{
    char above[400];
    struct exit_record record;

    if (!*cell->cgroup) {
        printf("# there are no cgroups here\n");
        return;
    }
    snprintf(above, sizeof above, "%s", cell->cgroup);
    *strrchr(above, '/') = '\0';
    CHECK(rmdir(cell->cgroup) == 0 && rmdir(above) == 0);
    record = job_run(cell, &WISH(.id = "47.host", .script = "#!/bin/sh\nexit 8\n",
                                 .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.status == 8 && access(cell->cgroup, F_OK) == 0);
}

void test_bursts(struct cell *cell)
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
