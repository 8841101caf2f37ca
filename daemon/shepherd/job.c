/*
 * job.c - the job's first process: from root's child to the user's program.
 *
 * The order of the steps is the security of the system: cgroup and session
 * while still root; then groups and uid; then, with the user's rights only,
 * directory and outputs; then the way back is closed, and that is proved.
 * Every change of uid clears the parent-death signal, so it is asked for anew.
 */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "become.h"
#include "handoff.h"
#include "output.h"
#include "rlimits.h"
#include "terminal.h"

#define NICE_UNSET 100
#define DEFAULT_PATH "PATH=/usr/local/bin:/usr/bin:/bin"
#define CLOSE_RANGE_MARK 4u /* CLOSE_RANGE_CLOEXEC of <linux/close_range.h> */

/*
 * Arguments and environment, in memory that is there already and costs nothing
 * where it is not touched: a heap would be a good part of a short job's cost.
 */
#define LIST_MAX 65536

struct list {
    size_t count;
    char *entries[LIST_MAX + 1]; /* NULL behind the last */
};

static struct list job_args;
static struct list job_env;
static char account_space[6][4200];

struct job {
    const struct handoff *handoff;
    uid_t uid;
    int pipe;
    const char *directory; /* where the job begins */
    char spooled[4];
};

/* Report that WHAT could not be done, with errno, and end. */
_Noreturn static void job_fail(struct job *job, const char *what)
{
    struct job_report report = {.error = errno ? errno : EINVAL};

    memcpy(report.spooled, job->spooled, sizeof report.spooled);
    snprintf(report.what, sizeof report.what, "%s", what);
    if (write(job->pipe, &report, sizeof report) < 0)
        _exit(126);
    _exit(127);
}

static void job_need(struct job *job, bool good, const char *what)
{
    if (!good)
        job_fail(job, what);
}

/* Die with the shepherd, even if it died before the kernel was asked for that. */
static void follow_parent(struct job *job)
{
    job_need(job, prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "parent-death signal");
    if (getppid() != job->handoff->shepherd)
        _exit(127);
}

static void join_cgroup(struct job *job, int cgroup)
{
    int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

    job_need(job, fd >= 0 && write(fd, "0", 1) == 1, "entering the cgroup");
    close(fd);
}

/* The shepherd is spared when memory runs out; its job must not be. */
static void be_mortal(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd >= 0 && write(fd, "0", 1) < 0)
        errno = 0; /* Not root: it has the value that it had before. */
    close(fd);
}

/* Where none is asked for we begin at 0; an ordinary user may be unable to go back there. */
static void be_nice(struct job *job)
{
    int nice = (int)order_number(&job->handoff->start, ORDER_TAG_nice, NICE_UNSET);

    if (setpriority(PRIO_PROCESS, 0, nice == NICE_UNSET ? 0 : nice) != 0)
        job_need(job, nice == NICE_UNSET, "nice value");
}

static void become_user(struct job *job)
{
    const struct handoff *handoff = job->handoff;

    job_need(job, become_for_files(&handoff->user, job->uid), "becoming the user");
    follow_parent(job);
    umask((mode_t)order_number(&handoff->start, ORDER_TAG_umask, 077));
}

/* Where no directory was asked for, a missing home is no reason not to run. */
static void enter_directory(struct job *job, char *note, size_t size)
{
    const char *home = order_text(&job->handoff->user, ORDER_TAG_home);
    const char *directory = order_text(&job->handoff->start, ORDER_TAG_workdir);

    if (directory) {
        job_need(job, chdir(directory) == 0, "working directory");
    } else if (!home || chdir(home) != 0) {
        snprintf(note, size, "nqs: home directory %s: %s; running in /\n", home ? home : "",
                 strerror(errno));
        job_need(job, chdir("/") == 0, "directory /");
        home = "/";
    }
    job->directory = directory ? directory : home;
}

/* Write the order's note to each output file once, and NOTE to standard error. */
static void write_notes(const struct job *job, const struct outputs *outputs, const char *note)
{
    const char *line = order_text(&job->handoff->start, ORDER_TAG_note);

    if (line) {
        dprintf(outputs->out, "%s\n", line);
        if (outputs->err != outputs->out)
            dprintf(outputs->err, "%s\n", line);
    }
    if (*note)
        dprintf(outputs->err, "%s", note);
}

static void open_outputs(struct job *job, const char *note)
{
    const struct handoff *handoff = job->handoff;
    struct job_report report = {0};
    struct outputs outputs;

    job_need(job,
             output_open(&outputs, &handoff->start, &handoff->user, &handoff->place, HANDOFF_OUT),
             "output files");
    write_notes(job, &outputs, note);
    job_need(job, dup2(outputs.out, 1) == 1 && dup2(outputs.err, 2) == 2, "standard descriptors");
    memcpy(job->spooled, outputs.spooled, sizeof outputs.spooled);
    memcpy(report.spooled, outputs.spooled, sizeof outputs.spooled);
    if (*outputs.spooled)
        job_need(job, write(job->pipe, &report, sizeof report) > 0, "report");
}

