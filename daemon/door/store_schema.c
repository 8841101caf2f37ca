/*
 * store_schema.c - the store's own records: who it is and of which version.
 *
 * The table `meta` holds a handful of small values, each under two keys, so
 * that one damaged record cannot cost the store its name or its epoch: `uuid`,
 * `schema`, `epoch` (counted at every start) and `clean` (when it was last
 * closed properly; 0 while it is open).
 *
 * The way up from an older version is a table of steps, each from one version
 * to the next, all taken in the first transaction of a start: a store is of
 * the old version or of the new one, whenever the power goes.
 */
#include <endian.h>
#include <string.h>
#include <sys/random.h>

#include "failpoint.h"
#include "log.h"
#include "store_internal.h"

struct schema_step {
    uint32_t from;
    const char *what;
    int (*take)(struct store *store, MDB_txn *txn);
};

int store_put_now(struct store *store, MDB_txn *txn, unsigned table, struct store_bytes key,
                  struct store_bytes value)
{
    MDB_val at = store_val(key);
    MDB_val room = {STORE_HEADER + value.length, NULL};
    uint8_t header[STORE_HEADER];
    int rc;

    /* `meta` must be readable for every older program, if only to say that it is too old. */
    store_record_seal(header, table, table == STORE_meta ? 0 : STORE_SCHEMA, key, value);
    rc = mdb_put(txn, store->dbi[table], &at, &room, MDB_RESERVE);
    if (rc != 0)
        return rc;
    memcpy(room.mv_data, header, sizeof header);
    if (value.length)
        memcpy((char *)room.mv_data + STORE_HEADER, value.bytes, value.length);
    return 0;
}

void store_ending_key(uint64_t end, struct store_bytes key, struct buf *out)
{
    buf_clear(out);
    buf_add_u64(out, end);
    buf_add(out, key.bytes, key.length);
}

/* The two keys of the value NAME; the second is for when the first is damaged. */
static struct store_bytes meta_key(const char *name, int copy, char space[16])
{
    size_t length = strlen(name);

    memcpy(space, name, length);
    if (copy)
        space[length++] = '2';
    return store_bytes(space, length);
}

/* Read a value of exactly SIZE bytes; false when neither copy is sound. */
static bool meta_get(struct store *store, MDB_txn *txn, const char *name, void *ret, size_t size)
{
    for (int copy = 0; copy < 2; copy++) {
        char space[16];
        struct store_bytes key = meta_key(name, copy, space);
        struct store_bytes value;
        MDB_val at = store_val(key);
        MDB_val found;

        if (mdb_get(txn, store->dbi[STORE_meta], &at, &found) != 0)
            continue;
        if (!store_record_open(STORE_meta, key, store_lent(&found), &value) &&
            value.length == size) {
            memcpy(ret, value.bytes, size);
            return true;
        }
        log_fact("store-meta-damaged store=%s name=%s copy=%d", store->path, name, copy);
    }
    return false;
}

static int meta_put(struct store *store, MDB_txn *txn, const char *name, const void *bytes,
                    size_t size)
{
    int rc = 0;

    for (int copy = 0; copy < 2 && rc == 0; copy++) {
        char space[16];

        rc = store_put_now(store, txn, STORE_meta, meta_key(name, copy, space),
                           store_bytes(bytes, size));
    }
    return rc;
}

static int meta_put_number(struct store *store, MDB_txn *txn, const char *name, uint64_t number)
{
    uint64_t wide = htobe64(number);

    return meta_put(store, txn, name, &wide, sizeof wide);
}

static bool meta_get_number(struct store *store, MDB_txn *txn, const char *name, uint64_t *ret)
{
    uint64_t wide;

    if (!meta_get(store, txn, name, &wide, sizeof wide))
        return false;
    *ret = be64toh(wide);
    return true;
}

