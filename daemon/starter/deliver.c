/*
 * deliver.c - bringing a spooled output to its final place, as the user.
 *
 * The helper opens the spool file as root and is the user for files before it
 * looks at the destination.  It appends; if that fails half way it takes back
 * what it wrote, so that a later try does not say everything twice.  Killed
 * between the copy and the removal it does say it twice: better than never.
 */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "become.h"
#include "helper.h"
#include "site.h"

#define DELIVER_SECONDS 600
#define PATH_SHOWN 300

struct task {
    const struct order *order;
    const struct order *user;
};

static void spool_name(char *ret, size_t size, const struct order *order)
{
    snprintf(ret, size, "%s.%s", order_text(order, ORDER_TAG_id),
             order_text(order, ORDER_TAG_stream));
}

/* The spool file, if it is what a shepherd made for this user; -1 with errno. */
static int spool_open(const struct order *order, uid_t uid)
{
    struct stat stat;
    char name[256];
    int fd;

    spool_name(name, sizeof name, order);
    fd = openat(HELPER_DIR, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || stat.st_uid != uid)) {
        close(fd);
        errno = EPERM;
        return -1;
    }
    return fd;
}

/* Open as the user; links that the kernel itself would follow for us lead nowhere. */
static int final_open(const char *path)
{
    struct open_how how = {.flags =
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                           .mode = 0666,
                           .resolve = RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);

    if (fd < 0 && errno == ENOSYS)
        fd = open(path, (int)how.flags, 0666);
    return (int)fd;
}

static int destination_open(const struct order *order, struct stat *ret_stat)
{
    const char *path = order_text(order, ORDER_TAG_path);
    const char *name = order_text(order, ORDER_TAG_name);
    char whole[4096 + 256 + 2];
    int fd = final_open(path);

    if (fd < 0 && errno == EISDIR && name) {
        snprintf(whole, sizeof whole, "%s/%s", path, name);
        fd = final_open(whole);
    }
    if (fd >= 0 && (fstat(fd, ret_stat) != 0 ||
                    (!S_ISREG(ret_stat->st_mode) && !S_ISCHR(ret_stat->st_mode)))) {
        close(fd);
        errno = ENOTSUP;
        return -1;
    }
    return fd;
}

/* Take back what was appended, unless somebody else has appended since. */
static void take_back(int to, off_t length, off_t written)
{
    int error = errno;
    struct stat stat;

    if (fstat(to, &stat) == 0 && stat.st_size == length + written && ftruncate(to, length) != 0)
        site_log("deliver-not-undone error=%s", strerror(errno));
    errno = error;
}

/* Copy everything to the end of TO, which has LENGTH bytes; false with errno. */
static bool copy_whole(int from, int to, off_t length)
{
    static char bytes[65536];
    off_t written = 0;
    ssize_t got;
    ssize_t put = 0;

    while ((got = read(from, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < got && put >= 0; at += put) {
            put = write(to, bytes + at, (size_t)(got - at));
            written += put > 0 ? put : 0;
        }
        if (put < 0)
            break;
    }
    if (got == 0 && (fsync(to) == 0 || errno == EINVAL))
        return true;
    take_back(to, length, written);
    return false;
}

/* Only the destination is touched with the user's rights; the spool is root's. */
static const char *deliver_output(const struct task *task)
{
    uid_t uid = (uid_t)order_number(task->order, ORDER_TAG_uid, -1);
    int from = spool_open(task->order, uid);
    struct stat stat;
    char name[256];
    int to;

    /* It is removed last of all: what is gone was delivered, and the answer was lost. */
    if (from < 0)
        return errno == ENOENT ? NULL : "spool file";
    if (!become_for_files(task->user, uid))
        return "becoming the user";
    umask((mode_t)order_number(task->order, ORDER_TAG_umask, 077));
    to = destination_open(task->order, &stat);
    if (to < 0)
        return "open";
    if (!copy_whole(from, to, stat.st_size))
        return "copy";
    spool_name(name, sizeof name, task->order);
    return become_root() && unlinkat(HELPER_DIR, name, 0) == 0 ? NULL : "removal from the spool";
}

static void deliver(const void *arg, struct order_out *result)
{
    const char *failed = deliver_output(arg);
    char text[PATH_SHOWN + 200] = "";

    if (failed)
        snprintf(text, sizeof text, "output to %.*s: %s: %s", PATH_SHOWN,
                 order_text(((const struct task *)arg)->order, ORDER_TAG_path), failed,
                 strerror(errno));
    order_put_number(result, ORDER_TAG_code, failed ? ORDER_CODE_FAILED : ORDER_CODE_DONE);
    order_put_text(result, ORDER_TAG_text, text);
}

bool deliver_start(const struct site *site, const struct order *order, const struct order *user,
                   uint64_t key, void (*done)(uint64_t key, const struct order *result))
{
    static struct helper_kind kind = {DELIVER_SECONDS, deliver, NULL};
    const struct task task = {order, user};

    kind.done = done;
    return helper_start(&kind, &task, key, site->out_dir);
}
