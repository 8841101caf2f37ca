/*
 * bound.h - what a queue allows of each limit, and what it gives.
 *
 * A queue has three lists of limits (limit.h): resources_max, resources_min and
 * resources_default.  What a request asks for has to be within them; what it
 * does not ask for it gets when it is accepted, and keeps whatever becomes of
 * the queue's lists.
 */
#ifndef NQS_CORE_BOUND_H
#define NQS_CORE_BOUND_H

#include "attr.h"
#include "buf.h"
#include "core.h"
#include "err.h"
#include "limit.h"
#include "world.h"

/*
 * Are the limits of GIVEN within QUEUE's?  NQS_LIMIT when one is not, NQS_VALUE
 * when a soft limit is above its hard one.  What is not given is not judged.
 */
enum nqs_code bound_check(const struct core *core, const struct queue *queue,
                          const struct attrs *given, struct nqs_err *err);

/* May a request in QUEUE be without LIMIT?  NQS_LIMIT when the queue has a maximum of it. */
enum nqs_code bound_check_none(const struct core *core, const struct queue *queue,
                               const struct limit *limit, struct nqs_err *err);

/* Is ATTR a limit that is none, and hot?  Such a one takes no place: 0 says the same. */
bool bound_is_nothing(const struct attr *attr);

/*
 * Append to RET all of GIVEN, which has passed bound_check(), and QUEUE's limits
 * for what is not given: the default, else the maximum.  RET borrows the bytes.
 */
void bound_fill(const struct core *core, const struct queue *queue, const struct attrs *given,
                struct attrs *ret);

enum { BOUND_ROOM = 3 * 2048 }; /* what bound_merge() puts into a space, for all lists */

/* Is ID one of the three lists? */
bool bound_is_list(uint16_t id);

/*
 * Append to RET what CHANGE makes of the list of that id in HAVE: "mem=1gb,core="
 * sets one limit and takes the other away; "" empties the list.  SPACE has
 * BOUND_ROOM for the text, so that it does not move.
 */
enum nqs_code bound_merge(const struct attr *change, const struct attrs *have, struct buf *space,
                          struct attrs *ret, struct nqs_err *err);

#endif
