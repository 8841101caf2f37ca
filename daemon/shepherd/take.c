/*
 * take.c - the shepherd's end of handoff.h.
 *
 * Nothing of a job may reach the next one: its descriptors are closed by their
 * range, what was read of it is wiped, and all else that main.c keeps for it is
 * in one structure that begins anew.
 */
#include "take.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "handoff.h"

#define IDLE_MS 10000

static unsigned char bytes[1 + ORDER_MAX + 2 * 65536];
static size_t used;

/* Read one packet, and its descriptors to their places; how many, or -1. */
static int packet_read(int flags)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * (HANDOFF_END - HANDOFF_RUN))];
    } control;
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(HANDOFF_HAND, &message, MSG_CMSG_CLOEXEC | flags);
    struct cmsghdr *rights = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    int fds[HANDOFF_END - HANDOFF_RUN];
    int count;

    if (!rights || rights->cmsg_type != SCM_RIGHTS || (message.msg_flags & MSG_CTRUNC))
        return -1;
    count = (int)((rights->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(rights), (size_t)count * sizeof(int));
    /* The kernel gives the lowest free numbers, and we hold none above the socket. */
    for (int i = 0; i < count; i++) {
        if (fds[i] != HANDOFF_RUN + i)
            return -1;
    }
    used = (size_t)length;
    return count;
}

/* Take the frames; the starter is trusted, but not to be free of errors. */
static bool frames_open(struct handoff *handoff, int count)
{
    struct order *orders[HANDOFF_FRAMES] = {&handoff->start, &handoff->user, &handoff->place};
    int want = HANDOFF_MORE - HANDOFF_RUN;
    size_t at = 1;
    ssize_t more;
    long length;

    handoff->cgroup = bytes[0] & HANDOFF_HAS_CGROUP ? HANDOFF_RUN + want++ : -1;
    handoff->memory = bytes[0] & HANDOFF_HAS_MEMORY ? HANDOFF_RUN + want++ : -1;
    if (bytes[0] & HANDOFF_HAS_FILE) {
        more = pread(HANDOFF_RUN + want++, bytes + 1, sizeof bytes - 1, 0);
        used = 1 + (more > 0 ? (size_t)more : 0);
    }
    for (size_t i = 0; i < HANDOFF_FRAMES; i++, at += (size_t)length) {
        length = order_measure(bytes + at, used - at);
        if (length <= 0 || (size_t)length > used - at ||
            order_open(orders[i], bytes + at, (size_t)length))
            return false;
    }
    handoff->shepherd = getpid();
    return count == want;
}

/*
 * Wait for a packet.  Whoever stops waiting shuts the socket first and then looks
 * once more, so that the starter's packet is either here or was refused.
 */
static int packet_wait(void)
{
    struct pollfd hand = {HANDOFF_HAND, POLLIN, 0};
    int ready;

    do
        ready = poll(&hand, 1, IDLE_MS);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        shutdown(HANDOFF_HAND, SHUT_RD);
    return packet_read(MSG_DONTWAIT);
}

bool take_job(struct handoff *ret)
{
    int count = packet_wait();

    return count >= 0 && frames_open(ret, count);
}

void take_end(void)
{
    const char idle = HANDOFF_IDLE;

    /* A range's descriptors end in no order, and an ended link says that the lock is free. */
    close(HANDOFF_LOCK);
    syscall(SYS_close_range, (unsigned)HANDOFF_RUN, ~0u, 0u);
    memset(bytes, 0, used);
    used = 0;
    send(HANDOFF_HAND, &idle, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}
