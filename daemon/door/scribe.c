/*
 * scribe.c - the thread that appends; see scribe.h.
 *
 * A page passes to the thread and back as a pointer through two pipes, so that
 * at any moment it belongs to one side and there is nothing to lock.
 */
#include "scribe.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"

enum { LAST_LINE_MAX = 65536, FILE_MODE = 0640, DIRECTORY_MODE = 0750 };

struct scribe {
    char *path;         /* owned */
    unsigned keep_days; /* 0: for ever */
    int pages[2];       /* to the thread */
    int answers[2];     /* and back */
    struct event *event;
    pthread_t thread;
    bool busy;
    scribe_done *done;
    void *context;
};

/* What comes back through the pipe. */
struct answer {
    struct scribe_page *page;
    int error;
};

/* --- names --- */

void scribe_day(nqs_time wall, char day[SCRIBE_DAY_SIZE])
{
    time_t seconds = (time_t)(wall / NQS_SECOND);
    struct tm tm;

    localtime_r(&seconds, &tm);
    strftime(day, SCRIBE_DAY_SIZE, "%Y%m%d", &tm);
}

void scribe_name(const char *day, enum scribe_form form, char name[SCRIBE_NAME_SIZE])
{
    snprintf(name, SCRIBE_NAME_SIZE, "%.8s%s", day, form == SCRIBE_JSON ? ".jsonl" : "");
}

bool scribe_is_day(const char *name, enum scribe_form *ret_form)
{
    if (strspn(name, "0123456789") != SCRIBE_DAY_SIZE - 1)
        return false;
    name += SCRIBE_DAY_SIZE - 1;
    *ret_form = *name ? SCRIBE_JSON : SCRIBE_TEXT;
    return !*name || !strcmp(name, ".jsonl");
}

/* --- what the thread does --- */

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t wrote = write(fd, bytes, length);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? errno : EIO;
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return 0;
}

