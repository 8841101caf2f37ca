/*
 * wishes.h - what a submission asks for: members, others before it, processors.
 */
#ifndef NQS_SIM_WISHES_H
#define NQS_SIM_WISHES_H

#include "attr.h"
#include "people.h"

struct sim;

/* SUBMISSION waits for some, comes before some, or waits to be named by some. */
void wishes_depend(struct sim *sim, struct submission *submission);

/* It asks for processors, memory, time. */
void wishes_resources(struct sim *sim, struct submission *submission);

/* It is an array, or half of one. */
void wishes_array(struct sim *sim, struct submission *submission);

/* SUBMISSION as attributes, as the daemon would have decoded it. */
void wishes_attrs(const struct submission *submission, struct attrs *attrs);

#endif
