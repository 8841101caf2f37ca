/*
 * store_load.c - loading a table at start, and what to do with damage.
 *
 * One damaged record must not keep a million others from being served.  It is
 * taken out of its table, kept as it was found in `quarantine` for a person to
 * look at, and said in the log.  A record is taken out by its place, not by its
 * key: when the key itself is what is damaged, a search would find nothing, or
 * worse, a sound neighbour that truly has this key.
 */
#include <assert.h>
#include <string.h>

#include "failpoint.h"
#include "log.h"
#include "mem.h"
#include "store_internal.h"
#include "str.h"

/* Where a damaged record was seen: the how-manieth of its table, and why. */
struct damaged {
    uint64_t place;
    const char *why; /* static storage */
};

struct loading {
    struct store *store;
    enum store_table table;
    struct damaged *found;
    size_t count;
    size_t room;
};

void store_key_print(const struct store_words *words, unsigned table, struct store_bytes key,
                     struct buf *out)
{
    const uint8_t *at = key.bytes;

    buf_add_text(out, "key=");
    for (size_t i = 0; i < key.length; i++)
        buf_format(out, "%02x", at[i]);
    if (key.length && str_printable(key.bytes, key.length))
        buf_format(out, " text=\"%.*s\"", (int)key.length, (const char *)key.bytes);
    if (!words || !words->key_text)
        return;
    buf_add_text(out, " id=\"");
    words->key_text((enum store_table)table, key, out);
    buf_add_char(out, '"');
}

static void damage_note(struct loading *loading, struct store_bytes key, uint64_t place,
                        const char *why)
{
    const struct store *store = loading->store;
    struct buf text;

    if (loading->count == loading->room) {
        loading->room = loading->room ? 2 * loading->room : 16;
        loading->found = mem_grow(loading->found, loading->room, sizeof *loading->found);
    }
    loading->found[loading->count++] = (struct damaged){place, why};
    buf_init(&text);
    store_key_print(store->settings.words, loading->table, key, &text);
    log_fact("store-record-damaged store=%s table=%s %s reason=\"%s\"", store->path,
             store_table_name(loading->table), buf_text(&text), why);
    buf_done(&text);
}

/* Walk over the table and give away what is sound.  LMDB's code. */
static int table_walk(struct loading *loading, store_take *take, void *context)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val found;
    uint64_t place = 0;
    int rc = store_read_begin(loading->store);

    if (rc == 0)
        rc = mdb_cursor_open(loading->store->reader, loading->store->dbi[loading->table], &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &found, MDB_NEXT)) == 0) {
        struct store_bytes at = store_lent(&key);
        struct store_bytes value;
        const char *why = store_record_open(loading->table, at, store_lent(&found), &value);

        if (!why)
            why = take(context, at, value);
        if (why)
            damage_note(loading, at, place, why);
        place++;
    }
    mdb_cursor_close(cursor);
    store_turn_end(loading->store);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Keep what CURSOR stands on in `quarantine`, and delete it. */
static int record_move(struct loading *loading, MDB_txn *txn, MDB_cursor *cursor, const char *why)
{
    struct buf at;
    struct buf kept;
    MDB_val key;
    MDB_val found;
    int rc = mdb_cursor_get(cursor, &key, &found, MDB_GET_CURRENT);

    if (rc != 0)
        return rc;
    buf_init(&at);
    buf_init(&kept);
    buf_add_u16(&at, (uint16_t)loading->table);
    buf_add(&at, key.mv_data, key.mv_size < STORE_KEY_MAX ? key.mv_size : STORE_KEY_MAX);
    buf_add(&kept, why, strlen(why) + 1);
    buf_add(&kept, found.mv_data, found.mv_size);
    rc = store_put_now(loading->store, txn, STORE_quarantine, store_bytes(at.bytes, at.length),
                       store_bytes(kept.bytes, kept.length));
    if (rc == 0)
        rc = mdb_cursor_del(cursor, 0);
    buf_done(&at);
    buf_done(&kept);
    return rc;
}

/*
 * Move the records at the places that were noted.  mdb_cursor_del() leaves the
 * cursor before the next record, so a step after it does not skip one.
 */
static int records_move(struct loading *loading, MDB_txn *txn)
{
    MDB_cursor *cursor;
    uint64_t place = 0;
    int rc = mdb_cursor_open(txn, loading->store->dbi[loading->table], &cursor);

    if (rc != 0)
        return rc;
    for (size_t i = 0; i < loading->count && rc == 0; i++) {
        MDB_val key;
        MDB_val found;

        for (; place <= loading->found[i].place && rc == 0; place++)
            rc = mdb_cursor_get(cursor, &key, &found, MDB_NEXT);
        if (rc == 0)
            rc = record_move(loading, txn, cursor, loading->found[i].why);
    }
    mdb_cursor_close(cursor);
    return rc;
}

static enum nqs_code quarantine(struct loading *loading, struct nqs_err *err)
{
    struct store *store = loading->store;
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

    FAILPOINT("quarantine-before");
    if (rc == 0) {
        rc = records_move(loading, txn);
        if (rc == 0)
            rc = store_bounds_learn(store, txn);
        if (rc == 0)
            rc = mdb_txn_commit(txn);
        else
            mdb_txn_abort(txn);
    }
    if (rc == 0)
        return NQS_OK;
    if (rc == MDB_MAP_FULL || store_rc_is_full(store, rc)) {
        /* They have been reported, nobody was given them, and the next start finds them again. */
        log_fact("store-quarantine-waits store=%s why=no-room", store->path);
        return NQS_OK;
    }
    return store_fail(store, rc, "damaged records cannot be moved", err);
}

enum nqs_code store_load(struct store *store, enum store_table table, store_take *take,
                         void *context, uint64_t *ret_damaged, struct nqs_err *err)
{
    struct loading loading = {.store = store, .table = table};
    enum nqs_code code = NQS_OK;
    int rc;

    assert(store->line_count == 0);
    rc = table_walk(&loading, take, context);
    if (rc != 0)
        code = store_fail(store, rc, "a table cannot be read", err);
    else if (loading.count)
        code = quarantine(&loading, err);
    if (ret_damaged)
        *ret_damaged = loading.count;
    mem_free(loading.found);
    return code;
}
