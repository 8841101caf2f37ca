/*
 * peers.h - all connections behind the listening door, each by its number.
 *
 * A peer is known by a number that is never reused; nobody outside holds a
 * pointer to one.  listen.h says what is promised of them.
 */
#ifndef NQS_DOOR_PEERS_H
#define NQS_DOOR_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "call.h"

struct event_base;
struct peers;

/* Borrows all four; LIMITS may change until the first peer is admitted. */
struct peers *peers_new(struct event_base *base, const struct listen_limits *limits,
                        const struct listen_hooks *hooks, void *context);
void peers_free(struct peers *peers);

/*
 * Take the accepted, non-blocking FD.  When there are too many, the newest is
 * turned away: its first call is answered with NQS_BUSY.  When there are too
 * many of those also, it is closed.
 */
void peers_admit(struct peers *peers, int fd, bool local, uid_t uid, gid_t gid);

void peers_reply(struct peers *peers, uint64_t number, const void *record, size_t length);
void peers_pause(struct peers *peers);
void peers_resume(struct peers *peers);
void peers_drain(struct peers *peers, unsigned ms);
size_t peers_count(const struct peers *peers);

#endif
