/*
 * nqs-shepherd - the parent of one job, and when that is over perhaps of another.
 *
 * It is the only witness of the job's end, and it outlives every daemon.  So
 * it depends on nothing but the descriptors in handoff.h: no configuration, no
 * user database, no daemon that would have to answer.  Whoever speaks on the
 * link may ask for signals; whether anybody does makes no difference to the job.
 *
 * The exit record is written before nqsd is told.  If we told nqsd first and
 * were then killed, it would free the slot of a job whose end nobody could
 * prove.  The lock is released last: a free lock means that there is nothing
 * more to come.
 *
 * The end of a job is that no process is left below us.  As we are the
 * subreaper, waitpid() knows that without looking at anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exitrec.h"
#include "handoff.h"
#include "job.h"
#include "link.h"
#include "message.h"
#include "records.h"
#include "take.h"
#include "tree.h"
#include "watch.h"

#define SECOND INT64_C(1000000)
#define NEVER INT64_MAX
#define KILL_AGAIN_US (SECOND / 10) /* until nothing is left */
#define DEFAULT_GRACE 5
#define DOOR_AFTER_US (2 * SECOND)
#define TELL_AFTER_US 3000 /* a job that is over by then has begun and ended at once */
#define CLONE_INTO_CGROUP_FLAG UINT64_C(0x200000000)

/* A job starts, runs, and after its leader's exit the rest of it is killed. */
enum phase { STARTING, RUNNING, ENDING };

struct shepherd {
    struct handoff handoff;
    struct link link;
    enum phase phase;
    int report; /* pipe from the job until its exec, then -1 */
    struct begun_record begun;
    struct exit_record record;
    struct usage used;    /* by those that were reaped */
    int64_t started;      /* steady clock, as are all times below; NEVER if not */
    int64_t report_at;    /* from when on the pipe is watched */
    int64_t tell_at;      /* that the job has begun */
    int64_t suspended_at; /* NEVER if it is not */
    int64_t suspended_us; /* how long it was before */
    int64_t kill_at;
    int64_t door_at;
    struct watch watch; /* the limits */
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* An errno that another start of the same job may not meet. */
static bool is_passing(int error)
{
    static const int passing[] = {EAGAIN, ENOMEM, EMFILE, ENFILE,  ENOSPC,
                                  EDQUOT, EIO,    EINTR,  ETXTBSY, ENOBUFS};

    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (passing[i] == error)
            return true;
    }
    return false;
}

static void start_failed(struct shepherd *self, const char *what, int error)
{
    self->record.reason = EXIT_REASON_start_failed;
    self->record.class = is_passing(error) ? EXIT_CLASS_retry : EXIT_CLASS_abort;
    snprintf(self->record.text, sizeof self->record.text, "%s: %s", what, strerror(error));
}

static void on_child(int signo)
{
    (void)signo; /* It only has to interrupt ppoll(). */
}

/* Nothing but the kernel's SIGKILL ends us, and children are heard of only in ppoll(). */
static void guard_signals(void)
{
    struct sigaction action = {.sa_handler = on_child};
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigaction(SIGCHLD, &action, NULL);
}

/*
 * Fork, the child being born in CGROUP: to move a living process there costs
 * the kernel more than the whole fork.  Where that cannot be done the child
 * moves itself, and *RET_BORN_THERE says so.
 */
static pid_t fork_into(int cgroup, bool *ret_born_there)
{
    uint64_t args[11] = {[0] = CLONE_INTO_CGROUP_FLAG, [4] = SIGCHLD, [10] = (uint64_t)cgroup};
    long pid = cgroup >= 0 ? syscall(SYS_clone3, args, sizeof args) : -1;

    *ret_born_there = pid >= 0 || cgroup < 0;
    return pid >= 0 ? (pid_t)pid : fork();
}

/* Fork the job; false with errno and *RET_WHAT. */
static bool job_fork(struct shepherd *self, const char **ret_what)
{
    int pipes[2];
    bool born_there;
    int64_t before;
    pid_t pid;

    *ret_what = "pipe";
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return false;
    *ret_what = "record of the start";
    if (!records_begun(&self->begun, &self->handoff))
        return false;
    self->started = records_steady();
    self->door_at = self->started + DOOR_AFTER_US;
    self->report_at = self->started + TELL_AFTER_US;
    *ret_what = "fork";
    before = records_ticks();
    pid = fork_into(self->handoff.cgroup, &born_there);
    if (pid == 0)
        job_run(&self->handoff, pipes[1], !born_there);
    if (pid < 0)
        return false;
    close(pipes[1]);
    self->report = pipes[0];
    records_begun_pid(&self->begun, pid, before);
    return true;
}

static void tell_begun(struct shepherd *self)
{
    struct order_out out;

    self->tell_at = NEVER;
    order_begin(&out, self->link.packet, sizeof self->link.packet, ORDER_BEGUN, 0);
    order_put_number(&out, ORDER_TAG_pid, self->begun.pid);
    order_put_number(&out, ORDER_TAG_start_us, self->begun.start_us);
    link_send(&self->link, &out);
}

