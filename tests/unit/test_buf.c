/*
 * test_buf.c - what is appended comes out again, and a reader never runs over its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void fill(struct buf *buf)
{
    buf_add_u8(buf, 0xfe);
    buf_add_u16(buf, 0x0102);
    buf_add_u32(buf, 0xdeadbeef);
    buf_add_u64(buf, 0x0123456789abcdef);
    buf_add_text(buf, "text");
    buf_add(buf, NULL, 0);
}

static void test_numbers_are_big_endian(void **state)
{
    static const char expected[] = "\xfe\1\2\xde\xad\xbe\xef\1\x23\x45\x67\x89\xab\xcd\xeftext";
    struct buf buf;

    (void)state;
    buf_init(&buf);
    fill(&buf);
    assert_int_equal(buf.length, sizeof expected - 1);
    assert_memory_equal(buf.bytes, expected, sizeof expected - 1);
    buf_done(&buf);
    assert_null(buf.bytes);
}

static void test_growing(void **state)
{
    struct buf buf;
    const char *kept;

    (void)state;
    buf_init(&buf);
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 100000; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    assert_int_equal(buf.length, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.bytes[i], 'a' + i % 26);
    assert_int_equal(buf_text(&buf)[100000], 0);
    kept = buf.bytes;
    buf_clear(&buf);
    buf_format(&buf, "%d-%s", 12, "x");
    assert_string_equal(buf_text(&buf), "12-x");
    assert_ptr_equal(buf.bytes, kept);
    buf_format(&buf, "%s", "");
    assert_int_equal(buf.length, 4);
    buf_done(&buf);
}

/* What buf_reserve() gave may be written to before it is counted. */
static void test_reserve(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf);
    memcpy(buf_reserve(&buf, 1000), "abc", 3);
    buf.length += 3;
    memset(buf_reserve(&buf, 1000), 'x', 1000);
    assert_string_equal(buf_text(&buf), "abc");
    buf_done(&buf);
}

static void read_all(struct reader *reader)
{
    assert_int_equal(reader_u8(reader), 0xfe);
    assert_int_equal(reader_u16(reader), 0x0102);
    assert_int_equal(reader_u32(reader), 0xdeadbeef);
    assert_true(reader_u64(reader) == 0x0123456789abcdef);
    assert_memory_equal(reader_bytes(reader, 4), "text", 4);
    assert_true(reader_ended(reader));
}

static void test_reader(void **state)
{
    struct reader reader;
    struct buf buf;

    (void)state;
    buf_init(&buf);
    fill(&buf);
    reader_init(&reader, buf.bytes, buf.length);
    read_all(&reader);
    assert_false(reader.failed);
    assert_non_null(reader_bytes(&reader, 0)); /* nothing more is always there */
    assert_int_equal(reader_u8(&reader), 0);
    assert_true(reader.failed);
    assert_null(reader_bytes(&reader, 0)); /* but not after a failure */
    assert_false(reader_ended(&reader));
    buf_done(&buf);
}

/* Each shorter copy lies alone, so that reading behind its end would be seen. */
static void test_every_truncation(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf);
    fill(&buf);
    for (size_t length = 0; length < buf.length; length++) {
        char *copy = malloc(length ? length : 1);
        struct reader reader;

        memcpy(copy, buf.bytes, length);
        reader_init(&reader, copy, length);
        reader_u8(&reader);
        reader_u16(&reader);
        reader_u32(&reader);
        reader_u64(&reader);
        assert_null(reader_bytes(&reader, 4));
        assert_true(reader.failed);
        assert_false(reader_ended(&reader));
        free(copy);
    }
    buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_big_endian),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_every_truncation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
