/*
 * store_open.c - opening and closing the store; see store.h.
 *
 * The store is a directory of its own:
 *
 *     owner      locked by whoever has the store open; says who and which store
 *     data.mdb   LMDB's file
 *     lock.mdb   LMDB's table of readers; of no value between two runs
 *     ballast    room that is given up when the disk is full
 *
 * LMDB follows page numbers and offsets without doubting them, so that a few
 * flipped bits may send it anywhere.  Therefore nothing of LMDB is called
 * before store_pages_check() has found the file's structure sound.
 *
 * `owner` also tells an empty directory from one whose data is gone: it holds
 * the uuid from the first commit on, and a store whose file is missing then is
 * an error, never a new, empty store.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "failpoint.h"
#include "mem.h"
#include "store_internal.h"
#include "store_pages.h"

enum { DYING_WAIT_MS = 20000, DYING_POLL_MS = 10 };

#define FLAG_EXITING 0x4ul /* PF_EXITING of the flags in /proc/PID/stat */

enum nqs_code store_fail(const struct store *store, int rc, const char *what, struct nqs_err *err)
{
    return nqs_fail(err, NQS_STORE, "store %s: %s: %s", store->path, what, mdb_strerror(rc));
}

const char *store_table_name(unsigned table)
{
    static const char *const names[] = {
#define T(id, name, key_min, key_max, what) [id] = #name,
#include "store_tables.def"
#undef T
    };

    return table < STORE_TABLE_END ? names[table] : NULL;
}

/* A new name in a directory is only there after a power cut if the directory was synced. */
static bool parent_sync(const char *path)
{
    char *copy = mem_text(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    mem_free(copy);
    return synced;
}

static enum nqs_code dir_open(struct store *store, bool make, struct nqs_err *err)
{
    if (make && mkdir(store->path, 0700) == 0 && !parent_sync(store->path))
        return nqs_fail_errno(err, NQS_STORE, "store %s: its parent directory", store->path);
    store->dir_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir_fd < 0)
        return nqs_fail_errno(err, NQS_STORE, "store %s", store->path);
    return NQS_OK;
}

/* Read what `owner` says: its lines are `uuid HEX` and `pid N`. */
static bool owner_line(int fd, const char *word, char *ret, size_t size)
{
    char text[256];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    const char *at;

    if (length <= 0)
        return false;
    text[length] = '\0';
    at = strstr(text, word);
    if (!at)
        return false;
    at += strlen(word);
    length = (ssize_t)strcspn(at, "\n");
    if ((size_t)length >= size || at[length] != '\n')
        return false;
    memcpy(ret, at, (size_t)length);
    ret[length] = '\0';
    return true;
}

/*
 * Is process PID on its way out?  Killed, it may hold its locks for a while: a
 * large heap is given back first, and a thread in the middle of a sync ends it.
 */
static bool is_dying(const char *pid)
{
    char text[1024];
    unsigned long flags = 0;
    ssize_t length;
    char *at;
    char state;
    int fd;

    snprintf(text, sizeof text, "/proc/%s/stat", pid);
    fd = open(text, O_RDONLY | O_CLOEXEC);
    length = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    at = strrchr(text, ')'); /* the name before it may hold anything */
    return at && sscanf(at + 1, " %c %*d %*d %*d %*d %*d %lu", &state, &flags) == 2 &&
           (state == 'Z' || state == 'X' || (flags & FLAG_EXITING));
}

/* Lock `owner`, and let one that is dying let go of it first.  False with errno. */
static bool owner_lock(int fd, char *ret_pid, size_t size)
{
    const struct timespec pause = {0, DYING_POLL_MS * 1000000L};

    for (int tries = DYING_WAIT_MS / DYING_POLL_MS;; tries--) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            return false;
        if (!owner_line(fd, "pid ", ret_pid, size))
            snprintf(ret_pid, size, "?");
        if (tries <= 0 || !is_dying(ret_pid))
            break;
        nanosleep(&pause, NULL);
    }
    errno = EWOULDBLOCK;
    return false;
}

static enum nqs_code owner_take(struct store *store, bool make, struct nqs_err *err)
{
    char pid[24];
    int flags = O_CLOEXEC | O_NOFOLLOW | (make ? O_RDWR | O_CREAT : O_RDONLY);

