/*
 * loop.h - waiting for descriptors.
 */
#ifndef NQS_STARTER_LOOP_H
#define NQS_STARTER_LOOP_H

#include <stdbool.h>

/* Something that is called when FD can be read.  The owner embeds it. */
struct watch {
    int fd;
    void (*ready)(struct watch *watch);
};

/* Watch from now on, until loop_remove().  Borrows WATCH till then. */
bool loop_add(struct watch *watch);

/* Watch no longer; before the descriptor is closed. */
void loop_remove(struct watch *watch);

/* Serve for ever; returns only if waiting itself fails. */
void loop_run(void);

#endif
