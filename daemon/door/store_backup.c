/*
 * store_backup.c - copying the store while it is in use.
 *
 * A thread, because nothing else fits: copying in the loop would stop every
 * client for its whole length, and a child of fork() may not use LMDB's file,
 * whose locks and reader slots belong to the parent.  The thread opens a
 * snapshot of its own inside mdb_env_copyfd2() (the store is opened with
 * MDB_NOTLS, so that reader and writer of the loop's thread do not mind it) and
 * shares nothing else with the loop but `struct store_backup`, of which the
 * loop reads the result only after it has joined the thread.
 *
 * The copy is made in PATH.new and renamed when all of it is synced: a
 * directory of the wanted name is always a whole store.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failpoint.h"
#include "mem.h"
#include "store_internal.h"

struct store_backup {
    pthread_t thread;
    MDB_env *env; /* borrowed */
    char *path;
    char *made_path; /* while it is being made */
    int ended_fd;    /* an eventfd, readable at the end */
    enum nqs_code code;
    struct nqs_err err;
};

static bool path_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

static bool parent_sync(const char *path)
{
    char *copy = mem_text(path);
    bool synced = path_sync(dirname(copy));

    mem_free(copy);
    return synced;
}

static char *data_path(const char *path)
{
    struct buf text;

    buf_init(&text);
    buf_format(&text, "%s/data.mdb", path);
    buf_text(&text);
    return text.bytes;
}

/* Write and sync made_path/data.mdb. */
static enum nqs_code copy_write(struct store_backup *backup, const char *data)
{
    int fd = open(data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc;

    if (fd < 0)
        return nqs_fail_errno(&backup->err, NQS_FILE, "backup %s", data);
    rc = mdb_env_copyfd2(backup->env, fd, MDB_CP_COMPACT);
    if (rc == 0 && fsync(fd) < 0)
        rc = errno;
    close(fd);
    if (rc != 0)
        return nqs_fail(&backup->err, rc == ENOSPC ? NQS_NOSPACE : NQS_FILE, "backup %s: %s", data,
                        mdb_strerror(rc));
    return NQS_OK;
}

/* Give the copy its name.  RENAME_NOREPLACE: what is there already stays. */
static enum nqs_code copy_name(struct store_backup *backup)
{
    FAILPOINT("backup-rename");
    if (!path_sync(backup->made_path) ||
        renameat2(AT_FDCWD, backup->made_path, AT_FDCWD, backup->path, RENAME_NOREPLACE) < 0 ||
        !parent_sync(backup->path))
        return nqs_fail_errno(&backup->err, errno == EEXIST ? NQS_EXISTS : NQS_FILE, "backup %s",
                              backup->path);
    return NQS_OK;
}

static void *backup_run(void *context)
{
    struct store_backup *backup = context;
    char *data = data_path(backup->made_path);
    uint64_t one = 1;

    backup->code = copy_write(backup, data);
    if (backup->code == NQS_OK)
        backup->code = copy_name(backup);
    if (backup->code != NQS_OK) {
        unlink(data);
        rmdir(backup->made_path);
    }
    mem_free(data);
    if (write(backup->ended_fd, &one, sizeof one) < 0)
        return NULL; /* cannot be: the counter is 0 */
    return NULL;
}

static void backup_free(struct store_backup *backup)
{
    if (backup->ended_fd >= 0)
        close(backup->ended_fd);
    mem_free(backup->path);
    mem_free(backup->made_path);
    mem_free(backup);
}

/* The thread takes no signals: they are the loop's. */
static int thread_begin(struct store_backup *backup)
{
    sigset_t all;
    sigset_t before;
    int rc;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&backup->thread, NULL, backup_run, backup);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* Make what the thread needs, the directory too.  Remains of one that was killed are replaced. */
static enum nqs_code backup_prepare(struct store_backup *backup, struct nqs_err *err)
{
    struct stat status;
    char *data = data_path(backup->made_path);

    unlink(data);
    rmdir(backup->made_path);
    mem_free(data);
    if (lstat(backup->path, &status) == 0)
        return nqs_fail(err, NQS_EXISTS, "backup %s: it is there already", backup->path);
    if (mkdir(backup->made_path, 0700) < 0)
        return nqs_fail_errno(err, NQS_FILE, "backup %s", backup->made_path);
    backup->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (backup->ended_fd < 0)
        return nqs_fail_errno(err, NQS_SYSTEM, "backup %s", backup->path);
    return NQS_OK;
}

enum nqs_code store_backup_begin(struct store *store, const char *path, struct nqs_err *err)
{
    struct store_backup *backup;
    struct buf made;
    enum nqs_code code;

    if (store->backup)
        return nqs_fail(err, NQS_BUSY, "a backup is running");
    backup = mem_new(sizeof *backup);
    buf_init(&made);
    buf_format(&made, "%s.new", path);
    buf_text(&made);
    backup->made_path = made.bytes;
    backup->path = mem_text(path);
    backup->env = store->env;
    backup->ended_fd = -1;
    code = backup_prepare(backup, err);
    if (code == NQS_OK && thread_begin(backup) != 0)
        code = nqs_fail(err, NQS_SYSTEM, "backup %s: no thread", path);
    if (code != NQS_OK)
        backup_free(backup);
    else
        store->backup = backup;
    return code;
}

int store_backup_fd(const struct store *store)
{
    return store->backup ? store->backup->ended_fd : -1;
}

/* Join the thread and hand its result over. */
static enum nqs_code backup_join(struct store *store, struct nqs_err *err)
{
    struct store_backup *backup = store->backup;
    enum nqs_code code;

    pthread_join(backup->thread, NULL);
    code = backup->code;
    if (code != NQS_OK && err)
        *err = backup->err;
    store->backup = NULL;
    backup_free(backup);
    return code;
}

enum nqs_code store_backup_end(struct store *store, struct nqs_err *err)
{
    uint64_t count;

    if (!store->backup)
        return nqs_fail(err, NQS_STATE, "no backup is running");
    if (read(store->backup->ended_fd, &count, sizeof count) != (ssize_t)sizeof count)
        return nqs_fail(err, NQS_BUSY, "the backup is not done yet");
    return backup_join(store, err);
}

void store_backup_done(struct store *store)
{
    if (store->backup)
        backup_join(store, NULL);
}
