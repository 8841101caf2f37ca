/*
 * link.c - the shepherd's conversation with nqsd.
 */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "handoff.h"

static void link_close(struct link *link)
{
    close(link->fd);
    link->fd = -1;
}

void link_open(struct link *link, uid_t daemon)
{
    link->fd = HANDOFF_LINK;
    link->door = -1;
    link->daemon = daemon;
}

bool link_open_door(struct link *link)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int door;

    if (link->door >= 0)
        return true;
    door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The directory's own path may be longer than a socket's name can be. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/sock", HANDOFF_RUN);
    if (door < 0 || bind(door, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(door, 4) != 0) {
        close(door);
        return false;
    }
    link->door = door;
    return true;
}

bool link_accept(struct link *link)
{
    int fd = accept4(link->door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (fd < 0)
        return false;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != link->daemon) {
        close(fd);
        return false;
    }
    if (link->fd >= 0)
        link_close(link);
    link->fd = fd;
    return true;
}

bool link_take(struct link *link, struct order *ret)
{
    ssize_t length;

    if (link->fd < 0)
        return false;
    length = recv(link->fd, link->packet, sizeof link->packet, MSG_DONTWAIT);
    if (length > 0)
        return order_open(ret, link->packet, (size_t)length) == NULL;
    if (length == 0 || (errno != EAGAIN && errno != EINTR))
        link_close(link);
    return false;
}

void link_send(struct link *link, struct order_out *out)
{
    size_t length = order_end(out);

    if (link->fd >= 0 && length > 0 &&
        send(link->fd, out->space, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EPIPE)
        link_close(link);
}
