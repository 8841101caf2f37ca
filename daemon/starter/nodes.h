/*
 * nodes.h - files that name this host once for each slot of a job.
 */
#ifndef NQS_STARTER_NODES_H
#define NQS_STARTER_NODES_H

#include <stdbool.h>
#include <stdint.h>

struct site;

/*
 * See that SPOOL/run/nodes-SLOTS is there, a file that everybody may read and
 * that all jobs of so many slots share.  False with errno.
 */
bool nodes_make(const struct site *site, int64_t slots);

#endif