    store->owner_fd = openat(store->dir_fd, "owner", flags, 0600);
    if (store->owner_fd < 0 && !make && errno == ENOENT)
        return NQS_OK; /* a backup that was never opened: nobody has it */
    if (store->owner_fd < 0)
        return nqs_fail_errno(err, NQS_STORE, "store %s: owner", store->path);
    if (owner_lock(store->owner_fd, pid, sizeof pid))
        return NQS_OK;
    if (errno != EWOULDBLOCK)
        return nqs_fail_errno(err, NQS_STORE, "store %s: cannot lock owner", store->path);
    return nqs_fail(err, NQS_STORE, "store %s is in use by process %s", store->path, pid);
}

/* Say in `owner` who we are and whose data this is; only for people and the next start. */
static enum nqs_code owner_write(struct store *store, struct nqs_err *err)
{
    struct buf text;
    bool written;

    buf_init(&text);
    buf_add_text(&text, "uuid ");
    for (int i = 0; i < STORE_UUID_BYTES; i++)
        buf_format(&text, "%02x", store->uuid[i]);
    buf_format(&text, "\npid %ld\n", (long)getpid());
    written = pwrite(store->owner_fd, text.bytes, text.length, 0) == (ssize_t)text.length &&
              ftruncate(store->owner_fd, (off_t)text.length) == 0;
    buf_done(&text);
    /* A full disk must not keep a store from opening whose file is there already. */
    if ((!written && errno != ENOSPC) || fsync(store->owner_fd) < 0)
        return nqs_fail_errno(err, NQS_STORE, "store %s: owner", store->path);
    return NQS_OK;
}

