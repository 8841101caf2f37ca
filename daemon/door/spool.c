/*
 * spool.c - scripts by content, outputs by job; see spool.h.
 *
 * A script is written under a name of its own, synced, renamed, and the
 * directory synced, all before the transaction that names it: a record may
 * thus rely on its script, and what a crash leaves over is at most a file that
 * no record names, which spool_sweep() removes.
 */
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failpoint.h"
#include "mem.h"
#include "order.h"

#define SCRIPT_NEW ".new"

enum { HASH_BYTES = 32, READ_BYTES = 64 * 1024 };

struct spool {
    int fd;
    int scripts_fd;
};

enum nqs_code spool_open(const char *path, struct spool **ret_spool, struct nqs_err *err)
{
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int fd = open(path, flags);
    int scripts_fd;

    if (fd < 0)
        return nqs_fail_errno(err, NQS_FILE, "spool %s", path);
    if (mkdirat(fd, "scripts", 0700) == 0)
        fsync(fd);
    scripts_fd = openat(fd, "scripts", flags | O_NOFOLLOW);
    if (scripts_fd < 0 || faccessat(scripts_fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
        nqs_fail_errno(err, NQS_FILE, "spool %s/scripts must be a directory of the daemon's user",
                       path);
        if (scripts_fd >= 0)
            close(scripts_fd);
        close(fd);
        return NQS_FILE;
    }
    *ret_spool = mem_new(sizeof **ret_spool);
    **ret_spool = (struct spool){fd, scripts_fd};
    return NQS_OK;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    close(spool->scripts_fd);
    close(spool->fd);
    mem_free(spool);
}

int spool_fd(const struct spool *spool)
{
    return spool->fd;
}

/* Write HASH in hex. */
static void name_make(const uint8_t hash[HASH_BYTES], char name[SPOOL_NAME_MAX])
{
    sodium_bin2hex(name, SPOOL_NAME_MAX, hash, HASH_BYTES);
}

static bool name_valid(const char *name)
{
    return strlen(name) == SPOOL_NAME_MAX - 1 &&
           strspn(name, "0123456789abcdef") == SPOOL_NAME_MAX - 1;
}

/* Hash what FD holds from its beginning, and leave it there; false on a failed read. */
static bool file_name(int fd, char name[SPOOL_NAME_MAX])
{
    unsigned char *bytes = mem_new(READ_BYTES);
    crypto_generichash_state state;
    uint8_t hash[HASH_BYTES];
    off_t at = 0;
    ssize_t got;

    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    while ((got = pread(fd, bytes, READ_BYTES, at)) > 0) {
        crypto_generichash_update(&state, bytes, (unsigned long long)got);
        at += got;
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    name_make(hash, name);
    mem_free(bytes);
    return got == 0;
}

/* Open NAME in the directory DIR, if it is a regular file; -1 with errno. */
static int file_open(int dir, const char *name, struct stat *ret_status)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -1;
    if (fstat(fd, ret_status) == 0 && S_ISREG(ret_status->st_mode))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

/* Is a sound script of this name there already? */
static bool script_kept(struct spool *spool, const char *name)
{
    char found[SPOOL_NAME_MAX];
    struct stat status;
    int fd = file_open(spool->scripts_fd, name, &status);
    bool kept = fd >= 0 && file_name(fd, found) && strcmp(found, name) == 0;

    if (fd >= 0)
        close(fd);
    return kept;
}

static bool bytes_write(int fd, const char *bytes, size_t length)
{
    int fails = FAILPOINT_ERRNO("script-write");

    while (!fails && length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    errno = fails;
    return !fails;
}

static bool file_sync(int fd)
{
    int fails = FAILPOINT_ERRNO("script-sync");

    errno = fails;
    return !fails && fsync(fd) == 0;
}

/* Write and sync the new file; false with errno, and then there is none. */
static bool script_write(struct spool *spool, const void *bytes, size_t length)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(spool->scripts_fd, SCRIPT_NEW, flags, 0600);
    bool written = fd >= 0 && bytes_write(fd, bytes, length) && file_sync(fd);
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (!written)
        unlinkat(spool->scripts_fd, SCRIPT_NEW, 0);
    errno = error;
    return written;
}

enum nqs_code spool_script_put(struct spool *spool, const void *bytes, size_t length,
                               char name[SPOOL_NAME_MAX], struct nqs_err *err)
{
    char made[SPOOL_NAME_MAX];
    uint8_t hash[HASH_BYTES];
    bool kept;

    crypto_generichash(hash, sizeof hash, bytes, length, NULL, 0);
    name_make(hash, made);
    kept = script_kept(spool, made);
    if (!kept && script_write(spool, bytes, length)) {
        FAILPOINT("script-rename");
        kept = renameat(spool->scripts_fd, SCRIPT_NEW, spool->scripts_fd, made) == 0;
        FAILPOINT("script-named");
    }
    /* Also of one that was there: who made it may have died before its sync. */
    if (!kept || fsync(spool->scripts_fd) < 0)
        return nqs_fail_errno(err, errno == ENOSPC || errno == EDQUOT ? NQS_NOSPACE : NQS_SYSTEM,
                              "the script cannot be kept in the spool");
    memcpy(name, made, sizeof made);
    return NQS_OK;
}

/* Is it the file that is wrong, and not the system that is short of something? */
static bool is_lost(int error)
{
    return error == ENOENT || error == ELOOP || error == EINVAL;
}

enum nqs_code spool_script_open(struct spool *spool, const char *name, int *ret_fd,
                                struct nqs_err *err)
{
    char found[SPOOL_NAME_MAX];
    struct stat status;
    int fd = -1;

    errno = EINVAL;
    if (name_valid(name))
        fd = file_open(spool->scripts_fd, name, &status);
    if (fd < 0)
        return nqs_fail_errno(err, is_lost(errno) ? NQS_FILE : NQS_SYSTEM, "script %s", name);
    if (!file_name(fd, found) || strcmp(found, name) != 0) {
        close(fd);
        return nqs_fail(err, NQS_DAMAGED, "script %s: its content is not what it was", name);
    }
    *ret_fd = fd;
    return NQS_OK;
}

size_t spool_sweep(struct spool *spool, bool (*wanted)(void *context, const char *name),
                   void *context)
{
    int fd = openat(spool->scripts_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    size_t removed = 0;

    while (list && (entry = readdir(list))) {
        const char *name = entry->d_name;
        bool ours = strcmp(name, SCRIPT_NEW) == 0 || (name_valid(name) && !wanted(context, name));

        if (ours && unlinkat(spool->scripts_fd, name, 0) == 0)
            removed++;
    }
    if (list)
        closedir(list);
    else if (fd >= 0)
        close(fd);
    return removed;
}

/* Append at most MAX bytes of FD from OFFSET on; false on a failed read. */
static bool output_take(int fd, uint64_t offset, size_t max, struct buf *out)
{
    while (max > 0) {
        size_t want = max < READ_BYTES ? max : READ_BYTES;
        ssize_t got = pread(fd, buf_reserve(out, want), want, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        out->length += (size_t)got;
        offset += (uint64_t)got;
        max -= (size_t)got;
    }
    return true;
}

/* Open the file of STREAM of the job ID; -1 with errno. */
static int output_open(struct spool *spool, const char *id, char stream, struct stat *ret_status)
{
    int dir = openat(spool->fd, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct buf name;
    int error;
    int fd;

    if (dir < 0)
        return -1;
    buf_init(&name);
    buf_format(&name, "%s.%c", id, stream);
    fd = file_open(dir, buf_text(&name), ret_status);
    error = errno;
    buf_done(&name);
    close(dir);
    errno = error;
    return fd;
}

enum nqs_code spool_output_read(struct spool *spool, const char *id, char stream, uint64_t offset,
                                size_t max, struct buf *out, uint64_t *ret_size,
                                struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;
    size_t before = out->length;
    struct stat status;
    int fd;

    if (!order_id_valid(id) || (stream != 'o' && stream != 'e'))
        return nqs_fail(err, NQS_VALUE, "no output can be named so");
    fd = output_open(spool, id, stream, &status);
    if (fd < 0)
        return nqs_fail_errno(err, NQS_FILE, "output of %s in the spool", id);
    if (offset <= INT64_MAX && !output_take(fd, offset, max, out)) {
        code = nqs_fail_errno(err, NQS_SYSTEM, "output of %s in the spool", id);
        out->length = before;
    }
    close(fd);
    if (code == NQS_OK)
        *ret_size = (uint64_t)status.st_size;
    return code;
}
