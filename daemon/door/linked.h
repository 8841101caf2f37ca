/*
 * linked.h - what the link is told about jobs, and tells: the types of link.h.
 */
#ifndef NQS_DOOR_LINKED_H
#define NQS_DOOR_LINKED_H

#include <stdint.h>

#include "core.h"

/* Called for each fact, never from inside a call of link_*().  FACT is lent. */
typedef void link_fact(void *context, const struct fact *fact);

/* Which incarnation of which request; ID is its text. */
struct link_job {
    struct job_key key;
    uint32_t incarnation;
    const char *id;
};

/* One output that waits in the spool, and where it belongs. */
struct link_output {
    char stream;      /* 'o' or 'e' */
    const char *path; /* on this host */
    const char *name; /* of the file, when PATH is a directory */
};

#endif
