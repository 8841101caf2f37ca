/*
 * listen.h - the door at which clients knock.
 *
 * Listens on a UNIX socket, where the kernel says who calls, and on TCP, where
 * nobody is known yet and only the NULL procedure is answered.  Gives whole
 * calls to the daemon and takes whole replies from it, by connection number.
 * What RFC 5531 has an answer for (a wrong program, version or procedure,
 * arguments to NULL, a weak credential) is answered here; what it has none
 * for ends the connection.
 *
 * No peer can hold up another: nothing blocks, everything is bounded (struct
 * listen_limits) and a record that has begun has a deadline.
 */
#ifndef NQS_DOOR_LISTEN_H
#define NQS_DOOR_LISTEN_H

#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "err.h"

struct event_base;
struct listen;

/* The usual bounds, within what this process may open. */
struct listen_limits listen_limits(void);

/*
 * A door without a socket yet.  BASE has three priorities; calls are told at
 * the first two, so that the daemon's turn, at the last one, sees all that
 * came together.  Borrows BASE, HOOKS and CONTEXT.  The process ignores SIGPIPE
 * from now on.  Never NULL.
 */
struct listen *listen_new(struct event_base *base, const struct listen_hooks *hooks, void *context);

/* Close everything and free; NULL is allowed.  No hook is called. */
void listen_free(struct listen *door);

/* Other bounds than the usual; before the first socket. */
void listen_limit(struct listen *door, const struct listen_limits *limits);

/*
 * Listen at PATH, of any length, for every user (mode 0666).  A socket that a
 * dead daemon left is replaced.  NQS_EXISTS when a living one answers there.
 */
enum nqs_code listen_unix(struct listen *door, const char *path, struct nqs_err *err);

/*
 * Listen at TEXT, a numeric address and a port as 127.0.0.1:7000 or [::1]:7000;
 * without a port the kernel takes a free one.  *ret_port (NULL is allowed) is
 * the port.
 */
enum nqs_code listen_tcp(struct listen *door, const char *text, uint16_t *ret_port,
                         struct nqs_err *err);

/*
 * Send LENGTH bytes of a reply (rpc_encode_reply(); marking is added here) if
 * CONNECTION still is there, and count one call as answered.  Never calls back.
 */
void listen_reply(struct listen *door, uint64_t connection, const void *record, size_t length);

/* Stop reading everywhere, while the daemon's inbox or its disk is full; and go on. */
void listen_pause(struct listen *door);
void listen_resume(struct listen *door);

/* Accept no further connection; those that are there stay. */
void listen_close(struct listen *door);

/*
 * Blocks until all that was replied has been taken, at most MS; reads nothing
 * any more.  The last thing before listen_free().
 */
void listen_drain(struct listen *door, unsigned ms);

/* How many connections are open. */
size_t listen_count(const struct listen *door);

#endif
