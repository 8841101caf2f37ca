/*
 * wishes.h - what a submission asks of the scheduler: to be placed behind others.
 */
#ifndef NQS_SIM_WISHES_H
#define NQS_SIM_WISHES_H

#include "people.h"

struct sim;

/* SUBMISSION waits for some, comes before some, or waits to be named by some. */
void wishes_depend(struct sim *sim, struct submission *submission);

#endif
