/*
 * store_full.c - too much at once: a disk that runs full, a batch beyond measure.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash_model.h"
#include "store_crash.h"

#define MUST(condition)                                             \
    do {                                                            \
        if (!(condition)) {                                         \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            exit(1);                                                \
        }                                                           \
    } while (0)

/* Somebody else's file on the same disk: everything that is left, or LENGTH bytes. */
static void fill(const char *dir, const char *name, size_t length)
{
    static const char zeros[4096];
    char path[512];
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    MUST(fd >= 0);
    for (size_t at = 0; at < length; at += sizeof zeros)
        if (write(fd, zeros, sizeof zeros) != (ssize_t)sizeof zeros)
            break;
    close(fd);
}

static void clear(const char *dir, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    MUST(unlink(path) == 0);
}

static bool there(const char *dir, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/store/%s", dir, name);
    return access(path, F_OK) == 0;
}

/* Commit turns until there is no room; the number of the one that waits. */
static uint64_t write_until_full(struct store *store, uint64_t n)
{
    struct nqs_err err;

    for (;; n++) {
        enum nqs_code code;

        model_turn(store, NULL, n);
        code = store_commit(store, &err);
        if (code == NQS_NOSPACE)
            return n;
        MUST(code == NQS_OK);
    }
}

/* A start on the full disk, in a process of its own: it works, or says why not. */
static void start_while_full(const char *dir)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct store *store;
        struct nqs_err err;
        enum nqs_code code = store_open(model_settings(dir), &store, &err);

        if (code == NQS_OK)
            _exit(model_check(store, NULL, model_last(store), NULL) ? 0 : 1);
        fprintf(stderr, "%s\n", err.text);
        _exit(code == NQS_NOSPACE ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int crash_full(const char *dir)
{
    const struct store_settings *settings = model_settings(dir);
    struct store *store;
    size_t pending;
    uint64_t n;

    fill(dir, "room", 1u << 20);
    MUST(store_open(settings, &store, NULL) == NQS_OK);
    MUST(there(dir, "ballast"));
    MUST(!store_full(store));
    n = write_until_full(store, 1);
    printf("full at turn %llu\n", (unsigned long long)n);
    MUST(!there(dir, "ballast"));
    pending = store_pending(store);
    MUST(pending > 0);
    /* All that was committed is there; the batch waits, as often as it is tried. */
    for (int i = 0; i < 3; i++) {
        MUST(model_check(store, NULL, n - 1, NULL));
        MUST(store_commit(store, NULL) == NQS_NOSPACE);
        MUST(store_pending(store) == pending);
    }
    usleep(1001000);
    MUST(store_full(store));
    clear(dir, "room");
    MUST(store_commit(store, NULL) == NQS_OK);
    MUST(store_pending(store) == 0);
    MUST(model_check(store, NULL, n, NULL));
    usleep(1001000);
    store_full(store);
    MUST(there(dir, "ballast"));
    /* Full again, by somebody else, to the last page; the process dies with a batch. */
    fill(dir, "room", 64u << 20);
    n = write_until_full(store, n + 1);
    store_close(store, false);
    start_while_full(dir);
    clear(dir, "room");
    MUST(store_open(settings, &store, NULL) == NQS_OK);
    MUST(model_last(store) == n - 1);
    MUST(model_check(store, NULL, n - 1, NULL));
    store_close(store, true);
    MUST(store_verify(settings, stderr, NULL) == NQS_OK);
    return 0;
}

/* ---- large batches ---- */

enum { LARGE = 140000, LARGE_VALUE = 2200 };

/* Record I of round ROUND; two do not fit into a page. */
static struct store_bytes large_value(uint64_t i, int round)
{
    static char value[LARGE_VALUE];

    memset(value, 'a' + round, sizeof value);
    memcpy(value, &i, sizeof i);
    return store_bytes(value, sizeof value);
}

/* Put every STEP-th record, in an order that is none, and commit once. */
static void large_write(struct store *store, int round, uint64_t step)
{
    for (uint64_t i = 0; i < LARGE; i++) {
        uint64_t key = htobe64(i * 7919 % LARGE);

        if (i * 7919 % LARGE % step == 0)
            store_put(store, STORE_bodies, store_bytes(&key, 8),
                      large_value(i * 7919 % LARGE, round));
    }
    MUST(store_commit(store, NULL) == NQS_OK);
}

int crash_large(const char *dir)
{
    struct store_settings settings = *model_settings(dir);
    struct store_stats stats;
    struct store *store;

    settings.map_bytes = (uint64_t)8 << 30;
    MUST(store_open(&settings, &store, NULL) == NQS_OK);
    large_write(store, 0, 1);
    large_write(store, 1, 3);
    store_close(store, true);
    MUST(store_verify(&settings, stderr, NULL) == NQS_OK);
    MUST(store_open(&settings, &store, NULL) == NQS_OK);
    store_stats(store, &stats);
    MUST(stats.records[STORE_bodies] == LARGE);
    for (uint64_t i = 0; i < LARGE; i++) {
        struct store_bytes expected = large_value(i, i % 3 == 0);
        uint64_t key = htobe64(i);
        struct store_bytes found;

        MUST(store_get(store, STORE_bodies, store_bytes(&key, 8), &found, NULL) == NQS_OK);
        MUST(found.length == expected.length &&
             memcmp(found.bytes, expected.bytes, found.length) == 0);
    }
    store_close(store, true);
    return 0;
}
