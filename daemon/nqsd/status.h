/*
 * status.h - STATUS_QUEUES, STATUS_SERVER, OUTPUT.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_STATUS_H
#define NQS_NQSD_STATUS_H

#include "nqsd.h"

/* Answer CALL from what is committed. */
void status_queues(struct nqsd *nqsd, struct call *call);
void status_complexes(struct nqsd *nqsd, struct call *call);
void status_server(struct nqsd *nqsd, struct call *call);
void status_output(struct nqsd *nqsd, struct call *call);

/* Append the values of a finished request of KEY, and those computed, lent until the turn ends.
 * False when history does not know it. */
bool status_finished(struct nqsd *nqsd, struct job_key key, struct attrs *attrs);

/* Is the request of KEY one of somebody else, which UID is not to know of (query_other_jobs)? */
bool status_hidden(struct nqsd *nqsd, struct job_key key, uint32_t uid);

/* The id of KEY as text, finished or not; ATTRS are its values. */
void status_id(struct nqsd *nqsd, struct job_key key, const struct attrs *attrs,
               char text[NQS_ID_TEXT_MAX]);

/* The key that TEXT names, whether the core knows it or not; false when TEXT is no id of ours. */
bool status_key(struct nqsd *nqsd, const char *text, struct job_key *ret);

#endif
