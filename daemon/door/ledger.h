/*
 * ledger.h - a turn's outbox in the store, and what is read from there.
 *
 * Says which record goes to which table; keeps the history and the journal
 * within the times that the server's settings give them.
 */
#ifndef NQS_DOOR_LEDGER_H
#define NQS_DOOR_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core.h"
#include "store.h"

/* Add everything that OUT has to remember to the store's batch. */
void ledger_write(struct store *store, const struct outbox *out);

/* What is too old: by time, and of events by number too. */
struct ledger_old {
    nqs_time history_before; /* finished requests that ended before */
    nqs_time journal_before; /* events before, of those ... */
    uint64_t journal_seq;    /* ... whose number is smaller */
};

/* Add the removal of what is OLD to the batch, a bounded number.  True when there is more. */
bool ledger_expire(struct store *store, const struct ledger_old *old);

/*
 * The first event of the journal behind number AFTER, its packed values in
 * *ret_attrs, lent until store_turn_end() or store_commit().  Damaged ones are
 * passed over.  False when there is none.
 */
bool ledger_next_event(struct store *store, uint64_t after, struct event *ret,
                       const char **ret_attrs);

/*
 * How far the follower NAME has come, or false when nothing is known of it; and
 * the same noted in the batch.
 */
bool ledger_cursor(struct store *store, const char *name, uint64_t *ret_seq);
void ledger_note_cursor(struct store *store, const char *name, uint64_t seq);

/* When the oldest finished request ended, or NQS_NEVER. */
nqs_time ledger_oldest_end(struct store *store);

/* What the store asks of those who know its records: store_settings.words. */
extern const struct store_words ledger_words;

/* Fill CORE from STORE.  Damaged records are quarantined and counted. */
enum nqs_code ledger_load(struct store *store, struct core *core, uint64_t *ret_damaged,
                          struct nqs_err *err);

/*
 * The values of a finished request, or of the body of one; appended to ATTRS,
 * lent until store_turn_end() or store_commit().  False when there is none.
 */
bool ledger_history(struct store *store, struct job_key key, struct attrs *attrs);
bool ledger_body(struct store *store, struct job_key key, struct attrs *attrs);

/* The key of the request that TOKEN made; false when it made none. */
bool ledger_token(struct store *store, const void *token, size_t length, struct job_key *ret);

/*
 * Is BOOT the boot of the host that was noted last?  A store that has noted
 * none says so.  ledger_note_boot() adds it to the batch.
 */
enum ledger_boot { LEDGER_BOOT_SAME, LEDGER_BOOT_OTHER, LEDGER_BOOT_NONE };
enum ledger_boot ledger_boot(struct store *store, const char *boot);
void ledger_note_boot(struct store *store, const char *boot);

/* A place in the order in which requests ended: its end, and its key. */
struct ledger_end {
    uint64_t end;
    struct job_key key;
};

/* The first end behind AFTER; false when there is none. */
bool ledger_next_end(struct store *store, struct ledger_end after, struct ledger_end *ret);

#endif
