/*
 * decide.h - requests: one function a verb, each in a row of core.c's table.
 *
 * Private to daemon/core.  Each may refuse, and then nothing has changed; on
 * NQS_OK the answer is ordered.
 */
#ifndef NQS_CORE_DECIDE_H
#define NQS_CORE_DECIDE_H

#include "buf.h"
#include "depend.h"
#include "tell.h"

typedef enum nqs_code decide_verb(struct telling *t, const struct request *request,
                                  struct nqs_err *err);

decide_verb decide_queue_job;  /* submit.c */
decide_verb decide_delete_job; /* control.c */
decide_verb decide_hold_job;
decide_verb decide_release_job;
decide_verb decide_rerun_job;
decide_verb decide_signal_job;
decide_verb decide_message_job;
decide_verb decide_modify_job; /* alter.c */
decide_verb decide_move_job;
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

/* Is JOB deleted or gone already, but for what is left to do? */
bool is_ending(const struct job *job);

/* Give KEY the hold set HOLDS, by the event that this is in its state; t->attrs go with it. */
void set_holds(struct telling *t, struct job_key key, int64_t holds);

/* The first member's row behind KEY in ARRAY, or NULL. */
struct job *next_member(const struct core *core, const struct job *array, struct job_key key);

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

/* The same, and it must be the caller's to change: NQS_NOJOB for what is not; control.c. */
enum nqs_code find_own(const struct core *core, const struct request *request,
                       struct job_key *ret_key, struct nqs_err *err);

/* Answer REQUEST with the id of KEY. */
void answer_job(struct telling *t, const struct request *request, struct job_key key);

/* NQS_PERM when the caller may not set or release the hold types HOLDS. */
enum nqs_code check_hold_rights(const struct request *request, int64_t holds, struct nqs_err *err);

/* Add the bits of ADD and remove those of REMOVE, of KEY and of an array's members. */
void change_holds(struct telling *t, struct job_key key, int64_t add, int64_t remove);

/* What REQUEST gives as Checkpoint and User_List can be had for a request of USER; submit.c. */
enum nqs_code check_claims(const struct core *core, const struct request *request, const char *user,
                           struct nqs_err *err);

/* The queue NAME ("": the default one), which must be there and accept requests; submit.c. */
enum nqs_code choose_queue(const struct core *core, const char *name, struct queue **ret,
                           struct nqs_err *err);

/* NQS_NOQUEUE for NAME, with the queue that was perhaps meant; manage.c. */
enum nqs_code no_queue(const struct core *core, const char *name, struct nqs_err *err);

/*
 * Dependencies, await.c.  A request that waits for others has the hold HOLD_DEPEND
 * and a text that names them.  What is met leaves the text; with the last of it the
 * hold goes.  What can never be met deletes the request.
 */

/* What the `depend` of a submission comes to. */
struct await {
    struct buf text; /* what it waits for; empty: nothing any more */
    enum depend_type last;
    struct await_item *items; /* owned */
    size_t count;
    size_t befores; /* of them */
};

/*
 * Judge REQUEST's depend into WAIT, which await_done() frees in any case: every id
 * is known, the caller's or an operator's to name, can still be met, and no
 * request comes to wait for itself.  NQS_SYNTAX, NQS_NOJOB, NQS_STATE.
 */
enum nqs_code await_check(const struct core *core, const struct request *request,
                          struct await *wait, struct nqs_err *err);
void await_done(struct await *wait);

/* The request KEY was made: those that WAIT named with before... wait for it. */
void await_made(struct telling *t, const struct await *wait, struct job_key key);

/* Carry out what follows for others from what has begun and ended since; until nothing does. */
void await_settle(struct telling *t);

/* The first dependency of TEXT that nobody can tell any more whether it is met, or that waits;
 * false when there is none but on:COUNT, which is then in *ret. */
bool await_first(const struct core *core, const char *text, struct depend *ret, bool *ret_lost);

#endif
