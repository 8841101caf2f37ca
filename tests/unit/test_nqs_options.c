/*
 * test_nqs_options.c - the options of NQS in words of ours.
 * Proves: E170 E171 E172
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "nqs_options.h"

static char said[200];

static void say(const char *text)
{
    strncpy(said, text, sizeof said - 1);
}

/* TEXT, words parted by one blank, translated; operands behind `|`; or why not. */
static const char *read_words(const char *text)
{
    static struct buf out;
    struct nqs_options options = {.say = say};
    struct nqs_err err;
    char copy[200];
    char *words[40];
    int count = 0;
    int first;

    buf_clear(&out);
    *said = '\0';
    strcpy(copy, text);
    for (char *at = strtok(copy, " "); at; at = strtok(NULL, " "))
        words[count++] = at;
    if (nqs_options_read(&options, count, words, &first, &err)) {
        nqs_options_done(&options);
        return strcpy(buf_reserve(&out, sizeof err.text), err.text);
    }
    for (int i = 0; i < options.count; i++)
        buf_format(&out, "%s%s", i ? " " : "", options.words[i]);
    for (int i = first; i < count; i++)
        buf_format(&out, "|%s", words[i]);
    nqs_options_done(&options);
    return buf_text(&out);
}

static void test_same(void **state)
{
    (void)state;
    assert_string_equal(read_words(""), "");
    assert_string_equal(read_words("-q batch -o out -e err -p 5 -z"),
                        "-q batch -o out -e err -p 5 -z");
    assert_string_equal(read_words("-v A=1 -h job.sh -x"), "-v A=1 -h|job.sh|-x");
    assert_string_equal(read_words("-z -- -x"), "-z|-x");
    assert_string_equal(read_words("-z -"), "-z|-");
}

static void test_other(void **state)
{
    (void)state;
    assert_string_equal(read_words("-eo -r name -s /bin/sh -x -nr"),
                        "-j oe -N name -S /bin/sh -V -r n");
    assert_string_equal(read_words("-mb -mu me -me -mb"), "-m b -M me -m be -m be");
    assert_string_equal(read_words("-ko -ke"), "-k o -k oe");
    assert_string_equal(read_words("-re -ro -nc"), "");
    assert_string_equal(said, "");
    assert_string_equal(read_words("-bb -z"), "-z");
    assert_non_null(strstr(said, "-bb is left out"));
}

static void test_limits(void **state)
{
    (void)state;
    assert_string_equal(read_words("-lT 60 -lt 1:00"), "-l cput=60 -l pcput=1:00");
    assert_string_equal(read_words("-lT60 -lM 4mb"), "-l cput=60 -l mem=4mb");
    assert_string_equal(read_words("-lc unlimited -lv 1gb -lV 2gb -ln 5"),
                        "-l core= -l pvmem=1gb -l vmem=2gb -l nice=5");
    assert_string_equal(read_words("-lm 4mb,3mb"), "-l pmem=\"4mb,3mb\"");
    assert_string_equal(read_words("-lm (4mb,3mb)"), "-l pmem=\"4mb,3mb\"");
    assert_string_equal(read_words("-lM 4mb,3mb"), "-l mem=4mb");
    assert_non_null(strstr(said, "-lM is left out: its second value"));
    assert_string_equal(read_words("-l mem=1gb"), "-l mem=1gb");
}

static void test_refused(void **state)
{
    (void)state;
    assert_string_equal(read_words("-q"), "NQS's -q needs an argument");
    assert_string_equal(read_words("-lT"), "NQS's -lT needs an argument");
    assert_string_equal(read_words("-ly 5"), "NQS's limit -ly has no counterpart");
    assert_string_equal(read_words("-y"), "'-y' is no option of NQS that has a counterpart");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
