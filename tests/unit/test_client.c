/*
 * test_client.c - the commands' client against servers that misbehave.
 *
 * Each test forks a server that answers connections one after another, as its
 * function says; calls are answered with the name "N.conn", N being the number
 * of the connection.
 *
 * Proves: E161
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"
#include "frame.h"
#include "mem.h"

static char directory[64];
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static pid_t server;

/* ------------------------------------------------------------- the servers */

/* The next call of FD into *RET and its bytes into FRAME; the server ends with its client. */
static void take_call(int fd, struct frame *frame, struct rpc_call *ret)
{
    size_t used;
    char byte;

    frame_next(frame);
    do
        if (read(fd, &byte, 1) != 1)
            _exit(0);
    while (frame_feed(frame, &byte, 1, &used) == FRAME_MORE);
    if (rpc_decode_call(frame->record.bytes, frame->record.length, ret))
        _exit(1);
}

static void give(int fd, const struct buf *record)
{
    struct buf out;
    size_t mark;

    buf_init(&out);
    mark = frame_open(&out);
    buf_add(&out, record->bytes, record->length);
    frame_close(&out, mark);
    if (write(fd, out.bytes, out.length) != (ssize_t)out.length)
        _exit(1);
    buf_done(&out);
}

static void give_answer(int fd, uint32_t xid, int connection, enum nqs_code code, const char *text)
{
    char name[32];
    struct nqs_answer answer = {.code = (int)code, .text = (char *)(uintptr_t)text, .name = name};
    struct buf record;

    snprintf(name, sizeof name, "%d.conn", connection);
    buf_init(&record);
    rpc_encode_reply(&record, xid, rpc_find(NQS_QUEUE_JOB), &answer);
    give(fd, &record);
    buf_done(&record);
}

typedef void serve_function(int fd, int connection);

/* Until the client has gone: nothing of a test outlives it. */
static void wait_for_end(int fd)
{
    char byte;

    while (read(fd, &byte, 1) == 1)
        continue;
}

static void serve_well(int fd, int connection)
{
    struct frame frame;
    struct rpc_call call;

    frame_init(&frame, FRAME_RECORD_MAX);
    take_call(fd, &frame, &call);
    give_answer(fd, call.xid, connection, NQS_OK, connection == 1 ? "" : "a warning");
    take_call(fd, &frame, &call);
    give_answer(fd, call.xid, connection, NQS_NOQUEUE, "no queue 'x'");
    frame_done(&frame);
}

/* The first connection is closed when the call has come, as by a daemon that is killed. */
static void serve_at_the_second(int fd, int connection)
{
    struct frame frame;
    struct rpc_call call;

    frame_init(&frame, FRAME_RECORD_MAX);
    take_call(fd, &frame, &call);
    if (connection > 1)
        give_answer(fd, call.xid, connection, NQS_OK, "a warning");
    frame_done(&frame);
}

static void serve_an_old_reply(int fd, int connection)
{
    struct frame frame;
    struct rpc_call call;

    frame_init(&frame, FRAME_RECORD_MAX);
    take_call(fd, &frame, &call);
    give_answer(fd, call.xid - 1, connection, NQS_OK, "");
    frame_done(&frame);
    wait_for_end(fd);
}

static void serve_garbage(int fd, int connection)
{
    struct frame frame;
    struct rpc_call call;

    (void)connection;
    frame_init(&frame, FRAME_RECORD_MAX);
    take_call(fd, &frame, &call);
    if (write(fd, "HTTP/1.0 400 Bad Request\r\n", 26) != 26)
        _exit(1);
    frame_done(&frame);
    wait_for_end(fd);
}

/*
 * Pages of two rows: of all requests r0 ... r6, of names as many as were asked
 * for.  A row's attributes come in the wrong order.
 */
