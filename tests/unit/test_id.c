/*
 * test_id.c - job ids, servers' and queues' names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "id.h"

#define SERVER_63 "a12345678901234567890123456789012345678901234567890123456789012"

static void test_good_ids(void **state)
{
    static const char *const same[] = {
        "12",      "12.host",      "12[].host",           "12[3].host.example", "12[]",
        "12[0].h", "4294967295.h", "1[2147483647].h-1_x", ("1." SERVER_63)};
    struct nqs_id id;
    char text[NQS_ID_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(id_parse(same[i], &id, NULL), NQS_OK);
        id_text(&id, text);
        assert_string_equal(text, same[i]);
    }
}

static void test_parts(void **state)
{
    struct nqs_id id;
    char text[NQS_ID_TEXT_MAX];

    (void)state;
    assert_int_equal(id_parse("12[3].origin.example@where", &id, NULL), NQS_OK);
    assert_int_equal(id.seq, 12);
    assert_int_equal(id.index, 3);
    assert_false(id.array);
    assert_string_equal(id.server, "origin.example");
    assert_string_equal(id.at, "where");
    id_text(&id, text);
    assert_string_equal(text, "12[3].origin.example");
    assert_int_equal(id_parse("007@where", &id, NULL), NQS_OK);
    assert_int_equal(id.seq, 7);
    assert_int_equal(id.index, NQS_NO_INDEX);
    assert_string_equal(id.server, "");
    assert_int_equal(id_parse("5[]", &id, NULL), NQS_OK);
    assert_true(id.array);
}

static void test_bad_ids(void **state)
{
    static const char *const bad[] = {"",
                                      "0",
                                      "0.h",
                                      "-1",
                                      "a",
                                      "12a",
                                      "12.",
                                      "12.h@",
                                      "12@",
                                      "12[",
                                      "12[3",
                                      "12[a]",
                                      "12[-1]",
                                      "12[]x",
                                      "12[3]4",
                                      " 12",
                                      "12 ",
                                      "12.h h",
                                      "12..h",
                                      "12.-h",
                                      "12./etc",
                                      "12.h\n",
                                      "4294967296",
                                      "12[2147483648]",
                                      "12.h@a@b",
                                      "12.h@.b",
                                      "99999999999999999999",
                                      ("1." SERVER_63 "x"),
                                      "12[][].h",
                                      "..",
                                      "12.h;rm"};
    struct nqs_id id = {.seq = 99};
    struct nqs_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(id_parse(bad[i], &id, &err), NQS_SYNTAX);
        assert_int_equal(id.seq, 99);
    }
    id_parse("no-number", &id, &err);
    assert_non_null(strstr(err.text, "no-number"));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(id_server_valid(SERVER_63));
    assert_false(id_server_valid(SERVER_63 "x"));
    assert_false(id_server_valid(""));
    assert_false(id_server_valid(".hidden"));
    assert_false(id_server_valid("-option"));
    assert_false(id_server_valid("a/b"));
    assert_true(id_queue_valid("a"));
    assert_true(id_queue_valid("a23456789012345"));
    assert_false(id_queue_valid("a234567890123456"));
    assert_false(id_queue_valid("1st"));
    assert_false(id_queue_valid("a b"));
    assert_false(id_queue_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_ids),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_bad_ids),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
