/*
 * link.h - the daemon's hands: jobs started, signalled, ended and cleaned away.
 *
 * Carries out orders by the starter and by a link to each job's shepherd, and
 * turns what comes back into facts.  The two promises: the fact that a job was
 * lost is told only after what was left of it is dead; and of an incarnation
 * of which nothing is found, that is told, never guessed.
 */
#ifndef NQS_DOOR_LINK_H
#define NQS_DOOR_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linked.h"

struct event_base;
struct link;
struct spool;

/* STARTER is the path of its socket.  Borrows SPOOL, FACT and CONTEXT. */
struct link *link_new(struct event_base *base, const char *starter, struct spool *spool,
                      link_fact *fact, void *context);
void link_free(struct link *link);

/* A serial number for a START frame. */
uint64_t link_serial(struct link *link);

/*
 * Start JOB: FRAME is a whole START with a serial of link_serial().  Takes
 * SCRIPT, a descriptor.  What comes of it is told as facts.
 */
void link_start(struct link *link, const struct link_job *job, const void *frame, size_t length,
                int script);

/* Find the shepherd of JOB again, or what it left. */
void link_adopt(struct link *link, const struct link_job *job);

/* Which boot of the host this is; lent.  "" when it cannot be told. */
const char *link_boot(const struct link *link);

/*
 * The host has been started again since the starts were ordered that
 * link_adopt() is given now.  What is not found on disk may have run and been
 * lost with the power, so nothing of it is told as never run.
 */
void link_rebooted(struct link *link);

/* Is it still to be found out what has become of an adopted job? */
bool link_adopting(const struct link *link);

/* Send SIGNAL to JOB; nothing happens when it has just ended. */
void link_raise(struct link *link, const struct link_job *job, int signal);

/* End JOB: TERM, GRACE_S seconds, KILL.  Remembered until its shepherd can be told. */
void link_kill(struct link *link, const struct link_job *job, unsigned grace_s);

/* Write TEXT to outputs of JOB, as ATTR_message_to; nothing happens when it has just ended. */
void link_message(struct link *link, const struct link_job *job, unsigned outputs,
                  const char *text);

/* Suspend JOB, or let it go on.  Remembered as long as there is a job. */
void link_suspend(struct link *link, const struct link_job *job, bool suspend);

/* Remove JOB's run directory, with others, in a moment. */
void link_clean(struct link *link, const struct link_job *job);

/* Place the COUNT (1 or 2) outputs, in order; one fact when all are placed or one was not. */
void link_deliver(struct link *link, const struct link_job *job, uint32_t uid,
                  const struct link_output *outputs, unsigned count);

#endif
