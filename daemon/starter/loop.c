/*
 * loop.c - waiting for descriptors.
 *
 * One event is taken at a time, so that what one of them frees cannot be
 * waiting in a list of others.  To close a descriptor does not end the
 * watching: a child just forked may have a copy still, and the kernel would go
 * on to tell of it by a pointer that is no more.
 */
#include "loop.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>

static int poller = -1;

bool loop_add(struct watch *watch)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};

    if (poller < 0)
        poller = epoll_create1(EPOLL_CLOEXEC);
    return epoll_ctl(poller, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void loop_remove(struct watch *watch)
{
    epoll_ctl(poller, EPOLL_CTL_DEL, watch->fd, NULL);
}

void loop_run(void)
{
    struct epoll_event event;
    struct watch *watch;
    int count;

    while ((count = epoll_wait(poller, &event, 1, -1)) >= 0 || errno == EINTR) {
        if (count == 1) {
            watch = event.data.ptr;
            watch->ready(watch);
        }
    }
}
