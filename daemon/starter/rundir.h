/*
 * rundir.h - run directories: made whole, locked, and removed by name.
 */
#ifndef NQS_STARTER_RUNDIR_H
#define NQS_STARTER_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "order.h"

struct site;

struct rundir {
    int dir;
    int lock;       /* its lock file, locked */
    char name[256]; /* ID.N */
};

/* The name ID.N; false if it cannot be one. */
bool rundir_name(char *ret, size_t size, const char *id, int64_t incarnation);

/*
 * Make the directory of START with its lock and a copy of SCRIPT, and put it
 * in its place.  Returns NULL, or what failed, with errno; EEXIST means that
 * this incarnation has been started before.
 */
const char *rundir_make(struct rundir *ret, const struct site *site, const struct order *start,
                        int script);

/* Close it; the lock lives on in whoever inherited it. */
void rundir_close(struct rundir *rundir);

/* Open a run directory, for the starter's own eyes; -1 with errno. */
int rundir_open(const struct site *site, const char *name);

/* Is its lock held by a shepherd?  Without a lock file it is not. */
bool rundir_held(int dir);

/* Remove the directory and its known files; false with errno.  Absent is success. */
bool rundir_remove(const struct site *site, const char *name);

/* Remove what a killed starter left half made. */
void rundir_sweep(const struct site *site);

#endif