static int open_day(const struct scribe *scribe, const char *name, bool *ret_new)
{
    static const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int directory = open(scribe->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    int error;
    int fd;

    if (directory < 0 && errno == ENOENT && !mkdir(scribe->path, DIRECTORY_MODE))
        directory = open(scribe->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    *ret_new = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0;
    fd = openat(directory, name, flags, FILE_MODE);
    if (fd >= 0 && *ret_new)
        fsync(directory);
    error = errno;
    close(directory);
    errno = error;
    return fd;
}

/* Append FORM to its file: all of it, synced, or nothing.  errno, or 0. */
static int append(const struct scribe *scribe, struct scribe_page *page, enum scribe_form form,
                  bool *ret_new)
{
    char name[SCRIBE_NAME_SIZE];
    struct stat status;
    int error;
    int fd;

    scribe_name(page->day, form, name);
    fd = open_day(scribe, name, ret_new);
    if (fd < 0)
        return errno;
    error = fstat(fd, &status) ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
    if (!error)
        error = write_all(fd, page->forms[form].bytes, page->forms[form].length);
    if (!error && fdatasync(fd))
        error = errno;
    if (!error)
        buf_clear(&page->forms[form]);
    else if (S_ISREG(status.st_mode) && ftruncate(fd, status.st_size))
        log_limited("accounting-torn file=%s/%s", scribe->path, name);
    close(fd);
    return error;
}

static void remove_old(const struct scribe *scribe)
{
    nqs_time kept = (nqs_time)scribe->keep_days * 86400 * NQS_SECOND;
    char oldest[SCRIBE_DAY_SIZE];
    enum scribe_form form;
    struct dirent *entry;
    DIR *directory;

    if (!scribe->keep_days || !(directory = opendir(scribe->path)))
        return;
    scribe_day(clock_now().wall - kept, oldest);
    while ((entry = readdir(directory)))
        if (scribe_is_day(entry->d_name, &form) &&
            strncmp(entry->d_name, oldest, SCRIBE_DAY_SIZE - 1) < 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
}

static int write_page(const struct scribe *scribe, struct scribe_page *page)
{
    bool any_new = false;
    int error = 0;

    for (enum scribe_form form = 0; !error && form < SCRIBE_FORMS; form++) {
        bool is_new = false;

        if (page->forms[form].length)
            error = append(scribe, page, form, &is_new);
        any_new |= is_new;
    }
    if (any_new)
        remove_old(scribe);
    return error;
}

static void *write_pages(void *context)
{
    struct scribe *scribe = context;
    struct answer answer;

    while (read(scribe->pages[0], &answer.page, sizeof answer.page) == sizeof answer.page) {
        answer.error = write_page(scribe, answer.page);
        if (write(scribe->answers[1], &answer, sizeof answer) != sizeof answer)
            break;
    }
    return NULL;
}

/* --- the loop's side --- */

static void on_answer(evutil_socket_t fd, short what, void *context)
{
    struct scribe *scribe = context;
    struct answer answer;

    (void)what;
    while (read(fd, &answer, sizeof answer) == sizeof answer) {
        scribe->busy = false;
        scribe->done(scribe->context, answer.page, answer.error);
    }
}

struct scribe *scribe_new(struct event_base *base, const char *path, unsigned keep_days,
                          scribe_done *done, void *context)
{
    struct scribe *scribe = mem_new(sizeof *scribe);
    sigset_t all;
    sigset_t before;

    scribe->path = mem_text(path);
    scribe->keep_days = keep_days;
    scribe->done = done;
    scribe->context = context;
    if (pipe2(scribe->pages, O_CLOEXEC) || pipe2(scribe->answers, O_CLOEXEC) ||
        fcntl(scribe->answers[0], F_SETFL, O_NONBLOCK)) {
        log_fact("scribe-failed why=%s", strerror(errno));
        exit(2);
    }
    scribe->event = event_new(base, scribe->answers[0], EV_READ | EV_PERSIST, on_answer, scribe);
    event_add(scribe->event, NULL);
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&scribe->thread, NULL, write_pages, scribe)) {
        log_fact("scribe-failed why=thread");
        exit(2);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return scribe;
}

/* A thread that hangs in a file system cannot be ended; the process is about to. */
bool scribe_free(struct scribe *scribe, unsigned wait_s)
{
    struct timespec until;

    if (!scribe)
        return true;
    close(scribe->pages[1]);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_s;
    event_free(scribe->event);
    if (pthread_timedjoin_np(scribe->thread, NULL, &until)) {
        log_fact("accounting-abandoned");
        pthread_detach(scribe->thread);
        return false;
    }
    close(scribe->pages[0]);
    close(scribe->answers[0]);
    close(scribe->answers[1]);
    mem_free(scribe->path);
    mem_free(scribe);
    return true;
}

void scribe_write(struct scribe *scribe, struct scribe_page *page)
{
    scribe->busy = write(scribe->pages[1], &page, sizeof page) == sizeof page;
}

bool scribe_busy(const struct scribe *scribe)
{
    return scribe->busy;
}

/* --- at the start --- */

/* The last whole line of the open file FD, in a buffer of LAST_LINE_MAX + 1; false: none. */
static bool last_line(int fd, char *line)
{
    struct stat status;
    ssize_t got;
    off_t from;
    char *end;
    char *begin;

    if (fstat(fd, &status) || !S_ISREG(status.st_mode))
        return false;
    from = status.st_size > LAST_LINE_MAX ? status.st_size - LAST_LINE_MAX : 0;
    got = pread(fd, line, LAST_LINE_MAX, from);
    if (got <= 0)
        return false;
    line[got] = '\0';
    end = memrchr(line, '\n', (size_t)got);
    if (end != line + got - 1 && ftruncate(fd, end ? from + (end - line) + 1 : 0))
        log_fact("accounting-torn why=%s", strerror(errno));
    if (!end)
        return false;
    *end = '\0';
    begin = memrchr(line, '\n', (size_t)(end - line));
    if (begin)
        memmove(line, begin + 1, strlen(begin + 1) + 1);
    return true;
}

void scribe_last_lines(const char *path, enum scribe_form form,
                       void (*seen)(void *context, const char *line), void *context)
{
    DIR *directory = opendir(path);
    enum scribe_form of;
    struct dirent *entry;
    char *line;

    if (!directory)
        return;
    line = mem_new(LAST_LINE_MAX + 1);
    while ((entry = readdir(directory))) {
        int fd;

        if (!scribe_is_day(entry->d_name, &of) || of != form)
            continue;
        fd = openat(dirfd(directory), entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0)
            continue;
        if (last_line(fd, line))
            seen(context, line);
        close(fd);
    }
    mem_free(line);
    closedir(directory);
}
