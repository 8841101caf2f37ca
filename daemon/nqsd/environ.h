/*
 * environ.h - what a job is given: its environment, and where its output goes.
 * Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_ENVIRON_H
#define NQS_NQSD_ENVIRON_H

#include "nqsd.h"
#include "order.h"

/* A request with everything that is known of it. */
struct job_view {
    struct job_key key;
    char id[NQS_ID_TEXT_MAX];
    const struct attrs *hot;
    const struct attrs *body;
};

/* Where one stream of a job goes. */
struct job_output {
    bool local;      /* PATH is on this host */
    char path[4200]; /* as the user gave it, ended by '/' when only a directory was given */
    char name[256];  /* of the file in that directory */
};

/* STREAM is 'o' or 'e'. */
void environ_output(const struct nqsd *nqsd, const struct job_view *view, char stream,
                    struct job_output *ret);

/* Put the environment into OUT: the submitter's variables, then ours, which win.
 * Source: reference/queues.md A.1 and B.5. */
void environ_put(const struct nqsd *nqsd, const struct job_view *view, struct order_out *out);

/* Copy the text of ID out of ATTRS; "" when it is absent, cut where it must be. */
void environ_text(const struct attrs *attrs, uint16_t id, char *to, size_t size);

/* How many slots the job has: lines in PBS_NODEFILE. */
enum { ENVIRON_SLOTS_MAX = 10000 };
int64_t environ_slots(const struct job_view *view);

#endif
