/*
 * cgroup.c - one cgroup per job, where the host lets us.
 *
 * Jobs live in OWN/nqs-HASH/jobs/ID.N, where OWN is the starter's own cgroup
 * (that of its unit) and the hash is that of the spool's path, so that cells
 * on one host do not meet.  The starter and the shepherds stay outside of it.
 *
 * Where the memory controller is bound to a hierarchy of version 1, a job with a
 * bound of its memory has a second cgroup there, OWN/nqs-HASH.ID.N.
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

/* A hierarchy: version 2, or the one of version 1 that has a controller. */
struct hierarchy {
    const char *type;       /* of its file system, with blanks */
    const char *controller; /* "": version 2 */
};

static const struct hierarchy unified = {" - cgroup2 ", ""};
static const struct hierarchy memory = {" - cgroup ", "memory"};

/* Is WORD one of LIST, which has commas between and ends with a character of ENDS? */
static bool list_has(const char *list, const char *ends, const char *word)
{
    size_t length = strlen(word);

    while (*list && !strchr(ends, *list)) {
        size_t step = strcspn(list, ",:\n ");

        if (step == length && strncmp(list, word, length) == 0)
            return true;
        list += step;
        list += *list == ',';
    }
    return length == 0;
}

/* Where the hierarchy is mounted: its options are the line's last word. */
static bool mount_find(const struct hierarchy *which, char *ret, size_t size)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char line[4096];
    char point[1024];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        char *options = strrchr(line, ' ');

        if (strstr(line, which->type) && options &&
            list_has(options + 1, "\n", which->controller) &&
            sscanf(line, "%*s %*s %*s %*s %1023s", point) == 1) {
            snprintf(ret, size, "%s", point);
            found = true;
        }
    }
    if (file)
        fclose(file);
    return found;
}

/* Append the starter's own path in that hierarchy: lines are ID:CONTROLLERS:PATH. */
static bool own_path(const struct hierarchy *which, char *path, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    size_t used = strlen(path);
    char line[4096];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        char *list = strchr(line, ':');
        char *at = list ? strchr(list + 1, ':') : NULL;

        if (!at || at[1] != '/')
            continue;
        found = *which->controller ? list_has(list + 1, ":", which->controller)
                                   : strncmp(line, "0::", 3) == 0;
        line[strcspn(line, "\n")] = '\0';
        if (found)
            snprintf(path + used, size - used, "%s", at[2] ? at + 1 : "");
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

/*
 * Open the starter's own directory in a hierarchy, where one may make others; -1
 * if there is none.  PATH gets its name, of SIZE bytes.
 */
static int own_open(const struct hierarchy *which, char *path, size_t size)
{
    int own = -1;

    if (mount_find(which, path, size) && own_path(which, path, size))
        own = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* To move a process takes the right to write here; a user seldom has it. */
    if (own >= 0 && faccessat(own, "cgroup.procs", W_OK, AT_EACCESS) != 0) {
        close(own);
        own = -1;
    }
    return own;
}

int cgroup_open(const struct site *site)
{
    char path[8192];
    char name[32];
    int own = site->no_cgroup ? -1 : own_open(&unified, path, sizeof path);
    int ours = -1;
    int jobs = -1;

    snprintf(name, sizeof name, "nqs-%08x", hash_of(site->spool));
    if (own >= 0) {
        ours = directory_make(own, name);
        jobs = ours >= 0 ? directory_make(ours, "jobs") : -1;
    }
    if (jobs >= 0) {
        memory_enable(own, ours, jobs);
        site_log("cgroup-used path=%s/%s/jobs memory=%s", path, name,
                 faccessat(jobs, "memory.max", F_OK, 0) == 0 ? "kernel" : "not here");
    } else {
        site_log("cgroup-absent jobs=%s", "session and subreaper");
    }
    if (own >= 0)
        close(own);
    if (ours >= 0)
        close(ours);
    return jobs;
}

int cgroup_open_memory(const struct site *site)
{
    bool is_there = site->jobs_dir >= 0 && faccessat(site->jobs_dir, "memory.max", F_OK, 0) == 0;
    char path[8192];
    int own = site->no_cgroup || is_there ? -1 : own_open(&memory, path, sizeof path);

    if (own >= 0)
        site_log("cgroup-memory path=%s version=1", path);
    return own;
}

void cgroup_note(const struct site *site)
{
    bool second = site->jobs_dir >= 0 && faccessat(site->jobs_dir, "memory.max", F_OK, 0) == 0;
    const char *mem = second ? "cgroup_v2" : site->memory_dir >= 0 ? "cgroup_v1" : "polled";
    char path[4096];
    char new[4100];
    FILE *file;

    snprintf(path, sizeof path, "%s/limits", site->spool);
    snprintf(new, sizeof new, "%s.new", path);
    unlink(new);
    file = fopen(new, "wxe");
    if (!file)
        return;
    fprintf(file, "mem=%s,cput=%s\n", mem, site->jobs_dir >= 0 ? "cgroup_v2" : "polled");
    fchmod(fileno(file), 0644);
    if (fclose(file) == 0)
        rename(new, path);
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

/* The job's name among all that is in the starter's own directory. */
static void memory_name(const struct site *site, const char *name, char *ret, size_t size)
{
    snprintf(ret, size, "nqs-%08x.%s", hash_of(site->spool), name);
}

int cgroup_make_memory(const struct site *site, const char *name)
{
    char ours[300];

    memory_name(site, name, ours, sizeof ours);
    return site->memory_dir >= 0 ? directory_make(site->memory_dir, ours) : -1;
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

static bool directory_remove(int parent, const char *name)
{
    return parent < 0 || unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool cgroup_remove(const struct site *site, const char *name)
{
    char ours[300];

    memory_name(site, name, ours, sizeof ours);
    return directory_remove(site->jobs_dir, name) && directory_remove(site->memory_dir, ours);
}
