/*
 * store.h - what must outlive the daemon: tables of records in one LMDB file.
 *
 * The turn decides when the disk is touched.  During a turn store_put() and
 * store_delete() only fill a batch in memory; store_commit() writes the whole
 * batch in one transaction with one sync, and nothing may leave the daemon
 * before it has said NQS_OK.  Reads see the last commit, never the batch.
 *
 * Keys and values are opaque bytes.  Numbers in keys are big-endian, so that
 * keys sort as numbers do.  Each value is kept behind a header with a checksum
 * over key and value (store_record.h), checked at each read, because LMDB has
 * none: a flipped bit would otherwise be silently wrong data.
 *
 * A store belongs to one process and one thread.  A child of fork() must not
 * touch it; every descriptor is close-on-exec.
 */
#ifndef NQS_DOOR_STORE_H
#define NQS_DOOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "buf.h"
#include "err.h"

struct store; /* opaque */

enum store_table {
#define T(id, name, key_min, key_max, what) STORE_##name = id,
#include "store_tables.def"
#undef T
};

enum {
    STORE_KEY_MAX = 500,   /* bytes of a key; at least one */
    STORE_SCHEMA = 1,      /* the version that this program writes */
    STORE_UUID_BYTES = 16, /* random, drawn when the store is made */
    STORE_TABLE_END = 13,  /* one more than the last id */
    STORE_WALKS_MAX = 16,  /* walks that may be open at once */
};

/* A run of bytes that somebody else owns. */
struct store_bytes {
    const void *bytes;
    size_t length;
};

/* LENGTH bytes at BYTES, as a key or a value.  Borrows them. */
static inline struct store_bytes store_bytes(const void *bytes, size_t length)
{
    return (struct store_bytes){bytes, length};
}

/*
 * What the store asks of those who know what its records mean.  Each may be
 * NULL: then what needs it is left out.
 */
struct store_words {
    /* The end time, microseconds, of a record of `history`; false when it has none. */
    bool (*end_time)(struct store_bytes value, uint64_t *ret_end);
    /* Append KEY of TABLE as a person would name it, for reports. */
    void (*key_text)(enum store_table table, struct store_bytes key, struct buf *out);
};

/* How to open a store.  A 0 stands for the default of its line. */
struct store_settings {
    const char *path;                /* its directory, made when it is missing (mode 0700) */
    uint64_t map_bytes;              /* address space reserved; 64 GiB */
    uint64_t ballast_bytes;          /* kept back for a full disk; 16 MiB or 1/32 of the disk */
    unsigned full_percent;           /* of the map or the disk: new work is refused; 80 */
    unsigned resume_percent;         /* below this it is taken again; full_percent - 5 */
    uint64_t disk_reserve_max;       /* with this much free no disk is full; 1 GiB */
    const struct store_words *words; /* borrowed for the store's life; none */
};

/*
 * Open the store, make it when it is new, bring an older schema up to date,
 * and commit a new epoch.  Before that the structure of every page is
 * checked, since LMDB would follow a damaged page anywhere.
 * On NQS_OK *ret_store is owned by the caller.  NQS_STORE: somebody else has
 * it open, or it cannot be used; NQS_VERSION: its schema is newer than this
 * program; NQS_DAMAGED: pages are damaged (restore a backup); NQS_NOSPACE.
 */
enum nqs_code store_open(const struct store_settings *settings, struct store **ret_store,
                         struct nqs_err *err);

/*
 * Close STORE and free it; NULL is allowed.  What is in the batch is lost.
 * Waits for a running backup.  CLEAN notes a clean shutdown in the store.
 */
void store_close(struct store *store, bool clean);

/* Who this store is (STORE_UUID_BYTES, lent) and how often it has been opened. */
const uint8_t *store_uuid(const struct store *store);
uint64_t store_epoch(const struct store *store);

/* Whether its last user closed it with CLEAN; true for a new store. */
bool store_was_clean(const struct store *store);

/* ---- the batch ---------------------------------------------------------- */

/*
 * Add to the batch: set KEY of TABLE to VALUE, or take KEY away (also when it
 * is not there).  Both copy.  A later line for the same key wins.  Not for the
 * tables `meta` and `quarantine`, which are the store's own.
 */
void store_put(struct store *store, enum store_table table, struct store_bytes key,
               struct store_bytes value);
void store_delete(struct store *store, enum store_table table, struct store_bytes key);

/* How many lines the batch has. */
size_t store_pending(const struct store *store);

/*
 * Write the batch: all of it or nothing.  An empty one does not touch the disk.
 *   NQS_OK       it is on disk and the batch is empty.
 *   NQS_NOSPACE  nothing happened and the batch is as it was: call again later.
 *                The ballast has been given up by then.
 *   NQS_STORE    it is unknown what the disk holds.  The caller ends the process
 *                without letting anything of this turn out: no retry can be
 *                trusted after a failed sync.
 * Values that were lent end here.
 */
