/*
 * test_listen.c - the listening door against clients that behave badly.
 *
 * The door runs in a process of its own (door_server.h); whatever one client
 * does, another one must be served while it does it.
 *
 * Proves: T9 E161
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"
#include "door_client.h"
#include "frame.h"

static struct door_server server;

static int start(void **state)
{
    struct listen_limits limits = door_limits();

    (void)state;
    door_start(&server, &limits, 0, 0);
    return 0;
}

static int stop(void **state)
{
    int status = door_stop(&server);

    (void)state;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void test_calls(void **state)
{
    struct attrs attrs;
    char name[NQS_NAME_MAX + 1];
    struct client *client;
    struct nqs_err err;
    char nothing;

    (void)state;
    served(&server);
    attrs_init(&attrs);
    attrs_add_text(&attrs, ATTR_name, "a");
    attrs_add_number(&attrs, ATTR_priority, -3);
    assert_int_equal(client_open(server.path, &client, &err), NQS_OK);
    assert_int_equal(client_call(client, NQS_NULL, NULL, &nothing, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, &attrs, name, &err), NQS_OK);
    assert_string_equal(name, "1.turn");
    client_close(client);
    attrs_done(&attrs);
}

static void test_half_record(void **state)
{
    int fd = dial(&server);

    (void)state;
    put(fd, "\x80\0\0\x28half", 8);
    served(&server);
    assert_false(hung_up(fd, 100)); /* it has its time */
    assert_true(hung_up(fd, LATE_MS));
    close(fd);
}

/* A byte now and then is no progress: the deadline is of the record. */
static void test_dripping(void **state)
{
    nqs_time began = clock_now().steady;
    bool dropped = false;
    int fd = dial(&server);

    (void)state;
    put(fd, "\x80\0\x10\0", 4);
    while (!dropped && clock_now().steady - began < LATE_MS * NQS_SECOND / 1000) {
        dropped = send(fd, "x", 1, MSG_NOSIGNAL) < 0;
        assert_true(served(&server) < NQS_SECOND);
        poll(NULL, 0, 20);
    }
    assert_true(dropped);
    close(fd);
}

static void test_idle_is_allowed(void **state)
{
    int fds[200];

    (void)state;
    for (int i = 0; i < 200; i++)
        fds[i] = i % 2 ? dial(&server) : dial_tcp(&server);
    poll(NULL, 0, 1500); /* longer than every deadline */
    for (int i = 0; i < 200; i++) {
        assert_false(hung_up(fds[i], 0));
        close(fds[i]);
    }
    served(&server);
}

static void test_never_reading(void **state)
{
    struct buf call;
    int fd = dial(&server);
    int pushed = 0;

    (void)state;
    buf_init(&call);
    call_bytes(&call, NQS_STATUS_QUEUES);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (pushed < 20000 && send(fd, call.bytes, call.length, MSG_NOSIGNAL) > 0)
        pushed++;
    assert_true(pushed > 10);
    served(&server);
    poll(NULL, 0, 1000); /* twice its time; nothing is read meanwhile */
    while (recv(fd, (char[65536]){0}, 65536, 0) > 0)
        continue;
    assert_int_not_equal(errno, EAGAIN); /* reset: it was dropped */
    close(fd);
    served(&server);
    buf_done(&call);
}

static void test_garbage_is_dropped_at_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } garbage[] = {
        {"GET / HTTP/1.0\r\n\r\n", 18},               /* announces 1 GiB */
        {"\x7f\xff\xff\xff", 4},                      /* 2 GiB */
        {"\xff\xff\xff\xff", 4},                      /* 2 GiB, the last */
        {"\0\0\0\0", 4},                              /* an empty fragment, not the last */
        {"\x80\0\0\0", 4},                            /* an empty record */
        {"\x80\0\0\x0c\0\0\0\1\0\0\0\1\0\0\0\0", 16}, /* a reply */
        {"\x80\0\0\x0c\0\0\0\1\0\0\0\0\0\0\0\2", 16}, /* a call without its rest */
        {"\x80\x40\0\1", 4},                          /* one byte more than a record may have */
    };

    (void)state;
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        int fds[2] = {dial(&server), dial_tcp(&server)};

        for (int k = 0; k < 2; k++) {
            put(fds[k], garbage[i].bytes, garbage[i].length);
            assert_true(hung_up(fds[k], SOON_MS));
            close(fds[k]);
        }
    }
    served(&server);
}

static void test_endless_fragments(void **state)
{
    int fd = dial(&server);

    (void)state;
    for (int i = 0; i < FRAME_FRAGMENTS_MAX; i++)
        put(fd, "\0\0\0\1x", 5);
    assert_false(hung_up(fd, 50));
    put(fd, "\0\0\0\1", 4);
    assert_true(hung_up(fd, SOON_MS));
    close(fd);
}

/* Every byte a fragment, every fragment sent byte by byte. */
static void test_single_bytes(void **state)
{
    struct buf record;
    uint8_t reply[28];
    int fd = dial(&server);

    (void)state;
    buf_init(&record);
    assert_true(rpc_encode_call(&record, 7, rpc_find(NQS_NULL), NULL));
    for (size_t i = 0; i < record.length; i++) {
        uint8_t fragment[5] = {i + 1 == record.length ? 0x80 : 0, 0, 0, 1,
                               (uint8_t)record.bytes[i]};

        for (size_t k = 0; k < sizeof fragment; k++)
            put(fd, fragment + k, 1);
    }
    assert_int_equal(recv(fd, reply, sizeof reply, MSG_WAITALL), sizeof reply);
    assert_memory_equal(reply, "\x80\0\0\x18\0\0\0\7\0\0\0\1", 12);
    close(fd);
    buf_done(&record);
}

