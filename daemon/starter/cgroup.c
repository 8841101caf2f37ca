/*
 * cgroup.c - one cgroup per job, where the host lets us.
 *
 * Jobs live in OWN/nqs-HASH/jobs/ID.N, where OWN is the starter's own cgroup
 * (that of its unit) and the hash is that of the spool's path, so that cells
 * on one host do not meet.  The starter and the shepherds stay outside of it.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site.h"

/* Where the version 2 hierarchy is mounted. */
static bool mount_find(char *ret, size_t size)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char line[4096];
    char point[1024];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        if (strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %*s %1023s", point) == 1) {
            snprintf(ret, size, "%s", point);
            found = true;
        }
    }
    if (file)
        fclose(file);
    return found;
}

/* Append the starter's own path in that hierarchy. */
static bool own_path(char *path, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    size_t used = strlen(path);
    char line[4096];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        if (strncmp(line, "0::/", 4) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(path + used, size - used, "%s", line[4] ? line + 3 : "");
            found = true;
        }
    }
    if (file)
        fclose(file);
    return found;
}

static bool cgroup_write(int dir, const char *name, const char *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    int error = errno;

    if (fd >= 0)
        close(fd);
    errno = error;
    return good;
}

static int directory_make(int parent, const char *name)
{
    if (mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/*
 * Hand the memory controller down to the jobs.  A cgroup with processes of its
 * own cannot do that, so the starter first steps into a leaf beside the jobs.
 */
static void memory_enable(int own, int ours, int jobs)
{
    int leaf;

    if (!cgroup_write(own, "cgroup.subtree_control", "+memory") && errno == EBUSY) {
        leaf = directory_make(ours, "starter");
        if (leaf < 0 || !cgroup_write(leaf, "cgroup.procs", "0"))
            return;
        close(leaf);
        cgroup_write(own, "cgroup.subtree_control", "+memory");
    }
    if (cgroup_write(ours, "cgroup.subtree_control", "+memory"))
        cgroup_write(jobs, "cgroup.subtree_control", "+memory");
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

int cgroup_open(const struct site *site)
{
    char path[8192];
    char name[32];
    int own = -1;
    int ours = -1;
    int jobs = -1;

    if (!site->no_cgroup && mount_find(path, sizeof path) && own_path(path, sizeof path))
        own = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* To move a process takes the right to write here; a user seldom has it. */
    if (own >= 0 && faccessat(own, "cgroup.procs", W_OK, AT_EACCESS) == 0) {
        snprintf(name, sizeof name, "nqs-%08x", hash_of(site->spool));
        ours = directory_make(own, name);
        jobs = ours >= 0 ? directory_make(ours, "jobs") : -1;
    }
    if (jobs >= 0) {
        memory_enable(own, ours, jobs);
        site_log("cgroup-used path=%s/%s/jobs memory=%s", path, name,
                 faccessat(jobs, "memory.max", F_OK, 0) == 0 ? "kernel" : "polled");
    } else {
        site_log("cgroup-absent jobs=%s", "session and subreaper");
    }
    if (own >= 0)
        close(own);
    if (ours >= 0)
        close(ours);
    return jobs;
}

/* Somebody tidied up while no job was running: make it all again in the same place. */
static void open_again(const struct site *site)
{
    int jobs = cgroup_open(site);

    if (jobs >= 0) {
        dup3(jobs, site->jobs_dir, O_CLOEXEC);
        close(jobs);
    }
}

int cgroup_make(const struct site *site, const char *name)
{
    int dir = site->jobs_dir >= 0 ? directory_make(site->jobs_dir, name) : -1;

    if (dir < 0 && site->jobs_dir >= 0 && errno == ENOENT) {
        open_again(site);
        dir = directory_make(site->jobs_dir, name);
    }
    return dir;
}

int cgroup_kill(const struct site *site, const char *name)
{
    int dir = site->jobs_dir < 0 ? -1 : openat(site->jobs_dir, name, O_DIRECTORY | O_CLOEXEC);
    int fd = dir < 0 ? -1 : openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    int living = -1;
    char byte;

    if (fd >= 0) {
        cgroup_write(dir, "cgroup.kill", "1");
        living = read(fd, &byte, 1) > 0;
    }
    if (dir >= 0)
        close(dir);
    if (fd >= 0)
        close(fd);
    return living;
}

bool cgroup_remove(const struct site *site, const char *name)
{
    return site->jobs_dir < 0 || unlinkat(site->jobs_dir, name, AT_REMOVEDIR) == 0 ||
           errno == ENOENT;
}
