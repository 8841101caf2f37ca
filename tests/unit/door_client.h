/*
 * door_client.h - clients of a door_server, from the well behaved to raw bytes.
 */
#ifndef NQS_TEST_DOOR_CLIENT_H
#define NQS_TEST_DOOR_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "clock.h"
#include "door_server.h"

/* Well before a record's deadline here, and well after it. */
enum { SOON_MS = 700, LATE_MS = 5000 };

/* A connection to its UNIX socket, or over TCP. */
int dial(const struct door_server *server);
int dial_tcp(const struct door_server *server);

/* Did the door close FD within MS?  What it sends meanwhile is thrown away. */
bool hung_up(int fd, int ms);

/* Send all of it. */
void put(int fd, const void *bytes, size_t length);

/* Append a framed call of PROCEDURE, with arguments that say as little as they can. */
void call_bytes(struct buf *out, uint32_t procedure);

/* One STATUS call over a connection of its own, which is checked; how long it took. */
nqs_time served(const struct door_server *server);

#endif