/* Stop the job's processes.  Its wall time stands still, as nothing else can use it up. */
static void suspend(struct shepherd *self)
{
    if (self->suspended_at != NEVER || self->kill_at != NEVER)
        return;
    self->suspended_at = records_steady();
    tree_stop(self->handoff.cgroup, true);
}

static void resume(struct shepherd *self)
{
    int64_t slept;

    if (self->suspended_at == NEVER)
        return;
    slept = records_steady() - self->suspended_at;
    self->suspended_at = NEVER;
    self->suspended_us += slept;
    watch_delay(&self->watch, slept);
    tree_stop(self->handoff.cgroup, false);
}

/* End the job: TERM to all of it now, KILL when the grace is over. */
static void order_end_of_job(struct shepherd *self, enum exit_reason reason, int64_t grace,
                             const char *text)
{
    if (self->record.reason == 0) {
        self->record.reason = reason;
        snprintf(self->record.text, sizeof self->record.text, "%s", text ? text : "");
    }
    tree_signal(self->handoff.cgroup, SIGTERM);
    resume(self);
    self->kill_at = earlier(self->kill_at, records_steady() + grace * SECOND);
}

static void hear_link(struct shepherd *self)
{
    int64_t grace = order_number(&self->handoff.start, ORDER_TAG_grace, DEFAULT_GRACE);
    struct order order;

    while (link_take(&self->link, &order)) {
        if (self->phase == ENDING)
            continue;
        if (order.verb == ORDER_RAISE)
            kill(-(pid_t)self->begun.pid, (int)order_number(&order, ORDER_TAG_signo, 0));
        if (order.verb == ORDER_MESSAGE)
            message_write(&self->handoff, self->record.spooled, &order);
        if (order.verb == ORDER_SUSPEND)
            suspend(self);
        if (order.verb == ORDER_RESUME)
            resume(self);
        if (order.verb == ORDER_KILL)
            order_end_of_job(
                self, (enum exit_reason)order_number(&order, ORDER_TAG_reason, EXIT_REASON_killed),
                order_number(&order, ORDER_TAG_grace, grace), order_text(&order, ORDER_TAG_text));
    }
}

/*
 * The pipe ends with the exec, or with the process: then there is no more to
 * hear.  It is not watched from the beginning: of a short job the end says all.
 */
static void hear_report(struct shepherd *self)
{
    struct job_report report;

    if (read(self->report, &report, sizeof report) == (ssize_t)sizeof report) {
        memcpy(self->record.spooled, report.spooled, sizeof self->record.spooled);
        if (report.error)
            start_failed(self, report.what, report.error);
        return;
    }
    close(self->report);
    self->report = -1;
    if (self->phase == STARTING) {
        self->phase = RUNNING;
        if (self->record.reason != EXIT_REASON_start_failed)
            self->tell_at = self->started + TELL_AFTER_US;
    }
}

static void leader_ended(struct shepherd *self, int status)
{
    self->record.status = WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
    if (self->record.reason == 0 && watch_out_of_memory(&self->handoff, &self->used))
        self->record.reason = EXIT_REASON_mem;
    if (self->record.reason == 0)
        self->record.reason = WIFSIGNALED(status) ? EXIT_REASON_signal : EXIT_REASON_exited;
    self->phase = ENDING;
    watch_none(&self->watch);
    self->tell_at = NEVER;
    self->kill_at = 0;
}

/* Reap all that is dead; false when nothing is left alive either. */
static bool reap(struct shepherd *self)
{
    struct rusage usage;
    int status;
    pid_t pid;

    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        usage_add(&self->used, &usage);
        if (pid != (pid_t)self->begun.pid || self->phase == ENDING)
            continue;
        while (self->report >= 0)
            hear_report(self);
        leader_ended(self, status);
    }
    return pid == 0;
}

/* Look at the limits; the first that is over ends the job, and the others do not matter then. */
static void mind_limits(struct shepherd *self, int64_t now)
{
    bool asleep = self->suspended_at != NEVER;
    struct watch_end end;

    if (now < watch_next(&self->watch, asleep))
        return;
    end =
        watch_look(&self->watch, &self->handoff, now, asleep, (pid_t)self->begun.pid, &self->used);
    if (!end.reason)
        return;
    watch_none(&self->watch);
    order_end_of_job(self, end.reason,
                     order_number(&self->handoff.start, ORDER_TAG_grace, DEFAULT_GRACE), end.text);
}

/* Open the door to a restarted nqsd at its time, or when the link has died. */
static void mind_door(struct shepherd *self, int64_t now)
{
    if (self->door_at != NEVER && (now >= self->door_at || self->link.fd < 0))
        self->door_at = link_open_door(&self->link) ? NEVER : now + SECOND;
}