/* Judge data.mdb before LMDB sees it. */
static enum nqs_code file_check(struct store *store, FILE *out, struct nqs_err *err)
{
    char uuid[2 * STORE_UUID_BYTES + 1];
    struct stat status;
    int fd = openat(store->dir_fd, "data.mdb", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool known = owner_line(store->owner_fd, "uuid ", uuid, sizeof uuid);
    enum nqs_code code = NQS_OK;

    if (fd < 0 && errno != ENOENT)
        return nqs_fail_errno(err, NQS_STORE, "store %s: data.mdb", store->path);
    if (fd >= 0 && fstat(fd, &status) < 0)
        status.st_size = 0;
    if (fd >= 0 && status.st_size > 0)
        code = store_pages_check(fd, store->path, out, &store->pages, err);
    else if (out && !known)
        code = nqs_fail(err, NQS_STORE, "store %s: there is no data.mdb", store->path);
    else if (known)
        code = nqs_fail(err, NQS_DAMAGED,
                        "store %s: data.mdb is %s, but store %s was here; restore a backup, or "
                        "remove `owner` to begin anew",
                        store->path, fd < 0 ? "missing" : "empty", uuid);
    if (fd >= 0)
        close(fd);
    return code;
}

/*
 * LMDB opens its file without close-on-exec, on purpose.  A spawned program
 * that inherits it could write every request of every user.
 */
static void descriptors_close_on_exec(const struct store *store)
{
    struct stat ours;
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    int data_fd;

    if (mdb_env_get_fd(store->env, &data_fd) == 0)
        fcntl(data_fd, F_SETFD, FD_CLOEXEC);
    while (dir && (entry = readdir(dir))) {
        struct stat status;
        int fd = atoi(entry->d_name);

        for (const char *const *name = (const char *const[]){"data.mdb", "lock.mdb", NULL}; *name;
             name++)
            if (fstat(fd, &status) == 0 && fstatat(store->dir_fd, *name, &ours, 0) == 0 &&
                status.st_dev == ours.st_dev && status.st_ino == ours.st_ino)
                fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    if (dir)
        closedir(dir);
}

/* Fill in the defaults of SETTINGS. */
static struct store_settings settings_whole(const struct store_settings *settings)
{
    struct store_settings whole = *settings;

    if (!whole.map_bytes)
        whole.map_bytes = UINT64_C(64) << 30;
    if (!whole.full_percent)
        whole.full_percent = 80;
    if (!whole.resume_percent)
        whole.resume_percent = whole.full_percent > 5 ? whole.full_percent - 5 : 1;
    if (!whole.disk_reserve_max)
        whole.disk_reserve_max = UINT64_C(1) << 30;
    return whole;
}

static enum nqs_code env_open(struct store *store, unsigned flags, struct nqs_err *err)
{
    int rc = mdb_env_create(&store->env);

    if (rc == 0)
        rc = mdb_env_set_maxdbs(store->env, STORE_TABLE_END);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(store->env, 16);
    if (rc == 0)
        rc = mdb_env_set_mapsize(store->env, store->settings.map_bytes);
    if (rc == 0)
        rc = mdb_env_open(store->env, store->path, flags, 0600);
    if (rc == ENOSPC || rc == EDQUOT)
        return nqs_fail(err, NQS_NOSPACE, "store %s: %s", store->path, mdb_strerror(rc));
    if (rc != 0)
        return store_fail(store, rc, "cannot be opened", err);
    descriptors_close_on_exec(store);
    return NQS_OK;
}

enum nqs_code store_open_env(const struct store_settings *settings, FILE *out,
                             struct store **ret_store, struct nqs_err *err)
{
    struct store *store = mem_new(sizeof *store);
    enum nqs_code code;

    store->path = mem_text(settings->path);
    store->settings = settings_whole(settings);
    store->settings.path = store->path;
    store->dir_fd = store->owner_fd = -1;
    buf_init(&store->arena);
    code = dir_open(store, !out, err);
    if (code == NQS_OK)
        code = owner_take(store, !out, err);
    if (code == NQS_OK)
        code = file_check(store, out, err);
    if (code == NQS_OK)
        code = env_open(store, out ? MDB_NOTLS | MDB_RDONLY | MDB_NOLOCK : MDB_NOTLS, err);
    if (code == NQS_OK)
        *ret_store = store;
    else
        store_close_env(store);
    return code;
}

void store_close_env(struct store *store)
{
    store_read_done(store);
    if (store->env)
        mdb_env_close(store->env);
    if (store->owner_fd >= 0)
        close(store->owner_fd);
    if (store->dir_fd >= 0)
        close(store->dir_fd);
    buf_done(&store->arena);
    mem_free(store->lines);
    mem_free(store->path);
    mem_free(store);
}

/* The first transaction of a start: tables, version, epoch. */
static enum nqs_code start_commit(struct store *store, struct nqs_err *err)
{
    enum nqs_code code;
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

    if (rc != 0)
        return store_fail(store, rc, "no transaction", err);
    code = store_schema_begin(store, txn, err);
    if (code == NQS_OK) {
        rc = store_bounds_learn(store, txn);
        if (rc != 0)
            code = store_fail(store, rc, "a table cannot be read", err);
    }
    if (code != NQS_OK) {
        mdb_txn_abort(txn);
        return code;
    }
    FAILPOINT("open-commit");
    rc = mdb_txn_commit(txn);
    if (rc == 0)
        return NQS_OK;
    if (store_rc_is_full(store, rc))
        return nqs_fail(err, NQS_NOSPACE, "store %s: the disk is full", store->path);
    return store_fail(store, rc, "the first commit failed", err);
}

enum nqs_code store_open(const struct store_settings *settings, struct store **ret_store,
                         struct nqs_err *err)
{
    struct store *store;
    enum nqs_code code = store_open_env(settings, NULL, &store, err);

    if (code != NQS_OK)
        return code;
    store->ballast = faccessat(store->dir_fd, "ballast", F_OK, 0) == 0;
    code = start_commit(store, err);
    if (code == NQS_NOSPACE && store_ballast_drop(store))
        code = start_commit(store, err);
    if (code == NQS_OK)
        code = owner_write(store, err);
    if (code == NQS_OK && (fsync(store->dir_fd) < 0 || !parent_sync(store->path)))
        code = nqs_fail_errno(err, NQS_STORE, "store %s: its directory", store->path);
    if (code != NQS_OK) {
        store_close_env(store);
        return code;
    }
    store_space_look(store);
    *ret_store = store;
    return NQS_OK;
}

/* Nobody is there any more to be told if this fails; then it was no clean shutdown. */
static void clean_commit(struct store *store)
{
    MDB_txn *txn;

    if (mdb_txn_begin(store->env, NULL, 0, &txn) != 0)
        return;
    if (store_schema_end(store, txn) == 0)
        mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
}

void store_close(struct store *store, bool clean)
{
    if (!store)
        return;
    store_backup_done(store);
    store_read_done(store);
    if (clean)
        clean_commit(store);
    store_close_env(store);
}

const uint8_t *store_uuid(const struct store *store)
{
    return store->uuid;
}

uint64_t store_epoch(const struct store *store)
{
    return store->epoch;
}

bool store_was_clean(const struct store *store)
{
    return store->was_clean;
}
