/*
 * waits.h - clients that wait for a request's end: long polls.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_WAITS_H
#define NQS_NQSD_WAITS_H

#include "nqsd.h"

struct waits;

struct waits *waits_new(struct nqsd *nqsd);
void waits_free(struct waits *waits);

/* Answer the WAIT_JOB CALL at once, or keep it until its request has come so far. */
void waits_call(struct waits *waits, struct call *call);

/* Something has happened to KEY and is committed: answer those who waited for it. */
void waits_event(struct waits *waits, struct job_key key);

/* Nobody waits. */
bool waits_empty(const struct waits *waits);

/* CONNECTION has gone: forget what it waited for. */
void waits_closed(struct waits *waits, uint64_t connection);

/* The daemon is about to end: tell everybody to ask again. */
void waits_end(struct waits *waits);

#endif
