/*
 * output.c - the files that a job's standard output and error go to.
 *
 * The final file is opened with the user's rights alone, so that no link,
 * directory or swapped path can reach anything that the user could not write
 * anyway.  Regular files and character devices (/dev/null) are taken.  A FIFO
 * or a socket is not: its reader could stop the job, or vanish and kill it.
 * The open does not wait, so that a FIFO cannot hold up the start either.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "become.h"

#define OPEN_FLAGS (O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

struct stream {
    char letter;
    enum order_tag path;
    enum order_tag name;
};

static const struct stream out_stream = {'o', ORDER_TAG_stdout_path, ORDER_TAG_stdout_name};
static const struct stream err_stream = {'e', ORDER_TAG_stderr_path, ORDER_TAG_stderr_name};

/* Open PATH, or NAME in it if it is a directory; -1 with errno. */
static int path_open(const char *path, const char *name)
{
    bool directory = path[strlen(path) - 1] == '/';
    char whole[4096 + 256 + 2];
    int fd = -1;

    if (!directory) {
        fd = open(path, OPEN_FLAGS, 0666);
        directory = fd < 0 && errno == EISDIR;
    }
    if (directory && name) {
        snprintf(whole, sizeof whole, "%s/%s", path, name);
        fd = open(whole, OPEN_FLAGS, 0666);
    }
    return fd;
}

static int final_open(const struct order *start, const struct stream *stream)
{
    const char *path = order_text(start, stream->path);
    int fd = path ? path_open(path, order_text(start, stream->name)) : -1;
    struct stat stat;

    if (fd < 0)
        return -1;
    if (fstat(fd, &stat) == 0 && (S_ISREG(stat.st_mode) || S_ISCHR(stat.st_mode)) &&
        fcntl(fd, F_SETFL, O_APPEND) == 0)
        return fd;
    close(fd);
    return -1;
}

/*
 * Make or, when the request runs again, reopen the spool file, as root.  The
 * user cannot rename or link in its directory, but what is reopened is looked
 * at all the same: only the job's own file is ever appended to.
 */
static int spool_open(const char *name, int out_dir, uid_t uid, gid_t gid)
{
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = openat(out_dir, name, flags | O_CREAT | O_EXCL, 0640);
    struct stat stat;

    if (fd >= 0) {
        if ((geteuid() != 0 || fchown(fd, uid, gid) == 0) && fchmod(fd, 0640) == 0)
            return fd;
    } else if (errno == EEXIST) {
        fd = openat(out_dir, name, flags);
        if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_nlink == 1 &&
            stat.st_uid == uid)
            return fd;
        errno = EPERM;
    }
    return -1;
}

/* Open the spool file of STREAM; the process is the user for files before and after. */
static int stream_spool(const struct stream *stream, const struct order *start,
                        const struct order *user, const struct order *place, int out_dir)
{
    uid_t uid = (uid_t)order_number(start, ORDER_TAG_uid, -1);
    gid_t gid = (gid_t)order_number(place, ORDER_TAG_daemon_gid, -1);
    char name[256];
    int fd;

    snprintf(name, sizeof name, "%s.%c", order_text(start, ORDER_TAG_id), stream->letter);
    if (!become_root())
        return -1;
    fd = spool_open(name, out_dir, uid, gid);
    if (fd < 0 || (geteuid() == 0 && uid != 0 && !become_for_files(user, uid)))
        return -1;
    return fd;
}

/* Open one stream, in its final place or else in the spool; -1 with errno. */
static int stream_open(struct outputs *outputs, const struct stream *stream,
                       const struct order *start, const struct order *user,
                       const struct order *place, int out_dir)
{
    size_t used = strlen(outputs->spooled);
    int fd = final_open(start, stream);

    if (fd >= 0)
        return fd;
    fd = stream_spool(stream, start, user, place, out_dir);
    if (fd >= 0) {
        outputs->spooled[used] = stream->letter;
        outputs->spooled[used + 1] = '\0';
    }
    return fd;
}

int output_again(const struct order *start, const struct order *user, const struct order *place,
                 char letter, bool spooled, int out_dir)
{
    const struct stream *stream = letter == 'o' ? &out_stream : &err_stream;

    return spooled ? stream_spool(stream, start, user, place, out_dir) : final_open(start, stream);
}

bool output_open(struct outputs *ret, const struct order *start, const struct order *user,
                 const struct order *place, int out_dir)
{
    int64_t join = order_number(start, ORDER_TAG_join, ORDER_JOIN_NONE);

    memset(ret, 0, sizeof *ret);
    if (join != ORDER_JOIN_EO)
        ret->out = stream_open(ret, &out_stream, start, user, place, out_dir);
    if (join != ORDER_JOIN_OE)
        ret->err = stream_open(ret, &err_stream, start, user, place, out_dir);
    if (join == ORDER_JOIN_OE)
        ret->err = ret->out;
    if (join == ORDER_JOIN_EO)
        ret->out = ret->err;
    return ret->out >= 0 && ret->err >= 0;
}
