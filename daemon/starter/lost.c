/*
 * lost.c - the processes of a job whose shepherd is gone.
 *
 * The job's cgroup tells who they are.  Without one there is the session whose
 * id `begun` names, a file that only root can have written.  A number may have
 * been given to somebody else since, so more must fit: the same boot, the same
 * owner, no birth before the job's; and if the leader's number is in use, the
 * leader's own time of birth.  A process is held by a descriptor while it is
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

/* Does PID belong to the session of that job? */
static bool is_left_over(const struct begun_record *begun, pid_t pid)
{
    int64_t numbers[PROCSTAT_COUNT];
    struct stat stat;
    char path[32];

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return procstat_read(pid, numbers) && numbers[PROCSTAT_SESSION] == begun->pid &&
           numbers[PROCSTAT_STARTTIME] >= begun->start_ticks &&
           (pid != begun->pid || numbers[PROCSTAT_STARTTIME] == begun->start_ticks) &&
           lstat(path, &stat) == 0 && (int64_t)stat.st_uid == begun->uid;
}

/* Kill the process if it is the job's; true if it was. */
static bool kill_left_over(const struct begun_record *begun, pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    bool killed =
        fd >= 0 && is_left_over(begun, pid) && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0;

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

static bool kill_session(const struct begun_record *begun)
{
    DIR *list = opendir("/proc");
    struct dirent *entry;
    bool found = false;
    pid_t pid;

    while (list && (entry = readdir(list))) {
        pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 1 && kill_left_over(begun, pid))
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
    struct begun_record begun;
    bool known = dir >= 0 && begun_read(&begun, dir, name) && begun.pid > 1 &&
                 strcmp(begun.boot, site->boot) == 0;
    int living;

    if (dir >= 0)
        close(dir);
    if (held) {
        snprintf(text, size, "the shepherd lives");
        return ORDER_CODE_RETRY;
    }
    living = cgroup_kill(site, name);
    if (living < 0)
        living = known && !number_reused(&begun) && kill_session(&begun);
    snprintf(text, size, "%s", living ? "processes are dying" : "");
    return living ? ORDER_CODE_RETRY : ORDER_CODE_DONE;
}
