/*
 * nodes.c - files that name this host once for each slot of a job.
 *
 * What a job finds by PBS_NODEFILE depends on nothing but the number of its
 * slots, so a file is made once and not for each job.
 */
#include "nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "site.h"

#define NODES_NEW ".nodes"

static bool lines_write(int fd, int64_t slots)
{
    FILE *file = fdopen(fd, "w");
    char host[256] = "localhost";

    if (!file) {
        close(fd);
        return false;
    }
    gethostname(host, sizeof host - 1);
    while (slots-- > 0)
        fprintf(file, "%s\n", host);
    return fclose(file) == 0;
}

bool nodes_make(const struct site *site, int64_t slots)
{
    static int64_t made; /* the last one that was seen */
    char name[32];
    int fd;

    if (slots == made)
        return true;
    snprintf(name, sizeof name, "nodes-%lld", (long long)slots);
    if (faccessat(site->run_dir, name, F_OK, 0) != 0) {
        unlinkat(site->run_dir, NODES_NEW, 0);
        fd = openat(site->run_dir, NODES_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0644);
        if (fd < 0 || !lines_write(fd, slots) ||
            renameat(site->run_dir, NODES_NEW, site->run_dir, name) != 0)
            return false;
    }
    made = slots;
    return true;
}
