/*
 * tidy.h - what follows a job's end: outputs placed, run directories removed.
 * Private to link.c.
 */
#ifndef NQS_DOOR_TIDY_H
#define NQS_DOOR_TIDY_H

#include "linked.h"
#include "starter.h"

struct tidy;

struct tidy *tidy_new(struct event_base *base, struct starter *starter, link_fact *fact,
                      void *context);
void tidy_free(struct tidy *tidy);

/* As link_clean() and link_deliver(). */
void tidy_clean(struct tidy *tidy, const struct link_job *job);
void tidy_deliver(struct tidy *tidy, const struct link_job *job, uint32_t uid,
                  const struct link_output *outputs, unsigned count);

/* The starter answered a CLEAN or DELIVER frame. */
void tidy_answered(struct tidy *tidy, uint64_t serial, enum order_code code, const char *text);

#endif
