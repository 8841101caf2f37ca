/*
 * test_err.c - codes, exit statuses, and texts that may quote a stranger.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"

static const enum nqs_code all[] = {
#define E(name, number, status, title) NQS_##name,
#include "err.def"
#undef E
};

static void test_numbers_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(all[i], all[k]);
        assert_true(strlen(nqs_code_title(all[i])) > 0);
        assert_string_not_equal(nqs_code_name(all[i]), "UNKNOWN");
    }
}

static void test_exit_statuses(void **state)
{
    (void)state;
    assert_int_equal(nqs_exit_status(NQS_OK), 0);
    assert_int_equal(nqs_exit_status(NQS_NOJOB), 153);
    assert_int_equal(nqs_exit_status(NQS_PERM), 1);
    assert_int_equal(nqs_exit_status(NQS_UNREACHABLE), 2);
    assert_int_equal(nqs_exit_status((enum nqs_code)9999), 2);
    assert_string_equal(nqs_code_name(NQS_NOJOB), "NOJOB");
    assert_string_equal(nqs_code_name((enum nqs_code)9999), "UNKNOWN");
    assert_string_equal(nqs_code_title((enum nqs_code)9999), "unknown error");
}

static void test_fail(void **state)
{
    struct nqs_err err;

    (void)state;
    assert_int_equal(nqs_fail(&err, NQS_NOQUEUE, "queue '%s'", "a\n\033[1mb\177"), NQS_NOQUEUE);
    assert_int_equal(err.code, NQS_NOQUEUE);
    assert_string_equal(err.text, "queue 'a??[1mb?'");
    assert_int_equal(nqs_fail(NULL, NQS_PERM, "nobody listens"), NQS_PERM);
    errno = ENOENT;
    assert_int_equal(nqs_fail_errno(&err, NQS_FILE, "a\tfile"), NQS_FILE);
    assert_string_equal(err.text, "a?file: No such file or directory");
    assert_int_equal(nqs_fail_errno(NULL, NQS_FILE, "nobody listens"), NQS_FILE);
}

static void test_long_texts_are_cut(void **state)
{
    char text[2 * NQS_ERR_TEXT_MAX];
    struct nqs_err err;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    nqs_fail(&err, NQS_VALUE, "%s", text);
    assert_int_equal(strlen(err.text), NQS_ERR_TEXT_MAX - 1);
    errno = EIO;
    nqs_fail_errno(&err, NQS_VALUE, "%s", text);
    assert_int_equal(strlen(err.text), NQS_ERR_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_unique),
        cmocka_unit_test(test_exit_statuses),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_long_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
