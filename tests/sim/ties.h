/*
 * ties.h - what the daemon and the shepherds have to do with each other.
 *
 * The daemon has a tie to each run that it waits for, from the order to start
 * or adopt it until the fact that settles it, and never two: a KILL goes over
 * the tie, or waits there until there is a shepherd to hear it.  Nobody looks
 * at the directory while his own start is under way, for what is not there
 * then says nothing, and two starts of one incarnation could be on their way.
 */
#ifndef NQS_SIM_TIES_H
#define NQS_SIM_TIES_H

#include "node.h"

/* An order of the daemon, released; and what the wheel brings of it. */
void ties_order(struct sim *sim, const struct core_order *order);
void ties_serve(struct sim *sim, const struct happening *what);

/* The daemon of now waits for what becomes of RUN; it hears what comes of WHAT. */
bool ties_hold(const struct sim *sim, const struct run *run);
bool ties_hear(const struct sim *sim, const struct happening *what);

/* Look at the run directory of RUN soon, as the daemon does when a link closes. */
void ties_look(struct sim *sim, struct run *run);

/* Whoever had the other end of the link is gone. */
void ties_close(struct sim *sim, struct run *run);

/* The shepherd of RUN tells that KIND happened; somebody who looked tells it at once. */
void ties_tell(struct sim *sim, struct run *run, enum fact_kind kind);
void ties_tell_now(struct sim *sim, struct run *run, enum fact_kind kind);

/* Tell FACT to the daemon of EPOCH, no earlier than EARLIEST.  When it arrives. */
nqs_time ties_send(struct sim *sim, const struct fact *fact, uint32_t epoch, nqs_time earliest);

/* What is to be told of RUN. */
struct fact ties_fact(const struct sim *sim, const struct run *run, enum fact_kind kind);

/* FACT reaches the daemon: it waits no longer if that settles a run. */
void ties_heard(struct sim *sim, const struct fact *fact);

#endif
