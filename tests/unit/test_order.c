/*
 * test_order.c - frames: what is written is read, and nothing else is a frame.
 * Proves: T8 T10
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "order.h"

static unsigned char space[ORDER_MAX + 1];

/* A frame with one field of each kind, and one field that is repeated. */
static size_t sample(void)
{
    struct order_out out;

    order_begin(&out, space, sizeof space, ORDER_START, 0x1122334455667788);
    order_put_text(&out, ORDER_TAG_id, "12[3].host");
    order_put_number(&out, ORDER_TAG_incarnation, UINT32_MAX);
    order_put_number(&out, ORDER_TAG_nice, -20);
    order_put_text(&out, ORDER_TAG_env, "A=1");
    order_put_text(&out, ORDER_TAG_env, "B=");
    order_put_number(&out, ORDER_TAG_incarnation, 7);
    return order_end(&out);
}

static void test_round_trip(void **state)
{
    size_t length = sample();
    size_t cursor = 0;
    struct order order;
    int64_t number;

    (void)state;
    assert_null(order_open(&order, space, length));
    assert_int_equal(order.verb, ORDER_START);
    assert_true(order.serial == 0x1122334455667788);
    assert_string_equal(order_text(&order, ORDER_TAG_id), "12[3].host");
    assert_int_equal(order_number(&order, ORDER_TAG_nice, 0), -20);
    assert_int_equal(order_number(&order, ORDER_TAG_umask, 99), 99);
    assert_null(order_text(&order, ORDER_TAG_shell));
    assert_string_equal(order_each_text(&order, ORDER_TAG_env, &cursor), "A=1");
    assert_string_equal(order_each_text(&order, ORDER_TAG_env, &cursor), "B=");
    assert_null(order_each_text(&order, ORDER_TAG_env, &cursor));
    assert_null(order_each_text(&order, ORDER_TAG_env, &cursor));
    cursor = 0;
    assert_true(order_each_number(&order, ORDER_TAG_incarnation, &cursor, &number));
    assert_int_equal(number, UINT32_MAX);
    assert_true(order_each_number(&order, ORDER_TAG_incarnation, &cursor, &number));
    assert_int_equal(number, 7);
    assert_false(order_each_number(&order, ORDER_TAG_incarnation, &cursor, &number));
}

static void test_bytes_are_for_ever(void **state)
{
    static const unsigned char frame[] = {
        33, 0, 0, 0, 5, 0, 1,   0,   1, 0, 0, 0, 0, 0, 0, 0, /* header */
        31, 0, 3, 0, 0, 0, 'o', 'k', 0,                      /* text */
        99, 0, 2, 0, 0, 0, 1,   2,                           /* unknown */
    };
    struct order order;

    (void)state;
    assert_null(order_open(&order, frame, sizeof frame));
    assert_int_equal(order.verb, ORDER_ANSWER);
    assert_int_equal(order.serial, 1);
    assert_string_equal(order_text(&order, ORDER_TAG_text), "ok");
}

static void test_measure(void **state)
{
    size_t length = sample();

    (void)state;
    for (size_t have = 0; have < 8; have++)
        assert_int_equal(order_measure(space, have), 0);
    assert_int_equal(order_measure(space, 8), length);
    space[6] = 2;
    assert_int_equal(order_measure(space, 8), -1);
    memset(space, 0, 16);
    assert_int_equal(order_measure(space, 16), -1);
    memset(space, 0xff, 16);
    assert_int_equal(order_measure(space, 16), -1);
}

/* Every cut and every flipped bit is refused or read within its bytes. */
static void test_damage(void **state)
{
    size_t length = sample();
    unsigned char *copy = malloc(length);
    struct order order;
    size_t cursor;
    int64_t number;

    (void)state;
    for (size_t cut = 0; cut < length; cut++)
        assert_non_null(order_open(&order, space, cut));
    for (size_t bit = 0; bit < length * 8; bit++) {
        memcpy(copy, space, length);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (order_open(&order, copy, length))
            continue;
        cursor = 0;
        while (order_each_text(&order, ORDER_TAG_env, &cursor))
            continue;
        cursor = 0;
        while (order_each_number(&order, ORDER_TAG_incarnation, &cursor, &number))
            continue;
    }
    free(copy);
}

