/*
 * test_listen_bounds.c - how much the listening door lets anybody have.
 *
 * Proves: T9
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <event2/event.h>

#include "client.h"
#include "door_client.h"

enum { PRIVILEGED_MORE = 32 }; /* as in peers.c */

static struct door_server server;

static int start(void **state)
{
    struct listen_limits limits = door_limits();

    (void)state;
    door_start(&server, &limits, 0, 0);
    return 0;
}

static int start_few(void **state)
{
    struct listen_limits limits = door_limits();

    (void)state;
    limits.connections_max = 4;
    limits.connections_per_uid = 2;
    limits.record_ms = LATE_MS;
    door_start(&server, &limits, 0, 0);
    return 0;
}

static int start_without_files(void **state)
{
    struct listen_limits limits = door_limits();

    (void)state;
    door_start(&server, &limits, 32, 0);
    return 0;
}

static int start_deep(void **state)
{
    struct listen_limits limits = door_limits();

    (void)state;
    door_start(&server, &limits, 0, 5);
    return 0;
}

static int stop(void **state)
{
    int status = door_stop(&server);

    (void)state;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static unsigned status_number(uint32_t procedure)
{
    struct nqs_status_args args = {.after = (char *)""};
    struct nqs_status_answer answer;
    struct client *client;
    unsigned number;

    assert_int_equal(client_open(server.path, &client, NULL), NQS_OK);
    assert_int_equal(client_call(client, procedure, &args, &answer, NULL), NQS_OK);
    number = (unsigned)atoi(answer.text);
    client_free(procedure, &answer);
    client_close(client);
    return number;
}

static void test_calls_in_flight(void **state)
{
    struct buf calls;
    int fd = dial(&server);

    (void)state;
    buf_init(&calls);
    for (int i = 0; i < 200; i++)
        call_bytes(&calls, NQS_DELETE_JOB);
    put(fd, calls.bytes, calls.length);
    while (status_number(NQS_STATUS_JOBS) < 64)
        poll(NULL, 0, 10);
    poll(NULL, 0, 100); /* time in which no more come */
    assert_int_equal(status_number(NQS_STATUS_JOBS), 64);
    close(fd);
    buf_done(&calls);
}

static void test_many_calls_all_answered(void **state)
{
    enum { CALLS = 1000, REPLY_SIZE = 28 + 4 + 4 + 12 + 4 };
    struct buf calls;
    char *replies = malloc(CALLS * REPLY_SIZE);
    int fd = dial(&server);

    (void)state;
    buf_init(&calls);
    for (int i = 0; i < CALLS; i++)
        call_bytes(&calls, NQS_QUEUE_JOB);
    put(fd, calls.bytes, calls.length);
    assert_int_equal(recv(fd, replies, CALLS * REPLY_SIZE, MSG_WAITALL), CALLS * REPLY_SIZE);
    close(fd);
    free(replies);
    buf_done(&calls);
}

/* What is answered by the door itself must not keep the turn from coming. */
static void test_flood_of_nulls(void **state)
{
    struct buf calls;
    struct client *client;
    pid_t flood;

    (void)state;
    buf_init(&calls);
    for (int i = 0; i < 1000; i++)
        call_bytes(&calls, NQS_NULL);
    flood = fork();
    if (flood == 0) {
        int fd = dial(&server);
        char replies[65536];

        fcntl(fd, F_SETFL, O_NONBLOCK);
        for (;;) { /* until it is killed; pieces of calls would be refused, so whole ones only */
            size_t sent = 0;

            while (sent < calls.length) {
                ssize_t more = send(fd, calls.bytes + sent, calls.length - sent, MSG_NOSIGNAL);

                sent += more > 0 ? (size_t)more : 0;
                while (recv(fd, replies, sizeof replies, 0) > 0)
                    continue;
            }
        }
    }
    assert_int_equal(client_open(server.path, &client, NULL), NQS_OK);
    for (int i = 0; i < 100; i++)
        assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, NULL), NQS_OK);
    client_close(client);
    kill(flood, SIGKILL);
    waitpid(flood, NULL, 0);
    buf_done(&calls);
}

static void test_pause(void **state)
{
    struct client *client;

    (void)state;
    assert_int_equal(client_open(server.path, &client, NULL), NQS_OK);
    assert_int_equal(client_change(client, NQS_HOLD_JOB, "", NULL, NULL, NULL, NULL), NQS_OK);
    assert_true(served(&server) > DOOR_PAUSE_MS * NQS_SECOND / 1000 / 2);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, NULL), NQS_OK);
    client_close(client);
}

