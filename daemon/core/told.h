/*
 * told.h - what a core is told, and how it is asked: the types of core.h.
 */
#ifndef NQS_CORE_TOLD_H
#define NQS_CORE_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "clock.h"
#include "outbox.h"

/* What does not change while a core lives. */
struct core_rules {
    const char *server; /* our name: the server of origin of what is submitted here; copied */
    uint32_t min_uid;   /* no user below it may submit (root: see root_jobs) */
    bool root_jobs;     /* root may submit */
    bool personal;      /* nobody but only_uid may submit */
    uint32_t only_uid;
};

enum core_role { CORE_USER, CORE_OPERATOR, CORE_MANAGER };

/* What a client may ask.  Numbers are not kept: requests.def has the wire's. */
enum core_verb {
    VERB_QUEUE_JOB,
    VERB_DELETE_JOB,
    VERB_HOLD_JOB,
    VERB_RELEASE_JOB,
    VERB_RERUN_JOB,
    VERB_SIGNAL_JOB,
    VERB_MESSAGE_JOB,
    VERB_MODIFY_JOB,
    VERB_MOVE_JOB,
    VERB_CREATE_QUEUE,
    VERB_DELETE_QUEUE,
    VERB_SET_QUEUE,
    VERB_PURGE_QUEUE,
    VERB_SET_SERVER,
    VERB_CREATE_COMPLEX,
    VERB_DELETE_COMPLEX,
    VERB_SET_COMPLEX,
    VERB_COUNT
};

/* What is remembered of a request that has ended. */
struct core_finished {
    struct job_key key;
    uint32_t uid;
    bool begun; /* it ran */
    bool ok;    /* it ended well: depend_ended_ok() */
};

struct request {
    enum core_verb verb;
    uint64_t ref;     /* of the answer; the core passes it on */
    uint32_t uid;     /* who asks, by number ... */
    const char *user; /* ... and by name; QUEUE_JOB only */
    const char *host; /* from where; QUEUE_JOB only */
    enum core_role role;
    const char *name;  /* a job id or a queue's name, as the client wrote it */
    const char *known; /* the id that the same token made before, or NULL */
    const struct attrs *attrs;
    const uint32_t *gids; /* the groups of who asks; QUEUE_JOB only */
    size_t gid_count;
    const struct attrs *numbers; /* of the lists of names in ATTRS, item by item; may be NULL */
    const struct core_finished *finished; /* QUEUE_JOB: those of its depend that have ended */
    size_t finished_count;
    const struct attrs *body; /* MODIFY_JOB: the cold values as they are, NULL: none are there */
};

enum fact_kind {
    FACT_STARTED,       /* the shepherd has begun: pid, wall */
    FACT_START_FAILED,  /* for the moment: text */
    FACT_START_REFUSED, /* for good: text */
    FACT_EXITED,        /* everything below */
    FACT_NEVER_RAN,     /* this incarnation never ran and never will */
    FACT_ABSENT,        /* nothing is known of this incarnation on its node */
    FACT_SHEPHERD_LOST, /* it may have run; what was left of it is dead */
    FACT_NODE_LOST,     /* likewise, and the node was started again since */
    FACT_DELIVERED,
    FACT_DELIVERY_FAILED, /* text */
};

struct fact {
    enum fact_kind kind;
    struct job_key key;
    uint32_t incarnation;
    const char *text; /* NULL: none */
    int32_t pid;
    int32_t status;      /* 0-255, or 256+n */
    const char *reason;  /* a word: exited, signal, walltime, cput, mem, killed */
    const char *spooled; /* "", "o", "e", "oe" */
    nqs_time start_wall;
    nqs_time end_wall;
    nqs_time walltime_us;
    nqs_time cput_us;
    int64_t mem; /* bytes */
};

/* A request as a cursor of listings; the key alone is kept, so that it may end between looks. */
struct core_look {
    struct job_key key;
    bool virtual_member; /* a member of an array that nothing has happened to yet */
};

#endif
