/*
 * test_attr.c - every row of attributes.def, there and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "clock.h"

enum { SAMPLES_MAX = 8, SAMPLE_SIZE = 64 };

/* Texts that a value of DEF may have; how many. */
static size_t samples(const struct attr_def *def, char texts[SAMPLES_MAX][SAMPLE_SIZE])
{
    static const char *const of_bool[] = {"y", "n", "TRUE", "False", "1", "0"};
    static const char *const of_holds[] = {"n", "u", "o", "s", "uo", "uos"};
    static const char *const of_size[] = {"4096b", "5kb", "1gb", "2.5gb", "1tw"};
    size_t count = 0;

    switch (def->type) {
    case TYPE_BOOL:
        for (; count < 6; count++)
            snprintf(texts[count], SAMPLE_SIZE, "%s", of_bool[count]);
        return count;
    case TYPE_HOLDS:
        for (; count < 6; count++)
            snprintf(texts[count], SAMPLE_SIZE, "%s", of_holds[count]);
        return count;
    case TYPE_SIZE:
        for (; count < 5; count++)
            snprintf(texts[count], SAMPLE_SIZE, "%s", of_size[count]);
        return count;
    case TYPE_INT:
    case TYPE_COUNT:
    case TYPE_TIME:
    case TYPE_DURATION:
        snprintf(texts[0], SAMPLE_SIZE, "%lld", (long long)def->min);
        snprintf(texts[1], SAMPLE_SIZE, "%lld", (long long)def->max);
        snprintf(texts[2], SAMPLE_SIZE, "%lld", (long long)(def->min / 2 + def->max / 2));
        return 3;
    default:
        for (int64_t length = def->min; length <= def->max && length < SAMPLE_SIZE && count < 3;
             length += 1 + length * 2) {
            memset(texts[count], 'a' + (int)count, (size_t)length);
            texts[count++][length] = '\0';
        }
        return count;
    }
}

static bool same(const struct attr *a, const struct attr *b)
{
    const struct attr_def *def = attr_find(a->id);

    if (a->id != b->id)
        return false;
    if (def && attr_numeric(def->type))
        return a->number == b->number;
    return a->length == b->length && (!a->length || !memcmp(a->bytes, b->bytes, a->length));
}

/* Packed and unpacked again; every shorter copy is damaged and nothing else. */
static void check_packed(const struct attr *attr)
{
    struct attr back;
    struct reader reader;
    struct buf buf;

    buf_init(&buf);
    attr_pack(attr, &buf);
    reader_init(&reader, buf.bytes, buf.length);
    assert_true(attr_unpack(&reader, &back));
    assert_true(same(attr, &back));
    assert_true(reader_ended(&reader));
    assert_false(attr_unpack(&reader, &back));
    assert_false(reader.failed); /* an end is no damage */
    for (size_t length = 0; length < buf.length; length++) {
        char *copy = malloc(length ? length : 1);

        memcpy(copy, buf.bytes, length);
        reader_init(&reader, copy, length);
        assert_false(attr_unpack(&reader, &back));
        assert_int_equal(reader.failed, length > 0);
        free(copy);
    }
    buf_done(&buf);
}

/* What is printed is read back as the same value, but for dates and lists. */
static void check_printed(const struct attr_def *def, const struct attr *attr)
{
    struct attr back;
    struct buf buf;

    buf_init(&buf);
    attr_print(attr, &buf);
    if (def->type != TYPE_TIME && def->type != TYPE_LIST) {
        assert_int_equal(attr_parse(def, buf_text(&buf), &back, NULL), NQS_OK);
        assert_true(same(attr, &back));
    }
    buf_done(&buf);
}

static void test_every_row(void **state)
{
    char texts[SAMPLES_MAX][SAMPLE_SIZE];
    const struct attr_def *def = NULL;
    unsigned rows = 0;

    (void)state;
    while ((def = attr_each(def))) {
        size_t count = samples(def, texts);

        assert_true(count > 0);
        rows++;
        for (size_t i = 0; i < count; i++) {
            struct attr attr;
            struct nqs_err err;

            if (attr_parse(def, texts[i], &attr, &err))
                fail_msg("%s: %s", def->shown, err.text);
            assert_int_equal(attr.id, def->id);
            if (def->type != TYPE_LIST || attr.length == 0)
                assert_int_equal(attr_check(&attr, &err), NQS_OK);
            check_packed(&attr);
            check_printed(def, &attr);
        }
    }
    assert_true(rows > 80);
}