static bool env_named(const char *entry, const char *name)
{
    size_t length = strlen(name);

    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static void list_add(struct job *job, struct list *list, const char *entry)
{
    errno = E2BIG;
    job_need(job, list->count < LIST_MAX, "arguments and environment");
    list->entries[list->count++] = (char *)(uintptr_t)entry;
}

/* Add NAME=VALUE in the space of one of the account's variables. */
static void env_account(struct job *job, struct list *env, const char *name, const char *value)
{
    char *entry = account_space[env->count];

    snprintf(entry, sizeof account_space[0], "%s=%s", name, value);
    list_add(job, env, entry);
}

/* The variables of the account and its directory, then those of the order without the account's. */
static void make_environment(struct job *job)
{
    const struct order *user = &job->handoff->user;
    const char *name = order_text(user, ORDER_TAG_user);
    const char *home = order_text(user, ORDER_TAG_home);
    const char *shell = order_text(user, ORDER_TAG_login_shell);
    bool has_path = false;
    size_t cursor = 0;
    const char *entry;

    env_account(job, &job_env, "HOME", home ? home : "/");
    env_account(job, &job_env, "USER", name ? name : "");
    env_account(job, &job_env, "LOGNAME", name ? name : "");
    env_account(job, &job_env, "SHELL", shell && *shell ? shell : "/bin/sh");
    env_account(job, &job_env, "PBS_JOBDIR", job->directory);
    env_account(job, &job_env, "NQS_RUN", order_text(&job->handoff->place, ORDER_TAG_run_path));
    while ((entry = order_each_text(&job->handoff->start, ORDER_TAG_env, &cursor))) {
        if (env_named(entry, "HOME") || env_named(entry, "USER") || env_named(entry, "LOGNAME") ||
            env_named(entry, "SHELL") || env_named(entry, "NQS_RUN"))
            continue;
        has_path = has_path || env_named(entry, "PATH");
        list_add(job, &job_env, entry);
    }
    if (!has_path)
        list_add(job, &job_env, DEFAULT_PATH);
    environ = job_env.entries;
}

/*
 * The script with its arguments, which stand in job_args behind room for two
 * words: by the shell that was asked for, or by whom it names itself, or by the
 * login shell.
 */
static void exec_script(struct job *job, const char *shell)
{
    static char script[4200];

    snprintf(script, sizeof script, "%s/script",
             order_text(&job->handoff->place, ORDER_TAG_run_path));
    job_args.entries[1] = script;
    if (!shell) {
        execv(script, job_args.entries + 1);
        job_need(job, errno == ENOEXEC, "executing the script");
        shell = getenv("SHELL");
    }
    job_args.entries[0] = (char *)(uintptr_t)shell;
}

/* The program: the arguments, or the script when there are none or the first is empty. */
_Noreturn static void exec_program(struct job *job)
{
    const struct order *start = &job->handoff->start;
    size_t cursor = 0;
    const char *arg = order_each_text(start, ORDER_TAG_arg, &cursor);
    bool is_script = !arg || !*arg;
    char what[100];

    if (is_script) {
        list_add(job, &job_args, "");
        list_add(job, &job_args, "");
    } else {
        list_add(job, &job_args, arg);
    }
    while (arg && (arg = order_each_text(start, ORDER_TAG_arg, &cursor)))
        list_add(job, &job_args, arg);
    if (is_script)
        exec_script(job, order_text(start, ORDER_TAG_shell));
    execvp(job_args.entries[0], job_args.entries);
    snprintf(what, sizeof what, "executing %s", job_args.entries[0]);
    job_fail(job, what);
}

/* At a terminal the program is the arguments, or the shell as at a login. */
static void enter_terminal(struct job *job)
{
    const struct order *start = &job->handoff->start;
    const char *path = order_text(start, ORDER_TAG_terminal);
    const char *shell = order_text(start, ORDER_TAG_shell);
    const char *failed;
    char name[300];
    size_t cursor = 0;

    if (!path)
        return;
    failed = terminal_enter(path);
    job_need(job, !failed, failed);
    if (order_each_text(start, ORDER_TAG_arg, &cursor))
        return;
    shell = shell ? shell : getenv("SHELL");
    snprintf(name, sizeof name, "-%s", strrchr(shell, '/') ? strrchr(shell, '/') + 1 : shell);
    execl(shell, name, (char *)NULL);
    job_fail(job, "executing the shell");
}

_Noreturn void job_run(const struct handoff *handoff, int pipe, bool enter_cgroup)
{
    struct job job = {.handoff = handoff, .pipe = pipe};
    char note[4300] = "";
    const char *what = "limits";
    sigset_t none;

    job.uid = (uid_t)order_number(&handoff->start, ORDER_TAG_uid, -1);
    follow_parent(&job);
    if (enter_cgroup)
        join_cgroup(&job, handoff->cgroup);
    if (handoff->memory >= 0)
        join_cgroup(&job, handoff->memory);
    job_need(&job, setsid() > 0, "session");
    be_mortal();
    be_nice(&job);
    become_user(&job);
    enter_directory(&job, note, sizeof note);
    if (!order_text(&handoff->start, ORDER_TAG_terminal))
        open_outputs(&job, note);
    job_need(&job, become_for_good(job.uid), "giving up privilege");
    follow_parent(&job);
    job_need(&job, syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_MARK) == 0, "descriptors");
    make_environment(&job);
    job_need(&job, rlimits_set(&handoff->start, &what), what);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    enter_terminal(&job);
    exec_program(&job);
}
