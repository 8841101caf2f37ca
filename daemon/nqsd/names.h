/*
 * names.h - lists of users and groups, from names to numbers.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_NAMES_H
#define NQS_NQSD_NAMES_H

#include "nqsd.h"

/*
 * Bring each list of names in ATTRS into the form that is kept (no blanks, no
 * host that is ours), and append the list of its numbers to NUMBERS.  Both are
 * lent from SPACE, which is to be empty and is the caller's to free.
 * NQS_BUSY while a name is being looked up, NQS_NOUSER, NQS_VALUE.
 */
enum nqs_code names_resolve(struct nqsd *nqsd, struct attrs *attrs, struct attrs *numbers,
                            struct buf *space, struct nqs_err *err);

#endif
