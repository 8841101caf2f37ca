/*
 * core.h - the queueing system as one function of what it is told.
 *
 * A core is a world of requests and queues.  It is told three kinds of thing:
 * a request from a client, a fact from the outside (a job ended), and that
 * time has passed.  Each telling fills an outbox with the events to remember,
 * the records to write and the orders to carry out.
 *
 * The core never reads a clock, opens a file, sends a byte or logs a line.
 * Same tellings in the same order: same outbox, byte for byte.  The daemon
 * relies on this to replay its journal; the simulator relies on it to make a
 * failing night repeat at noon.
 */
#ifndef NQS_CORE_CORE_H
#define NQS_CORE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "buf.h"
#include "clock.h"
#include "compare.h"
#include "err.h"
#include "id.h"
#include "outbox.h"
#include "told.h"

struct core; /* opaque */

/* Create an empty world.  Never returns NULL.  RULES are copied. */
struct core *core_new(const struct core_rules *rules);

/* Free CORE and all it owns.  NULL is allowed. */
void core_free(struct core *core);

/*
 * Decide REQUEST at NOW.  On NQS_OK the outbox has gained events, records and
 * the order to answer; on any other code the core and the outbox are as they
 * were and ERR tells what to answer.  Borrows REQUEST.
 */
enum nqs_code core_decide(struct core *core, struct nqs_now now, const struct request *request,
                          struct outbox *out, struct nqs_err *err);

/* Hear FACT at NOW.  A fact already known changes nothing.  Borrows FACT. */
void core_hear(struct core *core, struct nqs_now now, const struct fact *fact, struct outbox *out);

/*
 * Let time pass to NOW: release waits, run the scheduler; then append the
 * records of all that this turn changed.  Called once a turn, last.
 */
void core_tick(struct core *core, struct nqs_now now, struct outbox *out);

/*
 * No request is placed from now on until the core is made anew.  What runs is
 * ended with GRACE_S seconds from TERM to KILL: what may run again goes back to
 * its queue, the rest is deleted.  Source: reference/queues.md B.6 SHUtdown.
 */
void core_shutdown(struct core *core, struct nqs_now now, uint32_t grace_s, struct outbox *out);

/* How many requests hold a slot, and how many (an array is one) would take one. */
uint32_t core_running(const struct core *core);
uint32_t core_queued(const struct core *core);

/*
 * When core_tick() is next worth calling: a moment of the wall clock and one
 * of the steady clock, each NQS_NEVER when there is none.
 */
struct nqs_now core_wake(const struct core *core);

/*
 * Take back a record at start-up: RECORD_JOB, RECORD_QUEUE, RECORD_COMPLEX or
 * RECORD_SERVER, all others before requests.  NQS_DAMAGED when it cannot be one;
 * then nothing has changed.  Borrows everything.
 */
enum nqs_code core_load(struct core *core, enum record_kind kind, const void *key,
                        size_t key_length, const void *value, size_t value_length,
                        struct nqs_err *err);

/*
 * Never give out the sequence number SEQ or a smaller one, nor an event number
 * up to EVENT_SEQ: for a start whose record of the server is lost.
 */
void core_reserve(struct core *core, uint32_t seq, uint64_t event_seq);

/* After the last core_load(): order again what each unfinished state is owed. */
void core_resume(struct core *core, struct nqs_now now, struct outbox *out);

/* Apply one EVENT of the journal with its packed ATTRS: for followers and the replay test. */
void core_replay(struct core *core, const struct event *event, const char *attrs);

/* Append every record of the world to OUT, as core_tick() would for what changed. */
void core_records(const struct core *core, struct outbox *out);

/* --- Looking, without changing anything --- */

/*
 * Find what TEXT names: a request, or with MEMBERS a member of an array that
 * was not begun yet.  NQS_SYNTAX, NQS_NOJOB.
 */
enum nqs_code core_find(const struct core *core, const char *text, struct core_look *ret,
                        struct nqs_err *err);

/*
 * The first request (NULL: of all) behind AFTER in order of keys; with MEMBERS
 * also each member of an array that was not begun yet.  False at the end.
 */
bool core_next(const struct core *core, const struct job_key *after, bool members,
               struct core_look *ret);

/*
 * Which requests core_select() finds: of those with all TESTS (but those of cold
 * attributes, which the core does not hold) it calls VISIT, until that says false.
 */
struct core_selection {
    const struct compare *tests; /* borrowed */
    size_t count;
    bool members; /* members of arrays, each */
    bool own;     /* only those of UID */
    uint32_t uid;
    unsigned looks_max; /* how many are looked at in one call, wanted or not */
    bool (*visit)(void *context, const struct core_look *look);
    void *context;
};

/*
 * Go on behind *AT, which moves to the last one that was looked at, but not to one
 * that VISIT refused.  True when there is none left.
 */
bool core_select(const struct core *core, const struct core_selection *selection,
                 struct job_key *at);

/* The values to show of a request: hot ones, and those computed.  Appended to ATTRS, whose texts
 * are lent from the core and from SPACE (cleared first) until the core is told something. */
void core_show(const struct core *core, struct nqs_now now, const struct core_look *look,
               struct attrs *attrs, struct buf *space);

/*
 * The hot values of a request that is there, as its record has them; appended to
 * ATTRS, whose texts are lent until the core is told something.  False when it is not.
 */
bool core_values(const struct core *core, struct job_key key, struct attrs *attrs);

/* The id of KEY as text: `12.host`, `12[].host`, `12[3].host`. */
void core_id_text(const struct core *core, struct job_key key, char text[NQS_ID_TEXT_MAX]);

/* Is TEXT a value of any row, such as the name of a script in the spool? */
bool core_holds_text(const struct core *core, const char *text);

/* What the daemon asks about a request that is there; false when it is not. */
struct core_facts {
    enum life_state state;
    uint32_t uid;
    uint32_t incarnation;
    uint32_t run_count;
    bool array;
};
bool core_facts(const struct core *core, struct job_key key, struct core_facts *ret);

/* Queues in order of their names: the first behind AFTER ("" begins), or NULL. */
const char *core_queue_next(const struct core *core, const char *after);

/* The same of complexes. */
const char *core_complex_next(const struct core *core, const char *after);
bool core_complex_show(const struct core *core, const char *name, struct attrs *attrs,
                       struct buf *space);

/* The values to show of a queue, and of the server.  As core_show(). */
bool core_queue_show(const struct core *core, const char *name, struct attrs *attrs,
                     struct buf *space);
void core_server_show(const struct core *core, struct attrs *attrs, struct buf *space);

/* Is UID in the list of numbers LIST of the server: ATTR_manager_ids, ATTR_operator_ids? */
bool core_lists(const struct core *core, uint16_t list, uint32_t uid);

/* A number of the server's settings (attributes.def, SERVER rows). */
int64_t core_setting(const struct core *core, uint16_t attr);

/* The shell strategy: "login", "free" or a path.  Lent until the core is told something. */
const char *core_shell_strategy(const struct core *core);

/*
 * Recount everything and compare: NULL when all invariants hold, else the
 * first that does not, as a text that lives until the next call.  For tests.
 */
const char *core_check(const struct core *core, struct buf *space);

#endif
