/*
 * test_store_care.c - the store: damage, versions, check, backup.
 */
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_record.h"
#include "store_world.h"

/* ---- behind the store's back ---- */

/* Open the closed store's file with bare LMDB, and a transaction on TABLE. */
struct back {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
};

static void back_open(struct world *world, const char *table, struct back *back)
{
    assert_int_equal(mdb_env_create(&back->env), 0);
    mdb_env_set_maxdbs(back->env, STORE_TABLE_END);
    mdb_env_set_mapsize(back->env, 1u << 30);
    assert_int_equal(mdb_env_open(back->env, world->path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(back->env, NULL, 0, &back->txn), 0);
    assert_int_equal(mdb_dbi_open(back->txn, table, 0, &back->dbi), 0);
}

static void back_close(struct back *back)
{
    assert_int_equal(mdb_txn_commit(back->txn), 0);
    mdb_env_close(back->env);
}

/* Flip one bit of byte AT of what is stored under KEY, behind the checksum's back. */
static void back_flip(struct back *back, const char *key, size_t at)
{
    MDB_val where = {strlen(key), (void *)(uintptr_t)key};
    MDB_val found;
    char copy[512];

    assert_int_equal(mdb_get(back->txn, back->dbi, &where, &found), 0);
    memcpy(copy, found.mv_data, found.mv_size);
    copy[at] ^= 4;
    found.mv_data = copy;
    assert_int_equal(mdb_put(back->txn, back->dbi, &where, &found, 0), 0);
}

struct loaded {
    char keys[64];
    const char *refuse;
};

static const char *take_key(void *context, struct store_bytes key, struct store_bytes value)
{
    struct loaded *loaded = context;

    (void)value;
    if (loaded->refuse && *(const char *)key.bytes == *loaded->refuse)
        return "cannot be decoded";
    strncat(loaded->keys, key.bytes, key.length);
    return NULL;
}

/* Five records of `jobs`, of which b has a flipped bit at AT. */
static void damage_one(struct world *world, size_t at)
{
    struct back back;

    for (const char *key = "abcde"; *key; key++)
        store_put(world->store, STORE_jobs, store_bytes(key, 1), text("value"));
    commit(world);
    store_close(world->store, true);
    back_open(world, "jobs", &back);
    back_flip(&back, "b", at);
    back_close(&back);
    open_store(world);
}

/* Proves: T17 (a damaged record is quarantined and reported, and the start succeeds). */
static void test_damage_is_quarantined(void **state)
{
    struct world *world = *state;

    for (size_t at = 0; at < STORE_HEADER + 5; at++) {
        struct loaded loaded = {"", NULL};
        struct store_stats stats;
        struct store_bytes found;
        uint64_t damaged = 0;

        damage_one(world, at);
        assert_int_equal(store_get(world->store, STORE_jobs, text("b"), &found, &world->err),
                         NQS_DAMAGED);
        assert_int_equal(
            store_load(world->store, STORE_jobs, take_key, &loaded, &damaged, &world->err), NQS_OK);
        assert_string_equal(loaded.keys, "acde");
        assert_int_equal(damaged, 1);
        store_stats(world->store, &stats);
        assert_int_equal(stats.records[STORE_jobs], 4);
        assert_int_equal(stats.records[STORE_quarantine], 1);
        /* It is gone from the table, and what was found is kept. */
        expect(world, STORE_jobs, "b", NULL);
        assert_int_equal(
            store_get(world->store, STORE_quarantine, store_bytes("\0\2b", 3), &found, &world->err),
            NQS_OK);
        assert_non_null(found.bytes);
        assert_int_equal(found.length,
                         strlen((const char *)found.bytes) + 1 + STORE_HEADER + strlen("value"));
        damaged = 9;
        loaded = (struct loaded){"", NULL};
        assert_int_equal(
            store_load(world->store, STORE_jobs, take_key, &loaded, &damaged, &world->err), NQS_OK);
        assert_int_equal(damaged, 0);
    }
}

/* Proves: T17 (a sound record that nobody can read is quarantined as well). */
static void test_what_cannot_be_taken_is_quarantined(void **state)
{
    struct world *world = *state;
    struct loaded loaded = {"", "d"};
    uint64_t damaged;

    for (const char *key = "abcde"; *key; key++)
        store_put(world->store, STORE_jobs, store_bytes(key, 1), text("value"));
    commit(world);
    assert_int_equal(store_load(world->store, STORE_jobs, take_key, &loaded, &damaged, NULL),
                     NQS_OK);
    assert_int_equal(damaged, 1);
    assert_string_equal(loaded.keys, "abce");
    reopen(world, false);
    expect(world, STORE_jobs, "d", NULL);
    expect(world, STORE_jobs, "e", "value");
}

/* A record under another's key, or in another's table, is damaged: its checksum says so. */
static void test_record_in_a_wrong_place(void **state)
{
    struct world *world = *state;
    uint8_t header[STORE_HEADER];
    char stored[STORE_HEADER + 5];
    struct store_bytes value;

    (void)world;
    store_record_seal(header, STORE_jobs, STORE_SCHEMA, text("key"), text("value"));
    memcpy(stored, header, sizeof header);
    memcpy(stored + sizeof header, "value", 5);
    assert_null(store_record_open(STORE_jobs, text("key"), store_bytes(stored, 21), &value));
    assert_int_equal(value.length, 5);
    assert_non_null(store_record_open(STORE_jobs, text("kez"), store_bytes(stored, 21), &value));
    assert_non_null(store_record_open(STORE_bodies, text("key"), store_bytes(stored, 21), &value));
    assert_non_null(store_record_open(STORE_jobs, text("key"), store_bytes(stored, 20), &value));
    assert_non_null(store_record_open(STORE_jobs, text("key"), store_bytes(stored, 15), &value));
}

/* ---- versions ---- */

/* Put the version NUMBER into the closed store, in both of its places. */
static void set_version(struct world *world, uint8_t number)
{
    struct back back;

    back_open(world, "meta", &back);
    for (const char *const *name = (const char *const[]){"schema", "schema2", NULL}; *name;
         name++) {
        MDB_val key = {strlen(*name), (void *)(uintptr_t)*name};
        uint8_t stored[STORE_HEADER + 8] = {0};
        MDB_val value = {sizeof stored, stored};

        stored[sizeof stored - 1] = number;
        store_record_seal(stored, STORE_meta, 0, text(*name),
                          store_bytes(stored + STORE_HEADER, 8));
        assert_int_equal(mdb_put(back.txn, back.dbi, &key, &value, 0), 0);
    }
    back_close(&back);
}

static void put_ended(struct world *world, const char *key, const char *end)
{
    store_put(world->store, STORE_history, text(key), text(end));
}

static bool ending_is_there(struct world *world, uint8_t end, const char *key)
{
    uint8_t at[16] = {0, 0, 0, 0, 0, 0, 0, end};
    struct store_bytes found;

    memcpy(at + 8, key, strlen(key));
    assert_int_equal(
        store_get(world->store, STORE_endings, store_bytes(at, 8 + strlen(key)), &found, NULL),
        NQS_OK);
    return found.bytes;
}

/* Version 0 had no index of endings; the way up makes it from history. */
static void test_way_up_from_version_0(void **state)
{
    struct world *world = *state;
    struct store_stats stats;

    put_ended(world, "job1", "30");
    put_ended(world, "job2", "20");
    put_ended(world, "job3", "20");
    commit(world);
    store_close(world->store, true);
    set_version(world, 0);
    open_store(world);
    assert_true(ending_is_there(world, 30, "job1"));
    assert_true(ending_is_there(world, 20, "job2"));
    assert_true(ending_is_there(world, 20, "job3"));
    store_stats(world->store, &stats);
    assert_int_equal(stats.records[STORE_endings], 3);
    /* Once only: at the next start it is of this version. */
    store_delete(world->store, STORE_endings, store_bytes("\0\0\0\0\0\0\0\36job1", 12));
    commit(world);
    reopen(world, true);
    assert_false(ending_is_there(world, 30, "job1"));
}

static void test_newer_version_is_refused(void **state)
{
    struct world *world = *state;

    store_close(world->store, true);
    world->store = NULL;
    set_version(world, STORE_SCHEMA + 1);
    assert_int_equal(store_open(&world->settings, &world->store, &world->err), NQS_VERSION);
    assert_non_null(strstr(world->err.text, "is of version 2"));
    assert_int_equal(store_verify(&world->settings, stderr, &world->err), NQS_VERSION);
}

/* ---- check and backup ---- */

static enum nqs_code verify(struct world *world, const char *path, char **ret_text)
{
    struct store_settings settings = world->settings;
    enum nqs_code code;
    size_t size;
    FILE *out = open_memstream(ret_text, &size);

    settings.path = path;
    code = store_verify(&settings, out, &world->err);
    fclose(out);
    return code;
}

static void test_verify(void **state)
{
    struct world *world = *state;
    struct back back;
    char *said;

    put_ended(world, "gone", "7");
    store_put(world->store, STORE_endings, store_bytes("\0\0\0\0\0\0\0\11lost", 12), text(""));
    store_put(world->store, STORE_tokens, text("token-of-16-bytes"), text("nobody"));
    store_put(world->store, STORE_tokens, text("token-of-16-bytez"), text("gone"));
    store_put(world->store, STORE_events, text("short"), text("x"));
    store_put(world->store, STORE_queues, text("batch"), text("a queue"));
    commit(world);
    store_close(world->store, true);
    world->store = NULL;
    back_open(world, "queues", &back);
    back_flip(&back, "batch", STORE_HEADER + 2);
    back_close(&back);
    assert_int_equal(verify(world, world->path, &said), NQS_DAMAGED);
    assert_non_null(strstr(said, "queues: key=6261746368 text=\"batch\" id=\"<batch>\": checksum"));
    assert_non_null(strstr(said, "history: key=676f6e65 text=\"gone\" id=\"<gone>\": is not in"));
    assert_non_null(strstr(said, "endings: key="));
    assert_non_null(strstr(said, "stands for no record of history"));
    assert_non_null(strstr(said, "names a request that is not there"));
    assert_non_null(strstr(said, "its key has a wrong length"));
    assert_non_null(strstr(said, "5 problems\n"));
    free(said);
}

static void test_verify_of_a_sound_store(void **state)
{
    struct world *world = *state;
    char *said;

    put_ended(world, "job1", "30");
    store_put(world->store, STORE_endings, store_bytes("\0\0\0\0\0\0\0\36job1", 12), text(""));
    store_put(world->store, STORE_tokens, text("token-of-16-bytes"), text("job1"));
    commit(world);
    store_close(world->store, true);
    world->store = NULL;
    if (verify(world, world->path, &said) != NQS_OK)
        fail_msg("%s", said);
    assert_non_null(strstr(said, ": sound\n"));
    free(said);
    assert_int_equal(verify(world, "/nonexistent", &said), NQS_STORE);
    free(said);
}

/* Wait for the backup by its descriptor, as the loop does. */
static enum nqs_code backup_wait(struct world *world)
{
    enum nqs_code code;

    while ((code = store_backup_end(world->store, &world->err)) == NQS_BUSY)
        usleep(1000);
    return code;
}

static void test_backup(void **state)
{
    struct world *world = *state;
    char path[96];
    char *said;

    for (int i = 0; i < 5000; i++) {
        char key[16];

        snprintf(key, sizeof key, "%06d", i);
        store_put(world->store, STORE_jobs, text(key), text("before"));
    }
    commit(world);
    snprintf(path, sizeof path, "%s/backup", world->root);
    assert_int_equal(store_backup_end(world->store, &world->err), NQS_STATE);
    assert_int_equal(store_backup_begin(world->store, path, &world->err), NQS_OK);
    assert_true(store_backup_fd(world->store) >= 0);
    assert_int_equal(store_backup_begin(world->store, "/tmp/x", &world->err), NQS_BUSY);
    for (int i = 0; i < 100; i++) {
        store_put(world->store, STORE_jobs, text("999999"), text("while"));
        commit(world);
        expect(world, STORE_jobs, "000001", "before");
    }
    assert_int_equal(backup_wait(world), NQS_OK);
    assert_int_equal(store_backup_fd(world->store), -1);
    assert_int_equal(store_backup_begin(world->store, path, &world->err), NQS_EXISTS);
    if (verify(world, path, &said) != NQS_OK)
        fail_msg("%s", said);
    free(said);
    /* The copy is a store, the same one. */
    store_close(world->store, true);
    world->settings.path = path;
    open_store(world);
    expect(world, STORE_jobs, "000001", "before");
    expect(world, STORE_jobs, "004999", "before");
}

static void test_backup_that_cannot_be(void **state)
{
    struct world *world = *state;

    assert_int_equal(store_backup_begin(world->store, "/nonexistent/backup", &world->err),
                     NQS_FILE);
    assert_int_equal(store_backup_fd(world->store), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
    const struct CMUnitTest tests[] = {
        TEST(test_damage_is_quarantined),    TEST(test_what_cannot_be_taken_is_quarantined),
        TEST(test_record_in_a_wrong_place),  TEST(test_way_up_from_version_0),
        TEST(test_newer_version_is_refused), TEST(test_verify),
        TEST(test_verify_of_a_sound_store),  TEST(test_backup),
        TEST(test_backup_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
