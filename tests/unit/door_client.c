/*
 * door_client.c - see door_client.h.
 */
#include "door_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "address.h"
#include "client.h"
#include "frame.h"

int dial(const struct door_server *server)
{
    struct address address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(address_init(&address, server->path, NULL), NQS_OK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address.un, sizeof address.un), 0);
    address_done(&address);
    return fd;
}

int dial_tcp(const struct door_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

bool hung_up(int fd, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char rest[4096];

    while (poll(&wait, 1, ms) == 1)
        if (recv(fd, rest, sizeof rest, 0) <= 0)
            return true;
    return false;
}

void put(int fd, const void *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

void call_bytes(struct buf *out, uint32_t procedure)
{
    struct nqs_change change = {.name = (char *)""};
    struct nqs_status_args status = {.after = (char *)""};
    const struct rpc_row *row = rpc_find(procedure);
    size_t mark = frame_open(out);

    assert_true(
        rpc_encode_call(out, 7, row, row->takes_size == sizeof status ? (void *)&status : &change));
    frame_close(out, mark);
}

nqs_time served(const struct door_server *server)
{
    struct nqs_status_args args = {.after = (char *)"", .rows_max = 42};
    struct nqs_status_answer answer;
    nqs_time began = clock_now().steady;
    struct client *client;
    struct nqs_err err;

    assert_int_equal(client_open(server->path, &client, &err), NQS_OK);
    assert_int_equal(client_call(client, NQS_STATUS_SERVER, &args, &answer, &err), NQS_OK);
    assert_string_equal(answer.text, "42");
    assert_int_equal(atol(answer.next), getuid());
    client_free(NQS_STATUS_SERVER, &answer);
    client_close(client);
    return clock_now().steady - began;
}
