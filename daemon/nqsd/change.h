/*
 * change.h - calls that change something: from the wire to the core.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_CHANGE_H
#define NQS_NQSD_CHANGE_H

#include "nqsd.h"
#include "tree.h"

/* The requests that this turn has made, by token. */
void change_tokens_init(struct tree *tokens);

/*
 * Tell CALL to the core; REF goes with the answer that it orders.  On any code
 * but NQS_OK the answer is in ERR.  NQS_BUSY: CALL waits for its user's name.
 */
enum nqs_code change_decide(struct nqsd *nqsd, struct call *call, uint64_t ref, struct tree *tokens,
                            struct nqs_err *err);

#endif
