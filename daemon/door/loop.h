/*
 * loop.h - waking up: the event loop, the turn, and the two clocks.
 *
 * Whatever arrives is put into boxes by its own callback; the turn, at the
 * lowest priority, then sees all that came together.  Nothing else runs turns.
 */
#ifndef NQS_DOOR_LOOP_H
#define NQS_DOOR_LOOP_H

#include <event2/event.h>

#include "clock.h"

struct loop;

struct loop_hooks {
    /* One turn.  Called when something was wanted, never from inside itself. */
    void (*turn)(void *context);
    /* SIGTERM or SIGINT came. */
    void (*end)(void *context);
};

/* A loop with three priorities: calls at 0 and 1, turns at 2.  Exits when there can be none. */
struct loop *loop_new(const struct loop_hooks *hooks, void *context);
void loop_free(struct loop *loop);

/* Lent. */
struct event_base *loop_base(struct loop *loop);

/* Run until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* A turn as soon as all that has arrived has been taken; or at most MS later. */
void loop_want(struct loop *loop);
void loop_want_within(struct loop *loop, unsigned ms);

/*
 * A turn when either clock has reached its moment (NQS_NEVER: none).  A step
 * of the wall clock causes one too.  Replaces what was armed before.
 */
void loop_wake(struct loop *loop, struct nqs_now now, struct nqs_now wake);

#endif
