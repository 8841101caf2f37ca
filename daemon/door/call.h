/*
 * call.h - what passes between the listening door and the rest of the daemon.
 */
#ifndef NQS_DOOR_CALL_H
#define NQS_DOOR_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rpc.h"

/* A whole call of a procedure that we know.  Everything is lent until the hook returns. */
struct listen_call {
    uint64_t connection; /* never reused */
    uint32_t xid;
    const struct rpc_row *row;
    uid_t uid; /* of the process that connected; meaningless unless `local` */
    gid_t gid;
    bool local;       /* came over the UNIX socket */
    const void *args; /* not decoded yet: rpc_decode_args() */
    size_t length;
};

/*
 * What the daemon does about it.  Neither is ever called from inside
 * listen_reply(), so both may be called while a turn is not under way.
 *
 *   call    once for every call; it has to be answered once with
 *           listen_reply(), from inside the hook or at any later time
 *   closed  the connection has gone: what is still owed to it is void.
 *           Called only for connections on which a call was told
 */
struct listen_hooks {
    void (*call)(void *context, const struct listen_call *call);
    void (*closed)(void *context, uint64_t connection);
};

/* Bounds on what strangers may cost; listen_limits() gives the usual ones. */
struct listen_limits {
    unsigned connections_max;     /* in all */
    unsigned connections_per_uid; /* root and our own user are free of it */
    unsigned calls_max;           /* of one connection, told and not yet answered */
    unsigned record_ms;           /* a record has to be whole so long after its first byte */
    unsigned drain_ms;            /* a reply has to be taken within this time, or twice it */
    size_t output_stop;           /* more than this not taken: no further call is read */
    size_t output_max;            /* more than this not taken: the connection is dropped */
    size_t held_max;              /* all bytes held for all; then large holders are dropped */
};

#endif