static void test_rows_are_sound(void **state)
{
    const struct attr_def *def = NULL;
    const struct attr_def *last = NULL;

    (void)state;
    while ((def = attr_each(def))) {
        struct attr attr;

        if (last)
            assert_true(last->id < def->id); /* attr_find() searches by halves */
        assert_ptr_equal(attr_find(def->id), def);
        assert_ptr_equal(attr_named(def->of, def->shown), def);
        assert_true(def->min <= def->max);
        assert_true(strlen(def->text) > 5);
        if (attr_numeric(def->type) &&
            def->of != OF_JOB) /* of a request, 0 often says: not given */
            assert_int_equal(attr_parse(def, def->initial, &attr, NULL), NQS_OK);
        last = def;
    }
    assert_null(attr_find(0));
    assert_null(attr_find(65535));
    assert_null(attr_named(OF_JOB, "no_such"));
    assert_non_null(attr_named(OF_JOB, "PRIORITY"));
    assert_int_equal(attr_resource("walltime")->id, ATTR_walltime);
    assert_null(attr_resource("no_such"));
    assert_null(attr_resource("a name that is a good deal longer than any resource ever was"));
}

static void test_bounds(void **state)
{
    static const struct {
        uint16_t id;
        const char *text;
    } bad[] = {
        {ATTR_priority, "1024"},
        {ATTR_priority, "-1025"},
        {ATTR_priority, ""},
        {ATTR_priority, "1x"},
        {ATTR_queue_priority, "64"},
        {ATTR_queue_priority, "-1"},
        {ATTR_rerunable, "maybe"},
        {ATTR_rerunable, ""},
        {ATTR_holds, ""},
        {ATTR_holds, "x"},
        {ATTR_holds, "un"},
        {ATTR_mem, "1"},
        {ATTR_mem, "-1gb"},
        {ATTR_walltime, "0"},
        {ATTR_walltime, "1:2:3:4"},
        {ATTR_name, ""},
        {ATTR_name, "a\nb"},
        {ATTR_name, "a\033b"},
        {ATTR_queue, "a23456789012345x"},
        {ATTR_signal, "65"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct attr_def *def = attr_find(bad[i].id);
        struct attr attr = {.id = 9999};
        struct nqs_err err;

        assert_int_equal(attr_parse(def, bad[i].text, &attr, &err), NQS_VALUE);
        assert_int_equal(attr.id, 9999);
        assert_non_null(strstr(err.text, def->shown));
    }
}

static void test_check(void **state)
{
    struct attr list = {.id = ATTR_variables, .bytes = "A=1\0B=2", .length = 7};
    struct nqs_err err;

    (void)state;
    assert_int_equal(attr_check(&(struct attr){.id = 65000}, &err), NQS_NOATTR);
    assert_int_equal(attr_check(&(struct attr){.id = ATTR_priority, .number = 1024}, &err),
                     NQS_VALUE);
    assert_int_equal(attr_check(&(struct attr){.id = ATTR_name, .bytes = "", .length = 0}, &err),
                     NQS_VALUE);
    assert_int_equal(
        attr_check(&(struct attr){.id = ATTR_name, .bytes = "a\nb", .length = 3}, &err), NQS_VALUE);
    assert_int_equal(attr_check(&list, &err), NQS_VALUE); /* the last item has no end */
    list.length = 8;
    assert_int_equal(attr_check(&list, &err), NQS_OK);
}

static void test_numbers_packed_small(void **state)
{
    static const struct {
        int64_t number;
        size_t width;
    } cases[] = {
        {0, 1},         {127, 1},       {128, 2},       {-128, 1},         {-129, 2},
        {32767, 2},     {32768, 3},     {-32768, 2},    {8388607, 3},      {8388608, 4},
        {INT32_MAX, 4}, {1LL << 31, 5}, {1LL << 39, 6}, {1LL << 47, 7},    {1LL << 55, 8},
        {INT64_MAX, 8}, {INT64_MIN, 8}, {-1, 1},        {-(1LL << 55), 7}, {-(1LL << 55) - 1, 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct attr attr = {.id = ATTR_ctime, .number = cases[i].number};
        struct attr back;
        struct buf buf;

        buf_init(&buf);
        attr_pack_value(&attr, &buf);
        assert_int_equal(buf.length, cases[i].width);
        assert_true(attr_unpack_value(ATTR_ctime, buf.bytes, buf.length, &back));
        assert_true(back.number == cases[i].number);
        buf_done(&buf);
    }
}

static void test_unpacking_what_is_wrong(void **state)
{
    struct attr attr;

    (void)state;
    assert_false(attr_unpack_value(ATTR_priority, "", 0, &attr));
    assert_false(attr_unpack_value(ATTR_priority, NULL, 0, &attr));
    assert_false(attr_unpack_value(ATTR_priority, "123456789", 9, &attr));
    assert_false(attr_unpack_value(ATTR_name, "a\0b", 3, &attr));
    assert_true(attr_unpack_value(ATTR_name, NULL, 0, &attr));
    assert_true(attr_unpack_value(ATTR_script, "a\0b", 3, &attr));
    assert_true(attr_unpack_value(65000, "a\0b", 3, &attr)); /* unknown: passed on */
    check_packed(&(struct attr){.id = 65000, .bytes = "a\0b", .length = 3});
}

static void test_lists(void **state)
{
    static const char items[] = "A=1,2\0B=\\\0C=\0";
    struct attr attr = {.id = ATTR_variables, .bytes = items, .length = sizeof items - 1};
    struct buf buf;

    (void)state;
    buf_init(&buf);
    attr_print(&attr, &buf);
    assert_string_equal(buf_text(&buf), "A=1\\,2,B=\\\\,C=");
    buf_done(&buf);
}

static void test_holds(void **state)
{
    int64_t holds;

    (void)state;
    assert_int_equal(attr_parse_holds("us", &holds, NULL), NQS_OK);
    assert_int_equal(holds, HOLD_USER | HOLD_SYSTEM);
    assert_int_equal(attr_parse_holds("uuu", &holds, NULL), NQS_OK);
    assert_int_equal(holds, HOLD_USER);
    assert_int_equal(attr_parse_holds("n", &holds, NULL), NQS_OK);
    assert_int_equal(holds, 0);
    assert_int_equal(attr_parse_holds("nu", &holds, NULL), NQS_VALUE);
}

static void test_attrs(void **state)
{
    struct attrs attrs;
    struct attrs back;
    struct buf buf;

    (void)state;
    attrs_init(&attrs);
    attrs_init(&back);
    buf_init(&buf);
    for (int i = 0; i < 100; i++)
        attrs_add_number(&attrs, ATTR_priority, i);
    attrs_add_text(&attrs, ATTR_name, "job");
    attrs_add_bytes(&attrs, ATTR_script, "a\0b", 3);
    assert_int_equal(attrs_number(&attrs, ATTR_priority, -1), 99); /* a later one wins */
    assert_int_equal(attrs_number(&attrs, ATTR_ctime, -1), -1);
    assert_null(attrs_find(&attrs, ATTR_comment));
    attrs_pack(&attrs, &buf);
    assert_true(attrs_unpack(&back, buf.bytes, buf.length));
    assert_int_equal(back.count, attrs.count);
    for (size_t i = 0; i < back.count; i++)
        assert_true(same(&attrs.list[i], &back.list[i]));
    attrs_clear(&back);
    assert_int_equal(back.count, 0);
    assert_false(attrs_unpack(&back, buf.bytes, buf.length - 1));
    attrs_done(&attrs);
    attrs_done(&back);
    buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_numbers_packed_small),
        cmocka_unit_test(test_unpacking_what_is_wrong),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_attrs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
