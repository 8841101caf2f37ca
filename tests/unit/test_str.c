/*
 * test_str.c - numbers, sizes, UTF-8 and near words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "str.h"

static void test_number(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "--1",
                                      "+-1",
                                      "0x1",
                                      "1e3",
                                      "1.",
                                      "a1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999"};
    int64_t value = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_number(bad[i], INT64_MIN, INT64_MAX, &value));
    assert_int_equal(value, 7); /* a failure leaves it alone */
    assert_true(str_number("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
    assert_true(str_number("9223372036854775807", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MAX);
    assert_true(str_number("-0", 0, 0, &value));
    assert_true(str_number("+0012", 0, 12, &value));
    assert_int_equal(value, 12);
    assert_false(str_number("13", 0, 12, &value));
    assert_false(str_number("-1", 0, 12, &value));
}

static void test_size(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {
        {"0", 0},
        {"12", 12},
        {"12b", 12},
        {"1k", 1024},
        {"1KB", 1024},
        {"1kw", 8192},
        {"2w", 16},
        {"1.5k", 1536},
        {"1.5gb", 1610612736},
        {"0.5tb", 1LL << 39},
        {"500mb", 524288000},
        {"1.000001m", 1048577},
        {"1.9", 1},
        {"3tw", 24LL << 40},
    };
    static const char *const bad[] = {"",
                                      "b",
                                      "k",
                                      "1x",
                                      "1kbb",
                                      "1.",
                                      ".5k",
                                      "-1k",
                                      " 1k",
                                      "1 k",
                                      "1k ",
                                      "1bk",
                                      "1ww",
                                      "9223372036854775807tb",
                                      "999999999999999999k",
                                      "1.k"};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(str_size(good[i].text, &value));
        assert_true(value == good[i].bytes);
    }
    value = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_size(bad[i], &value));
    assert_int_equal(value, 7);
}

static void test_printable(void **state)
{
    static const char *const good[] = {"",
                                       "a b~",
                                       "\xc3\xa9",
                                       "\xe2\x82\xac",
                                       "\xf0\x9f\x98\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xed\x9f\xbf"};
    static const char *const bad[] = {"\n",
                                      "\t",
                                      "\x7f",
                                      "\x80",
                                      "\xc3",
                                      "\xc0\xaf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "a\xe2\x28\xa1"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(str_printable(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_printable(bad[i], strlen(bad[i])));
    assert_false(str_printable("a\0b", 3));
    assert_true(str_no_control("\xff\xfe", 2));
    assert_false(str_no_control("a\0b", 3));
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"walltime", "cput", "mem", "priority", "run_limit", NULL};

    (void)state;
    assert_string_equal(str_nearest("waltime", words), "walltime");
    assert_string_equal(str_nearest("WALLTIME", words), "walltime");
    assert_string_equal(str_nearest("pirority", words),
                        "priority"); /* two letters changed places */
    assert_string_equal(str_nearest("cptu", words), "cput");
    assert_string_equal(str_nearest("runlimit", words), "run_limit");
    assert_null(str_nearest("ram", words)); /* too much of so short a word */
    assert_null(str_nearest("nothing", words));
    assert_null(str_nearest("", words));
    assert_null(str_nearest("a word that is longer than any option has ever been", words));
}

static void test_copy_and_begins(void **state)
{
    char to[4];

    (void)state;
    assert_true(str_copy(to, sizeof to, "abc"));
    assert_string_equal(to, "abc");
    assert_false(str_copy(to, sizeof to, "abcd"));
    assert_string_equal(to, "abc");
    assert_false(str_copy(to, 1, "a"));
    assert_string_equal(to, "");
    assert_true(str_begins("Resource_List.mem", "Resource_List."));
    assert_true(str_begins("a", ""));
    assert_false(str_begins("a", "ab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),          cmocka_unit_test(test_size),
        cmocka_unit_test(test_printable),       cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_copy_and_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
