/*
 * crash_model.c - turns that follow from their number; see crash_model.h.
 */
#include "crash_model.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALUE_MAX = 24 * 1024 };

static char value_space[VALUE_MAX];

/* The text that turn N writes for WHAT: its length varies, up to two pages now and then. */
static struct store_bytes value_of(const char *what, uint64_t n)
{
    size_t length = 20 + n * 7919 % 300;

    if (strcmp(what, "body") == 0 && n % 11 == 0)
        length = 5000 + n % 3000;
    if (strcmp(what, "script") == 0)
        length = 17000;
    memset(value_space, 'a' + (int)(n % 26), length);
    snprintf(value_space, sizeof value_space, "%llu %s", (unsigned long long)n, what);
    return store_bytes(value_space, length);
}

static bool end_time(struct store_bytes value, uint64_t *ret_end)
{
    char text[32] = "";

    memcpy(text, value.bytes, value.length < 31 ? value.length : 31);
    *ret_end = strtoull(text, NULL, 10) + 1;
    return true;
}

const struct store_words model_words = {.end_time = end_time};

const struct store_settings *model_settings(const char *dir)
{
    static struct store_settings settings;
    static char path[512];

    snprintf(path, sizeof path, "%s/store", dir);
    settings = (struct store_settings){
        .path = path, .map_bytes = 256u << 20, .ballast_bytes = 256u << 10, .words = &model_words};
    return &settings;
}

/* A number as a key; PREFIX numbers before it make it longer.  A few can be in use at once. */
static struct store_bytes key_of(uint64_t first, const uint64_t *second)
{
    static uint64_t space[16][2];
    static unsigned turn;
    uint64_t *at = space[turn++ % 16];

    at[0] = htobe64(first);
    if (second)
        at[1] = htobe64(*second);
    return store_bytes(at, second ? 16 : 8);
}

/* Turn N deletes the job of half a round ago, every third time. */
static bool deletes(uint64_t n)
{
    return n % 3 == 0;
}

static uint64_t deleted(uint64_t n)
{
    return (n + MODEL_JOBS / 2) % MODEL_JOBS;
}

static void put_script(struct store *store, struct spool *spool, uint64_t n)
{
    struct store_bytes script = value_of("script", n);
    char name[SPOOL_NAME_MAX];

    if (!spool || n % 7 != 0)
        return;
    if (spool_script_put(spool, script.bytes, script.length, name, NULL) != NQS_OK)
        abort();
    store_put(store, STORE_server, store_bytes("script", 6), store_bytes(name, strlen(name)));
}

void model_turn(struct store *store, struct spool *spool, uint64_t n)
{
    struct store_bytes key = key_of(n, NULL);
    uint64_t wide = htobe64(n);

    put_script(store, spool, n);
    store_put(store, STORE_jobs, key_of(n % MODEL_JOBS, NULL), value_of("job", n));
    if (deletes(n))
        store_delete(store, STORE_jobs, key_of(deleted(n), NULL));
    store_put(store, STORE_bodies, key_of(n % MODEL_BODIES, NULL), value_of("body", n));
    store_put(store, STORE_history, key, value_of("history", n));
    store_put(store, STORE_endings, key_of(n + 1, &n), store_bytes("", 0));
    store_put(store, STORE_tokens, key_of(n * 0x9e3779b97f4a7c15u, &n), key);
    store_put(store, STORE_events, key, value_of("event", n));
    store_put(store, STORE_server, store_bytes("turn", 4), store_bytes(&wide, sizeof wide));
}

uint64_t model_last(struct store *store)
{
    struct store_bytes found;
    uint64_t wide;

    if (store_get(store, STORE_server, store_bytes("turn", 4), &found, NULL) != NQS_OK ||
        found.length != sizeof wide)
        return 0;
    memcpy(&wide, found.bytes, sizeof wide);
    return be64toh(wide);
}

struct check {
    struct store *store;
    uint64_t missing;
    uint64_t wrong;
};

