/*
 * opened.h - the rules of dependencies.
 *
 * Gates are only ever added to a request: what the core takes out of its text must
 * have been met.
 */
#ifndef NQS_SIM_OPENED_H
#define NQS_SIM_OPENED_H

#include "attr.h"
#include "rules.h"

struct sim;

/* SEEN is told ATTR, its dependencies. */
void opened_read(struct sim *sim, struct seen *seen, const struct attr *attr);

/* SEEN is placed: every gate of it is open. */
void opened_check(struct sim *sim, const struct seen *seen);

/* Does SEEN wait for something that can never be? */
bool opened_never(const struct rules *rules, const struct seen *seen);

/* Note of SEEN what others may wait for: that it has begun, and how it ended. */
void opened_note_end(struct rules *rules, struct seen *seen, const struct attrs *attrs);

#endif
