/*
 * store_crash.c - a writer that is killed, and a judge of what it leaves.
 *
 *     store_crash points DIR        kill the writer at each failpoint, several times
 *     store_crash random DIR COUNT  kill it COUNT times at moments drawn by chance
 *     store_crash write DIR         write turns; each that is committed is said on stdout
 *     store_crash check DIR         judge the store in DIR
 *     store_crash flips DIR COUNT   COUNT flipped bits, each in a fresh copy (store_flips.c)
 *     store_crash full DIR          DIR is on a small disk: fill it (store_full.c)
 *     store_crash large DIR         a batch of far more pages than LMDB keeps (store_full.c)
 *
 * The writer tells of a turn only after its commit, as the daemon does.  The
 * judge holds it to that: what was told must be there, and of what was not
 * told all or nothing.
 */
#include <errno.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crash_model.h"
#include "failpoint.h"
#include "store_crash.h"
#include "store_record.h"

static const char *take_any(void *context, struct store_bytes key, struct store_bytes value)
{
    (void)context;
    (void)key;
    (void)value;
    return NULL;
}

/* Open store and spool as the daemon starts: every table is loaded. */
static struct store *start(const char *dir, struct spool **ret_spool)
{
    struct store *store;
    struct nqs_err err;
    enum nqs_code code = store_open(model_settings(dir), &store, &err);

    if (code == NQS_OK)
        code = spool_open(dir, ret_spool, &err);
    for (unsigned table = STORE_jobs; code == NQS_OK && table < STORE_TABLE_END; table++)
        if (table != STORE_quarantine)
            code = store_load(store, (enum store_table)table, take_any, NULL, NULL, &err);
    if (code != NQS_OK) {
        fprintf(stderr, "%s\n", err.text);
        _exit((int)code);
    }
    return store;
}

/* One backup a run, so that its failpoint is passed too. */
static void back_up(struct store *store, const char *dir)
{
    char path[512];

    snprintf(path, sizeof path, "%s/backup-%ld", dir, (long)getpid());
    if (store_backup_begin(store, path, NULL) != NQS_OK)
        return;
    while (store_backup_end(store, NULL) == NQS_BUSY)
        usleep(500);
}

int crash_write(const char *dir, uint64_t turns)
{
    struct spool *spool;
    struct store *store = start(dir, &spool);
    uint64_t last = model_last(store);
    struct nqs_err err;

    for (uint64_t n = last + 1; n <= last + turns; n++) {
        enum nqs_code code;

        model_turn(store, spool, n);
        while ((code = store_commit(store, &err)) == NQS_NOSPACE)
            usleep(1000);
        if (code != NQS_OK) {
            fprintf(stderr, "%s\n", err.text);
            _exit((int)code);
        }
        if (write(STDOUT_FILENO, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(1);
        if (n == last + 5)
            back_up(store, dir);
    }
    store_close(store, true);
    spool_close(spool);
    return 0;
}

/* A writer in a process of its own, armed with FAIL (or NULL); it speaks through *RET_FD. */
static pid_t writer_begin(const char *dir, const char *fail, int *ret_fd)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) < 0 || (pid = fork()) < 0)
        abort();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (fail)
            setenv("NQS_FAIL", fail, 1);
        /* A new program: the environment of failpoints is read once in a process. */
        execl("/proc/self/exe", "store_crash", "write", dir, fail ? "30" : "1000000", NULL);
        _exit(1);
    }
    close(ends[1]);
    *ret_fd = ends[0];
    return pid;
}

/* The last turn that the writer told of, FROM if none; waits for its end. */
static uint64_t writer_end(pid_t pid, int fd, uint64_t from, int *ret_status)
{
    uint64_t told = from;
    uint64_t n;

    while (read(fd, &n, sizeof n) == (ssize_t)sizeof n)
        told = n;
    close(fd);
    waitpid(pid, ret_status, 0);
    return told;
}