/* ------------------------------------------- a client that knows only rpcgen */

static enum clnt_stat plain_call(int fd, rpcprog_t program, rpcvers_t version, rpcproc_t procedure,
                                 bool sys)
{
    struct nqs_status_args args = {.after = (char *)"", .rows_max = 9};
    struct nqs_status_answer answer = {0};
    struct netbuf nowhere = {0};
    struct timeval patience = {.tv_sec = 5};
    bool status = procedure == NQS_STATUS_SERVER;
    CLIENT *client = clnt_vc_create(fd, &nowhere, program, version, 0, 0);
    enum clnt_stat stat;

    assert_non_null(client);
    if (sys) {
        auth_destroy(client->cl_auth);
        client->cl_auth = authunix_create_default();
    }
    stat =
        clnt_call(client, procedure,
                  status ? (xdrproc_t)xdr_nqs_status_args : (xdrproc_t)(void (*)(void))xdr_void,
                  (caddr_t)&args,
                  status ? (xdrproc_t)xdr_nqs_status_answer : (xdrproc_t)(void (*)(void))xdr_void,
                  (caddr_t)&answer, patience);
    if (stat == RPC_SUCCESS && status)
        assert_string_equal(answer.text, "9");
    xdr_free((xdrproc_t)xdr_nqs_status_answer, &answer);
    auth_destroy(client->cl_auth);
    clnt_destroy(client);
    close(fd);
    return stat;
}

static void test_plain_client(void **state)
{
    enum { UNKNOWN_PROCEDURE = 9999 };

    (void)state;
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM, NQS_V1, NQS_NULL, false), RPC_SUCCESS);
    assert_int_equal(plain_call(dial_tcp(&server), NQS_PROGRAM, NQS_V1, NQS_NULL, false),
                     RPC_SUCCESS);
    assert_int_equal(plain_call(dial_tcp(&server), NQS_PROGRAM, NQS_V1, NQS_NULL, true),
                     RPC_SUCCESS);
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM, NQS_V1, NQS_STATUS_SERVER, false),
                     RPC_SUCCESS);
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM, NQS_V1, NQS_STATUS_SERVER, true),
                     RPC_AUTHERROR);
    assert_int_equal(plain_call(dial_tcp(&server), NQS_PROGRAM, NQS_V1, NQS_STATUS_SERVER, false),
                     RPC_AUTHERROR);
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM + 1, NQS_V1, NQS_NULL, false),
                     RPC_PROGUNAVAIL);
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM, NQS_V1 + 1, NQS_NULL, false),
                     RPC_PROGVERSMISMATCH);
    assert_int_equal(plain_call(dial(&server), NQS_PROGRAM, NQS_V1, UNKNOWN_PROCEDURE, false),
                     RPC_PROCUNAVAIL);
}

/* A STATUS call with one word changed, by its place behind the mark; the reply's status words. */
static void crooked_call(size_t at, uint32_t word, uint32_t ret[3])
{
    struct buf call;
    uint8_t reply[64];
    struct reader reader;
    int fd = dial(&server);

    buf_init(&call);
    call_bytes(&call, NQS_STATUS_SERVER);
    for (int i = 0; i < 4; i++)
        call.bytes[4 + at * 4 + (size_t)i] = (char)(word >> (8 * (3 - i)));
    put(fd, call.bytes, call.length);
    assert_true(recv(fd, reply, sizeof reply, 0) >= 24);
    reader_init(&reader, reply + 12, 12);
    for (int i = 0; i < 3; i++)
        ret[i] = reader_u32(&reader);
    close(fd);
    buf_done(&call);
}

static void test_refusals(void **state)
{
    enum { WORD_RPC_VERSION = 2, WORD_FLAVOUR = 6, WORD_NAMES = 10, WORD_FLAGS = 11 };
    uint32_t words[3];

    (void)state;
    crooked_call(WORD_RPC_VERSION, 3, words);
    assert_int_equal(words[0], MSG_DENIED);
    assert_int_equal(words[1], RPC_MISMATCH);
    crooked_call(WORD_FLAVOUR, 300001, words);
    assert_int_equal(words[0], MSG_DENIED);
    assert_int_equal(words[1], AUTH_ERROR);
    assert_int_equal(words[2], AUTH_TOOWEAK);
    crooked_call(WORD_NAMES, 0xffffffff, words); /* an array of four thousand million */
    assert_int_equal(words[0], MSG_ACCEPTED);
    crooked_call(WORD_NAMES, NQS_NAMES_MAX, words); /* more than come */
    assert_int_equal(words[0], MSG_ACCEPTED);
    served(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_half_record),
        cmocka_unit_test(test_dripping),
        cmocka_unit_test(test_idle_is_allowed),
        cmocka_unit_test(test_never_reading),
        cmocka_unit_test(test_garbage_is_dropped_at_once),
        cmocka_unit_test(test_endless_fragments),
        cmocka_unit_test(test_single_bytes),
        cmocka_unit_test(test_plain_client),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
