/*
 * test_outbox.c - lists of a turn, and events and keys as bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "id.h"
#include "outbox.h"

static void test_lists_grow_and_are_emptied(void **state)
{
    struct outbox out;

    (void)state;
    outbox_init(&out);
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < 1000; i++) {
            struct span span = outbox_put(&out, &i, sizeof i);

            outbox_event(&out, &(struct event){.seq = i});
            outbox_record(&out, RECORD_JOB, span, span);
            outbox_answer(&out, i, NQS_NOJOB, "no", "12.here");
        }
        assert_int_equal(out.event_count, 1000);
        assert_int_equal(out.events[999].seq, 999);
        assert_int_equal(out.records[999].key.length, 8);
        assert_int_equal(outbox_bytes(&out, out.records[7].key)[0], 7);
        assert_int_equal(out.orders[500].ref, 500);
        assert_string_equal(outbox_bytes(&out, out.orders[500].text), "no");
        assert_string_equal(outbox_bytes(&out, out.orders[500].name), "12.here");
        outbox_clear(&out);
        assert_int_equal(out.event_count + out.record_count + out.order_count, 0);
    }
    outbox_done(&out);
}

/* An array stands before its members, they in the order of their indices. */
static void test_keys_sort_as_listings_do(void **state)
{
    static const struct job_key keys[] = {{1, NQS_NO_INDEX},
                                          {1, 0},
                                          {1, 1},
                                          {1, 300},
                                          {1, INT32_MAX},
                                          {2, NQS_NO_INDEX},
                                          {256, 5},
                                          {65536, NQS_NO_INDEX},
                                          {UINT32_MAX, 7}};
    struct buf bytes;

    (void)state;
    buf_init(&bytes);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        job_key_pack(keys[i], &bytes);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct job_key key = job_key_unpack(bytes.bytes + i * JOB_KEY_SIZE);

        assert_int_equal(key.seq, keys[i].seq);
        assert_int_equal(key.index, keys[i].index);
        if (i)
            assert_true(memcmp(bytes.bytes + (i - 1) * JOB_KEY_SIZE, bytes.bytes + i * JOB_KEY_SIZE,
                               JOB_KEY_SIZE) < 0);
    }
    buf_done(&bytes);
}

static void test_events_are_read_as_written(void **state)
{
    struct event event = {.type = EVENT_QUEUE_SET,
                          .wall = 1234567890123456,
                          .key = {7, 3},
                          .queue = "fifteen_letters",
                          .attrs = {0, 4}};
    struct event back;
    const char *attrs;
    struct buf bytes;

    (void)state;
    buf_init(&bytes);
    event_pack(&event, "abcd", &bytes);
    assert_true(event_unpack(bytes.bytes, bytes.length, &back, &attrs));
    assert_int_equal(back.type, EVENT_QUEUE_SET);
    assert_int_equal(back.wall, event.wall);
    assert_int_equal(back.key.index, 3);
    assert_string_equal(back.queue, event.queue);
    assert_memory_equal(attrs, "abcd", 4);
    assert_int_equal(back.attrs.length, 4);
    for (size_t length = 0; length < bytes.length - 4; length++)
        assert_false(event_unpack(bytes.bytes, length, &back, &attrs));
    bytes.bytes[1] = 49; /* no such event */
    assert_false(event_unpack(bytes.bytes, bytes.length, &back, &attrs));
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_grow_and_are_emptied),
        cmocka_unit_test(test_keys_sort_as_listings_do),
        cmocka_unit_test(test_events_are_read_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
