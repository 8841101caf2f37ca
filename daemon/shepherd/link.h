/*
 * link.h - the shepherd's conversation with nqsd.
 *
 * There is one link at a time: the socket that came with the order, or the
 * newest connection to `sock` in the run directory whose peer is nqsd.  That a
 * link dies, or was never read, changes nothing for the job.
 *
 * The socket's file is among the dearest things that a short job could have,
 * and none of them needs it: the door is opened when the first link has died or
 * the job has run for a while.
 */
#ifndef NQS_SHEPHERD_LINK_H
#define NQS_SHEPHERD_LINK_H

#include <stdbool.h>
#include <sys/types.h>

#include "order.h"

struct link {
    int fd;       /* -1: nobody listens */
    int door;     /* where a restarted nqsd connects; -1: not open yet */
    uid_t daemon; /* who may connect */
    unsigned char packet[ORDER_PACKET];
};

/* Take the link that was handed over. */
void link_open(struct link *link, uid_t daemon);

/* Open the door, if it is not open.  False with errno. */
bool link_open_door(struct link *link);

/* Let the next one in, if it is nqsd; true if the link is a new one. */
bool link_accept(struct link *link);

/* Take one message; false when there is none.  RET borrows the link's packet. */
bool link_take(struct link *link, struct order *ret);

/* Send the frame in OUT, which was written into PACKET; a loss is nobody's loss. */
void link_send(struct link *link, struct order_out *out);

#endif