/* Judge a frame with one field made of these bytes. */
static const char *judge(unsigned tag, const void *bytes, size_t length, unsigned times)
{
    struct order_out out;
    struct order order;
    size_t at = ORDER_HEADER;

    order_begin(&out, space, sizeof space, ORDER_START, 1);
    for (unsigned i = 0; i < times; i++) {
        space[at] = (unsigned char)tag;
        space[at + 1] = (unsigned char)(tag >> 8);
        space[at + 2] = (unsigned char)length;
        space[at + 3] = (unsigned char)(length >> 8);
        space[at + 4] = space[at + 5] = 0;
        memcpy(space + at + 6, bytes, length);
        at += 6 + length;
    }
    out.used = at;
    return order_open(&order, space, order_end(&out));
}

static void test_bad_fields(void **state)
{
    static const unsigned char huge[8] = {0, 0, 0, 0, 0, 0, 0, 0x80};

    (void)state;
    assert_null(judge(ORDER_TAG_shell, "a\0", 2, 1));
    assert_non_null(judge(ORDER_TAG_shell, "ab", 2, 1));
    assert_non_null(judge(ORDER_TAG_shell, "a\0b\0", 4, 1));
    assert_non_null(judge(ORDER_TAG_shell, "\0", 1, 1));
    assert_non_null(judge(ORDER_TAG_shell, "", 0, 1));
    assert_non_null(judge(ORDER_TAG_shell, "a\0", 2, 2));
    assert_null(judge(ORDER_TAG_env, "a\0", 2, 2));
    assert_non_null(judge(ORDER_TAG_umask, "\1\0\0\0", 4, 1));
    assert_null(judge(ORDER_TAG_umask, "\1\0\0\0\0\0\0\0", 8, 1));
    assert_non_null(judge(ORDER_TAG_umask, "\0\2\0\0\0\0\0\0", 8, 1));
    assert_non_null(judge(ORDER_TAG_umask, huge, 8, 1));
    assert_null(judge(29, "anything", 8, 2));
    assert_null(judge(65535, "anything", 8, 2));
}

/* The writer keeps the table's bounds as well, and never writes beyond its space. */
static void test_writer_spoils(void **state)
{
    struct order_out out;

    (void)state;
    order_begin(&out, space, sizeof space, ORDER_START, 1);
    order_put_number(&out, ORDER_TAG_umask, 01000);
    assert_int_equal(order_end(&out), 0);
    order_begin(&out, space, sizeof space, ORDER_START, 1);
    order_put_text(&out, ORDER_TAG_shell, "");
    assert_int_equal(order_end(&out), 0);
    order_begin(&out, space, sizeof space, ORDER_START, 1);
    order_put_text(&out, ORDER_TAG_umask, "7");
    assert_int_equal(order_end(&out), 0);
    for (size_t size = 0; size < 40; size++) {
        memset(space, 0xaa, sizeof space);
        order_begin(&out, space, size, ORDER_START, 1);
        order_put_text(&out, ORDER_TAG_shell, "/bin/sh");
        order_put_number(&out, ORDER_TAG_umask, 7);
        order_end(&out);
        assert_int_equal(space[size], 0xaa);
    }
}

static void test_largest(void **state)
{
    static char value[131072];
    struct order_out out;
    struct order order;

    (void)state;
    memset(value, 'x', sizeof value - 1);
    order_begin(&out, space, sizeof space, ORDER_START, 1);
    for (int i = 0; i < 11; i++)
        order_put_text(&out, ORDER_TAG_env, value);
    assert_null(order_open(&order, space, order_end(&out)));
    order_put_text(&out, ORDER_TAG_env, value);
    assert_int_equal(order_end(&out), 0);
}

static void test_ids(void **state)
{
    static const char *const bad[] = {"", ".", "..", ".a", "a/b", "a b", "a\n", "a\x80", "a:b"};

    (void)state;
    assert_true(order_id_valid("12.host"));
    assert_true(order_id_valid("12[3].host-a_b.Example"));
    assert_true(order_id_valid("12[].host"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(order_id_valid(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_bytes_are_for_ever),
        cmocka_unit_test(test_measure),    cmocka_unit_test(test_damage),
        cmocka_unit_test(test_bad_fields), cmocka_unit_test(test_writer_spoils),
        cmocka_unit_test(test_largest),    cmocka_unit_test(test_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