/* KEY of TABLE must hold EXPECTED; bytes NULL: must not be there. */
static void check_one(struct check *check, enum store_table table, struct store_bytes key,
                      struct store_bytes expected)
{
    struct store_bytes found;
    struct nqs_err err;
    enum nqs_code code = store_get(check->store, table, key, &found, &err);

    if (code != NQS_OK || (!found.bytes && expected.bytes)) {
        check->missing++;
        return;
    }
    if (!found.bytes == !expected.bytes &&
        (!found.bytes || (found.length == expected.length &&
                          memcmp(found.bytes, expected.bytes, found.length) == 0)))
        return;
    fprintf(stderr, "%s: a wrong record\n", store_table_name(table));
    check->wrong++;
}

/* Which turn wrote job JOB last, as of turn N; 0: it is not there. */
static uint64_t job_turn(uint64_t job, uint64_t n)
{
    uint64_t from = n > 2 * MODEL_JOBS ? n - 2 * MODEL_JOBS : 1;
    uint64_t turn = 0;

    for (uint64_t i = from; i <= n; i++) {
        if (i % MODEL_JOBS == job)
            turn = i;
        if (deletes(i) && deleted(i) == job)
            turn = 0;
    }
    return turn;
}

static void check_places(struct check *check, uint64_t n)
{
    for (uint64_t i = 0; i < MODEL_JOBS; i++) {
        uint64_t turn = job_turn(i, n);

        check_one(check, STORE_jobs, key_of(i, NULL),
                  turn ? value_of("job", turn) : store_bytes(NULL, 0));
    }
    for (uint64_t i = 0; i < MODEL_BODIES; i++) {
        uint64_t turn = n - (n + MODEL_BODIES - i) % MODEL_BODIES;

        check_one(check, STORE_bodies, key_of(i, NULL),
                  turn && turn <= n ? value_of("body", turn) : store_bytes(NULL, 0));
    }
}

static void check_lists(struct check *check, uint64_t n)
{
    for (uint64_t i = 1; i <= n; i++) {
        struct store_bytes key = key_of(i, NULL);

        check_one(check, STORE_history, key, value_of("history", i));
        check_one(check, STORE_events, key, value_of("event", i));
        check_one(check, STORE_endings, key_of(i + 1, &i), store_bytes("", 0));
        check_one(check, STORE_tokens, key_of(i * 0x9e3779b97f4a7c15u, &i), key);
    }
}

/* The last script that was named must be in the spool. */
static bool check_script(struct store *store, struct spool *spool)
{
    struct store_bytes found;
    char name[SPOOL_NAME_MAX] = "";
    struct nqs_err err;
    int fd;

    if (!spool ||
        store_get(store, STORE_server, store_bytes("script", 6), &found, NULL) != NQS_OK ||
        found.length != SPOOL_NAME_MAX - 1)
        return true;
    memcpy(name, found.bytes, found.length);
    if (spool_script_open(spool, name, &fd, &err) != NQS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    close(fd);
    return true;
}

/* Nothing of a later turn: no table holds more than it should. */
static bool check_counts(struct store *store, uint64_t n)
{
    static const enum store_table tables[] = {STORE_history, STORE_endings, STORE_tokens,
                                              STORE_events};
    struct store_stats stats;

    store_stats(store, &stats);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (stats.records[tables[i]] != n) {
            fprintf(stderr, "%s: %llu records instead of %llu\n", store_table_name(tables[i]),
                    (unsigned long long)stats.records[tables[i]], (unsigned long long)n);
            return false;
        }
    return true;
}

bool model_check(struct store *store, struct spool *spool, uint64_t n, uint64_t *ret_missing)
{
    struct check check = {.store = store};
    bool counted;

    check_places(&check, n);
    check_lists(&check, n);
    counted = ret_missing || check_counts(store, n);
    if (!ret_missing && check.missing)
        fprintf(stderr, "%llu records are missing\n", (unsigned long long)check.missing);
    if (ret_missing)
        *ret_missing = check.missing;
    store_turn_end(store);
    return !check.wrong && counted && (ret_missing || !check.missing) && check_script(store, spool);
}