enum nqs_code store_commit(struct store *store, struct nqs_err *err);

/* ---- reading ------------------------------------------------------------ */

/*
 * The value of KEY as of the last commit.  NQS_OK with ret_value->bytes NULL
 * when there is none; NQS_DAMAGED when its checksum does not fit; NQS_STORE.
 * Lent until store_turn_end() or store_commit().
 */
enum nqs_code store_get(struct store *store, enum store_table table, struct store_bytes key,
                        struct store_bytes *ret_value, struct nqs_err *err);

enum store_way { STORE_UP, STORE_DOWN };

/* A walk over a table.  Ends by itself with store_turn_end() and store_commit(). */
struct store_walk {
    struct store *store;
    enum store_table table;
    enum store_way way;
    bool begun;
    int slot;           /* -1 once it has ended */
    enum nqs_code code; /* after the end: NQS_OK, or NQS_STORE when it broke off */
};

/* One record of a walk, lent until store_turn_end() or store_commit(). */
struct store_record {
    struct store_bytes key;
    struct store_bytes value; /* .bytes is NULL when it is damaged */
    const char *damage;       /* why, or NULL; static storage */
};

/*
 * Begin a walk at the first record whose key is KEY or greater (STORE_UP), or
 * the last that is KEY or smaller (STORE_DOWN).  An empty KEY is the beginning,
 * or the end.  Then step through it; false at its end, when the walk is closed.
 * store_leave() closes one that is left before its end.
 */
void store_seek(struct store *store, enum store_table table, struct store_bytes key,
                enum store_way way, struct store_walk *ret_walk);
bool store_next(struct store_walk *walk, struct store_record *ret_record);
void store_leave(struct store_walk *walk);

/* Take one record: NULL, or why it cannot be taken (static storage). */
typedef const char *store_take(void *context, struct store_bytes key, struct store_bytes value);

/*
 * Give every sound record of TABLE to TAKE, in the order of the keys.  What is
 * damaged, or what TAKE cannot take, is moved to `quarantine` with a line in
 * the log and counted in *ret_damaged (NULL is allowed); it never stops the
 * walk.  Commits by itself when it has moved something; the batch must be
 * empty.  Without room for that they stay where they are until the next start.
 * NQS_STORE as store_commit().
 */
enum nqs_code store_load(struct store *store, enum store_table table, store_take *take,
                         void *context, uint64_t *ret_damaged, struct nqs_err *err);

/* The turn is over: everything lent is taken back, the snapshot is let go. */
void store_turn_end(struct store *store);

/* ---- space -------------------------------------------------------------- */

/*
 * Should new work be refused?  True from full_percent of the map or the disk
 * on until both are below resume_percent.  Looks at the disk at most once a
 * second, and then also makes the ballast again when there is room.
 */
bool store_full(struct store *store);

struct store_stats {
    uint64_t map_bytes;                /* reserved */
    uint64_t used_bytes;               /* of it: pages in use */
    uint64_t file_bytes;               /* pages ever used: what the file takes */
    uint64_t disk_bytes;               /* of the file system */
    uint64_t disk_free_bytes;          /* of it, for this process */
    uint64_t records[STORE_TABLE_END]; /* by table id; [0] is the sum */
    bool full;
    bool ballast;
};

void store_stats(struct store *store, struct store_stats *ret);

/* The name of TABLE, or NULL for an id that is none; static storage. */
const char *store_table_name(unsigned table);

/* ---- backup and check --------------------------------------------------- */

/*
 * Begin to copy the last commit, compacted, into the new directory PATH, which
 * is then a store of its own.  A thread does it while turns go on: it reads
 * its own snapshot and needs nothing of the loop.  (A child process could not:
 * LMDB's file must not be used across fork().)  PATH appears, whole and synced,
 * at the end.  NQS_EXISTS, NQS_BUSY when one is running, NQS_FILE.
 * While it runs, pages that turns free are not used again.
 */
enum nqs_code store_backup_begin(struct store *store, const char *path, struct nqs_err *err);

/* A descriptor that is readable once the backup has ended; -1 when there is none.  Lent. */
int store_backup_fd(const struct store *store);

/* How the backup ended.  NQS_BUSY while it runs; NQS_STATE when there is none; does not wait. */
enum nqs_code store_backup_end(struct store *store, struct nqs_err *err);

/*
 * Check the store at settings->path, which nobody has open, without changing
 * it: pages, every record of every table, the endings index against history,
 * tokens against requests.  A line to OUT for each problem, then a summary.
 * NQS_OK: sound; NQS_DAMAGED: lines were printed; NQS_STORE: cannot be checked.
 */
enum nqs_code store_verify(const struct store_settings *settings, FILE *out, struct nqs_err *err);

#endif
