/*
 * cgroup.h - one cgroup per job, where the host lets us.
 */
#ifndef NQS_STARTER_CGROUP_H
#define NQS_STARTER_CGROUP_H

#include <stdbool.h>

struct site;

/* Find or make the directory above all jobs' cgroups; -1 if there can be none.  Logs which. */
int cgroup_open(const struct site *site);

/*
 * The directory in which jobs' cgroups are made in the version 1 hierarchy of the memory
 * controller; -1 if there is none, or version 2 has the controller.
 */
int cgroup_open_memory(const struct site *site);

/* Leave word in SPOOL/limits of what bounds memory and processor time here. */
void cgroup_note(const struct site *site);

/* Make the job's cgroup and open it; -1 if there are no cgroups here, or with errno. */
int cgroup_make(const struct site *site, const char *name);

/* The same in the hierarchy of the memory controller; -1 if that has none of its own. */
int cgroup_make_memory(const struct site *site, const char *name);

/* Kill all that is in it.  Returns 0 when it is empty, 1 while something dies, -1 if absent. */
int cgroup_kill(const struct site *site, const char *name);

/* Remove both; false with errno while something lives in it.  Absent is success. */
bool cgroup_remove(const struct site *site, const char *name);

#endif
