/*
 * store_verify.c - the offline check: `nqsd --verify`.
 *
 * First the pages, without LMDB; only when they are sound the records, each with
 * its checksum; then what one table says about another.  Nothing is changed,
 * and everything that is found gets a line of its own.
 */
#include <string.h>

#include "store_internal.h"

struct verify {
    struct store *store;
    FILE *out;
    uint64_t records;
    uint64_t problems;
};

static void problem(struct verify *verify, unsigned table, struct store_bytes key, const char *why)
{
    struct buf text;

    buf_init(&text);
    store_key_print(verify->store->settings.words, table, key, &text);
    fprintf(verify->out, "%s: %s: %s\n", store_table_name(table), buf_text(&text), why);
    buf_done(&text);
    verify->problems++;
}

/* The sound value of KEY, or false. */
static bool look_up(struct verify *verify, unsigned table, struct store_bytes key,
                    struct store_bytes *ret)
{
    struct store *store = verify->store;

    return store->dbi[table] && key.length &&
           store_get(store, (enum store_table)table, key, ret, NULL) == NQS_OK && ret->bytes;
}

static const char *check_ending(struct verify *verify, struct store_bytes key,
                                struct store_bytes value)
{
    const struct store_words *words = verify->store->settings.words;
    struct store_bytes job = store_bytes((const char *)key.bytes + 8, key.length - 8);
    struct store_bytes history;
    struct reader reader;
    uint64_t end;

    (void)value;
    if (!look_up(verify, STORE_history, job, &history))
        return "stands for no record of history";
    reader_init(&reader, key.bytes, key.length);
    if (words && words->end_time && (!words->end_time(history, &end) || end != reader_u64(&reader)))
        return "is not when the record of history ended";
    return NULL;
}

static const char *check_history(struct verify *verify, struct store_bytes key,
                                 struct store_bytes value)
{
    const struct store_words *words = verify->store->settings.words;
    struct store_bytes ending;
    struct buf at;
    uint64_t end;
    bool there;

    if (!words || !words->end_time)
        return NULL;
    if (!words->end_time(value, &end))
        return "has no end time";
    buf_init(&at);
    store_ending_key(end, key, &at);
    there = look_up(verify, STORE_endings, store_bytes(at.bytes, at.length), &ending);
    buf_done(&at);
    return there ? NULL : "is not in the index of endings";
}

/* A token is kept as long as its request, or the history of it. */
static const char *check_token(struct verify *verify, struct store_bytes key,
                               struct store_bytes value)
{
    struct store_bytes request;

    (void)key;
    if (look_up(verify, STORE_bodies, value, &request) ||
        look_up(verify, STORE_history, value, &request))
        return NULL;
    return "names a request that is not there";
}

typedef const char *verify_check(struct verify *verify, struct store_bytes key,
                                 struct store_bytes value);

static verify_check *const checks[STORE_TABLE_END] = {
    [STORE_history] = check_history,
    [STORE_endings] = check_ending,
    [STORE_tokens] = check_token,
};

static const struct {
    size_t min;
    size_t max;
} key_bounds[STORE_TABLE_END] = {
#define T(id, name, key_min, key_max, what) [id] = {key_min, key_max},
#include "store_tables.def"
#undef T
};

static void check_table(struct verify *verify, unsigned table)
{
    struct store_walk walk;
    struct store_record record;

    store_seek(verify->store, (enum store_table)table, store_bytes("", 0), STORE_UP, &walk);
    while (store_next(&walk, &record)) {
        const char *why = record.damage;

        if (!why && (record.key.length < key_bounds[table].min ||
                     record.key.length > key_bounds[table].max))
            why = "its key has a wrong length";
        if (!why && checks[table])
            why = checks[table](verify, record.key, record.value);
        if (why)
            problem(verify, table, record.key, why);
        verify->records++;
    }
    if (walk.code != NQS_OK) {
        fprintf(verify->out, "%s: cannot be read to its end\n", store_table_name(table));
        verify->problems++;
    }
}

/* Open the tables that are there and look at the version. */
static enum nqs_code tables_open(struct verify *verify, uint32_t *ret_version, struct nqs_err *err)
{
    struct store *store = verify->store;
    int rc = store_read_begin(store);

    if (rc == 0)
        rc = store_schema_tables(store, store->reader, 0);
    if (rc != 0)
        return store_fail(store, rc, "its tables cannot be opened", err);
    if (!store_schema_version(store, store->reader, ret_version)) {
        fprintf(verify->out, "meta: the version is not there or damaged\n");
        verify->problems++;
        *ret_version = 0;
    }
    if (*ret_version > STORE_SCHEMA)
        return nqs_fail(err, NQS_VERSION, "store %s is of version %u, this program knows %d",
                        store->path, *ret_version, STORE_SCHEMA);
    return NQS_OK;
}

static enum nqs_code check_all(struct verify *verify, struct nqs_err *err)
{
    struct store *store = verify->store;
    uint64_t quarantined = 0;
    uint32_t version;
    MDB_stat stat;
    enum nqs_code code = tables_open(verify, &version, err);

    if (code != NQS_OK)
        return code;
    for (unsigned table = 1; table < STORE_TABLE_END; table++)
        if (store->dbi[table])
            check_table(verify, table);
    if (store->dbi[STORE_quarantine] &&
        mdb_stat(store->reader, store->dbi[STORE_quarantine], &stat) == 0)
        quarantined = stat.ms_entries;
    verify->problems += store->pages.problems;
    fprintf(verify->out,
            "store %s: version %u, %llu records, %llu pages, %llu in quarantine: ", store->path,
            version, (unsigned long long)verify->records, (unsigned long long)store->pages.pages,
            (unsigned long long)quarantined);
    if (!verify->problems) {
        fprintf(verify->out, "sound\n");
        return NQS_OK;
    }
    fprintf(verify->out, "%llu problems\n", (unsigned long long)verify->problems);
    return nqs_fail(err, NQS_DAMAGED, "store %s: %llu problems", store->path,
                    (unsigned long long)verify->problems);
}

enum nqs_code store_verify(const struct store_settings *settings, FILE *out, struct nqs_err *err)
{
    struct verify verify = {.out = out};
    enum nqs_code code = store_open_env(settings, out, &verify.store, err);

    if (code == NQS_DAMAGED)
        fprintf(out, "store %s: its pages are damaged; its records were not looked at\n",
                settings->path);
    if (code != NQS_OK)
        return code;
    code = check_all(&verify, err);
    store_close_env(verify.store);
    return code;
}
