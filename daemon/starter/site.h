/*
 * site.h - what the starter was told at its start, and the places it works in.
 */
#ifndef NQS_STARTER_SITE_H
#define NQS_STARTER_SITE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct site {
    const char *socket; /* paths, as given */
    const char *spool;
    const char *shepherd;
    uid_t daemon_uid; /* whose orders are taken */
    gid_t daemon_gid; /* who may read the spool */
    uid_t min_uid;
    bool allow_root;
    bool personal; /* one ordinary user's cell: no privilege anywhere */
    bool no_cgroup;
    int run_dir; /* descriptors: SPOOL/run, SPOOL/out, */
    int out_dir;
    int jobs_dir;   /* and the cgroup above all jobs, or -1 */
    int memory_dir; /* the same of version 1's memory controller */
    char boot[40];
};

/*
 * Make and open the places in the spool and claim it.  False, with a line in the
 * log, if that cannot be.
 */
bool site_open(struct site *site);

/* May a job run as UID here? */
bool site_may_run(const struct site *site, int64_t uid);

/* Log one fact: an event name and key=value words.  Control characters become '?'. */
void site_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