static void test_no_descriptors(void **state)
{
    int fds[60];
    struct client *client;
    struct nqs_err err;

    (void)state;
    assert_int_equal(client_open(server.path, &client, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, &err), NQS_OK);
    for (int i = 0; i < 60; i++)
        fds[i] = dial(&server);
    assert_true(hung_up(fds[59], LATE_MS));
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, &err), NQS_OK);
    for (int i = 0; i < 60; i++)
        close(fds[i]);
    client_close(client);
    served(&server);
}

static void expect_busy(void)
{
    struct client *client;
    struct nqs_err err;

    assert_int_equal(client_open(server.path, &client, &err), NQS_OK);
    assert_int_equal(client_change(client, NQS_QUEUE_JOB, "", NULL, NULL, NULL, &err), NQS_BUSY);
    assert_string_equal(err.text, "too many connections: try again");
    client_close(client);
}

static void test_too_many(void **state)
{
    int fds[4 + PRIVILEGED_MORE];

    (void)state;
    for (int i = 0; i < 4 + PRIVILEGED_MORE; i++)
        fds[i] = dial(&server);
    expect_busy();
    expect_busy();
    close(fds[0]);
    served(&server);
    for (int i = 1; i < 4 + PRIVILEGED_MORE; i++)
        close(fds[i]);
}

static void test_too_many_of_one_user(void **state)
{
    pid_t other = fork();
    int status;

    (void)state;
    if (other == 0) {
        if (setgid(65534) || setuid(65534))
            _exit(0); /* only root can be two users */
        dial(&server);
        dial(&server);
        expect_busy();
        _exit(0);
    }
    waitpid(other, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    served(&server);
}

/* ------------------------------------------------------------------- paths */

static void test_long_path(void **state)
{
    (void)state;
    assert_true(strlen(server.path) > 200);
    served(&server);
}

static void test_path_in_use(void **state)
{
    static const struct listen_hooks hooks = {0};
    struct event_base *base = event_base_new();
    struct listen *door;
    struct nqs_err err;
    struct stat status;
    int file;

    (void)state;
    event_base_priority_init(base, 3);
    door = listen_new(base, &hooks, NULL);
    assert_int_equal(listen_unix(door, server.path, &err), NQS_EXISTS);
    served(&server);
    kill(server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    assert_int_equal(listen_unix(door, server.path, &err), NQS_OK); /* a dead one's is taken */
    assert_int_equal(stat(server.path, &status), 0);
    assert_int_equal(status.st_mode, S_IFSOCK | 0666);
    unlink(server.path);
    file = open(server.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_int_equal(listen_unix(door, server.path, &err), NQS_EXISTS);
    close(file);
    assert_int_equal(listen_unix(door, "/no/such/place", &err), NQS_SYSTEM);
    assert_int_equal(listen_tcp(door, "somewhere:7", NULL, &err), NQS_VALUE);
    listen_free(door);
    event_base_free(base);
}

static int stop_killed(void **state)
{
    (void)state;
    door_stop(&server);
    return 0;
}

/* What was answered before the end reaches a client that is slow to read it. */
static void test_drain(void **state)
{
    enum { ANSWERS = 3 };
    struct buf calls;
    size_t got = 0;
    ssize_t piece;
    char *bytes = malloc(65536);
    int fd = dial(&server);

    (void)state;
    buf_init(&calls);
    for (int i = 0; i < ANSWERS; i++)
        call_bytes(&calls, NQS_STATUS_QUEUES);
    put(fd, calls.bytes, calls.length);
    served(&server); /* they were told before this one */
    kill(server.pid, SIGTERM);
    poll(NULL, 0, 50);
    while ((piece = recv(fd, bytes, 65536, 0)) > 0)
        got += (size_t)piece;
    assert_true(got > (size_t)ANSWERS * DOOR_LARGE);
    close(fd);
    free(bytes);
    buf_done(&calls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_calls_in_flight, start, stop),
        cmocka_unit_test_setup_teardown(test_many_calls_all_answered, start, stop),
        cmocka_unit_test_setup_teardown(test_flood_of_nulls, start, stop),
        cmocka_unit_test_setup_teardown(test_pause, start, stop),
        cmocka_unit_test_setup_teardown(test_no_descriptors, start_without_files, stop),
        cmocka_unit_test_setup_teardown(test_too_many, start_few, stop),
        cmocka_unit_test_setup_teardown(test_too_many_of_one_user, start_few, stop),
        cmocka_unit_test_setup_teardown(test_long_path, start_deep, stop),
        cmocka_unit_test_setup_teardown(test_path_in_use, start, stop_killed),
        cmocka_unit_test_setup_teardown(test_drain, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
