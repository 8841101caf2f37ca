/*
 * turn.h - the turn of nqsd.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_TURN_H
#define NQS_NQSD_TURN_H

#include "nqsd.h"

/* The loop's hook: everything that has arrived, one commit, then everything that follows. */
void turn_run(void *context);

/* The hooks of the doors: a call, a closed connection, a fact, a user's name. */
extern const struct listen_hooks turn_listen_hooks;
void turn_fact(void *context, const struct fact *fact);
void turn_user_found(void *context);

/* Begin to end: accept nothing more.  GRACE_S below 0: what runs goes on without us. */
void turn_close(struct nqsd *nqsd, int64_t grace_s);

#endif
