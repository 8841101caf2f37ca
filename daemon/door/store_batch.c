/*
 * store_batch.c - the batch of a turn and its commit.
 *
 * Lines are only collected in memory: a put inside an open transaction that
 * fails would poison the requests of everybody else in the turn, and a
 * transaction that has to be begun again (the map is full, the disk is full)
 * can be, since the whole batch is still there.
 *
 * What may be done again, and what not.  LMDB writes all pages of a transaction,
 * syncs them, and only then overwrites one of two meta pages through a
 * descriptor that syncs by itself.  A write that finds no room ends before the
 * sync: nothing has happened.  After a sync that failed the kernel may have
 * thrown the pages away and will report the next sync as good; what is on
 * disk is then unknown, and the only honest answer is to end the process and
 * to look at the disk afresh.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "failpoint.h"
#include "log.h"
#include "mem.h"
#include "store_internal.h"

enum {
    BATCH_SORT_MIN = 16, /* smaller batches gain nothing by order */
    BATCH_RUN_MIN = 4,   /* lines of one table that are worth a cursor */
};

int store_compare(struct store_bytes a, struct store_bytes b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int way = memcmp(a.bytes, b.bytes, shorter);

    return way ? way : (a.length > b.length) - (a.length < b.length);
}

static struct store_bytes line_key(const struct store *store, const struct store_line *line)
{
    return store_bytes(store->arena.bytes + line->at, line->key_length);
}

static void line_add(struct store *store, enum store_table table, struct store_bytes key,
                     size_t value_length)
{
    assert(table > STORE_meta && (unsigned)table < STORE_TABLE_END && table != STORE_quarantine);
    assert(key.length > 0 && key.length <= STORE_KEY_MAX);
    assert(value_length <= UINT32_MAX);
    if (store->line_count == 0)
        FAILPOINT("batch-begin");
    if (store->line_count == store->line_room) {
        store->line_room = store->line_room ? 2 * store->line_room : 64;
        store->lines = mem_grow(store->lines, store->line_room, sizeof *store->lines);
    }
    store->lines[store->line_count++] = (struct store_line){
        .at = store->arena.length,
        .value_length = (uint32_t)value_length,
        .key_length = (uint16_t)key.length,
        .table = (uint8_t)table,
    };
}

void store_put(struct store *store, enum store_table table, struct store_bytes key,
               struct store_bytes value)
{
    size_t length = key.length + STORE_HEADER + value.length;
    char *at;

    line_add(store, table, key, STORE_HEADER + value.length);
    at = buf_reserve(&store->arena, length);
    memcpy(at, key.bytes, key.length);
    store_record_seal((uint8_t *)at + key.length, table, STORE_SCHEMA, key, value);
    if (value.length)
        memcpy(at + key.length + STORE_HEADER, value.bytes, value.length);
    store->arena.length += length;
}

void store_delete(struct store *store, enum store_table table, struct store_bytes key)
{
    line_add(store, table, key, 0);
    buf_add(&store->arena, key.bytes, key.length);
}

size_t store_pending(const struct store *store)
{
    return store->line_count;
}

/* Order by table and key, lines of the same key as they came: their arena grows with time. */
static int line_compare(const void *left, const void *right, void *context)
{
    const struct store_line *a = left;
    const struct store_line *b = right;
    int way;

    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    way = store_compare(line_key(context, a), line_key(context, b));
    return way ? way : (a->at > b->at) - (a->at < b->at);
}

/*
 * In order of the keys neighbours share their pages, and a cursor finds the
 * next place without a descent.  Of several lines for a key only the last counts.
 */
static void batch_sort(struct store *store)
{
    size_t kept = 0;

    qsort_r(store->lines, store->line_count, sizeof *store->lines, line_compare, store);
    for (size_t i = 0; i < store->line_count; i++) {
        const struct store_line *line = &store->lines[i];

        if (i + 1 < store->line_count && line->table == line[1].table &&
            store_compare(line_key(store, line), line_key(store, line + 1)) == 0)
            continue;
        store->lines[kept++] = *line;
    }
    store->line_count = kept;
}

/*
 * Is KEY behind every key that its table can hold?  Then it is appended: LMDB
 * fills pages to the brim by that, while it would halve them otherwise.  The
 * bound is never lower than the greatest key, also when a transaction is given
 * up or a key deleted.
 */
static bool bound_pass(struct store *store, unsigned table, struct store_bytes key)
{
    struct store_bound *bound = &store->bounds[table];

    if (key.length > STORE_KEY_MAX ||
        store_compare(key, store_bytes(bound->key, bound->length)) <= 0)
        return false;
    memcpy(bound->key, key.bytes, key.length);
    bound->length = (uint16_t)key.length;
    return true;
}

