/*
 * tree.h - all processes of a job: who they are, what they use, their end.
 *
 * Where the job has a cgroup, that says who belongs to it.  Elsewhere the
 * shepherd is the subreaper, so that every process of the job is below it
 * whatever it did to get away.
 */
#ifndef NQS_SHEPHERD_TREE_H
#define NQS_SHEPHERD_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct rusage;

/* What processes used that are no more. */
struct usage {
    int64_t cput_us;
    int64_t maxrss; /* bytes, of the largest */
};

/* Add what wait4() said of one of them. */
void usage_add(struct usage *sum, const struct rusage *usage);

/* CGROUP is the job's cgroup directory or -1: borrowed, everywhere in this file. */

/* Send SIGNO to every process, stopped ones being continued. */
void tree_signal(int cgroup, int signo);

/* Kill every process that is there now; new ones may have been born meanwhile. */
void tree_kill(int cgroup);

/* Stop every process, or let all go on: by the cgroup's freezer, else by STOP and CONT. */
void tree_stop(int cgroup, bool stop);

/* Bound the job's memory by the kernel; false if that has to be done by polling. */
bool tree_bound_memory(int cgroup, int64_t bytes);

/* The same by version 1's controller, whose directory MEMORY is (or -1). */
bool tree_bound_memory_1(int memory, int64_t bytes);

/* Has the kernel killed a process for such a bound?  CGROUP may be version 1's, too. */
bool tree_was_out_of_memory(int cgroup);

/* Resident bytes of all processes now, and in *RET_VIRTUAL those of their address spaces. */
int64_t tree_memory(int cgroup, int64_t *ret_virtual);

/*
 * Microseconds of CPU time that living and dead processes have used.  Without a
 * cgroup the dead ones are those of REAPED_US, and those that they had waited for.
 */
int64_t tree_cput(int cgroup, int64_t reaped_us);

#endif
