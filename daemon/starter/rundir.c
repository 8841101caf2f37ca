/*
 * rundir.c - run directories: made whole, locked, and removed by name.
 *
 * A directory is filled under a temporary name and then renamed: nobody ever
 * sees one without a lock, and the rename is what decides that an incarnation
 * is started once.  Temporary names begin with a dot, which no job id does.
 *
 * A directory that is removed is kept with its lock and script under such a
 * name and used again, by another job of the same user: making and deleting
 * many files in short time is dear on some file systems (ext4 without a journal
 * looks at every inode that was freed in the last seconds).  A job of another
 * user gets a new script, since who has kept the old one open must not read
 * it; so does every job where nothing but cgroups could tell that no process
 * of the old one still reads it.  What is kept is no state: a starter that is
 * restarted sweeps it away.
 */
#include "rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "site.h"

#define TEMPORARY ".new"
#define POOL_MAX 128
#define SCRIPT_MAX (64 * 1024 * 1024)

/* The lock is the last to go: a directory without one is not a job's any more. */
static const char *const known_files[] = {"script", "sock", "begun", "exit", "lock"};

#define KNOWN_FILES (sizeof known_files / sizeof known_files[0])

/* Directories TEMPORARY-PID-NUMBER that may be used again, and whose they were. */
static struct {
    unsigned number;
    uid_t uid;
} pool[POOL_MAX];
static unsigned pool_count;
static unsigned last_number;

static void temporary_name(char *ret, size_t size, unsigned number)
{
    snprintf(ret, size, TEMPORARY "-%d-%u", (int)getpid(), number);
}

bool rundir_name(char *ret, size_t size, const char *id, int64_t incarnation)
{
    int length;

    if (!order_id_valid(id) || incarnation < 1)
        return false;
    length = snprintf(ret, size, "%s.%lld", id, (long long)incarnation);
    return length > 0 && (size_t)length < size;
}

/*
 * Let exactly one user in: an access control list of the owner, that user, the
 * group, the mask and the others, as the kernel keeps it in an extended
 * attribute.  PERM are the user's bits, GROUP those of the daemon's group.
 */
static bool acl_set(int fd, uid_t uid, unsigned owner, unsigned perm, unsigned group)
{
    const struct {
        unsigned tag;
        unsigned perm;
        uint32_t id;
    } entries[] = {{0x01, owner, UINT32_MAX},
                   {0x02, perm, uid},
                   {0x04, group, UINT32_MAX},
                   {0x10, perm | group, UINT32_MAX},
                   {0x20, 0, UINT32_MAX}};
    unsigned char bytes[4 + 5 * 8] = {2};

    for (size_t i = 0; i < 5; i++) {
        unsigned char *at = bytes + 4 + i * 8;

        at[0] = (unsigned char)entries[i].tag;
        at[2] = (unsigned char)entries[i].perm;
        for (unsigned byte = 0; byte < 4; byte++)
            at[4 + byte] = (unsigned char)(entries[i].id >> (8 * byte));
    }
    return fsetxattr(fd, "system.posix_acl_access", bytes, sizeof bytes, 0) == 0;
}

/*
 * What was in TO is written over and its end cut off.  A file that was cut to
 * nothing first is one that ext4 begins to write out as soon as it is closed,
 * and whoever cuts it again waits for that.
 */
static bool copy_script(int from, int to)
{
    unsigned char bytes[65536];
    off_t at = 0;
    ssize_t got;

    while ((got = pread(from, bytes, sizeof bytes, at)) > 0) {
        if (pwrite(to, bytes, (size_t)got, at) != got)
            return false;
        at += got;
        if (at > SCRIPT_MAX) {
            errno = EFBIG;
            return false;
        }
    }
    return got == 0 && ftruncate(to, at) == 0;
}

/*
 * A copy of the script that the user may read and execute, and not change.
 * One that is there already is a former one of the same user.
 */
