/*
 * test_exitrec.c - the records `begun` and `exit`: round trips, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exitrec.h"

static const struct exit_record sample = {
    .status = 265,
    .reason = EXIT_REASON_signal,
    .start_us = 1790000000000001,
    .end_us = 1790000003000002,
    .walltime_us = 3000001,
    .cput_us = 2500000,
    .maxrss = 1048576,
    .pid = 4711,
    .spooled = "oe",
    .text = "a text",
};

static const struct begun_record begun_sample = {
    .pid = 4711, .start_ticks = 99, .start_us = 1790000000000001, .uid = 1000, .boot = "b-1"};

static void assert_same(const struct exit_record *a, const struct exit_record *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->reason, b->reason);
    assert_int_equal(a->class, b->class);
    assert_int_equal(a->start_us, b->start_us);
    assert_int_equal(a->end_us, b->end_us);
    assert_int_equal(a->walltime_us, b->walltime_us);
    assert_int_equal(a->cput_us, b->cput_us);
    assert_int_equal(a->maxrss, b->maxrss);
    assert_int_equal(a->pid, b->pid);
    assert_string_equal(a->spooled, b->spooled);
    assert_string_equal(a->text, b->text);
}

static void test_exit_round_trip(void **state)
{
    struct exit_record record;
    char space[EXITREC_MAX];
    size_t length = exitrec_print_exit(space, sizeof space, &sample);

    (void)state;
    assert_true(exitrec_parse_exit(&record, space, length));
    assert_same(&record, &sample);
    record.reason = EXIT_REASON_start_failed;
    record.class = EXIT_CLASS_retry;
    length = exitrec_print_exit(space, sizeof space, &record);
    assert_true(exitrec_parse_exit(&record, space, length));
    assert_int_equal(record.class, EXIT_CLASS_retry);
}

static void test_message_round_trip(void **state)
{
    unsigned char space[ORDER_PACKET];
    struct exit_record record;
    struct order_out out;
    struct order order;

    (void)state;
    order_begin(&out, space, sizeof space, ORDER_ENDED, 0);
    exitrec_put(&out, &sample);
    assert_null(order_open(&order, space, order_end(&out)));
    memset(&record, 0xff, sizeof record);
    exitrec_take(&record, &order);
    assert_same(&record, &sample);
}

/* A line break in the text would be a line of the record. */
static void test_text_is_one_line(void **state)
{
    struct exit_record record = sample;
    char space[EXITREC_MAX];
    size_t length;

    (void)state;
    strcpy(record.text, "x\nstatus=0\x7f");
    length = exitrec_print_exit(space, sizeof space, &record);
    assert_true(exitrec_parse_exit(&record, space, length));
    assert_string_equal(record.text, "x?status=0?");
    assert_int_equal(record.status, 265);
}

static void test_begun(void **state)
{
    struct begun_record record;
    char space[EXITREC_MAX];
    struct begun_record early = begun_sample;
    size_t length = exitrec_print_begun(space, sizeof space, &begun_sample);

    (void)state;
    assert_true(exitrec_parse_begun(&record, space, length));
    assert_int_equal(record.pid, 4711);
    assert_int_equal(record.start_ticks, 99);
    assert_int_equal(record.uid, 1000);
    assert_string_equal(record.boot, "b-1");
    early.pid = 0;
    length = exitrec_print_begun(space, sizeof space, &early);
    assert_true(exitrec_parse_begun(&record, space, length));
    assert_int_equal(record.pid, 0);
}

/* The shepherd puts both records into one file. */
static void test_both_in_one(void **state)
{
    struct begun_record begun;
    struct exit_record record;
    char space[EXITREC_MAX];
    size_t length = exitrec_print_begun(space, sizeof space, &begun_sample);

    (void)state;
    assert_false(exitrec_parse_exit(&record, space, length));
    length += exitrec_print_exit(space + length, sizeof space - length, &sample);
    assert_true(exitrec_parse_begun(&begun, space, length));
    assert_true(exitrec_parse_exit(&record, space, length));
    assert_same(&record, &sample);
}

static void test_no_record(void **state)
{
    struct exit_record record = sample;
    char space[EXITREC_MAX];
    size_t length = exitrec_print_exit(space, sizeof space, &sample);

    (void)state;
    for (size_t cut = 0; cut < length; cut++)
        assert_false(exitrec_parse_exit(&record, space, cut));
    assert_same(&record, &sample);
    space[3] = '\0';
    assert_false(exitrec_parse_exit(&record, space, length));
    for (size_t size = 0; size < length; size++)
        assert_int_equal(exitrec_print_exit(space, size, &sample), 0);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(exitrec_reason_word(EXIT_REASON_walltime), "walltime");
    assert_string_equal(exitrec_reason_word((enum exit_reason)0), "unknown");
    assert_string_equal(exitrec_reason_word((enum exit_reason)999), "unknown");
    assert_string_equal(exitrec_class_word(EXIT_CLASS_exists), "exists");
    assert_string_equal(exitrec_class_word((enum exit_class) - 1), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_round_trip),
        cmocka_unit_test(test_message_round_trip),
        cmocka_unit_test(test_text_is_one_line),
        cmocka_unit_test(test_begun),
        cmocka_unit_test(test_both_in_one),
        cmocka_unit_test(test_no_record),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
