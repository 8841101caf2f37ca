/*
 * store_read.c - reading what is committed.
 *
 * One read transaction serves a turn: it begins with the first read, and
 * store_turn_end() resets it, so that no snapshot keeps old pages alive
 * beyond the turn.  LMDB lends pointers into its map; they are good as long as
 * the snapshot.
 */
#include <assert.h>

#include "store_internal.h"

int store_read_begin(struct store *store)
{
    int rc = 0;

    if (store->reading)
        return 0;
    if (store->reader)
        rc = mdb_txn_renew(store->reader);
    else
        rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &store->reader);
    store->reading = rc == 0;
    return rc;
}

void store_turn_end(struct store *store)
{
    if (!store->reading)
        return;
    for (int i = 0; i < STORE_WALKS_MAX && store->walk_count > 0; i++) {
        if (!store->walks[i])
            continue;
        mdb_cursor_close(store->walks[i]);
        store->walks[i] = NULL;
        store->walk_count--;
    }
    mdb_txn_reset(store->reader);
    store->reading = false;
}

void store_read_done(struct store *store)
{
    store_turn_end(store);
    if (store->reader)
        mdb_txn_abort(store->reader);
    store->reader = NULL;
}

enum nqs_code store_get(struct store *store, enum store_table table, struct store_bytes key,
                        struct store_bytes *ret_value, struct nqs_err *err)
{
    MDB_val at = store_val(key);
    const char *damage;
    MDB_val found;
    int rc;

    if (key.length == 0 || key.length > STORE_KEY_MAX) {
        *ret_value = store_bytes(NULL, 0);
        return NQS_OK;
    }
    rc = store_read_begin(store);
    if (rc == 0)
        rc = mdb_get(store->reader, store->dbi[table], &at, &found);
    if (rc == MDB_NOTFOUND) {
        *ret_value = store_bytes(NULL, 0);
        return NQS_OK;
    }
    if (rc != 0)
        return store_fail(store, rc, "cannot be read", err);
    damage = store_record_open(table, key, store_lent(&found), ret_value);
    if (!damage)
        return NQS_OK;
    return nqs_fail(err, NQS_DAMAGED, "store %s: a record of %s is damaged: %s", store->path,
                    store_table_name(table), damage);
}

static int walk_open(struct store *store, enum store_table table, int *ret_slot)
{
    int slot = 0;
    int rc = store_read_begin(store);

    if (rc != 0)
        return rc;
    while (slot < STORE_WALKS_MAX && store->walks[slot])
        slot++;
    assert(slot < STORE_WALKS_MAX);
    rc = mdb_cursor_open(store->reader, store->dbi[table], &store->walks[slot]);
    if (rc != 0)
        return rc;
    store->walk_count++;
    *ret_slot = slot;
    return 0;
}

/* Stand on the first record of the walk. */
static int walk_find(MDB_cursor *cursor, struct store_bytes key, enum store_way way)
{
    MDB_val at = store_val(key);
    MDB_val found;
    int rc;

    if (key.length == 0)
        return mdb_cursor_get(cursor, &at, &found, way == STORE_UP ? MDB_FIRST : MDB_LAST);
    rc = mdb_cursor_get(cursor, &at, &found, MDB_SET_RANGE);
    if (way == STORE_UP)
        return rc;
    if (rc == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, &at, &found, MDB_LAST);
    if (rc == 0 && store_compare(store_lent(&at), key) > 0)
        rc = mdb_cursor_get(cursor, &at, &found, MDB_PREV);
    return rc;
}

/* Close WALK with LMDB's RC as its end. */
static void walk_end(struct store_walk *walk, int rc)
{
    walk->code = rc == 0 || rc == MDB_NOTFOUND ? NQS_OK : NQS_STORE;
    store_leave(walk);
}

void store_seek(struct store *store, enum store_table table, struct store_bytes key,
                enum store_way way, struct store_walk *ret_walk)
{
    int rc;

    *ret_walk = (struct store_walk){.store = store, .table = table, .way = way, .slot = -1};
    rc = walk_open(store, table, &ret_walk->slot);
    if (rc == 0)
        rc = walk_find(store->walks[ret_walk->slot], key, way);
    if (rc != 0)
        walk_end(ret_walk, rc);
}

bool store_next(struct store_walk *walk, struct store_record *ret_record)
{
    MDB_cursor_op step = walk->way == STORE_UP ? MDB_NEXT : MDB_PREV;
    MDB_val key;
    MDB_val found;
    int rc;

    if (walk->slot < 0)
        return false;
    assert(walk->store->walks[walk->slot]); /* the turn has not ended under the walk */
    rc = mdb_cursor_get(walk->store->walks[walk->slot], &key, &found,
                        walk->begun ? step : MDB_GET_CURRENT);
    if (rc != 0) {
        walk_end(walk, rc);
        return false;
    }
    walk->begun = true;
    ret_record->key = store_lent(&key);
    ret_record->value = store_bytes(NULL, 0);
    ret_record->damage =
        store_record_open(walk->table, ret_record->key, store_lent(&found), &ret_record->value);
    return true;
}

void store_leave(struct store_walk *walk)
{
    struct store *store = walk->store;

    if (walk->slot < 0)
        return;
    mdb_cursor_close(store->walks[walk->slot]);
    store->walks[walk->slot] = NULL;
    store->walk_count--;
    walk->slot = -1;
}
