/*
 * test_json.c - strings that any strict parser takes, objects within objects.
 * Acceptance: E092, E093.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

/* LENGTH bytes of TEXT as a JSON string. */
static const char *string(const char *text, size_t length)
{
    static struct buf out;

    buf_clear(&out);
    json_string(&out, text, length);
    return buf_text(&out);
}

#define expect(text, json) assert_string_equal(string(text, sizeof(text) - 1), "\"" json "\"")

static void test_plain(void **state)
{
    (void)state;
    expect("", "");
    expect("true", "true");
    expect("007", "007");
    expect("a/b", "a/b");
    expect("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
           "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void test_escaped(void **state)
{
    (void)state;
    expect("\"\\", "\\\"\\\\");
    expect("\n\r\t\b\f", "\\n\\r\\t\\b\\f");
    expect("\0\001\x1f\x7f", "\\u0000\\u0001\\u001f\\u007f");
    expect("\xc2\x9b", "\\u009b");
}

static void test_not_utf8(void **state)
{
    (void)state;
    expect("a\xff"
           "b",
           "a\\ufffdb");
    expect("\xc3", "\\ufffd");
    expect("\xe2\x82", "\\ufffd\\ufffd");
    expect("\xc0\x80", "\\ufffd\\ufffd");                       /* overlong NUL */
    expect("\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd");            /* overlong slash */
    expect("\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd");            /* a surrogate */
    expect("\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"); /* behind the last one */
    expect("\xe9t\xe9", "\\ufffdt\\ufffd");                     /* Latin-1 */
}

static void test_document(void **state)
{
    struct buf out;
    struct json json;

    (void)state;
    buf_init(&out);
    json_begin(&json, &out);
    json_number(&json, "n", -7);
    json_open(&json, "empty", 5);
    json_close(&json);
    json_open(&json, "o", 1);
    json_text(&json, "k", 1, "v", 1);
    json_text(&json, "k2", 2, "", 0);
    json_close(&json);
    json_end(&json);
    assert_string_equal(buf_text(&out), "{\n"
                                        "    \"n\":-7,\n"
                                        "    \"empty\":{},\n"
                                        "    \"o\":{\n"
                                        "        \"k\":\"v\",\n"
                                        "        \"k2\":\"\"\n"
                                        "    }\n"
                                        "}\n");
    buf_done(&out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
