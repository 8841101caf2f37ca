/*
 * test_signals.c - signals by name and number.
 * Acceptance: E073 E074.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signals.h"

static int64_t parsed(const char *text)
{
    struct nqs_err err;
    int64_t number;

    return signals_parse(text, &number, &err) ? -1 : number;
}

static const char *refused(const char *text, enum nqs_code code)
{
    static struct nqs_err err;
    int64_t number;

    assert_int_equal(signals_parse(text, &number, &err), code);
    return err.text;
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(parsed("USR1"), SIGUSR1);
    assert_int_equal(parsed("SIGUSR1"), SIGUSR1);
    assert_int_equal(parsed("sigusr1"), SIGUSR1);
    assert_int_equal(parsed("Kill"), SIGKILL);
    assert_int_equal(parsed("NULL"), 0);
    assert_int_equal(parsed("SIGNULL"), 0);
    assert_int_equal(parsed("RTMIN"), SIGRTMIN);
    assert_int_equal(parsed("SIGRTMIN+3"), SIGRTMIN + 3);
    assert_int_equal(parsed("RTMAX-1"), SIGRTMAX - 1);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_int_equal(parsed("0"), 0);
    assert_int_equal(parsed("10"), 10);
    assert_int_equal(parsed("64"), 64);
    assert_int_equal(parsed("65"), -1);
    assert_int_equal(parsed("-1"), -1);
    assert_int_equal(parsed("9x"), -1);
}

static void test_refused(void **state)
{
    (void)state;
    assert_string_equal(refused("NOPE", NQS_SIGNAL), "unknown signal 'NOPE'");
    assert_string_equal(refused("SIGUSR", NQS_SIGNAL),
                        "unknown signal 'SIGUSR'; did you mean USR1?");
    assert_string_equal(refused("quti", NQS_SIGNAL), "unknown signal 'quti'; did you mean QUIT?");
    refused("", NQS_SIGNAL);
    refused("SIG", NQS_SIGNAL);
    refused("RTMIN-1", NQS_SIGNAL);
    refused("RTMAX+1", NQS_SIGNAL);
    refused("RTMIN+99", NQS_SIGNAL);
    refused("RTMINX", NQS_SIGNAL);
}

static void test_pseudo(void **state)
{
    struct nqs_err err;
    int64_t pseudo;

    (void)state;
    assert_int_equal(signals_parse_pseudo("suspend", &pseudo, &err), NQS_OK);
    assert_int_equal(pseudo, PSEUDO_SUSPEND);
    assert_int_equal(signals_parse_pseudo("Resume", &pseudo, &err), NQS_OK);
    assert_int_equal(pseudo, PSEUDO_RESUME);
    assert_int_equal(signals_parse_pseudo("USR1", &pseudo, &err), NQS_OK);
    assert_int_equal(pseudo, PSEUDO_NONE);
    assert_int_equal(signals_parse_pseudo("admin-resume", &pseudo, &err), NQS_UNSUPPORTED);
    assert_non_null(strstr(err.text, "use resume"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pseudo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
