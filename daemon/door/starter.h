/*
 * starter.h - the connection to nqs-starter: frames out, answers in.
 *
 * The starter may be restarted at any time.  An order that is idempotent
 * (SIGNAL, DELIVER, CLEAN) is sent again after a reconnection until it has been
 * answered; a START is not, since its own link tells what became of it.
 */
#ifndef NQS_DOOR_STARTER_H
#define NQS_DOOR_STARTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "order.h"

struct event_base;
struct starter;

struct starter_hooks {
    /* The starter answered the frame SERIAL of VERB.  TEXT is lent, never NULL. */
    void (*answered)(void *context, enum order_verb verb, uint64_t serial, enum order_code code,
                     const char *text);
    /* The starter can be reached again. */
    void (*connected)(void *context);
};

/* Connects to PATH at once and whenever it has to.  Borrows HOOKS and CONTEXT, copies PATH. */
struct starter *starter_new(struct event_base *base, const char *path,
                            const struct starter_hooks *hooks, void *context);
void starter_free(struct starter *starter);

bool starter_connected(const struct starter *starter);

/* A serial number for the next frame. */
uint64_t starter_serial(struct starter *starter);

/*
 * Send a whole FRAME (copied) whose serial came from starter_serial().  Takes
 * the COUNT descriptors of FDS, at most two.  False when the starter cannot be
 * reached and the frame is a START: then the descriptors are closed and
 * nothing will come of it.
 */
bool starter_send(struct starter *starter, const void *frame, size_t length, const int *fds,
                  unsigned count);

#endif
