/*
 * test_qmgr_words.c - scripts of qmgr taken apart.
 * Acceptance: E132.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "qmgr_words.h"

/* The commands of SCRIPT as `LINE<command>` each. */
static const char *commands(const char *script, size_t length)
{
    static struct buf out;
    struct buf command;
    const char *end = script + length;
    unsigned line = 1;
    unsigned began;

    buf_clear(&out);
    buf_init(&command);
    while (qmgr_next(&script, end, &line, &began, &command))
        buf_format(&out, "%u<%s>", began, buf_text(&command));
    assert_ptr_equal(script, end);
    buf_done(&command);
    return buf_text(&out);
}

#define expect(script, result) assert_string_equal(commands(script, sizeof(script) - 1), result)

static void test_commands(void **state)
{
    (void)state;
    expect("", "");
    expect("\n \n;;\n", "");
    expect("a b", "1<a b>");
    expect("a\nb\n", "1<a>2<b>");
    expect("a; b ;c\n", "1<a>1<b>1<c>");
    expect("a \\\n b\nc", "1<a   b>3<c>");
    expect("\\\na", "2<a>");
}

static void test_comments(void **state)
{
    (void)state;
    expect("# all\n", "");
    expect("a # b; c\nd", "1<a>2<d>");
    expect("a#b", "1<a#b>");
    expect("# x \\\na", "2<a>");
    expect(";# x\na", "2<a>");
    expect("a\n# at the end", "1<a>");
}

static void test_quotes(void **state)
{
    (void)state;
    expect("a 'b;c' d", "1<a 'b;c' d>");
    expect("a \"# b\"", "1<a \"# b\">");
    expect("a '\nb", "1<a '>2<b>");
    expect("a \"'\" ; b", "1<a \"'\">1<b>");
    expect("a\0b", "1<a?b>");
}

static void test_words(void **state)
{
    struct qmgr_words words;
    struct nqs_err err;

    (void)state;
    qmgr_words_init(&words);
    assert_int_equal(qmgr_words_split(&words, "set x=(4) 'a b'c \"=\"", &err), NQS_OK);
    assert_string_equal(qmgr_words_take(&words), "set");
    assert_string_equal(qmgr_words_take(&words), "x");
    assert_null(qmgr_words_take(&words));
    assert_false(qmgr_words_mark(&words, '('));
    assert_true(qmgr_words_mark(&words, '='));
    assert_true(qmgr_words_mark(&words, '('));
    assert_string_equal(qmgr_words_take(&words), "4");
    assert_true(qmgr_words_mark(&words, ')'));
    assert_string_equal(qmgr_words_take(&words), "a bc");
    assert_string_equal(qmgr_words_take(&words), "=");
    assert_true(qmgr_words_ended(&words));
    assert_null(qmgr_words_take(&words));
    qmgr_words_done(&words);
}

static void test_continued(void **state)
{
    (void)state;
    assert_true(qmgr_continues("a\\\n", 3));
    assert_false(qmgr_continues("a\n", 2));
    assert_false(qmgr_continues("\n", 1));
    assert_false(qmgr_continues("\\", 1));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),  cmocka_unit_test(test_comments),
        cmocka_unit_test(test_quotes),    cmocka_unit_test(test_words),
        cmocka_unit_test(test_continued),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
