/*
 * test_directive.c - which lines of a script are directives, and their words.
 * Proves: E019 E020 E021 E022 E026 E027 E170 E171
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "directive.h"

/* What SCRIPT holds as one text: `LINE[word][word]` for each directive, `late LINE`. */
static const char *scan(const char *script, const char *prefix)
{
    static struct buf out;
    struct directives directives;
    struct nqs_err err;

    buf_clear(&out);
    if (directives_scan(script, strlen(script), prefix, &directives, &err))
        return strcpy(buf_reserve(&out, sizeof err.text), err.text);
    for (size_t i = 0; i < directives.count; i++) {
        buf_format(&out, "%u", directives.list[i].line);
        assert_string_equal(directives.list[i].words[0], prefix);
        assert_null(directives.list[i].words[directives.list[i].count]);
        for (int word = 1; word < directives.list[i].count; word++)
            buf_format(&out, "[%s]", directives.list[i].words[word]);
    }
    if (directives.late)
        buf_format(&out, "late %u", directives.late);
    directives_done(&directives);
    return buf_text(&out);
}

#define expect(prefix, script, result) assert_string_equal(scan(script, prefix), result)

static void test_found(void **state)
{
    (void)state;
    expect("#PBS", "", "");
    expect("#PBS", "#PBS -N abc\n", "1[-N][abc]");
    expect("#PBS", "#PBS -N abc", "1[-N][abc]");
    expect("#PBS", "#!/bin/sh\n#PBS -h\n", "2[-h]");
    expect("#PBS", ":\n#PBS -h\n", "2[-h]");
    expect("#PBS", "  \t#PBS\t-h  -z \n", "1[-h][-z]");
    expect("#PBS", "#PBSX -h\n#PBS-h\n# PBS -h\n", "");
    expect("#PBS", "#PBS\n#PBS -h\n", "12[-h]");
}

static void test_passed_over(void **state)
{
    (void)state;
    expect("#PBS", "#!/bin/sh\n\n \t\n# a comment\n#PBS -h\n", "5[-h]");
    expect("#PBS", "#PBS -h # hold it\n", "1[-h]");
    expect("#PBS", "#PBS -C #Q #\n", "1[-C][#Q]");
}

static void test_end(void **state)
{
    (void)state;
    expect("#PBS", "echo\n#PBS -h\n#PBS -z\n", "late 2");
    expect("#PBS", "#PBS -z\necho\n\n  #PBS -h\n", "1[-z]late 4");
    expect("#PBS", "echo\n:\n#PBS lines stand above\n", "");
    expect("#PBS", "#PBS -h\n:\n#PBS -z\n", "1[-h]late 3");
}

static void test_prefix(void **state)
{
    (void)state;
    expect("#Q", "#PBS -h\n#Q -z\n", "2[-z]");
    expect("", "#PBS -h\n #Q\n", "");
    expect("REM", "REM -z\n#PBS -h\n", "1[-z]");
}

static void test_continued(void **state)
{
    (void)state;
    expect("#PBS", "#PBS -N \\\nabc\necho a\\\n b\n", "1[-N][abc]");
    expect("#PBS", "#PBS -v A=1,\\\n#PBS B=2\n#PBS -h\n", "1[-v][A=1,B=2]3[-h]");
    expect("#PBS", "#PBS -z \\\n  -h\n", "1[-z][-h]");
    expect("#PBS", "#PBS -z \\", "1[-z]");
}

static void test_quotes(void **state)
{
    (void)state;
    expect("#PBS", "#PBS -N 'a b' -o \"/x \\\"y\"\n", "1[-N][a b][-o][/x \"y]");
    expect("#PBS", "#PBS -N a\\ b -e ''\n", "1[-N][a b][-e][]");
    expect("#PBS", "#PBS -v X=\"a b\",Y='c,d'\n", "1[-v][X=\"a b\",Y='c,d']");
    expect("#PBS", "#PBS -v \"A=1,B='x,y'\"\n", "1[-v][A=1,B='x,y']");
    expect("#PBS", "#PBS -h\n#PBS -N 'x\n", "line 2: #PBS -N 'x: a quote is not closed");
}

/* A NUL is refused before a script comes here; it must not hurt all the same. */
static void test_nul(void **state)
{
    static const char script[] = "#PBS -N a\0b c\\\n\0\n#PBS -h";
    struct directives directives;

    (void)state;
    assert_int_equal(directives_scan(script, sizeof script - 1, "#PBS", &directives, NULL), NQS_OK);
    assert_int_equal(directives.count, 2);
    directives_done(&directives);
}

/* What the directives of NQS are: as scan(), and the prefix before the words. */
static const char *scan_nqs(const char *script)
{
    static struct buf out;
    struct directives directives;
    struct nqs_err err;

    buf_clear(&out);
    if (directives_scan_nqs(script, strlen(script), &directives, &err))
        return strcpy(buf_reserve(&out, sizeof err.text), err.text);
    for (size_t i = 0; i < directives.count; i++) {
        buf_format(&out, "%u", directives.list[i].line);
        for (int word = 0; word < directives.list[i].count; word++)
            buf_format(&out, "[%s]", directives.list[i].words[word]);
    }
    if (directives.late)
        buf_format(&out, "late %u", directives.late);
    directives_done(&directives);
    return buf_text(&out);
}

static void test_nqs(void **state)
{
    (void)state;
    assert_string_equal(scan_nqs("#QSUB -eo\n# QSUB -r a\n"), "1[#QSUB][-eo]2[# QSUB][-r][a]");
    assert_string_equal(scan_nqs("#!/bin/sh\n#PBS -h\n#@$-lT 60 # why\n"), "3[#@$][-lT][60]");
    assert_string_equal(scan_nqs(" # @$ -x"), "1[# @$][-x]");
    assert_string_equal(scan_nqs("#@$-x\n#@$\n#@$-z\n"), "1[#@$][-x]");
    assert_string_equal(scan_nqs("#QSUB\n#QSUB -z\n"), "");
    assert_string_equal(scan_nqs("#QSUBS -z\n#@$x\n# QSUB is old\n#qsub -z\n#\n#@\n"), "");
    assert_string_equal(scan_nqs("true\n#@$-x\n#@$-z\n"), "late 2");
    assert_string_equal(scan_nqs("#@$-r 'a b'\n"), "1[#@$][-r][a b]");
    assert_string_equal(scan_nqs("\n#@$-r 'a\n"), "line 2: #@$-r 'a: a quote is not closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),     cmocka_unit_test(test_passed_over),
        cmocka_unit_test(test_end),       cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_continued), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_nul),       cmocka_unit_test(test_nqs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
