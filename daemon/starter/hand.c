/*
 * hand.c - giving a job to a shepherd: to one that is idle, or to a new one.
 *
 * We keep the sockets of the last HANDS_MAX shepherds that were given a job, and
 * look for idle ones among them only when there is another to give.  One that we
 * forget ends with its job.  So does every one when we end.
 */
#include "hand.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "site.h"

#define HANDS_MAX 16

struct hand {
    int socket;
    pid_t pid;
};

struct parcel {
    unsigned char flags;
    struct iovec parts[1 + HANDOFF_FRAMES];
    int count; /* of the parts that go into the packet */
    int fds[HANDOFF_END - HANDOFF_RUN];
    size_t fd_count;
};

static struct hand hands[HANDS_MAX];
static unsigned hand_count;

static struct hand hand_remove(unsigned at)
{
    struct hand hand = hands[at];

    memmove(&hands[at], &hands[at + 1], (--hand_count - at) * sizeof hands[0]);
    return hand;
}

static void hand_keep(struct hand hand)
{
    if (hand_count == HANDS_MAX)
        close(hand_remove(0).socket);
    hands[hand_count++] = hand;
}

/* Find one that has said that it is idle, and forget those that are no more. */
static bool hand_idle(struct hand *ret)
{
    ssize_t got;
    char byte;

    for (unsigned at = hand_count; at-- > 0;) {
        got = recv(hands[at].socket, &byte, 1, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        *ret = hand_remove(at);
        if (got == 1)
            return true;
        close(ret->socket);
    }
    return false;
}

/* Exec a shepherd.  The vforked child moves its socket and does nothing else. */
static bool hand_exec(struct hand *ret, const struct site *site)
{
    char *const argv[] = {(char *)(uintptr_t) "nqs-shepherd", NULL};
    char *const env[] = {NULL};
    volatile int error = 0;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    ret->socket = pair[0];
    ret->pid = vfork();
    if (ret->pid == 0) {
        if (dup2(pair[1], HANDOFF_HAND) >= 0)
            execve(site->shepherd, argv, env);
        error = errno;
        _exit(127);
    }
    close(pair[1]);
    if (error || ret->pid < 0) {
        close(pair[0]);
        errno = error ? error : errno;
        return false;
    }
    return true;
}

/* Frames that are too long for a packet go into a memory file; false with errno. */
static bool parcel_pack(struct parcel *parcel, const struct order frames[HANDOFF_FRAMES],
                        const int fds[HANDOFF_MORE - HANDOFF_RUN], int cgroup, int memory)
{
    size_t length = 0;
    int file;

    *parcel = (struct parcel){.parts[0] = {&parcel->flags, 1}, .count = 1 + HANDOFF_FRAMES};
    parcel->fd_count = HANDOFF_MORE - HANDOFF_RUN;
    memcpy(parcel->fds, fds, parcel->fd_count * sizeof fds[0]);
    if (cgroup >= 0) {
        parcel->flags |= HANDOFF_HAS_CGROUP;
        parcel->fds[parcel->fd_count++] = cgroup;
    }
    if (memory >= 0) {
        parcel->flags |= HANDOFF_HAS_MEMORY;
        parcel->fds[parcel->fd_count++] = memory;
    }
    for (size_t i = 0; i < HANDOFF_FRAMES; i++) {
        parcel->parts[1 + i] = (struct iovec){(void *)(uintptr_t)frames[i].bytes, frames[i].length};
        length += frames[i].length;
    }
    if (length <= HANDOFF_PACKET)
        return true;
    file = memfd_create("order", MFD_CLOEXEC);
    if (file >= 0 && writev(file, parcel->parts + 1, HANDOFF_FRAMES) != (ssize_t)length) {
        close(file);
        file = -1;
    }
    parcel->flags |= HANDOFF_HAS_FILE;
    parcel->fds[parcel->fd_count++] = file;
    parcel->count = 1;
    return file >= 0;
}

static bool parcel_send(const struct parcel *parcel, int socket)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof parcel->fds)];
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    size_t size = parcel->fd_count * sizeof parcel->fds[0];
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parcel->parts,
                             .msg_iovlen = (size_t)parcel->count,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(size)};

    control.header.cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(&control.header), parcel->fds, size);
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}

pid_t hand_over(const struct site *site, const struct order frames[HANDOFF_FRAMES],
                const int fds[HANDOFF_MORE - HANDOFF_RUN], int cgroup, int memory)
{
    struct parcel parcel;
    struct hand hand;
    bool packed = parcel_pack(&parcel, frames, fds, cgroup, memory);
    bool given = false;
    int error;

    while (packed && !given && hand_idle(&hand)) {
        given = parcel_send(&parcel, hand.socket);
        if (!given)
            close(hand.socket);
    }
    if (packed && !given && hand_exec(&hand, site)) {
        given = parcel_send(&parcel, hand.socket);
        if (!given) {
            error = errno;
            close(hand.socket);
            errno = error;
        }
    }
    if (given)
        hand_keep(hand);
    if ((parcel.flags & HANDOFF_HAS_FILE) && parcel.fds[parcel.fd_count - 1] >= 0)
        close(parcel.fds[parcel.fd_count - 1]);
    return given ? hand.pid : -1;
}
