/*
 * helper.h - children that do what may take long, and send one frame back.
 */
#ifndef NQS_STARTER_HELPER_H
#define NQS_STARTER_HELPER_H

#include <stdbool.h>

#include "order.h"

/* The descriptors that a helper has besides its standard ones. */
enum helper_fd { HELPER_RESULT = 3, HELPER_DIR, HELPER_END };

struct helper_kind {
    unsigned seconds; /* after so long the child is ended by SIGALRM */
    /* In the child: do it, write the frame.  ARG is what helper_start() was given. */
    void (*work)(const void *arg, struct order_out *result);
    /* In the starter: RESULT, or NULL if the child died.  KEY as given. */
    void (*done)(uint64_t key, const struct order *result);
};

/*
 * Start a helper; the child has DIR as HELPER_DIR.  False: too many, or no
 * process.  Borrows KIND for ever and ARG until the return.
 */
bool helper_start(const struct helper_kind *kind, const void *arg, uint64_t key, int dir);

#endif
