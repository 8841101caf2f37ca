/*
 * rundir.c - reading run directories; see rundir.h.
 *
 * The lock is a flock(): it is free when the last process that inherited it has
 * gone, however it went.  It is tried shared and on a read-only descriptor, so
 * that two who look at once do not take each other for a shepherd.
 */
#include "rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "order.h"
#include "str.h"

enum { FILE_FLAGS = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY };

enum { READ_ABSENT = -1, READ_FAILED = -2 };

/* Read FILE of the directory DIR: its length, or one of the above, then with errno. */
static ssize_t record_read(int dir, const char *file, char space[EXITREC_MAX + 1])
{
    int fd = openat(dir, file, FILE_FLAGS);
    ssize_t length = 0;
    struct stat status;

    if (fd < 0 && errno == ELOOP)
        return 0; /* a link is no record */
    if (fd < 0)
        return errno == ENOENT ? READ_ABSENT : READ_FAILED;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        length = read(fd, space, EXITREC_MAX + 1);
    close(fd);
    return length < 0 ? READ_FAILED : length;
}

/* The record of the job whose directory is called NAME; a former job's is none. */
static ssize_t record_find(int dir, const char *file, const char *name, char space[EXITREC_MAX + 1])
{
    ssize_t length = record_read(dir, file, space);

    return length > 0 && !exitrec_is_of(name, space, (size_t)length) ? READ_ABSENT : length;
}

/* Fill in what `begun` and `exit` say; false with errno when they cannot be read. */
static bool records_look(int dir, const char *name, struct rundir_state *state)
{
    char space[EXITREC_MAX + 1];
    ssize_t length = record_find(dir, "begun", name, space);

    if (length == READ_FAILED)
        return false;
    if (length != READ_ABSENT)
        state->begun = exitrec_parse_begun(&state->begun_record, space, (size_t)length)
                           ? RUNDIR_SOUND
                           : RUNDIR_DAMAGED;
    length = record_find(dir, "exit", name, space);
    if (length == READ_FAILED)
        return false;
    if (length != READ_ABSENT)
        state->ended = exitrec_parse_exit(&state->exit_record, space, (size_t)length)
                           ? RUNDIR_SOUND
                           : RUNDIR_DAMAGED;
    return true;
}

/* Try the lock of DIR.  False with errno when it cannot be tried. */
static bool lock_look(int dir, struct rundir_state *state)
{
    int fd = openat(dir, "lock", FILE_FLAGS);
    bool tried;

    if (fd < 0)
        return errno == ENOENT;
    state->there = true;
    tried = flock(fd, LOCK_SH | LOCK_NB) == 0;
    if (!tried && errno == EWOULDBLOCK)
        tried = state->held = true;
    close(fd);
    return tried;
}

static int run_open(struct spool *spool)
{
    return openat(spool_fd(spool), "run", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* Open the directory NAME; -1 with errno. */
static int dir_open(struct spool *spool, const char *name)
{
    int run = run_open(spool);
    int error;
    int dir;

    if (run < 0)
        return -1;
    dir = openat(run, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    error = errno;
    close(run);
    errno = error;
    return dir;
}

enum nqs_code rundir_look(struct spool *spool, const char *id, uint32_t incarnation,
                          struct rundir_state *ret_state, struct nqs_err *err)
{
    struct rundir_state state = {0};
    enum nqs_code code = NQS_OK;
    char name[256];
    int dir;

    if (!order_id_valid(id) || strlen(id) > 200 || incarnation == 0)
        return nqs_fail(err, NQS_VALUE, "no run directory can be named so");
    snprintf(name, sizeof name, "%s.%u", id, incarnation);
    dir = dir_open(spool, name);
    if (dir < 0 && errno != ENOENT)
        return nqs_fail_errno(err, NQS_SYSTEM, "run directory %s", name);
    if (dir >= 0 && !lock_look(dir, &state))
        code = nqs_fail_errno(err, NQS_SYSTEM, "lock of run directory %s", name);
    if (code == NQS_OK && state.there && !records_look(dir, name, &state))
        code = nqs_fail_errno(err, NQS_SYSTEM, "records of run directory %s", name);
    if (dir >= 0)
        close(dir);
    if (code == NQS_OK)
        *ret_state = state;
    return code;
}

/* Cut NAME into id and incarnation; false when it is no run directory's. */
static bool name_cut(char *name, uint32_t *ret_incarnation)
{
    char *dot = strrchr(name, '.');
    int64_t number;

    if (!dot || dot == name || dot[1] == '0' || !str_number(dot + 1, 1, UINT32_MAX, &number))
        return false;
    *dot = '\0';
    *ret_incarnation = (uint32_t)number;
    return order_id_valid(name);
}

enum nqs_code rundir_each(struct spool *spool,
                          bool (*visit)(void *context, const char *id, uint32_t incarnation),
                          void *context, struct nqs_err *err)
{
    int run = run_open(spool);
    bool more = true;
    struct dirent *entry;
    uint32_t incarnation;
    DIR *list;

    if (run < 0 && errno == ENOENT)
        return NQS_OK;
    list = run >= 0 ? fdopendir(run) : NULL;
    if (!list) {
        nqs_fail_errno(err, NQS_SYSTEM, "run directories of the spool");
        if (run >= 0)
            close(run);
        return NQS_SYSTEM;
    }
    while (more && (entry = readdir(list)))
        if (name_cut(entry->d_name, &incarnation))
            more = visit(context, entry->d_name, incarnation);
    closedir(list);
    return NQS_OK;
}
