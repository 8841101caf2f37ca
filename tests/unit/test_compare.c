/*
 * test_compare.c - tests on attributes' values.  Proves: E099
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compare.h"
#include "str.h"

static struct compare made(uint16_t id, enum compare_op op, const char *text, struct buf *space)
{
    struct compare compare = {0};
    struct nqs_err err;
    struct attr value;

    buf_clear(space);
    assert_int_equal(attr_parse(attr_find(id), text, &value, &err), NQS_OK);
    attr_pack_value(&value, space);
    assert_int_equal(compare_init(&compare, id, op, space->bytes, space->length, &err), NQS_OK);
    return compare;
}

static void test_numbers(void **state)
{
    static const struct {
        enum compare_op op;
        bool less, same, more;
    } rows[] = {{COMPARE_EQ, false, true, false}, {COMPARE_NE, true, false, true},
                {COMPARE_GE, false, true, true},  {COMPARE_GT, false, false, true},
                {COMPARE_LE, true, true, false},  {COMPARE_LT, true, false, false}};
    struct buf space;

    (void)state;
    buf_init(&space);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct compare compare = made(ATTR_priority, rows[i].op, "5", &space);
        struct attr attr = {.id = ATTR_priority, .number = 4};

        assert_int_equal(compare_holds(&compare, &attr), rows[i].less);
        attr.number = 5;
        assert_int_equal(compare_holds(&compare, &attr), rows[i].same);
        attr.number = 6;
        assert_int_equal(compare_holds(&compare, &attr), rows[i].more);
        assert_int_equal(compare_holds(&compare, NULL), rows[i].less); /* 0 is a priority */
        compare = made(ATTR_cput, rows[i].op, "5", &space);
        assert_int_equal(compare_holds(&compare, NULL),
                         rows[i].op == COMPARE_NE); /* and no limit */
    }
    buf_done(&space);
}

static bool text_holds(enum compare_op op, const char *value, size_t length, const char *text)
{
    struct compare compare;
    struct nqs_err err;
    struct attr attr = {.id = ATTR_name, .bytes = text, .length = (uint32_t)strlen(text)};

    assert_int_equal(compare_init(&compare, ATTR_name, op, value, length, &err), NQS_OK);
    return compare_holds(&compare, &attr);
}

static void test_texts(void **state)
{
    (void)state;
    assert_true(text_holds(COMPARE_EQ, "abc", 3, "abc"));
    assert_false(text_holds(COMPARE_EQ, "abc", 3, "abcd"));
    assert_true(text_holds(COMPARE_NE, "abc", 3, "ab"));
    assert_true(text_holds(COMPARE_LETTER, "QH", 2, "H"));
    assert_false(text_holds(COMPARE_LETTER, "QH", 2, "R"));
    assert_false(text_holds(COMPARE_LETTER, "QH", 2, ""));
    assert_true(text_holds(COMPARE_IN, "a\0bc\0", 5, "bc"));
    assert_true(text_holds(COMPARE_IN, "a\0bc", 4, "bc"));
    assert_false(text_holds(COMPARE_IN, "a\0bc\0", 5, "b"));
    assert_false(text_holds(COMPARE_IN, "", 0, "b"));
    assert_true(text_holds(COMPARE_GLOB, "a*", 2, "abc"));
}

static void test_owners(void **state)
{
    struct compare compare;
    struct nqs_err err;
    struct attr owner = {.id = ATTR_owner, .bytes = "me", .length = 2};
    struct attr host = {.id = ATTR_submit_host, .bytes = "here", .length = 4};

    (void)state;
    compare_init(&compare, ATTR_owner, COMPARE_IN, "you\0me@here", 11, &err);
    assert_true(compare_owner_holds(&compare, &owner, &host));
    compare_init(&compare, ATTR_owner, COMPARE_IN, "me@there", 8, &err);
    assert_false(compare_owner_holds(&compare, &owner, &host));
    compare_init(&compare, ATTR_owner, COMPARE_IN, "me", 2, &err);
    assert_true(compare_owner_holds(&compare, &owner, &host));
}

/* n > s > c=minutes >= c, and u is equal to itself only. */
static void test_checkpoint(void **state)
{
    static const struct attr_def def = {
        .id = 999, .shown = "Checkpoint", .type = TYPE_TEXT, .of = OF_JOB, .initial = "u"};
    static const char *const kinds[] = {"c", "c=5", "c=60", "s", "n"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    struct compare compare = {.def = &def};

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        compare.value = (struct attr){.bytes = kinds[i], .length = (uint32_t)strlen(kinds[i])};
        for (size_t j = 0; j < KINDS; j++) {
            struct attr attr = {.bytes = kinds[j], .length = (uint32_t)strlen(kinds[j])};

            compare.op = COMPARE_GE;
            assert_int_equal(compare_holds(&compare, &attr), j >= i);
            compare.op = COMPARE_LT;
            assert_int_equal(compare_holds(&compare, &attr), j < i);
            compare.op = COMPARE_EQ;
            assert_int_equal(compare_holds(&compare, &attr), j == i);
        }
        compare.op = COMPARE_GE;
        assert_false(compare_holds(&compare, NULL)); /* u */
        compare.op = COMPARE_NE;
        assert_true(compare_holds(&compare, NULL));
    }
}

static void test_refused(void **state)
{
    struct compare compare;
    struct nqs_err err;

    (void)state;
    assert_int_equal(compare_init(&compare, 999, COMPARE_EQ, "", 0, &err), NQS_NOATTR);
    assert_int_equal(compare_init(&compare, 70000, COMPARE_EQ, "", 0, &err), NQS_NOATTR);
    assert_int_equal(compare_init(&compare, ATTR_run_limit, COMPARE_EQ, "", 0, &err), NQS_NOATTR);
    assert_int_equal(compare_init(&compare, ATTR_name, COMPARE_GT, "a", 1, &err), NQS_VALUE);
    assert_int_equal(compare_init(&compare, ATTR_priority, COMPARE_GLOB, "a", 1, &err), NQS_VALUE);
    assert_int_equal(compare_init(&compare, ATTR_name, COMPARE_OPS, "a", 1, &err), NQS_VALUE);
    assert_int_equal(compare_init(&compare, ATTR_priority, COMPARE_EQ, "", 0, &err), NQS_VALUE);
    assert_int_equal(compare_init(&compare, ATTR_script, COMPARE_EQ, "a", 1, &err), NQS_VALUE);
}

static void test_read(void **state)
{
    const char *text = ".GE.5";
    enum compare_op op = COMPARE_EQ;

    (void)state;
    assert_true(compare_read(&text, &op));
    assert_int_equal(op, COMPARE_GE);
    assert_string_equal(text, "5");
    assert_false(compare_read(&text, &op));
    text = ".xx.5";
    assert_false(compare_read(&text, &op));
    assert_string_equal(text, ".xx.5");
}

static void test_glob(void **state)
{
    static const struct {
        const char *glob, *text;
        bool matches;
    } rows[] = {{"", "", true},         {"", "a", false},     {"*", "", true},
                {"*", "abc", true},     {"a?c", "abc", true}, {"a?c", "ac", false},
                {"a*c", "abcbc", true}, {"a*c", "ab", false}, {"*b*", "abc", true},
                {"**a", "ba", true},    {"abc", "ab", false}, {"a*b*c", "axxbxxd", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            str_glob(rows[i].glob, strlen(rows[i].glob), rows[i].text, strlen(rows[i].text)),
            rows[i].matches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_texts),
        cmocka_unit_test(test_owners),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_read),    cmocka_unit_test(test_checkpoint),
        cmocka_unit_test(test_glob),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
