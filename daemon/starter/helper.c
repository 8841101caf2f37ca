/*
 * helper.c - children that do what may take long, and send one frame back.
 *
 * A user database or a network file system can hold a process for ever; it may
 * hold these.  The child keeps no descriptor of the starter, so that a
 * hanging one holds no connection, link or lock with it.  It bounds itself by
 * an alarm; what cannot even die of that is left alone.
 */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"

#define HELPERS_MAX 64
#define RESULT_MAX 65536 /* what a pipe takes at once */

struct helper {
    struct watch watch; /* first, so that it can be turned back */
    const struct helper_kind *kind;
    uint64_t key;
    size_t used;
    unsigned char bytes[RESULT_MAX];
};

static unsigned helper_count;

_Noreturn static void helper_child(const struct helper_kind *kind, const void *arg, int pipe,
                                   int dir)
{
    static unsigned char bytes[RESULT_MAX];
    struct order_out result;
    size_t length;

    if (dup2(pipe, HELPER_RESULT) < 0 || dup2(dir, HELPER_DIR) < 0 ||
        close_range(HELPER_END, ~0u, 0) != 0)
        _exit(1);
    signal(SIGCHLD, SIG_DFL); /* A user database may have children of its own. */
    alarm(kind->seconds);
    order_begin(&result, bytes, sizeof bytes, ORDER_ANSWER, 0);
    kind->work(arg, &result);
    length = order_end(&result);
    _exit(length > 0 && write(HELPER_RESULT, bytes, length) == (ssize_t)length ? 0 : 1);
}

static void helper_ready(struct watch *watch)
{
    struct helper *helper = (struct helper *)(void *)watch;
    struct order result;
    ssize_t got = read(watch->fd, helper->bytes + helper->used, RESULT_MAX - helper->used);

    if (got > 0) {
        helper->used += (size_t)got;
        return;
    }
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    loop_remove(watch);
    close(watch->fd);
    helper_count--;
    helper->kind->done(helper->key,
                       order_open(&result, helper->bytes, helper->used) ? NULL : &result);
    free(helper);
}

bool helper_start(const struct helper_kind *kind, const void *arg, uint64_t key, int dir)
{
    struct helper *helper;
    int pipes[2];
    pid_t pid;

    if (helper_count >= HELPERS_MAX || pipe2(pipes, O_CLOEXEC) != 0)
        return false;
    pid = fork();
    if (pid == 0)
        helper_child(kind, arg, pipes[1], dir);
    close(pipes[1]);
    helper = calloc(1, sizeof *helper);
    if (pid < 0 || !helper) {
        close(pipes[0]);
        free(helper);
        return false;
    }
    helper->watch.fd = pipes[0];
    helper->watch.ready = helper_ready;
    helper->kind = kind;
    helper->key = key;
    helper_count++;
    return loop_add(&helper->watch);
}
