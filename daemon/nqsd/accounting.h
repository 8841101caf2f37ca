/*
 * accounting.h - the follower that keeps accounting.  Private to daemon/nqsd.
 *
 * Each line carries the number of its event, so that after a crash the files
 * themselves say where to go on: every event has its lines exactly once.
 */
#ifndef NQS_NQSD_ACCOUNTING_H
#define NQS_NQSD_ACCOUNTING_H

#include "follow.h"

struct accounting;

/* Add it to FOLLOW. */
struct accounting *accounting_new(struct nqsd *nqsd, struct follow *follow);

/* End, once what was handed over is on disk or SECONDS have passed. */
void accounting_free(struct accounting *accounting);

/* The directory of the files; lent. */
const char *accounting_path(const struct nqsd *nqsd);

#endif
