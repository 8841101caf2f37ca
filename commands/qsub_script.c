/*
 * qsub_script.c - reading the script, and finding at once what would fail later.
 *
 * The script is read whole: what runs is what stood there when qsub was called,
 * whatever becomes of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nqs_xdr.h"
#include "qsub.h"

enum { SCRIPT_STEP = 16384 };

static const char *script_called(const char *path)
{
    return path ? path : "standard input";
}

/* Read FD to its end, but not far beyond the bound. */
static enum nqs_code script_take(int fd, size_t size, const char *called, struct buf *ret,
                                 struct nqs_err *err)
{
    for (;;) {
        size_t step = size >= ret->length ? size - ret->length + 1 : SCRIPT_STEP;
        ssize_t got = read(fd, buf_reserve(ret, step), step);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return nqs_fail_errno(err, NQS_FILE, "%s", called);
        if (!got)
            return NQS_OK;
        ret->length += (size_t)got;
        if (ret->length > NQS_VALUE_MAX)
            return nqs_fail(err, NQS_TOOBIG,
                            "%s: longer than %d bytes (1 MiB), which is the bound "
                            "of a script; let a short one call it",
                            called, NQS_VALUE_MAX);
    }
}

static unsigned line_of(const struct buf *script, const char *at)
{
    unsigned line = 1;

    for (const char *p = script->bytes; p < at; p++)
        line += *p == '\n';
    return line;
}

/* What a shell would stumble over, with the line and how to mend it. */
static enum nqs_code script_check(const struct buf *script, const char *called, struct nqs_err *err)
{
    const char *at;

    if (!script->length)
        return nqs_fail(err, NQS_FILE, "%s: empty; there is nothing to run", called);
    at = memchr(script->bytes, '\0', script->length);
    if (at)
        return nqs_fail(err, NQS_FILE, "%s: line %u: a NUL byte; this is no script", called,
                        line_of(script, at));
    at = memmem(script->bytes, script->length, "\r\n", 2);
    if (at)
        return nqs_fail(err, NQS_FILE,
                        "%s: line %u: ends in CR LF, as on Windows, which no shell can run; mend "
                        "it with: tr -d '\\r' <OLD >NEW",
                        called, line_of(script, at));
    return NQS_OK;
}

static enum nqs_code script_open(const char *path, int *ret_fd, size_t *ret_size,
                                 struct nqs_err *err)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    struct stat status;

    if (fd < 0)
        return nqs_fail_errno(err, NQS_FILE, "%s", path);
    *ret_fd = fd;
    if (fstat(fd, &status))
        return NQS_OK;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return nqs_fail_errno(err, NQS_FILE, "%s", script_called(path));
    }
    if (S_ISREG(status.st_mode) && status.st_size <= NQS_VALUE_MAX)
        *ret_size = (size_t)status.st_size;
    return NQS_OK;
}

enum nqs_code script_read(const char *path, struct buf *ret, struct nqs_err *err)
{
    enum nqs_code code;
    size_t size = 0;
    int fd = -1;

    code = script_open(path, &fd, &size, err);
    if (!code)
        code = script_take(fd, size, script_called(path), ret, err);
    if (path && fd >= 0)
        close(fd);
    return code ? code : script_check(ret, script_called(path), err);
}