/* Nothing is greater than this, so nothing is appended. */
static void bound_close(struct store *store, unsigned table)
{
    memset(store->bounds[table].key, 0xff, STORE_KEY_MAX);
    store->bounds[table].length = STORE_KEY_MAX;
}

int store_bounds_learn(struct store *store, MDB_txn *txn)
{
    for (unsigned table = 1; table < STORE_TABLE_END; table++) {
        struct store_bytes value;
        MDB_cursor *cursor;
        MDB_val key;
        MDB_val found;
        int rc = mdb_cursor_open(txn, store->dbi[table], &cursor);

        if (rc != 0)
            return rc;
        store->bounds[table].length = 0;
        rc = mdb_cursor_get(cursor, &key, &found, MDB_LAST);
        mdb_cursor_close(cursor);
        if (rc != 0 && rc != MDB_NOTFOUND)
            return rc;
        /* When the last key may be a wrong one, an append might double another. */
        if (rc == 0 && store_record_open(table, store_lent(&key), store_lent(&found), &value))
            bound_close(store, table);
        else if (rc == 0)
            bound_pass(store, table, store_lent(&key));
    }
    return 0;
}

/* Do one line through CURSOR, which may be NULL. */
static int line_apply(struct store *store, MDB_txn *txn, MDB_cursor *cursor,
                      const struct store_line *line)
{
    MDB_dbi dbi = store->dbi[line->table];
    struct store_bytes at = line_key(store, line);
    MDB_val key = store_val(at);
    MDB_val value = {line->value_length, store->arena.bytes + line->at + line->key_length};
    unsigned flags;
    int rc;

    if (line->value_length == 0) {
        rc = mdb_del(txn, dbi, &key, NULL);
        return rc == MDB_NOTFOUND ? 0 : rc;
    }
    flags = bound_pass(store, line->table, at) ? MDB_APPEND : 0;
    if (cursor)
        return mdb_cursor_put(cursor, &key, &value, flags);
    return mdb_put(txn, dbi, &key, &value, flags);
}

/* Do COUNT lines of one table. */
static int run_apply(struct store *store, MDB_txn *txn, const struct store_line *lines,
                     size_t count)
{
    MDB_cursor *cursor = NULL;
    int rc = 0;

    if (count >= BATCH_RUN_MIN)
        rc = mdb_cursor_open(txn, store->dbi[lines->table], &cursor);
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = line_apply(store, txn, cursor, &lines[i]);
        if (lines == store->lines && i == 0)
            FAILPOINT("after-first-put");
    }
    if (cursor)
        mdb_cursor_close(cursor);
    return rc;
}

static int batch_apply(struct store *store, MDB_txn *txn)
{
    size_t count;

    for (size_t i = 0; i < store->line_count; i += count) {
        const struct store_line *lines = &store->lines[i];
        int rc;

        for (count = 1; i + count < store->line_count; count++)
            if (lines[count].table != lines->table)
                break;
        rc = run_apply(store, txn, lines, count);
        if (rc != 0)
            return rc;
    }
    return FAILPOINT_ERRNO("after-puts");
}

/* One attempt: begin, apply, commit. */
static int batch_write(struct store *store)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

    if (rc != 0)
        return rc;
    rc = batch_apply(store, txn);
    FAILPOINT("commit-before");
    if (rc == 0)
        rc = FAILPOINT_ERRNO("commit-sync");
    if (rc != 0) {
        mdb_txn_abort(txn);
        return rc;
    }
    rc = mdb_txn_commit(txn);
    FAILPOINT("commit-after");
    return rc;
}

int store_grow(struct store *store)
{
    MDB_envinfo info;

    store_backup_done(store); /* it reads the map that is about to move */
    store_read_done(store);
    mdb_env_info(store->env, &info);
    log_fact("store-map-grown store=%s bytes=%zu", store->path, 2 * info.me_mapsize);
    return mdb_env_set_mapsize(store->env, 2 * info.me_mapsize);
}

static void batch_clear(struct store *store)
{
    buf_clear(&store->arena);
    store->line_count = 0;
}

enum nqs_code store_commit(struct store *store, struct nqs_err *err)
{
    int rc;

    if (store->line_count == 0)
        return NQS_OK;
    FAILPOINT("before-txn");
    store_turn_end(store);
    if (store->line_count >= BATCH_SORT_MIN)
        batch_sort(store);
    while ((rc = batch_write(store)) != 0) {
        if (rc == MDB_MAP_FULL) {
            rc = store_grow(store);
            if (rc != 0)
                return store_fail(store, rc, "its map is full and cannot grow", err);
        } else if (!store_rc_is_full(store, rc)) {
            return store_fail(store, rc, "the commit failed", err);
        } else if (!store_ballast_drop(store)) {
            return nqs_fail(err, NQS_NOSPACE, "store %s: the disk is full", store->path);
        }
    }
    batch_clear(store);
    return NQS_OK;
}
