/*
 * lost.c - the processes of a job whose shepherd is gone.
 *
 * The job's cgroup tells who they are.  Without one there is the session whose
 * id `begun` names, a file that only root can have written, and the variable
 * NQS_RUN, by which those are known that made a session of their own.  A number
 * may have been given to somebody else since, so more must fit: the same boot,
 * the same owner, no birth before the job's; and if the leader's number is in
 * use, the leader's own time of birth.  A process is held by a descriptor while it is
 * looked at, so that it is the one that is killed.
 */
#include "lost.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "exitrec.h"
#include "procstat.h"
#include "rundir.h"
#include "site.h"

static bool begun_read(struct begun_record *ret, int dir, const char *name)
{
    int fd = openat(dir, "begun", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char text[EXITREC_MAX];
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : -1;

    if (fd >= 0)
        close(fd);
    return length > 0 && exitrec_is_of(name, text, (size_t)length) &&
           exitrec_parse_begun(ret, text, (size_t)length);
}

/* What is looked for. */
struct lost {
    struct begun_record begun;
    bool reused;    /* the leader's number has been given to another process */
    char run[4400]; /* NQS_RUN=PATH, as the shepherd gave it to the job */
};

/* Does TEXT, with its NUL, stand in the environment that PID was started with? */
static bool environ_has(pid_t pid, const char *text)
{
    static char bytes[65536];
    size_t length = strlen(text) + 1;
    size_t have = 0;
    bool found = false;
    char path[32];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && !found && (got = read(fd, bytes + have, sizeof bytes - have)) > 0) {
        have += (size_t)got;
        found = memmem(bytes, have, text, length);
        if (have >= length) {
            memmove(bytes, bytes + have - (length - 1), length - 1);
            have = length - 1;
        }
    }
    if (fd >= 0)
        close(fd);
    return found;
}

/* Does PID, whose numbers are these, belong to the job's session? */
static bool in_session(const struct lost *lost, pid_t pid, const int64_t *numbers)
{
    return !lost->reused && numbers[PROCSTAT_SESSION] == lost->begun.pid &&
           (pid != lost->begun.pid || numbers[PROCSTAT_STARTTIME] == lost->begun.start_ticks);
}

/* Does PID belong to that job? */
static bool is_left_over(const struct lost *lost, pid_t pid)
{
    int64_t numbers[PROCSTAT_COUNT];
    struct stat stat;
    char path[32];

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return procstat_read(pid, numbers) && numbers[PROCSTAT_STARTTIME] >= lost->begun.start_ticks &&
           lstat(path, &stat) == 0 && (int64_t)stat.st_uid == lost->begun.uid &&
           (in_session(lost, pid, numbers) || environ_has(pid, lost->run));
}

/* Kill the process if it is the job's; true if it was. */
static bool kill_left_over(const struct lost *lost, pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    bool killed =
        fd >= 0 && is_left_over(lost, pid) && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0;

    if (fd >= 0)
        close(fd);
    return killed;
}

/* Has the leader's number been given to another process? */
static bool number_reused(const struct begun_record *begun)
{
    int64_t numbers[PROCSTAT_COUNT];

    return procstat_read((pid_t)begun->pid, numbers) &&
           numbers[PROCSTAT_STARTTIME] != begun->start_ticks;
}

static bool kill_all(const struct lost *lost)
{
    DIR *list = opendir("/proc");
    struct dirent *entry;
    bool found = false;
    pid_t pid;

    while (list && (entry = readdir(list))) {
        pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 1 && kill_left_over(lost, pid))
            found = true;
    }
    if (list)
        closedir(list);
    return found;
}

enum order_code lost_kill(const struct site *site, const char *name, char *text, size_t size)
{
    int dir = rundir_open(site, name);
    bool held = dir >= 0 && rundir_held(dir);
    struct lost lost;
    bool known = dir >= 0 && begun_read(&lost.begun, dir, name) && lost.begun.pid > 1 &&
                 strcmp(lost.begun.boot, site->boot) == 0;
    int living;

    if (dir >= 0)
        close(dir);
    if (held) {
        snprintf(text, size, "the shepherd lives");
        return ORDER_CODE_RETRY;
    }
    living = cgroup_kill(site, name);
    if (living < 0 && known) {
        lost.reused = number_reused(&lost.begun);
        snprintf(lost.run, sizeof lost.run, "NQS_RUN=%s/run/%s", site->spool, name);
        living = kill_all(&lost);
    }
    snprintf(text, size, "%s", living > 0 ? "processes are dying" : "");
    return living > 0 ? ORDER_CODE_RETRY : ORDER_CODE_DONE;
}
