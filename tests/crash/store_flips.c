/*
 * store_flips.c - one flipped bit, anywhere in the file, and what becomes of it.
 *
 * For each flip a process of its own opens a copy, loads it, compares every
 * record with what it should be, and writes on.  It may refuse to open with a
 * clear error; it may report damaged records and be without just these; or
 * all must be as if nothing had been.  It may never die, and never believe a
 * wrong value.  Two thirds of the flips are aimed at the meta pages and at the
 * heads of pages, where a blind one would seldom fall.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crash_model.h"
#include "store_crash.h"

enum { PAGE = 4096, TURNS = 120 };

enum verdict { HARMLESS, REFUSED, REPORTED, LOST, WRONG, DIED, VERDICTS };

static const char *const verdict_words[VERDICTS] = {"harmless", "refused", "reported",
                                                    "LOST",     "WRONG",   "DIED"};

static const char *take_any(void *context, struct store_bytes key, struct store_bytes value)
{
    (void)context;
    (void)key;
    (void)value;
    return NULL;
}

/* A store worth damaging: several levels, overflow pages, free pages. */
static char *base_make(const char *dir, size_t *ret_length)
{
    struct store *store;
    struct stat status;
    char path[512];
    char *bytes;
    FILE *file;

    if (store_open(model_settings(dir), &store, NULL) != NQS_OK)
        abort();
    for (uint64_t n = 1; n <= TURNS; n++) {
        model_turn(store, NULL, n);
        if (store_commit(store, NULL) != NQS_OK)
            abort();
    }
    store_close(store, false);
    snprintf(path, sizeof path, "%s/data.mdb", model_settings(dir)->path);
    file = fopen(path, "r");
    if (!file || fstat(fileno(file), &status) < 0)
        abort();
    *ret_length = (size_t)status.st_size;
    bytes = malloc(*ret_length);
    if (!bytes || fread(bytes, 1, *ret_length, file) != *ret_length)
        abort();
    fclose(file);
    return bytes;
}

static void copy_write(const char *dir, const char *bytes, size_t length)
{
    char path[512];
    FILE *file;

    mkdir(dir, 0700);
    mkdir(model_settings(dir)->path, 0700);
    snprintf(path, sizeof path, "%s/owner", model_settings(dir)->path);
    unlink(path);
    snprintf(path, sizeof path, "%s/data.mdb", model_settings(dir)->path);
    file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

/* Use the copy in DIR as the daemon would. */
static enum verdict use(const char *dir)
{
    struct store *store;
    struct nqs_err err = {0};
    uint64_t damaged = 0;
    uint64_t missing;
    enum nqs_code code = store_open(model_settings(dir), &store, &err);

    if (code != NQS_OK)
        return (code == NQS_DAMAGED || code == NQS_STORE || code == NQS_VERSION) && err.text[0]
                   ? REFUSED
                   : WRONG;
    for (unsigned table = STORE_jobs; table < STORE_TABLE_END; table++) {
        uint64_t more = 0;

        if (store_load(store, (enum store_table)table, take_any, NULL, &more, &err) != NQS_OK)
            return REPORTED;
        damaged += more;
    }
    if (!model_check(store, NULL, TURNS, &missing))
        return WRONG;
    if (missing > damaged)
        return LOST;
    for (uint64_t n = TURNS + 1; n <= TURNS + 10; n++) {
        model_turn(store, NULL, n);
        if (store_commit(store, &err) != NQS_OK)
            return REPORTED;
    }
    store_close(store, true);
    return damaged ? REPORTED : HARMLESS;
}

static enum verdict judge(const char *dir)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(DIED);
        _exit((int)use(dir));
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) < VERDICTS ? (enum verdict)WEXITSTATUS(status)
                                                               : DIED;
}

/* Which bit the I-th flip takes, in a file of LENGTH bytes. */
static size_t aim(int i, size_t length, unsigned *seed)
{
    size_t any = (size_t)rand_r(seed) * 31 + (size_t)rand_r(seed);

    switch (i % 3) {
    case 0: return any % (length * 8);
    case 1: return any % (2 * PAGE * 8) / (PAGE * 8) * (PAGE * 8) + any % (152 * 8);
    default: return any % (length / PAGE) * (PAGE * 8) + (size_t)rand_r(seed) % (48 * 8);
    }
}

int crash_flips(const char *dir, int count)
{
    unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL);
    int seen[VERDICTS] = {0};
    char copy[512];
    size_t length;
    char *bytes = base_make(dir, &length);

    printf("seed %u, %zu pages\n", seed, length / PAGE);
    snprintf(copy, sizeof copy, "%s/copy", dir);
    for (int i = 0; i < count; i++) {
        size_t bit = aim(i, length, &seed);
        enum verdict verdict;

        bytes[bit / 8] ^= (char)(1 << bit % 8);
        copy_write(copy, bytes, length);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        verdict = judge(copy);
        seen[verdict]++;
        if (verdict >= LOST)
            printf("%s: bit %zu of byte %zu of page %zu\n", verdict_words[verdict], bit % 8,
                   bit / 8 % PAGE, bit / 8 / PAGE);
    }
    for (int i = 0; i < VERDICTS; i++)
        printf("%s %d%s", verdict_words[i], seen[i], i + 1 < VERDICTS ? ", " : "\n");
    free(bytes);
    return seen[LOST] || seen[WRONG] || seen[DIED];
}