bool crash_check(const char *dir, uint64_t told)
{
    struct spool *spool;
    struct store *store;
    struct nqs_err err;
    uint64_t last;
    bool good;

    if (store_verify(model_settings(dir), stderr, &err) != NQS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    store = start(dir, &spool);
    last = model_last(store);
    good = model_check(store, spool, last, NULL) && last >= told && last <= told + 1;
    if (!good)
        fprintf(stderr, "told of turn %llu, found turn %llu\n", (unsigned long long)told,
                (unsigned long long)last);
    store_close(store, false);
    spool_close(spool);
    return good;
}

/* The turn that the store in DIR is at; told or not, it counts from now on. */
static uint64_t turn_found(const char *dir)
{
    struct spool *spool;
    struct store *store = start(dir, &spool);
    uint64_t last = model_last(store);

    store_close(store, true);
    spool_close(spool);
    return last;
}

/* ---- failpoints ---- */

/* Change the closed store with bare LMDB: NAME of TABLE becomes BYTES. */
static void put_behind(const char *dir, const char *table, const char *name, const void *bytes,
                       size_t length)
{
    MDB_val key = {strlen(name), (void *)(uintptr_t)name};
    MDB_val value = {length, (void *)(uintptr_t)bytes};
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;

    if (mdb_env_create(&env) || mdb_env_set_maxdbs(env, 12) ||
        mdb_env_set_mapsize(env, 256u << 20) ||
        mdb_env_open(env, model_settings(dir)->path, 0, 0600) ||
        mdb_txn_begin(env, NULL, 0, &txn) || mdb_dbi_open(txn, table, 0, &dbi) ||
        mdb_put(txn, dbi, &key, &value, 0) || mdb_txn_commit(txn))
        abort();
    mdb_env_close(env);
}

/* Make the store one of version 0, so that a start goes the way up. */
static void make_old(const char *dir)
{
    static const char *const names[] = {"schema", "schema2"};

    for (int i = 0; i < 2; i++) {
        uint8_t stored[STORE_HEADER + 8] = {0};

        store_record_seal(stored, STORE_meta, 0, store_bytes(names[i], strlen(names[i])),
                          store_bytes(stored + STORE_HEADER, 8));
        put_behind(dir, "meta", names[i], stored, sizeof stored);
    }
}

/* How the point NAME is reached, and dies there at the COUNT-th time. */
static const char *arm(const char *dir, const char *name, int count)
{
    static char spec[128];

    if (strcmp(name, "upgrade-before") == 0)
        make_old(dir);
    if (strcmp(name, "quarantine-before") == 0)
        put_behind(dir, "cursors", "victim", "rubbish", 7);
    snprintf(spec, sizeof spec, "%s:%d", name, count);
    if (strcmp(name, "ballast-drop") == 0)
        snprintf(spec, sizeof spec, "after-puts:%d:enospc,ballast-drop:1", count);
    return spec;
}

/* Those that a start, or a run, passes once. */
static bool passed_once(const char *name)
{
    static const char *const once[] = {"upgrade-before", "quarantine-before", "open-commit",
                                       "backup-rename"};

    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        if (strcmp(once[i], name) == 0)
            return true;
    return false;
}

static bool one_point(const char *dir, const char *name, int count, uint64_t *told)
{
    const char *fail = arm(dir, name, count);
    int status;
    int fd;
    pid_t pid = writer_begin(dir, fail, &fd);

    *told = writer_end(pid, fd, *told, &status);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        fprintf(stderr, "%s did not kill the writer (status %#x)\n", fail, (unsigned)status);
        return false;
    }
    if (strcmp(name, "quarantine-before") == 0)
        turn_found(dir); /* this start moves it, and the judge finds a sound store */
    if (!crash_check(dir, *told)) {
        fprintf(stderr, "after %s\n", fail);
        return false;
    }
    return true;
}

/* Has the writer this place at all?  The loop has some of its own. */
static bool in_store(const char *name)
{
    const char *where = failpoint_where(name);

    return strncmp(where, "store: ", 7) == 0 || strncmp(where, "spool: ", 7) == 0;
}

static int points(const char *dir)
{
    uint64_t told = 0;
    int bad = 0;
    int done = 0;

    for (const char *name = failpoint_each(NULL); name; name = failpoint_each(name))
        for (int count = 1; in_store(name) && count <= (passed_once(name) ? 1 : 3); count++) {
            bad += !one_point(dir, name, count, &told);
            told = turn_found(dir);
            done++;
        }
    printf("%d kills at failpoints, %d bad\n", done, bad);
    return bad != 0;
}

/* ---- moments drawn by chance ---- */

static int random_kills(const char *dir, int count)
{
    unsigned seed = (unsigned)time(NULL);
    uint64_t told = 0;
    int bad = 0;

    printf("seed %u\n", seed);
    for (int i = 0; i < count && !bad; i++) {
        int status;
        int fd;
        pid_t pid = writer_begin(dir, NULL, &fd);

        usleep((unsigned)rand_r(&seed) % 60000);
        kill(pid, SIGKILL);
        told = writer_end(pid, fd, told, &status);
        bad += !WIFSIGNALED(status) || !crash_check(dir, told);
        told = bad ? told : turn_found(dir);
    }
    printf("%d kills, %llu turns, %d bad\n", count, (unsigned long long)told, bad);
    return bad != 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 2 ? argv[1] : "";
    int count = argc > 3 ? atoi(argv[3]) : 50;

    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 2)
        mkdir(argv[2], 0700);
    if (strcmp(verb, "points") == 0)
        return points(argv[2]);
    if (strcmp(verb, "random") == 0)
        return random_kills(argv[2], count);
    if (strcmp(verb, "write") == 0)
        return crash_write(argv[2], (uint64_t)count);
    if (strcmp(verb, "check") == 0)
        return !crash_check(argv[2], argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
    if (strcmp(verb, "flips") == 0)
        return crash_flips(argv[2], count);
    if (strcmp(verb, "full") == 0)
        return crash_full(argv[2]);
    if (strcmp(verb, "large") == 0)
        return crash_large(argv[2]);
    fprintf(stderr, "usage: store_crash points|random|write|check|flips|full|large DIR [COUNT]\n");
    return 1;
}
