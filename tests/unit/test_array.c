/*
 * test_array.c - indices of arrays: steps, huge bounds, members in any order.
 */
#include "teller.h"
#include "world.h"

static struct array make(int32_t first, int32_t last, int32_t step)
{
    struct array array = {.array_first = first, .array_last = last, .array_step = step};

    array.array_next = first;
    array.todo = array_size(&array);
    return array;
}

static void test_size(void **state)
{
    struct array odd = make(1, 6, 2);
    struct array one = make(7, 7, 5);
    struct array huge = make(0, INT32_MAX, INT32_MAX);
    struct array all = make(0, INT32_MAX, 1);
    struct array none = make(5, 4, 1);

    (void)state;
    assert_int_equal(array_size(&odd), 3);
    assert_int_equal(array_size(&one), 1);
    assert_int_equal(array_size(&huge), 2);
    assert_int_equal(array_size(&all), 2147483648u);
    assert_int_equal(array_size(&none), 0);
}

static void test_has(void **state)
{
    struct array odd = make(1, 6, 2);
    struct array huge = make(INT32_MAX - 4, INT32_MAX, 2);
    struct array half = {.array_last = 9};

    (void)state;
    assert_true(array_has(&odd, 5));
    assert_false(array_has(&odd, 6));
    assert_false(array_has(&odd, 7));
    assert_false(array_has(&odd, -1));
    assert_true(array_has(&huge, INT32_MAX));
    assert_false(array_has(&huge, INT32_MAX - 1));
    assert_false(array_has(&half, 0)); /* no step: no members, and no division by it */
}

static void test_taken_in_order(void **state)
{
    struct array array = make(1, 9, 4);

    (void)state;
    for (int32_t index = 1; index <= 9; index += 4) {
        assert_int_equal(array_waiting_from(&array, 0), index);
        array_take(&array, index);
    }
    assert_int_equal(array.todo, 0);
    assert_null(array.array_done);
    assert_int_equal(array_waiting_from(&array, 0), NQS_NO_INDEX);
}

static void test_taken_in_any_order(void **state)
{
    struct array array = make(10, 100, 10);

    (void)state;
    array_take(&array, 50);
    array_take(&array, 100);
    array_take(&array, 20);
    assert_int_equal(array.todo, 7);
    assert_false(array_waits(&array, 50));
    assert_int_equal(array_waiting_from(&array, 11), 30);
    array_take(&array, 10);
    assert_int_equal(array_waiting_from(&array, 0), 30); /* 20 has gone before */
    array_take(&array, 30);
    array_take(&array, 40);
    assert_int_equal(array_waiting_from(&array, 0), 60);
    array_take_all(&array);
    assert_int_equal(array_waiting_from(&array, 0), NQS_NO_INDEX);
    mem_free(array.array_done);
}

static void test_end_of_numbers(void **state)
{
    struct array array = make(INT32_MAX - 2, INT32_MAX, 2);

    (void)state;
    array_take(&array, INT32_MAX - 2);
    assert_int_equal(array_waiting_from(&array, 0), INT32_MAX);
    array_take(&array, INT32_MAX);
    assert_int_equal(array_waiting_from(&array, (int64_t)INT32_MAX + 1), NQS_NO_INDEX);
}

/* Bounds of two billion are refused at once, not counted one by one. */
static void test_bounds_of_submissions(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    assert_int_equal(
        ask(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch",
            WITH({ATTR_array_first, 0}, {ATTR_array_last, INT32_MAX}, {ATTR_array_step, 1})),
        NQS_LIMIT);
    assert_int_equal(ask(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch",
                         WITH({ATTR_array_first, 5}, {ATTR_array_last, 4}, {ATTR_array_step, 1})),
                     NQS_VALUE);
    assert_int_equal(ask(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_array_last, 4})),
                     NQS_VALUE);
    assert_int_equal(ask(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_array_max, 4})),
                     NQS_VALUE);
    assert_int_equal(
        submit(&t, ANNA, "batch", WITH({ATTR_array_last, INT32_MAX}, {ATTR_array_step, 1 << 20})),
        1);
    teller_done(&t);
}

static size_t running_members(const struct teller *t, uint32_t seq)
{
    size_t count = 0;

    for (int32_t index = 0; index < 10; index++)
        count += member_of(t, seq, index) == STATE_STARTING;
    return count;
}

/* Members that come back stand in line with those that were never begun. */
static void test_throttle(void **state)
{
    struct teller t;
    uint32_t seq;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 100);
    seq = submit(&t, ANNA, "batch",
                 WITH({ATTR_array_last, 5}, {ATTR_array_step, 1}, {ATTR_array_max, 2}));
    pass(&t, 0);
    assert_int_equal(running_members(&t, seq), 2);
    assert_int_equal(member_of(&t, seq, 1), STATE_STARTING);
    for (int32_t index = 0; index < 2; index++)
        hear(&t, FACT_NEVER_RAN, seq, index);
    pass(&t, 0);
    assert_int_equal(running_members(&t, seq), 2);
    hear(&t, FACT_EXITED, seq, 2);
    hear(&t, FACT_EXITED, seq, 3);
    pass(&t, 0);
    assert_true(running_members(&t, seq) <= 2);
    for (int round = 0; round < 10; round++) {
        for (int32_t index = 0; index < 6; index++)
            if (member_of(&t, seq, index) == STATE_STARTING)
                hear(&t, FACT_EXITED, seq, index);
        pass(&t, 0);
    }
    assert_int_equal(state_of(&t, seq), STATE_NEW); /* it has ended, with its members */
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size),           cmocka_unit_test(test_has),
        cmocka_unit_test(test_taken_in_order), cmocka_unit_test(test_taken_in_any_order),
        cmocka_unit_test(test_end_of_numbers), cmocka_unit_test(test_bounds_of_submissions),
        cmocka_unit_test(test_throttle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
