/*
 * hand.h - giving a job to a shepherd: to one that is idle, or to a new one.
 */
#ifndef NQS_STARTER_HAND_H
#define NQS_STARTER_HAND_H

#include <sys/types.h>

#include "handoff.h"
#include "order.h"

struct site;

/*
 * Give the frames and FDS to a shepherd.  FDS begins with HANDOFF_RUN; CGROUP and
 * MEMORY are -1 where there is none.  The shepherd's pid, or -1 with errno: then nobody has
 * the job.  Borrows everything; the descriptors stay the caller's.
 */
pid_t hand_over(const struct site *site, const struct order frames[HANDOFF_FRAMES],
                const int fds[HANDOFF_MORE - HANDOFF_RUN], int cgroup, int memory);

#endif