static void serve_pages(int fd, int connection)
{
    static nqs_attr attrs[] = {{6, {1, (char *)"\5"}}, {1, {1, (char *)"n"}}};
    struct frame frame;
    struct rpc_call call;

    (void)connection;
    frame_init(&frame, FRAME_RECORD_MAX);
    for (;;) {
        const struct rpc_row *row = rpc_find(NQS_STATUS_JOBS);
        struct nqs_status_answer answer = {.text = (char *)"", .next = (char *)""};
        struct nqs_row rows[2] = {{(char *)"a", 0, {2, attrs}}, {(char *)"b", 0, {2, attrs}}};
        struct nqs_status_args args;
        struct buf record;
        int first;
        char next[16];

        take_call(fd, &frame, &call);
        if (!rpc_decode_args(row, frame.record.bytes + call.body, frame.record.length - call.body,
                             &args))
            _exit(1);
        first = atoi(args.after);
        answer.rows.rows_val = rows;
        if (!args.names.names_len)
            answer.rows.rows_len = first < 6 ? 2 : 1;
        else
            answer.rows.rows_len = args.names.names_len - (u_int)first < 2 ? 1 : 2;
        snprintf(next, sizeof next, "%d", first + 2);
        if ((u_int)first + 2 < (args.names.names_len ? args.names.names_len : 7))
            answer.next = next;
        buf_init(&record);
        rpc_encode_reply(&record, call.xid, row, &answer);
        give(fd, &record);
        buf_done(&record);
        rpc_free(row->takes, &args, sizeof args);
    }
}

static void start(serve_function *serve)
{
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unlink(address.sun_path);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listening, 10), 0);
    server = fork();
    if (server == 0) {
        for (int connection = 1;; connection++) {
            int fd = accept(listening, NULL, NULL);
            pid_t one = fork();

            if (one == 0) {
                serve(fd, connection);
                _exit(0);
            }
            close(fd);
        }
    }
    close(listening);
}

static void stop(void)
{
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

/* ------------------------------------------------------------------- tests */

static void test_changes(void **state)
{
    char name[NQS_NAME_MAX + 1];
    struct client *client;
    struct nqs_err err;

    (void)state;
    start(serve_well);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK); /* by NQS_SOCKET */
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, name, &err), NQS_OK);
    assert_string_equal(name, "1.conn");
    assert_string_equal(err.text, "");
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, name, &err), NQS_NOQUEUE);
    assert_string_equal(err.text, "no queue 'x'");
    client_close(client);
    stop();
}

static void test_a_call_with_a_token_is_tried_again(void **state)
{
    uint8_t token[NQS_TOKEN_SIZE];
    char name[NQS_NAME_MAX + 1];
    struct client *client;
    struct nqs_err err;

    (void)state;
    client_token(token);
    start(serve_at_the_second);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", token, NULL, name, &err), NQS_OK);
    assert_string_equal(name, "2.conn");
    assert_string_equal(err.text, "a warning");
    client_close(client);
    stop();
}

static void test_a_call_without_is_not(void **state)
{
    struct client *client;
    struct nqs_err err;

    (void)state;
    start(serve_at_the_second);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_DELETE_JOB, "1", NULL, NULL, NULL, &err),
                     NQS_UNREACHABLE);
    assert_non_null(strstr(err.text, address.sun_path));
    assert_int_equal(client_change(client, NQS_DELETE_JOB, "1", NULL, NULL, NULL, &err), NQS_OK);
    client_close(client);
    stop();
}

static void test_false_answers(void **state)
{
    static serve_function *const false_ones[] = {serve_an_old_reply, serve_garbage};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct client *client;
        struct nqs_err err;

        start(false_ones[i]);
        assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
        assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, &err),
                         NQS_PROTOCOL);
        client_close(client);
        stop();
    }
}

static void test_nobody_there(void **state)
{
    struct client *client = NULL;
    struct nqs_err err;

    (void)state;
    start(serve_well);
    stop(); /* leaves its socket */
    assert_int_equal(client_open(NULL, &client, &err), NQS_UNREACHABLE);
    assert_non_null(strstr(err.text, address.sun_path));
    assert_non_null(strstr(err.text, "nqsd"));
    assert_int_equal(client_open("/no/such/socket", &client, &err), NQS_UNREACHABLE);
    assert_non_null(strstr(err.text, "/no/such/socket"));
    assert_null(client);
    client_close(NULL);
}

