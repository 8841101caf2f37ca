/*
 * listing.h - rows of requests on their way to a client.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_LISTING_H
#define NQS_NQSD_LISTING_H

#include "compare.h"
#include "page.h"

struct listing {
    struct nqsd *nqsd;
    const nqs_status_args *args;
    struct page page;
    struct attrs attrs; /* of the row being made */
    uint32_t uid;       /* who asks */
    nqs_time since;     /* finished requests that ended before are not shown */
    bool own;           /* only requests of UID are there at all */
    bool cold;          /* some test is of an attribute that only the body has */
    size_t test_count;
    struct compare tests[NQS_TESTS_MAX];
};

/* Answer CALL of STATUS_JOBS, or of SELECT_JOBS, from what is committed. */
void listing_jobs(struct nqsd *nqsd, struct call *call);
void listing_select(struct nqsd *nqsd, struct call *call);

/* Take the tests of SELECT_JOBS into L, which borrows their values.  NQS_NOATTR, NQS_VALUE,
 * NQS_NOQUEUE: what is wrong with one. */
enum nqs_code select_tests(struct listing *l, const nqs_select_args *args, struct nqs_err *err);

/* Do the tests that the core cannot make hold of the body of a living request? */
bool select_body(struct listing *l, struct job_key key);

/* Do all tests hold of the values of one that has finished, and of its body? */
bool select_finished(struct listing *l, struct job_key key, const struct attrs *attrs);

#endif
