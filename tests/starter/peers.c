/*
 * peers.c - what the starter refuses: users, peers, rubbish.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cell.h"
#include "tests.h"

void test_refusals(struct cell *cell)
{
    long uids[] = {-1, 1, 65534};

    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        int link = job_send(cell, &WISH(.id = "30.host", .script = "exit", .uid = uids[i]));
        CHECK(answer_take(cell) == ORDER_CODE_REFUSED);
        CHECK(link_next(link)->verb == 0);
        close(link);
    }
    const char *ids[] = {"../x", ".x", "a/b", "a b", "a\nb"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        int link = job_send(cell, &WISH(.id = ids[i], .script = "exit"));
        CHECK(answer_take(cell) == ORDER_CODE_INVALID);
        close(link);
        CHECK(order_clean(cell, ids[i], 1) == ORDER_CODE_INVALID);
        CHECK(order_signal(cell, ids[i], 1) == ORDER_CODE_INVALID);
    }
    const char *env[] = {"NOEQUALS", NULL};
    int link = job_send(cell, &WISH(.id = "30.b", .script = "exit", .env = env));
    CHECK(answer_take(cell) == ORDER_CODE_INVALID);
    close(link);
}

void test_no_such_user(struct cell *cell)
{
    int link = job_start(cell, &WISH(.id = "31.host", .script = "exit", .uid = 3999999));
    const struct order *order = link_next(link);

    CHECK(order->verb == ORDER_FAILED);
    CHECK(order_number(order, ORDER_TAG_class, 0) == EXIT_CLASS_abort);
    CHECK(strcmp(order_text(order, ORDER_TAG_text), "no such user") == 0);
    close(link);
}

void test_wrong_peer(struct cell *cell)
{
    char byte;

    chmod(cell->socket, 0666);
    int fd = cell_connect(cell, cell->socket, SOCK_STREAM, cell->other);
    CHECK(fd >= 0 && read(fd, &byte, 1) <= 0);
    close(fd);
    fd = cell_connect(cell, cell->socket, SOCK_STREAM, 0);
    CHECK(fd >= 0 && read(fd, &byte, 1) <= 0);
    close(fd);
    chmod(cell->socket, 0660);
    CHECK(order_clean(cell, "none", 1) == ORDER_CODE_DONE);
}

/* A connection that is sent LENGTH bytes of rubbish is closed; the others do not notice. */
static void rubbish(struct cell *cell, const void *bytes, size_t length)
{
    int fd = cell_connect(cell, cell->socket, SOCK_STREAM, cell->daemon);
    char byte;

    send(fd, bytes, length, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (read(fd, &byte, 1) > 0)
        continue;
    close(fd);
    CHECK(order_clean(cell, "none", 1) == ORDER_CODE_DONE);
}

void test_bad_frames(struct cell *cell)
{
    unsigned char frame[4096];
    struct order_out out;
    size_t length;

    rubbish(cell, "GET / HTTP/1.0\r\n\r\n", 18);
    memset(frame, 0xff, sizeof frame);
    rubbish(cell, frame, sizeof frame);
    memset(frame, 0, sizeof frame);
    rubbish(cell, frame, sizeof frame);
    order_begin(&out, frame, sizeof frame, ORDER_CLEAN, 1);
    order_put_text(&out, ORDER_TAG_id, "x");
    length = order_end(&out);
    for (size_t cut = 1; cut < length; cut++)
        rubbish(cell, frame, cut);
    for (size_t at = 0; at < length; at++) {
        frame[at] ^= 0xff;
        rubbish(cell, frame, length);
        frame[at] ^= 0xff;
    }
    order_begin(&out, frame, sizeof frame, ORDER_START, 1);
    order_put_text(&out, ORDER_TAG_id, "x");
    rubbish(cell, frame, order_end(&out));
    order_begin(&out, frame, sizeof frame, (enum order_verb)77, 1);
    rubbish(cell, frame, order_end(&out));
}

/* A START of nearly the largest size, and descriptors that nobody asked for. */
void test_large_frames(struct cell *cell)
{
    static char values[11][130000];
    const char *env[12] = {NULL};
    struct exit_record record;

    for (size_t i = 0; i < 10; i++) {
        memset(values[i], 'v', sizeof values[i] - 1);
        values[i][0] = 'V';
        values[i][1] = '=';
        env[i] = values[i];
    }
    record = job_run(cell, &WISH(.id = "32.host", .script = "#!/bin/sh\nexit 4\n", .env = env,
                                 .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.status == 4);
}

/* Peers that stop in the middle of a frame, or never read, hold up nobody. */
void test_slow_peers(struct cell *cell)
{
    unsigned char frame[200];
    struct order_out out;
    struct exit_record record;
    int slow[20];
    int opened = 0;
    size_t length;

    order_begin(&out, frame, sizeof frame, ORDER_CLEAN, 1);
    order_put_text(&out, ORDER_TAG_id, "none");
    order_put_number(&out, ORDER_TAG_incarnation, 1);
    length = order_end(&out);
    for (int i = 0; i < 20; i++) {
        slow[i] = cell_connect(cell, cell->socket, SOCK_STREAM, cell->daemon);
        opened += slow[i] >= 0;
        if (slow[i] >= 0)
            send(slow[i], frame, length - 1 - (size_t)i, MSG_NOSIGNAL);
    }
    CHECK(opened == 20);
    while (send(slow[0], frame + length - 1, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 &&
           send(slow[0], frame, length - 1, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length - 1)
        continue;
    record = job_run(cell, &WISH(.id = "33.host", .script = "#!/bin/sh\nexit 4\n",
                                 .out = "/dev/null", .err = "/dev/null"));
    CHECK(record.status == 4);
    for (int i = 0; i < 20; i++)
        close(slow[i]);
}