/* Version 0 had no index of endings: make it from history. */
static int step_endings(struct store *store, MDB_txn *txn)
{
    const struct store_words *words = store->settings.words;
    MDB_val key;
    MDB_val found;
    MDB_cursor *cursor;
    struct buf ending;
    int rc = mdb_drop(txn, store->dbi[STORE_endings], 0);

    if (rc != 0 || !words || !words->end_time)
        return rc;
    rc = mdb_cursor_open(txn, store->dbi[STORE_history], &cursor);
    if (rc != 0)
        return rc;
    buf_init(&ending);
    while (rc == 0 && (rc = mdb_cursor_get(cursor, &key, &found, MDB_NEXT)) == 0) {
        struct store_bytes value;
        uint64_t end;

        /* What is damaged here will be found, and reported, when history is loaded. */
        if (store_record_open(STORE_history, store_lent(&key), store_lent(&found), &value) ||
            !words->end_time(value, &end))
            continue;
        store_ending_key(end, store_lent(&key), &ending);
        rc = store_put_now(store, txn, STORE_endings, store_bytes(ending.bytes, ending.length),
                           store_bytes("", 0));
    }
    buf_done(&ending);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static const struct schema_step steps[] = {
    {0, "an index of endings, made from history", step_endings},
};

/* From VERSION to STORE_SCHEMA, step by step. */
static enum nqs_code schema_up(struct store *store, MDB_txn *txn, uint64_t version,
                               struct nqs_err *err)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int rc;

        if (steps[i].from != version)
            continue;
        FAILPOINT("upgrade-before");
        log_fact("store-upgrade store=%s from=%u what=\"%s\"", store->path, steps[i].from,
                 steps[i].what);
        rc = steps[i].take(store, txn);
        if (rc != 0)
            return store_fail(store, rc, "cannot be brought to this version", err);
        version++;
    }
    if (version != STORE_SCHEMA)
        return nqs_fail(err, NQS_VERSION, "store %s: no way up from version %llu", store->path,
                        (unsigned long long)version);
    return NQS_OK;
}

int store_schema_tables(struct store *store, MDB_txn *txn, unsigned flags)
{
    for (unsigned table = 1; table < STORE_TABLE_END; table++) {
        int rc = mdb_dbi_open(txn, store_table_name(table), flags, &store->dbi[table]);

        if (rc == MDB_NOTFOUND && !(flags & MDB_CREATE))
            store->dbi[table] = 0;
        else if (rc != 0)
            return rc;
    }
    return 0;
}

bool store_schema_version(struct store *store, MDB_txn *txn, uint32_t *ret_version)
{
    uint64_t version;

    if (!store->dbi[STORE_meta] || !meta_get_number(store, txn, "schema", &version))
        return false;
    *ret_version = (uint32_t)version;
    return true;
}

/* A new store: draw its uuid.  Another one: read who it is, and bring it up. */
static enum nqs_code identity(struct store *store, MDB_txn *txn, struct nqs_err *err)
{
    uint64_t version = STORE_SCHEMA;
    uint64_t clean = 1;
    MDB_stat stat;

    if (mdb_stat(txn, store->dbi[STORE_meta], &stat) == 0 && stat.ms_entries == 0) {
        if (getrandom(store->uuid, sizeof store->uuid, 0) != (ssize_t)sizeof store->uuid ||
            meta_put(store, txn, "uuid", store->uuid, sizeof store->uuid) != 0)
            return nqs_fail(err, NQS_STORE, "store %s: cannot be made", store->path);
        store->was_clean = true;
        return NQS_OK;
    }
    if (!meta_get(store, txn, "uuid", store->uuid, sizeof store->uuid) ||
        !meta_get_number(store, txn, "schema", &version) ||
        !meta_get_number(store, txn, "epoch", &store->epoch))
        return nqs_fail(err, NQS_DAMAGED, "store %s: its own records are damaged; restore a backup",
                        store->path);
    if (version > STORE_SCHEMA)
        return nqs_fail(err, NQS_VERSION,
                        "store %s is of version %llu, this program knows %d: use a newer program",
                        store->path, (unsigned long long)version, STORE_SCHEMA);
    store->was_clean = meta_get_number(store, txn, "clean", &clean) && clean != 0;
    return schema_up(store, txn, version, err);
}

enum nqs_code store_schema_begin(struct store *store, MDB_txn *txn, struct nqs_err *err)
{
    enum nqs_code code;
    int rc = store_schema_tables(store, txn, MDB_CREATE);

    if (rc != 0)
        return store_fail(store, rc, "its tables cannot be opened", err);
    code = identity(store, txn, err);
    if (code != NQS_OK)
        return code;
    rc = meta_put_number(store, txn, "schema", STORE_SCHEMA);
    if (rc == 0)
        rc = meta_put_number(store, txn, "epoch", store->epoch + 1);
    if (rc == 0)
        rc = meta_put_number(store, txn, "clean", 0);
    if (rc != 0)
        return store_fail(store, rc, "its own records cannot be written", err);
    store->epoch++;
    return NQS_OK;
}

int store_schema_end(struct store *store, MDB_txn *txn)
{
    return meta_put_number(store, txn, "clean", (uint64_t)clock_now().wall);
}