/* Do what is due, and say until when to wait. */
static int64_t let_time_pass(struct shepherd *self)
{
    int64_t now = records_steady();

    mind_door(self, now);
    if (now >= self->report_at)
        self->report_at = NEVER;
    if (now >= self->tell_at)
        tell_begun(self);
    mind_limits(self, now);
    if (now >= self->kill_at) {
        tree_kill(self->handoff.cgroup);
        self->kill_at = now + KILL_AGAIN_US;
    }
    return earlier(earlier(watch_next(&self->watch, self->suspended_at != NEVER), self->kill_at),
                   earlier(earlier(self->door_at, self->report_at), self->tell_at));
}

/* Sleep until UNTIL, a message, or the end of a child. */
static void wait_for_news(struct shepherd *self, int64_t until)
{
    struct pollfd fds[] = {{self->link.fd, POLLIN, 0},
                           {self->link.door, POLLIN, 0},
                           {self->report_at == NEVER ? self->report : -1, POLLIN, 0}};
    int64_t left = until == NEVER ? 0 : until - records_steady();
    struct timespec timeout = {left / SECOND, left % SECOND * 1000};
    sigset_t mask;

    if (left < 0)
        return;
    sigfillset(&mask);
    sigdelset(&mask, SIGCHLD);
    if (ppoll(fds, 3, until == NEVER ? NULL : &timeout, &mask) <= 0)
        return;
    if (fds[1].revents && link_accept(&self->link) && self->phase != STARTING)
        tell_begun(self);
    else if (fds[0].revents)
        hear_link(self);
    if (fds[2].revents)
        hear_report(self);
}

static void watch_job(struct shepherd *self)
{
    int64_t until = let_time_pass(self);

    while (true) {
        wait_for_news(self, until);
        if (!reap(self))
            break;
        until = let_time_pass(self);
    }
}

/* What was used, as far as the job got. */
static void measure(struct shepherd *self)
{
    self->record.end_us = records_wall();
    self->record.start_us = self->begun.start_us ? self->begun.start_us : self->record.end_us;
    self->record.pid = self->begun.pid;
    if (self->record.pid == 0)
        return;
    if (self->suspended_at != NEVER)
        self->suspended_us += records_steady() - self->suspended_at;
    self->record.walltime_us = records_steady() - self->started - self->suspended_us;
    self->record.cput_us = tree_cput(self->handoff.cgroup, self->used.cput_us);
    if (self->used.maxrss > self->record.maxrss)
        self->record.maxrss = self->used.maxrss;
}

/* The end: measure, record and tell.  The lock is let go of after that. */
static void finish(struct shepherd *self)
{
    bool failed = self->record.reason == EXIT_REASON_start_failed;
    const char *name = strrchr(order_text(&self->handoff.place, ORDER_TAG_run_path), '/');
    struct order_out out;
    char path[300];

    measure(self);
    /* An end that is not recorded is no end; a start that left no trace was none. */
    while (!records_exit(&self->begun, &self->record) && self->begun.pid != 0)
        poll(NULL, 0, 1000);
    order_begin(&out, self->link.packet, sizeof self->link.packet,
                failed ? ORDER_FAILED : ORDER_ENDED, 0);
    exitrec_put(&out, &self->record);
    link_send(&self->link, &out);
    if (self->handoff.cgroup >= 0) {
        snprintf(path, sizeof path, "../%s", name + 1);
        unlinkat(self->handoff.cgroup, path, AT_REMOVEDIR);
    }
    watch_remove(&self->handoff);
}

/* Whoever types its name gets an answer; the starter gives no arguments. */
static int explain(const char *option)
{
    if (!strcmp(option, "--version"))
        puts("nqs-shepherd (OpenNQS) " PACKAGE_VERSION);
    else
        puts("usage: nqs-shepherd\n"
             "The parent of one job.  nqs-starter starts it; it is of no use by hand.\n"
             "  --help, --version   print this text, or the version");
    return strcmp(option, "--version") && strcmp(option, "--help") ? 2 : 0;
}

/* All that is kept for a job is in here. */
static void tend(const struct handoff *handoff)
{
    struct shepherd self = {.handoff = *handoff,
                            .phase = STARTING,
                            .report = -1,
                            .report_at = NEVER,
                            .tell_at = NEVER,
                            .suspended_at = NEVER,
                            .kill_at = NEVER};
    const char *what = "subreaper";

    watch_none(&self.watch);
    link_open(&self.link, (uid_t)order_number(&handoff->place, ORDER_TAG_daemon_uid, -1));
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && job_fork(&self, &what)) {
        watch_arm(&self.watch, handoff);
        watch_job(&self);
    } else {
        start_failed(&self, what, errno);
    }
    finish(&self);
}

int main(int argc, char **argv)
{
    struct handoff handoff;

    if (argc > 1)
        return explain(argv[1]);
    guard_signals();
    umask(0117);
    setpgid(0, 0);
    while (take_job(&handoff)) {
        tend(&handoff);
        take_end();
    }
    return 0;
}