static bool make_script(const struct site *site, int dir, int script, uid_t uid)
{
    struct stat stat;
    bool good;
    int fd;

    errno = EINVAL;
    if (fstat(script, &stat) != 0 || !S_ISREG(stat.st_mode))
        return false;
    fd = openat(dir, "script", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    good = fd >= 0;
    if (!good) {
        if (unlinkat(dir, "script", 0) != 0 && errno != ENOENT)
            return false;
        fd = openat(dir, "script", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    }
    if (fd < 0)
        return false;
    good = copy_script(script, fd) && (good || site->personal || uid == 0 ||
                                       acl_set(fd, uid, 5, 5, 0) || fchown(fd, uid, -1) == 0);
    close(fd);
    return good;
}

/* Let the user of the job, and no former one, pass through its directory. */
static bool admit(const struct site *site, int dir, uid_t uid)
{
    if (site->personal)
        return true;
    if (uid == 0) {
        if (fremovexattr(dir, "system.posix_acl_access") != 0 && errno != ENODATA &&
            errno != EOPNOTSUPP)
            return false;
        return fchmod(dir, 02750) == 0;
    }
    return acl_set(dir, uid, 7, 1, 5) || fchmod(dir, 02751) == 0;
}

/* Fill a directory, new or KNOWN to be of the same user; NULL or what failed. */
static const char *rundir_fill(struct rundir *rundir, const struct site *site,
                               const struct order *start, int script, bool known)
{
    uid_t uid = (uid_t)order_number(start, ORDER_TAG_uid, -1);
    const char *command = order_text(start, ORDER_TAG_arg); /* empty: arguments of the script */
    bool is_command = command && *command;

    rundir->lock = openat(rundir->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (rundir->lock < 0 || flock(rundir->lock, LOCK_EX | LOCK_NB) != 0)
        return "lock";
    if (!known && unlinkat(rundir->dir, "script", 0) != 0 && errno != ENOENT)
        return "script of a former job";
    if (!is_command && !make_script(site, rundir->dir, script, uid))
        return "copy of the script";
    if (!known && !admit(site, rundir->dir, uid))
        return "access to the run directory";
    return NULL;
}

/* A directory that UID used before, or any other, or a new one; NULL or what failed. */
static const char *rundir_begin(struct rundir *rundir, const struct site *site, uid_t uid,
                                char *temporary, size_t size, bool *ret_known)
{
    unsigned at = pool_count;

    *ret_known = false;
    while (at > 0 && pool[at - 1].uid != uid)
        at--;
    if (pool_count > 0) {
        *ret_known = at > 0;
        at = at > 0 ? at - 1 : 0;
        temporary_name(temporary, size, pool[at].number);
        memmove(&pool[at], &pool[at + 1], (--pool_count - at) * sizeof pool[0]);
        rundir->dir = rundir_open(site, temporary);
        if (rundir->dir >= 0)
            return NULL;
    }
    *ret_known = false;
    temporary_name(temporary, size, ++last_number);
    if (mkdirat(site->run_dir, temporary, 0750) != 0) {
        errno = errno == EEXIST ? EAGAIN : errno; /* EEXIST is said of jobs only. */
        return "run directory";
    }
    rundir->dir = rundir_open(site, temporary);
    return rundir->dir < 0 ? "run directory" : NULL;
}

static bool rundir_destroy(const struct site *site, const char *name)
{
    int dir = rundir_open(site, name);

    if (dir < 0)
        return errno == ENOENT;
    for (size_t i = 0; i < KNOWN_FILES; i++)
        unlinkat(dir, known_files[i], 0);
    close(dir);
    return unlinkat(site->run_dir, name, AT_REMOVEDIR) == 0;
}

const char *rundir_make(struct rundir *ret, const struct site *site, const struct order *start,
                        int script)
{
    uid_t uid = (uid_t)order_number(start, ORDER_TAG_uid, -1);
    char temporary[64];
    const char *failed;
    bool known;
    int error;

    ret->dir = ret->lock = -1;
    errno = ENAMETOOLONG;
    if (!rundir_name(ret->name, sizeof ret->name, order_text(start, ORDER_TAG_id),
                     order_number(start, ORDER_TAG_incarnation, 0)))
        return "name of the job";
    failed = rundir_begin(ret, site, uid, temporary, sizeof temporary, &known);
    if (!failed)
        failed = rundir_fill(ret, site, start, script, known);
    if (!failed &&
        renameat2(site->run_dir, temporary, site->run_dir, ret->name, RENAME_NOREPLACE) != 0)
        failed = "name of the run directory";
    if (failed) {
        error = errno;
        rundir_close(ret);
        rundir_destroy(site, temporary);
        errno = error;
    }
    return failed;
}

void rundir_close(struct rundir *rundir)
{
    if (rundir->lock >= 0)
        close(rundir->lock);
    if (rundir->dir >= 0)
        close(rundir->dir);
    rundir->dir = rundir->lock = -1;
}

int rundir_open(const struct site *site, const char *name)
{
    return openat(site->run_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool rundir_held(int dir)
{
    int fd = openat(dir, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;

    if (fd >= 0)
        close(fd);
    return held;
}

/*
 * Whose script this is: the user that its access list names, root's when it has
 * none; -1 when it must not be used again.
 */
static uid_t script_user(const struct site *site, int dir)
{
    unsigned char bytes[4 + 5 * 8];
    struct stat stat;
    char path[64];
    ssize_t length;
    uid_t uid = 0;

    if (site->personal || site->jobs_dir < 0 ||
        fstatat(dir, "script", &stat, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(stat.st_mode) ||
        stat.st_uid != 0)
        return (uid_t)-1;
    snprintf(path, sizeof path, "/proc/self/fd/%d/script", dir);
    length = lgetxattr(path, "system.posix_acl_access", bytes, sizeof bytes);
    if (length < 0 && (errno == ENODATA || errno == EOPNOTSUPP))
        return 0;
    if (length != (ssize_t)sizeof bytes)
        return (uid_t)-1;
    for (unsigned byte = 4; byte-- > 0;)
        uid = uid << 8 | bytes[4 + 8 + 4 + byte];
    return uid;
}

/*
 * Empty the directory of everything but a lock that nobody else names, and a
 * script.  Of the lock's old record one byte stays, for the reason that
 * copy_script() gives; the next record is written over it.
 */
static bool rundir_empty(int dir, uid_t uid)
{
    struct stat stat;
    bool good;
    int lock;

    for (size_t i = uid == (uid_t)-1 ? 0 : 1; i + 1 < KNOWN_FILES; i++)
        if (unlinkat(dir, known_files[i], 0) != 0 && errno != ENOENT)
            return false;
    lock = openat(dir, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0)
        return false;
    good = fstat(lock, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_nlink == 1 &&
           ftruncate(lock, 1) == 0;
    close(lock);
    return good;
}

bool rundir_remove(const struct site *site, const char *name)
{
    int dir = rundir_open(site, name);
    char temporary[64];
    uid_t uid;
    bool kept;

    if (dir < 0)
        return errno == ENOENT;
    uid = script_user(site, dir);
    temporary_name(temporary, sizeof temporary, last_number + 1);
    kept = pool_count < POOL_MAX && rundir_empty(dir, uid) &&
           renameat2(site->run_dir, name, site->run_dir, temporary, RENAME_NOREPLACE) == 0;
    close(dir);
    if (kept) {
        pool[pool_count].number = ++last_number;
        pool[pool_count++].uid = uid;
    }
    return kept || rundir_destroy(site, name);
}

void rundir_sweep(const struct site *site)
{
    int fd = openat(site->run_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    int dir;

    while (list && (entry = readdir(list))) {
        if (strncmp(entry->d_name, TEMPORARY, strlen(TEMPORARY)) != 0)
            continue;
        dir = rundir_open(site, entry->d_name);
        if (dir >= 0 && !rundir_held(dir) && rundir_destroy(site, entry->d_name))
            site_log("rundir-swept name=%s", entry->d_name);
        if (dir >= 0)
            close(dir);
    }
    if (list)
        closedir(list);
}