static void test_too_large(void **state)
{
    char long_name[NQS_NAME_MAX + 2];
    struct client *client;
    struct nqs_err err;

    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    start(serve_well);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_DELETE_JOB, long_name, NULL, NULL, NULL, &err),
                     NQS_TOOBIG);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, &err), NQS_OK);
    client_close(client);
    stop();
}

static unsigned count_rows(struct client *client, const char *const *names, size_t count)
{
    static const uint16_t only[] = {1, 6};
    struct client_rows *rows = client_rows_new(client, NQS_STATUS_JOBS, names, count, 0, only, 2);
    enum nqs_code code = NQS_INTERNAL;
    const struct nqs_row *row;
    struct attrs attrs;
    struct nqs_err err;
    unsigned seen = 0;

    attrs_init(&attrs);
    while ((row = client_rows_next(rows, &attrs, &code, &err))) {
        assert_int_equal(attrs.count, 2);
        assert_int_equal(attrs.list[0].id, 1); /* in order, whatever the server sent */
        assert_int_equal(attrs_number(&attrs, 6, -1), 5);
        assert_string_equal(row->name, seen % 2 ? "b" : "a");
        seen++;
    }
    assert_int_equal(code, NQS_OK);
    assert_null(client_rows_next(rows, &attrs, &code, &err)); /* the end stays the end */
    attrs_done(&attrs);
    client_rows_free(rows);
    return seen;
}

static void test_rows(void **state)
{
    enum { MANY = 2 * NQS_NAMES_MAX + 4 };
    const char **names = mem_array(MANY, sizeof *names);
    struct client *client;
    struct nqs_err err;

    (void)state;
    for (int i = 0; i < MANY; i++)
        names[i] = "1.host";
    start(serve_pages);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
    assert_int_equal(count_rows(client, NULL, 0), 7);
    assert_int_equal(count_rows(client, names, 1), 1);
    assert_int_equal(count_rows(client, names, MANY), MANY); /* more than one call may name */
    client_close(client);
    stop();
    mem_free(names);
}

static void test_rows_of_nobody(void **state)
{
    enum nqs_code code = NQS_OK;
    struct client_rows *rows;
    struct client *client;
    struct attrs attrs;
    struct nqs_err err;

    (void)state;
    attrs_init(&attrs);
    start(serve_at_the_second);
    assert_int_equal(client_open(NULL, &client, &err), NQS_OK);
    stop();
    rows = client_rows_new(client, NQS_STATUS_JOBS, NULL, 0, 0, NULL, 0);
    assert_null(client_rows_next(rows, &attrs, &code, &err));
    assert_int_equal(code, NQS_UNREACHABLE);
    client_rows_free(rows);
    client_rows_free(NULL);
    client_close(client);
    attrs_done(&attrs);
}

static void test_tokens_differ_and_ascend(void **state)
{
    uint8_t one[NQS_TOKEN_SIZE];
    uint8_t other[NQS_TOKEN_SIZE];

    (void)state;
    client_token(one);
    usleep(2000);
    client_token(other);
    assert_true(memcmp(one, other, NQS_TOKEN_SIZE) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_a_call_with_a_token_is_tried_again),
        cmocka_unit_test(test_a_call_without_is_not),
        cmocka_unit_test(test_false_answers),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_of_nobody),
        cmocka_unit_test(test_tokens_differ_and_ascend),
    };
    int failed;

    snprintf(directory, sizeof directory, "/tmp/nqs-client.XXXXXX");
    if (!mkdtemp(directory))
        return 1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/sock", directory);
    setenv("NQS_SOCKET", address.sun_path, 1);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(address.sun_path);
    rmdir(directory);
    return failed;
}
