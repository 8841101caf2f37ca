/*
 * test_limit.c - lists of limits as text, and the table behind them.
 *
 * Proves: E116
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "limit.h"

static void test_rows_are_sound(void **state)
{
    (void)state;
    for (const struct limit *row = limit_each(NULL); row; row = limit_each(row)) {
        const struct attr_def *def = attr_find(row->attr);

        assert_non_null(def);
        assert_int_equal(def->of, OF_JOB);
        assert_ptr_equal(attr_resource(row->name), def);
        assert_ptr_equal(limit_find(row->attr), row);
        if (row->soft) /* what is above a soft limit must be of its kind */
            assert_int_equal(attr_find(row->soft)->type, def->type);
        assert_true(attr_numeric(def->type));
    }
    assert_null(limit_find(ATTR_name));
    assert_ptr_equal(attr_resource("ppf"), attr_find(ATTR_file));
}

/* OLD changed by CHANGE is WANT. */
static void merged(const char *old, const char *change, const char *want)
{
    struct attr attr = {
        .id = ATTR_resources_max, .bytes = change, .length = (uint32_t)strlen(change)};
    struct nqs_err err;
    struct buf out;

    buf_init(&out);
    assert_int_equal(limits_merge(old, strlen(old), &attr, &out, &err), NQS_OK);
    assert_string_equal(buf_text(&out), want);
    buf_done(&out);
}

static void test_merge(void **state)
{
    (void)state;
    merged("", "mem=1gb", "mem=1048576kb");
    merged("mem=1gb", "core=0,walltime=60", "walltime=00:01:00,mem=1048576kb,core=0kb");
    merged("walltime=00:01:00,mem=1048576kb", "walltime=", "mem=1048576kb");
    merged("mem=1gb", "mem=2gb,mem=3mb", "mem=3072kb");
    merged("mem=1gb", "", "");
    merged("mem=1gb,nofile=unlimited,nice=-5", "mem=", "nofile=unlimited,nice=-5");
    merged("mem=1gb", ",,ncpus=4,", "mem=1048576kb,ncpus=4");
    merged("pcput=1:30", "ppf=1w", "pcput=00:01:30,file=8b");
}

static void test_bad_lists(void **state)
{
    static const struct {
        const char *text;
        enum nqs_code code;
    } bad[] = {
        {"mem", NQS_VALUE},          {"mem=10q", NQS_VALUE},   {"=1", NQS_NOATTR},
        {"memm=1gb", NQS_NOATTR},    {"nodes=3", NQS_NOATTR},  {"walltime=1:2:3:4", NQS_VALUE},
        {"mem=1gb,x=1", NQS_NOATTR}, {"nofile=-1", NQS_VALUE},
    };
    char longest[400];
    struct attrs list;
    struct nqs_err err;

    (void)state;
    attrs_init(&list);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(limits_read(bad[i].text, strlen(bad[i].text), &list, &err), bad[i].code);
    memset(longest, '1', sizeof longest);
    memcpy(longest, "mem=", 4);
    assert_int_equal(limits_read(longest, sizeof longest, &list, &err), NQS_VALUE);
    assert_int_equal(limits_read("mem=1gbXX", 7, &list, &err), NQS_OK); /* no byte more is read */
    assert_true(attrs_number(&list, ATTR_mem, 0) == INT64_C(1) << 30);
    attrs_done(&list);
}

static void test_none(void **state)
{
    (void)state;
    assert_true(limit_is_none(ATTR_walltime, INT32_MAX));
    assert_true(limit_is_none(ATTR_mem, INT64_MAX));
    assert_false(limit_is_none(ATTR_core, 0));
    assert_false(limit_is_none(ATTR_nice, 19));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_bad_lists),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
