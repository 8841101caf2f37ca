/*
 * history.h - accounting read back for those who may see it.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_HISTORY_H
#define NQS_NQSD_HISTORY_H

#include "inbox.h"
#include "nqsd.h"

/* Answer HISTORY: a piece of a day. */
void history_answer(struct nqsd *nqsd, struct call *call);

#endif
