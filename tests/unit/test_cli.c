/*
 * test_cli.c - options, operands and exit statuses as every command reads them.
 * Proves: E010 E012
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cli.c brings main(), so it is compiled in here under another name. */
int command_main(int argc, char **argv);
#define main command_main
#include "../../commands/cli.c" /* NOLINT */
#undef main

enum { STATUS_RUN = 42 };

static bool hold;
static const char *name;
static struct buf told;
static struct cli_call called;

static enum nqs_code take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    buf_format(into, "%c%s%s;", given->letter, given->attached ? "+" : "", given->text);
    if (!strcmp(given->text, "bad"))
        return nqs_fail(err, NQS_VALUE, "no '%s'", given->text);
    return NQS_OK;
}

static const struct cli_option options[] = {
    {'h', NULL, "hold", .flag = &hold},
    {'z', NULL, "nothing"},
    {'N', "name", "a name", .value = &name},
    {'v', "list", "a list", .take = take},
    {0},
};

static const char *hint(char letter, const char *word)
{
    return letter == 'e' && !strcmp(word, "-eo") ? "write -j oe" : NULL;
}

static int run(const struct cli_call *call)
{
    called = *call;
    return STATUS_RUN;
}

const struct command command = {
    .name = "qtest",
    .usage = "[-hz] [-N name]\n [-v list] [word]\nother",
    .text = "Test.",
    .options = options,
    .into = &told,
    .hint = hint,
    .operands_max = 1,
    .run = run,
};

/* Scan the words of LINE; the code is given and what it said stands in err. */
static struct nqs_err err;
static struct cli_end end;

static enum nqs_code scan(char *line)
{
    static char *words[16];
    int count = 0;

    hold = false;
    name = NULL;
    buf_clear(&told);
    words[count++] = (char *)"qtest";
    for (char *at = strtok(line, " "); at; at = strtok(NULL, " "))
        words[count++] = at;
    words[count] = NULL;
    return cli_scan(options, hint, count, words, &told, &end, &err);
}

#define SCAN(text) scan((char[]){text})

static void test_forms(void **state)
{
    (void)state;
    assert_int_equal(SCAN("-hz -Nfoo a"), NQS_OK);
    assert_true(hold);
    assert_string_equal(name, "foo");
    assert_int_equal(end.first, 3);
    assert_false(end.dashes);
    assert_int_equal(SCAN("-z -N foo -h"), NQS_OK);
    assert_true(hold);
    assert_string_equal(name, "foo");
    assert_int_equal(end.first, 5);
    assert_int_equal(SCAN("-hzNfoo a -z"), NQS_OK);
    assert_string_equal(name, "foo");
    assert_int_equal(end.first, 2);
    assert_int_equal(SCAN("- -h"), NQS_OK);
    assert_false(hold);
    assert_int_equal(end.first, 1);
}

static void test_dashes(void **state)
{
    (void)state;
    assert_int_equal(SCAN("-h -- -z"), NQS_OK);
    assert_int_equal(end.first, 3);
    assert_true(end.dashes);
    assert_int_equal(SCAN("-N -- a"), NQS_OK);
    assert_string_equal(name, "--");
    assert_false(end.dashes);
    assert_int_equal(SCAN("a -- b"), NQS_OK);
    assert_int_equal(end.first, 1);
    assert_false(end.dashes);
    assert_int_equal(SCAN("--"), NQS_OK);
    assert_true(end.dashes);
}

static void test_take(void **state)
{
    (void)state;
    assert_int_equal(SCAN("-va -v b -hvc"), NQS_OK);
    assert_string_equal(buf_text(&told), "v+a;vb;v+c;");
    assert_int_equal(SCAN("-v bad -v c"), NQS_VALUE);
    assert_string_equal(err.text, "option -v: no 'bad'");
    assert_string_equal(buf_text(&told), "vbad;");
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(SCAN("-q"), NQS_USAGE);
    assert_string_equal(err.text, "unknown option -q");
    assert_int_equal(SCAN("-hn"), NQS_USAGE);
    assert_string_equal(err.text, "unknown option -n; did you mean -N?");
    assert_int_equal(SCAN("-h -eo"), NQS_USAGE);
    assert_string_equal(err.text, "write -j oe");
    assert_int_equal(SCAN("-h -N"), NQS_USAGE);
    assert_string_equal(err.text, "option -N needs an argument");
    assert_int_equal(SCAN("--hepl"), NQS_USAGE);
    assert_string_equal(err.text, "unknown option --hepl; did you mean --help?");
    assert_int_equal(SCAN("-h-"), NQS_USAGE);
    assert_int_equal(SCAN("-h --help -q"), NQS_HELP);
    assert_string_equal(err.text, "--help");
    assert_int_equal(SCAN("-- --help"), NQS_OK);
}

static int status_of(int count, const char *a, const char *b)
{
    static char *words[4]; /* what `called` points to afterwards */

    words[0] = (char *)"qtest";
    words[1] = (char *)a;
    words[2] = (char *)b;
    return cli_main(count + 1, words);
}

static void test_status(void **state)
{
    (void)state;
    assert_int_equal(status_of(0, NULL, NULL), STATUS_RUN);
    assert_int_equal(called.count, 0);
    assert_int_equal(status_of(2, "-h", "x"), STATUS_RUN);
    assert_int_equal(called.count, 1);
    assert_string_equal(called.operands[0], "x");
    assert_int_equal(called.argc, 3);
    assert_int_equal(status_of(2, "x", "y"), 1);
    assert_int_equal(status_of(1, "-q", NULL), 1);
    assert_int_equal(status_of(2, "-v", "bad"), 1);
    assert_int_equal(status_of(1, "--help", NULL), 0);
    assert_int_equal(status_of(1, "--version", NULL), 0);
}

static void test_refusal(void **state)
{
    (void)state;
    assert_int_equal(cli_refused(NQS_NOJOB, "12.a", &err), NQS_NOJOB);
    assert_string_equal(err.text, "Unknown Job Id 12.a");
    assert_int_equal(nqs_exit_status(err.code), 153);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),  cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_take),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_status), cmocka_unit_test(test_refusal),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    buf_done(&told);
    return failed;
}
