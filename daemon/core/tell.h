/*
 * tell.h - one telling of a core: emitting events, and applying them.
 *
 * Private to daemon/core.  apply_event() is the only thing that changes a
 * world; everybody else emits, which applies, remembers and orders what must
 * follow.  So replaying the journal is the same code as living through it.
 */
#ifndef NQS_CORE_TELL_H
#define NQS_CORE_TELL_H

#include "attr.h"
#include "clock.h"
#include "outbox.h"
#include "world.h"

struct telling {
    struct core *core;
    struct nqs_now now;
    struct outbox *out;
    struct attrs attrs;     /* of the event to come; tell_*() empty it */
    const char *end_reason; /* of what is deleted */
    int64_t grace_s;        /* of a KILL; below 0: what the settings and the event say */
    int64_t by;             /* the uid of who asks for it; below 0: nobody does */
    char note[40];          /* a text that stands in attrs */
};

/* Begin a telling, and end it. */
void telling_begin(struct telling *t, struct core *core, struct nqs_now now, struct outbox *out);
void telling_end(struct telling *t);

/*
 * Emit an event of a request with t->attrs.  DUE is when it is next looked at,
 * for the states that wait for the steady clock; else NQS_NEVER.
 */
void tell_job(struct telling *t, struct job_key key, enum event_type type, nqs_time due);

/* Emit what follows for the array of KEY when nobody in it waits any more: that all members were
 * begun, or that all have ended. */
void tell_array(struct telling *t, struct job_key key);

/* Emit an event of the queue, or of the complex, NAME; SERVER_SET; with t->attrs. */
void tell_queue(struct telling *t, const char *name, enum event_type type);
void tell_server(struct telling *t);

/* Order KIND for JOB as it is now, with NUMBER. */
void tell_order(struct telling *t, const struct job *job, enum order_kind kind, uint32_t number);

/* Order what the bits of EFFECTS (enum life_effect) say for JOB; GRACE goes with KILL. */
void tell_effects(struct telling *t, const struct job *job, unsigned effects, uint32_t grace);

/* Change the world by EVENT with its values.  DUE as above. */
void apply_event(struct core *core, const struct event *event, const struct attrs *attrs,
                 nqs_time due);

/* Append the records of all that changed, and forget that it did. */
void tell_records(struct core *core, struct outbox *out);

/* The record of one row, of a queue, of the settings; appended to OUT. */
void record_job(const struct core *core, const struct job *job, enum record_kind kind,
                struct outbox *out);
void record_queue(const struct core *core, const struct queue *queue, struct outbox *out);
void record_complex(const struct core *core, const struct complex *complex, struct outbox *out);
void record_server(const struct core *core, struct outbox *out);

/* The settings as attributes. */
void settings_set(struct core *core, const struct attr *attr);
void settings_values(const struct core *core, struct attrs *attrs);

#endif
