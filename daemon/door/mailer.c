/*
 * mailer.c - child processes that send a message each; see mailer.h.
 */
#include "mailer.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "mem.h"

/* One message on its way. */
struct sending {
    struct mailer *mailer;
    uint64_t number;
    pid_t pid; /* 0: free; -1: it could not be started, which is told by the timer */
    int error; /* errno, of that */
    bool late; /* it was killed because its time was over */
    struct event *timer;
};

struct mailer {
    char *program; /* owned */
    unsigned timeout_s;
    struct event *child;
    struct sending sendings[MAILER_AT_ONCE];
    mailer_done *done;
    void *context;
};

static void finish(struct sending *sending, enum mailer_end end, const char *why)
{
    sending->pid = 0;
    event_del(sending->timer);
    sending->mailer->done(sending->mailer->context, sending->number, end, why);
}

/* What sysexits.h calls the sender's own fault will be that the next time too. */
static void finish_status(struct sending *sending, int status)
{
    enum mailer_end end = MAILER_LATER;
    char why[80] = "";

    if (sending->late)
        snprintf(why, sizeof why, "no end after %u s", sending->mailer->timeout_s);
    else if (WIFSIGNALED(status))
        snprintf(why, sizeof why, "signal %d", WTERMSIG(status));
    else
        snprintf(why, sizeof why, "exit status %d", WEXITSTATUS(status));
    if (!sending->late && WIFEXITED(status)) {
        int code = WEXITSTATUS(status);

        if (code == 0)
            end = MAILER_SENT;
        else if (code == EX_USAGE || code == EX_DATAERR || code == EX_NOUSER || code == EX_NOHOST)
            end = MAILER_NEVER;
    }
    finish(sending, end, why);
}

static void on_child(evutil_socket_t fd, short what, void *context)
{
    struct mailer *mailer = context;

    (void)fd, (void)what;
    for (int i = 0; i < MAILER_AT_ONCE; i++) {
        struct sending *sending = &mailer->sendings[i];
        int status;

        if (sending->pid > 0 && waitpid(sending->pid, &status, WNOHANG) == sending->pid)
            finish_status(sending, status);
    }
}

/* Its time is over; or it could not be started at all. */
static void on_timer(evutil_socket_t fd, short what, void *context)
{
    struct sending *sending = context;

    (void)fd, (void)what;
    if (sending->pid < 0) {
        finish(sending, MAILER_LATER, strerror(sending->error));
        return;
    }
    sending->late = true;
    kill(-sending->pid, SIGKILL);
}

struct mailer *mailer_new(struct event_base *base, const char *program, unsigned timeout_s,
                          mailer_done *done, void *context)
{
    struct mailer *mailer = mem_new(sizeof *mailer);

    mailer->program = mem_text(program);
    mailer->timeout_s = timeout_s;
    mailer->done = done;
    mailer->context = context;
    mailer->child = evsignal_new(base, SIGCHLD, on_child, mailer);
    event_add(mailer->child, NULL);
    for (int i = 0; i < MAILER_AT_ONCE; i++) {
        mailer->sendings[i].mailer = mailer;
        mailer->sendings[i].timer = event_new(base, -1, 0, on_timer, &mailer->sendings[i]);
    }
    return mailer;
}

void mailer_free(struct mailer *mailer)
{
    if (!mailer)
        return;
    for (int i = 0; i < MAILER_AT_ONCE; i++) {
        struct sending *sending = &mailer->sendings[i];

        if (sending->pid > 0) {
            kill(-sending->pid, SIGKILL);
            waitpid(sending->pid, NULL, 0);
        }
        event_free(sending->timer);
    }
    event_free(mailer->child);
    mem_free(mailer->program);
    mem_free(mailer);
}

static struct sending *find_free(const struct mailer *mailer)
{
    for (int i = 0; i < MAILER_AT_ONCE; i++)
        if (!mailer->sendings[i].pid)
            return (struct sending *)&mailer->sendings[i];
    return NULL;
}

bool mailer_full(const struct mailer *mailer)
{
    return !find_free(mailer);
}

/* --- starting one --- */

/* MESSAGE in a file without a name, at its beginning; -1 and errno. */
static int message_file(const char *message, size_t length)
{
    int fd = memfd_create("mail", MFD_CLOEXEC);
    int error;

    if (fd < 0)
        return -1;
    while (length) {
        ssize_t wrote = write(fd, message, length);

        if (wrote <= 0 && errno != EINTR)
            break;
        if (wrote > 0) {
            message += wrote;
            length -= (size_t)wrote;
        }
    }
    if (!length && !lseek(fd, 0, SEEK_SET))
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* The words of the command: sendmail -i -f FROM -- TO...; ADDRESSES is taken apart. */
static void make_words(char *program, char *from, char *addresses, char *words[MAILER_TO_MAX + 6])
{
    size_t count = 0;
    char *rest;

    words[count++] = program;
    words[count++] = (char *)"-i";
    words[count++] = (char *)"-f";
    words[count++] = from;
    words[count++] = (char *)"--";
    for (char *to = strtok_r(addresses, ",", &rest); to && count < MAILER_TO_MAX + 5;
         to = strtok_r(NULL, ",", &rest))
        words[count++] = to;
    words[count] = NULL;
}

/* A process group of its own, all signals as usual, nothing open but 0, 1 and 2.  errno, or 0. */
static int spawn(struct sending *sending, char **words, int message)
{
    static char *environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"HOME=/",
                                  (char *)"LANG=C", NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t signals;
    int error;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, message, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                       POSIX_SPAWN_SETSIGMASK);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&how, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&how, &signals);
    error = posix_spawn(&sending->pid, words[0], &files, &how, words, environment);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

void mailer_send(struct mailer *mailer, uint64_t number, const char *from, const char *to,
                 const char *message, size_t length)
{
    struct sending *sending = find_free(mailer);
    struct timeval wait = {mailer->timeout_s, 0};
    char *words[MAILER_TO_MAX + 6];
    char *sender = mem_text(from);
    char *addresses = mem_text(to);
    int fd = message_file(message, length);

    make_words(mailer->program, sender, addresses, words);
    sending->number = number;
    sending->late = false;
    sending->error = fd < 0 ? errno : spawn(sending, words, fd);
    if (sending->error) {
        sending->pid = -1;
        wait.tv_sec = 0;
    }
    event_add(sending->timer, &wait);
    if (fd >= 0)
        close(fd);
    mem_free(sender);
    mem_free(addresses);
}
