/*
 * decide.h - requests: one function a verb, each in a row of core.c's table.
 *
 * Private to daemon/core.  Each may refuse, and then nothing has changed; on
 * NQS_OK the answer is ordered.
 */
#ifndef NQS_CORE_DECIDE_H
#define NQS_CORE_DECIDE_H

#include "tell.h"

typedef enum nqs_code decide_verb(struct telling *t, const struct request *request,
                                  struct nqs_err *err);

decide_verb decide_queue_job;  /* submit.c */
decide_verb decide_delete_job; /* control.c */
decide_verb decide_hold_job;
decide_verb decide_release_job;
decide_verb decide_rerun_job;
decide_verb decide_signal_job;
decide_verb decide_create_queue; /* manage.c */
decide_verb decide_delete_queue;
decide_verb decide_set_queue;
decide_verb decide_purge_queue;
decide_verb decide_set_server;
decide_verb decide_create_complex; /* group.c */
decide_verb decide_delete_complex;
decide_verb decide_set_complex;

/* Delete JOB, whatever its state is; it must not be ENDING or EXITING already. */
void delete_job(struct telling *t, struct job *job);

/* Find the request that NAME names, or of an array member not begun yet its array.  NQS_SYNTAX,
 * NQS_NOJOB. */
enum nqs_code find_job(const struct core *core, const char *name, struct job_key *ret_key,
                       struct nqs_err *err);

/*
 * Every attribute of REQUEST is one of OF that its role may set to such a
 * value; and t->attrs as they become by it, where HAVE is what there is and
 * the texts are put into SPACE.  manage.c
 */
enum nqs_code check_set(const struct request *request, enum attr_of of, struct nqs_err *err);
enum nqs_code take_set(struct telling *t, const struct request *request, const struct attrs *have,
                       struct buf *space, struct nqs_err *err);

/* Emit what QUEUE, which is to be deleted, leaves in the complexes that name it; group.c. */
void leave_complexes(struct telling *t, const char *queue);

/* NQS_NOQUEUE for NAME, with the queue that was perhaps meant; manage.c. */
enum nqs_code no_queue(const struct core *core, const char *name, struct nqs_err *err);

#endif
