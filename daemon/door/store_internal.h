/*
 * store_internal.h - what the files store*.c share.  Nobody else includes it.
 *
 *   store_open.c     opening, closing, the directory and its owner
 *   store_schema.c   the table `meta`: uuid, epoch, version, the way up
 *   store_batch.c    the batch and its commit
 *   store_read.c     get and walks
 *   store_load.c     loading a table, quarantine
 *   store_space.c    full disk, ballast, figures
 *   store_backup.c   the backup thread
 *   store_pages.c    the structure of the file, without LMDB
 *   store_verify.c   the offline check
 */
#ifndef NQS_DOOR_STORE_INTERNAL_H
#define NQS_DOOR_STORE_INTERNAL_H

#include <lmdb.h>

#include "clock.h"
#include "store.h"
#include "store_pages.h"
#include "store_record.h"

/* One line of the batch.  Key and sealed value lie side by side in the arena. */
struct store_line {
    size_t at;             /* of the key in the arena */
    uint32_t value_length; /* with its header; 0: the key is to be deleted */
    uint16_t key_length;
    uint8_t table;
};

/* The greatest key that a table may hold: what is greater can be appended. */
struct store_bound {
    uint16_t length;
    uint8_t key[STORE_KEY_MAX];
};

struct store_backup; /* store_backup.c */

struct store {
    char *path;
    struct store_settings settings;
    int dir_fd;
    int owner_fd; /* its flock() makes the store ours */
    MDB_env *env;
    MDB_dbi dbi[STORE_TABLE_END];
    struct store_pages_sum pages; /* as found at the start */

    MDB_txn *reader; /* begun once, then reset and renewed */
    bool reading;
    MDB_cursor *walks[STORE_WALKS_MAX]; /* NULL: free */
    int walk_count;

    struct buf arena;
    struct store_line *lines;
    size_t line_count;
    size_t line_room;
    struct store_bound bounds[STORE_TABLE_END];

    uint8_t uuid[STORE_UUID_BYTES];
    uint64_t epoch;
    bool was_clean;

    bool full;
    bool ballast;
    nqs_time looked; /* steady time of the last look at the disk */
    struct store_backup *backup;
};

static inline MDB_val store_val(struct store_bytes bytes)
{
    return (MDB_val){bytes.length, (void *)(uintptr_t)bytes.bytes};
}

static inline struct store_bytes store_lent(const MDB_val *val)
{
    return (struct store_bytes){val->mv_data, val->mv_size};
}

/* Fail with NQS_STORE and what LMDB says about RC. */
enum nqs_code store_fail(const struct store *store, int rc, const char *what, struct nqs_err *err);

/* Is RC of a commit a full disk, after which LMDB has changed nothing? */
bool store_rc_is_full(struct store *store, int rc);

/* ---- store_open.c ---- */

/*
 * Open SETTINGS->path, take its owner's lock, check its pages and open LMDB.
 * The tables are not open yet.  store_close_env() undoes it.  With OUT nothing
 * is made or changed, and every problem of the pages gets a line there.
 */
enum nqs_code store_open_env(const struct store_settings *settings, FILE *out,
                             struct store **ret_store, struct nqs_err *err);
void store_close_env(struct store *store);

/* ---- store_schema.c ---- */

/*
 * In TXN: open (and make) the tables, read or draw the uuid, go the way up from
 * an older version, count the epoch.  The caller commits.
 */
enum nqs_code store_schema_begin(struct store *store, MDB_txn *txn, struct nqs_err *err);

/* In TXN: note the wall clock as the time of a clean shutdown.  Returns LMDB's code. */
int store_schema_end(struct store *store, MDB_txn *txn);

/* Open the tables that exist, without making any; a missing one has dbi 0.  LMDB's code. */
int store_schema_tables(struct store *store, MDB_txn *txn, unsigned flags);

/* Read the schema version that TXN sees: false when it is not there or damaged. */
bool store_schema_version(struct store *store, MDB_txn *txn, uint32_t *ret_version);

/* Seal VALUE and put it.  LMDB's code. */
int store_put_now(struct store *store, MDB_txn *txn, unsigned table, struct store_bytes key,
                  struct store_bytes value);

/* The key in `endings` of the record KEY of `history` that ended at END. */
void store_ending_key(uint64_t end, struct store_bytes key, struct buf *out);

/* ---- store_batch.c ---- */

/* Learn the greatest key of each table.  LMDB's code. */
int store_bounds_learn(struct store *store, MDB_txn *txn);

/* The way of `a` before, at, behind `b` in a table. */
int store_compare(struct store_bytes a, struct store_bytes b);

/* Enlarge a map that is full.  LMDB's code; anything but 0 is fatal. */
int store_grow(struct store *store);

/* ---- store_read.c ---- */

/* Begin or renew the reader.  LMDB's code. */
int store_read_begin(struct store *store);

/* Give up the reader for good, as before a change of the map. */
void store_read_done(struct store *store);

/* ---- store_load.c ---- */

/* Append how a person finds KEY of TABLE: its name, the key in hex and as text. */
void store_key_print(const struct store_words *words, unsigned table, struct store_bytes key,
                     struct buf *out);

/* ---- store_space.c ---- */

/* Give the ballast up; false when there is none. */
bool store_ballast_drop(struct store *store);

/* Look at the map and the disk now; make the ballast when there is room. */
void store_space_look(struct store *store);

/* ---- store_backup.c ---- */

/* Wait for a running backup and forget it. */
void store_backup_done(struct store *store);

#endif
