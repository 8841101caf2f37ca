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

/* The role of UID. */
enum core_role change_role(const struct nqsd *nqsd, uint32_t uid);

/* May CALL's user make such a call?  NQS_PERM with a text that says whose it is. */
enum nqs_code change_check_role(const struct nqsd *nqsd, const struct call *call,
                                struct nqs_err *err);

#endif
