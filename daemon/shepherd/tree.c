/*
 * tree.c - all processes of a job: who they are, what they use, their end.
 */
#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "procstat.h"

#define STOP_LOOKS 100

/* A list of process ids that grows.  Out of memory, it stays incomplete. */
struct pids {
    pid_t *list;
    size_t count;
    size_t size;
};

static void pids_add(struct pids *pids, pid_t pid)
{
    pid_t *list = pids->list;

    if (pids->count == pids->size) {
        list = realloc(list, (pids->size * 2 + 64) * sizeof *list);
        if (!list)
            return;
        pids->list = list;
        pids->size = pids->size * 2 + 64;
    }
    list[pids->count++] = pid;
}

/* Add the ids that stand in a file. */
static void pids_read(struct pids *pids, int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    int pid;

    if (!file)
        return;
    while (fscanf(file, "%d", &pid) == 1)
        pids_add(pids, (pid_t)pid);
    fclose(file);
}

/* Add the children of PID: each of its threads has a list of its own. */
static void pids_children(struct pids *pids, pid_t pid)
{
    char path[300];
    struct dirent *entry;
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    dir = opendir(path);
    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        snprintf(path, sizeof path, "%s/children", entry->d_name);
        if (entry->d_name[0] != '.')
            pids_read(pids, dirfd(dir), path);
    }
    closedir(dir);
}

/* All processes of the job, in no order.  The caller frees the list. */
static struct pids pids_all(int cgroup)
{
    struct pids pids = {0};

    if (cgroup >= 0) {
        pids_read(&pids, cgroup, "cgroup.procs");
        return pids;
    }
    pids_children(&pids, getpid());
    for (size_t i = 0; i < pids.count; i++)
        pids_children(&pids, pids.list[i]);
    return pids;
}

void tree_signal(int cgroup, int signo)
{
    struct pids pids = pids_all(cgroup);

    for (size_t i = 0; i < pids.count; i++) {
        kill(pids.list[i], signo);
        kill(pids.list[i], SIGCONT);
    }
    free(pids.list);
}

/* Write TEXT into a file of the cgroup; false if there is no such file. */
static bool cgroup_write(int cgroup, const char *name, const char *text)
{
    int fd = cgroup >= 0 ? openat(cgroup, name, O_WRONLY | O_CLOEXEC) : -1;
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return good;
}

/* The number that follows WORD in a file of the cgroup, or -1. */
static int64_t cgroup_number(int cgroup, const char *name, const char *word)
{
    int fd = cgroup >= 0 ? openat(cgroup, name, O_RDONLY | O_CLOEXEC) : -1;
    char text[2048];
    ssize_t length;
    char *at;

    if (fd < 0)
        return -1;
    length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    at = strstr(text, word);
    return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

void tree_kill(int cgroup)
{
    if (!cgroup_write(cgroup, "cgroup.kill", "1"))
        tree_signal(cgroup, SIGKILL);
}

/* Signal all until a look finds no more of them than the one before: no child was born between. */
static void tree_signal_settled(int cgroup, int signo)
{
    size_t before = 0;
    struct pids pids;

    for (int looks = 0; looks < STOP_LOOKS; looks++) {
        pids = pids_all(cgroup);
        for (size_t i = 0; i < pids.count; i++)
            kill(pids.list[i], signo);
        free(pids.list);
        if (pids.count <= before)
            return;
        before = pids.count;
    }
}

void tree_stop(int cgroup, bool stop)
{
    if (!cgroup_write(cgroup, "cgroup.freeze", stop ? "1" : "0"))
        tree_signal_settled(cgroup, stop ? SIGSTOP : SIGCONT);
}

bool tree_bound_memory(int cgroup, int64_t bytes)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)bytes);
    if (!cgroup_write(cgroup, "memory.max", text))
        return false;
    cgroup_write(cgroup, "memory.swap.max", "0");
    cgroup_write(cgroup, "memory.oom.group", "1");
    return true;
}

bool tree_bound_memory_1(int memory, int64_t bytes)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)bytes);
    if (!cgroup_write(memory, "memory.limit_in_bytes", text))
        return false;
    cgroup_write(memory, "memory.memsw.limit_in_bytes", text);
    return true;
}

bool tree_was_out_of_memory(int cgroup)
{
    return cgroup_number(cgroup, "memory.events", "oom_kill ") > 0 ||
           cgroup_number(cgroup, "memory.oom_control", "oom_kill ") > 0;
}

int64_t tree_memory(int cgroup, int64_t *ret_virtual)
{
    struct pids pids = pids_all(cgroup);
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t stat[PROCSTAT_COUNT];
    int64_t sum = 0;

    *ret_virtual = 0;
    for (size_t i = 0; i < pids.count; i++) {
        if (!procstat_read(pids.list[i], stat))
            continue;
        sum += stat[PROCSTAT_RSS] * page;
        *ret_virtual += stat[PROCSTAT_VSIZE];
    }
    free(pids.list);
    return sum;
}

void usage_add(struct usage *sum, const struct rusage *usage)
{
    int64_t maxrss = usage->ru_maxrss * INT64_C(1024);

    sum->cput_us += (int64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 +
                    usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
    if (maxrss > sum->maxrss)
        sum->maxrss = maxrss;
}

int64_t tree_cput(int cgroup, int64_t reaped_us)
{
    int64_t used = cgroup_number(cgroup, "cpu.stat", "usage_usec ");
    int64_t stat[PROCSTAT_COUNT];
    int64_t tick = 1000000 / sysconf(_SC_CLK_TCK);
    struct pids pids;

    if (used >= 0)
        return used;
    used = reaped_us;
    pids = pids_all(cgroup);
    for (size_t i = 0; i < pids.count; i++) {
        if (procstat_read(pids.list[i], stat))
            used += tick * (stat[PROCSTAT_UTIME] + stat[PROCSTAT_STIME] + stat[PROCSTAT_CUTIME] +
                            stat[PROCSTAT_CSTIME]);
    }
    free(pids.list);
    return used;
}
