/*
 * bench_store.c - what the store costs beside bare LMDB.
 *
 *     bench_store DIR [RECORDS]
 *
 * For batches of 1 to 1000 records of 512 bytes: commits a second of bare LMDB
 * (the floor: the same puts in one transaction, no header, no checksum) and of
 * the store, taken in turns in the same run, and their ratio.  Then a turn as
 * the daemon makes it, with its CPU time.  Then the start with RECORDS (a
 * million) records of 250 bytes: opening, which looks at every page, and loading.
 */
#include <endian.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "store.h"

enum { ROUNDS = 5, VALUE = 512, LOADED_VALUE = 250 };

#define ROUND_SECONDS 0.4

struct floor_env {
    MDB_env *env;
    MDB_dbi dbi;
};

static uint64_t next_key = 1;

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %d\n", what, rc);
    exit(1);
}

static void floor_open(struct floor_env *bare, const char *path)
{
    MDB_txn *txn;

    mkdir(path, 0700);
    must(mdb_env_create(&bare->env), "mdb_env_create");
    mdb_env_set_maxdbs(bare->env, 4);
    mdb_env_set_mapsize(bare->env, (size_t)16 << 30);
    must(mdb_env_open(bare->env, path, 0, 0600), "mdb_env_open");
    must(mdb_txn_begin(bare->env, NULL, 0, &txn), "mdb_txn_begin");
    must(mdb_dbi_open(txn, "jobs", MDB_CREATE, &bare->dbi), "mdb_dbi_open");
    must(mdb_txn_commit(txn), "mdb_txn_commit");
}

static void floor_commit(struct floor_env *bare, int batch, const char *value)
{
    MDB_txn *txn;

    must(mdb_txn_begin(bare->env, NULL, 0, &txn), "mdb_txn_begin");
    for (int i = 0; i < batch; i++) {
        uint64_t number = htobe64(next_key++);
        MDB_val key = {sizeof number, &number};
        MDB_val data = {VALUE, (void *)(uintptr_t)value};

        must(mdb_put(txn, bare->dbi, &key, &data, 0), "mdb_put");
    }
    must(mdb_txn_commit(txn), "mdb_txn_commit");
}

static void put(struct store *store, enum store_table table, uint64_t number, const char *value,
                size_t length)
{
    uint64_t key = htobe64(number);

    store_put(store, table, store_bytes(&key, sizeof key), store_bytes(value, length));
}

static void our_commit(struct store *store, int batch, const char *value)
{
    for (int i = 0; i < batch; i++)
        put(store, STORE_jobs, next_key++, value, VALUE);
    must((int)store_commit(store, NULL), "store_commit");
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Commits a second of batches of BATCH, for one round. */
static double rate(struct store *store, struct floor_env *bare, int batch, const char *value)
{
    double begun = seconds(CLOCK_MONOTONIC);
    double now;
    int count = 0;

    do {
        if (bare)
            floor_commit(bare, batch, value);
        else
            our_commit(store, batch, value);
        count++;
        now = seconds(CLOCK_MONOTONIC);
    } while (now - begun < ROUND_SECONDS);
    return count / (now - begun);
}

static void bench_batches(struct store *store, struct floor_env *bare)
{
    char value[VALUE];

    memset(value, 'v', sizeof value);
    printf("%8s %14s %14s %14s %8s\n", "batch", "floor/s", "store/s", "records/s", "ratio");
    for (int batch = 1; batch <= 1000; batch *= 10) {
        double low[ROUNDS];
        double ours[ROUNDS];

        for (int i = 0; i < ROUNDS; i++) {
            low[i] = rate(NULL, bare, batch, value);
            ours[i] = rate(store, NULL, batch, value);
        }
        qsort(low, ROUNDS, sizeof *low, by_number);
        qsort(ours, ROUNDS, sizeof *ours, by_number);
        printf("%8d %14.0f %14.0f %14.0f %7.2f\n", batch, low[ROUNDS / 2], ours[ROUNDS / 2],
               ours[ROUNDS / 2] * batch, ours[ROUNDS / 2] / low[ROUNDS / 2]);
    }
}

/* A turn that takes one request: hot row, cold body, token, and two events. */
static void bench_turn(struct store *store)
{
    enum { TURNS = 4000 };
    char value[VALUE];
    double begun = seconds(CLOCK_MONOTONIC);
    double used = seconds(CLOCK_PROCESS_CPUTIME_ID);

    memset(value, 'v', sizeof value);
    for (uint64_t i = 0; i < TURNS; i++) {
        uint64_t token[2] = {i * 0x9e3779b97f4a7c15u, i};

        put(store, STORE_jobs, 1000000000 + i, value, 250);
        put(store, STORE_bodies, 1000000000 + i, value, 512);
        store_put(store, STORE_tokens, store_bytes(token, 16), store_bytes(value, 8));
        put(store, STORE_events, 2 * i + 1, value, 120);
        put(store, STORE_events, 2 * i + 2, value, 80);
        must((int)store_commit(store, NULL), "store_commit");
    }
    used = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    begun = seconds(CLOCK_MONOTONIC) - begun;
    printf("turn of 5 lines: %.0f commits/s, %.1f us of CPU each\n", TURNS / begun,
           used / TURNS * 1e6);
}

static const char *take(void *context, struct store_bytes key, struct store_bytes value)
{
    uint64_t *count = context;

    (void)key;
    *count += value.length == LOADED_VALUE;
    return NULL;
}

static void bench_load(const struct store_settings *settings, uint64_t records)
{
    char value[LOADED_VALUE];
    struct nqs_err err;
    struct store *store;
    uint64_t count = 0;
    double begun;
    double opened;

    memset(value, 'v', sizeof value);
    must((int)store_open(settings, &store, &err), "store_open");
    for (uint64_t i = 1; i <= records; i++) {
        put(store, STORE_history, i, value, sizeof value);
        if (i % 10000 == 0 || i == records)
            must((int)store_commit(store, NULL), "store_commit");
    }
    store_close(store, true);
    begun = seconds(CLOCK_MONOTONIC);
    must((int)store_open(settings, &store, &err), "store_open");
    opened = seconds(CLOCK_MONOTONIC);
    must((int)store_load(store, STORE_history, take, &count, NULL, NULL), "store_load");
    printf("start with %llu records: open %.3f s, load %.3f s\n", (unsigned long long)count,
           opened - begun, seconds(CLOCK_MONOTONIC) - opened);
    store_close(store, true);
}

int main(int argc, char **argv)
{
    struct store_settings settings = {0};
    struct floor_env bare;
    struct store *store;
    struct nqs_err err;
    char path[3][256];

    if (argc < 2) {
        fprintf(stderr, "usage: bench_store DIR [RECORDS]\n");
        return 1;
    }
    mkdir(argv[1], 0700);
    for (int i = 0; i < 3; i++)
        snprintf(path[i], sizeof path[i], "%s/%c", argv[1], "abc"[i]);
    floor_open(&bare, path[0]);
    settings.path = path[1];
    must((int)store_open(&settings, &store, &err), "store_open");
    bench_batches(store, &bare);
    mdb_env_close(bare.env);
    bench_turn(store);
    store_close(store, true);
    settings.path = path[2];
    bench_load(&settings, argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000);
    return 0;
}
