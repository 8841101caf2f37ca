/*
 * test_frame.c - records come out whole however they come in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"

/* Feed all of it in pieces of STEP bytes; what the last piece ended with. */
static enum frame_state feed(struct frame *frame, const void *bytes, size_t length, size_t step)
{
    enum frame_state state = FRAME_MORE;
    size_t used;

    for (size_t at = 0; at < length && state == FRAME_MORE; at += step) {
        size_t piece = length - at < step ? length - at : step;

        state = frame_feed(frame, (const char *)bytes + at, piece, &used);
        if (state == FRAME_MORE)
            assert_int_equal(used, piece);
    }
    return state;
}

static void test_every_step(void **state)
{
    static const char wire[] = "\0\0\0\2ab\0\0\0\1c\x80\0\0\3def";
    struct frame frame;

    (void)state;
    for (size_t step = 1; step < sizeof wire; step++) {
        frame_init(&frame, 100);
        assert_false(frame_inside(&frame));
        assert_int_equal(feed(&frame, wire, sizeof wire - 2, step), FRAME_MORE);
        assert_true(frame_inside(&frame));
        assert_int_equal(feed(&frame, "f", 1, 1), FRAME_RECORD);
        assert_int_equal(frame.record.length, 6);
        assert_memory_equal(frame.record.bytes, "abcdef", 6);
        frame_next(&frame);
        assert_false(frame_inside(&frame));
        assert_int_equal(feed(&frame, "\x80", 1, 1), FRAME_MORE);
        assert_true(frame_inside(&frame)); /* a quarter of a mark is a beginning */
        frame_done(&frame);
    }
}

static void test_records_in_one_piece(void **state)
{
    static const char wire[] = "\x80\0\0\1a\x80\0\0\2bc\x80\0";
    struct frame frame;
    size_t used;

    (void)state;
    frame_init(&frame, 100);
    assert_int_equal(frame_feed(&frame, wire, 13, &used), FRAME_RECORD);
    assert_int_equal(used, 5);
    frame_next(&frame);
    assert_int_equal(frame_feed(&frame, wire + 5, 8, &used), FRAME_RECORD);
    assert_int_equal(used, 6);
    assert_memory_equal(frame.record.bytes, "bc", 2);
    frame_next(&frame);
    assert_int_equal(frame_feed(&frame, wire + 11, 2, &used), FRAME_MORE);
    assert_int_equal(used, 2);
    frame_done(&frame);
}

static void test_bounds(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum frame_state state;
    } cases[] = {
        {"\x80\0\0\x64", 4, FRAME_MORE},          /* just fits */
        {"\x80\0\0\x65", 4, FRAME_BAD},           /* one too many */
        {"\x7f\xff\xff\xff", 4, FRAME_BAD},       /* 2 GiB */
        {"\xff\xff\xff\xff", 4, FRAME_BAD},       /* and the last */
        {"\0\0\0\0", 4, FRAME_BAD},               /* empty, and more to come */
        {"\x80\0\0\0", 4, FRAME_RECORD},          /* an empty record is a record */
        {"\0\0\0\1a\x80\0\0\0", 9, FRAME_RECORD}, /* an empty end */
        {"\0\0\0\1a\x80\0\0\x63", 9, FRAME_MORE}, /* the sum just fits */
        {"\0\0\0\1a\x80\0\0\x64", 9, FRAME_BAD},  /* the sum does not */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step <= cases[i].length; step++) {
            struct frame frame;

            frame_init(&frame, 100);
            assert_int_equal(feed(&frame, cases[i].bytes, cases[i].length, step), cases[i].state);
            frame_done(&frame);
        }
    }
}

static void test_fragments_are_counted(void **state)
{
    struct frame frame;
    size_t used;

    (void)state;
    frame_init(&frame, 100);
    for (int i = 0; i < FRAME_FRAGMENTS_MAX; i++)
        assert_int_equal(frame_feed(&frame, "\0\0\0\1x", 5, &used), FRAME_MORE);
    assert_int_equal(frame_feed(&frame, "\x80\0\0\1", 4, &used), FRAME_BAD);
    frame_next(&frame);
    frame_done(&frame);
}

/* Four bytes that announce four megabytes do not make us hold them. */
static void test_memory_follows_bytes(void **state)
{
    struct frame frame;
    size_t used;

    (void)state;
    frame_init(&frame, FRAME_RECORD_MAX);
    assert_int_equal(frame_feed(&frame, "\x80\x40\0\0ab", 6, &used), FRAME_MORE);
    assert_true(frame.record.room < 1024);
    frame_done(&frame);
}

static void test_writing(void **state)
{
    struct buf out;
    struct frame frame;
    size_t used;
    size_t mark;

    (void)state;
    buf_init(&out);
    for (int i = 0; i < 3; i++) {
        mark = frame_open(&out);
        for (int k = 0; k < 1000 * i; k++)
            buf_add_char(&out, (char)k);
        frame_close(&out, mark);
    }
    frame_init(&frame, 5000);
    for (size_t i = 0, at = 0; i < 3; i++, at += used) {
        assert_int_equal(frame_feed(&frame, out.bytes + at, out.length - at, &used), FRAME_RECORD);
        assert_int_equal(frame.record.length, 1000 * i);
        frame_next(&frame);
    }
    frame_done(&frame);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step),
        cmocka_unit_test(test_records_in_one_piece),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_fragments_are_counted),
        cmocka_unit_test(test_memory_follows_bytes),
        cmocka_unit_test(test_writing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
