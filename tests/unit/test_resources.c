/*
 * test_resources.c - processors and memory that are counted, backfill, ageing.
 */
#include "teller.h"

static void begin(struct teller *t, int64_t ncpus, int64_t backfill)
{
    teller_init(t);
    open_queue(t, "batch", 100);
    set_server(t, ATTR_available_ncpus, ncpus);
    set_server(t, ATTR_backfill, backfill);
}

static uint32_t need(struct teller *t, int64_t ncpus, int64_t walltime)
{
    if (!walltime)
        return submit(t, ANNA, "batch", WITH({ATTR_ncpus, ncpus}));
    return submit(t, ANNA, "batch", WITH({ATTR_walltime, walltime}, {ATTR_ncpus, ncpus}));
}

#define expect(seq, state) assert_int_equal(state_of(&t, seq), state)

/* Nothing passes one that does not fit; what asks for nothing needs one processor. */
static void test_capacity(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 4, 0);
    need(&t, 3, 100);
    need(&t, 2, 100);
    submit(&t, BERT, "batch", NOTHING);
    pass(&t, 0);
    expect(1, STATE_STARTING);
    expect(2, STATE_QUEUED);
    expect(3, STATE_QUEUED);
    hear(&t, FACT_EXITED, 1, NQS_NO_INDEX);
    pass(&t, 0);
    expect(2, STATE_STARTING);
    expect(3, STATE_STARTING);
    teller_done(&t);
}

static void test_memory(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 0, 0);
    set_server(&t, ATTR_available_mem, 1 << 20);
    submit(&t, ANNA, "batch", WITH({ATTR_mem, 600 << 10}));
    submit(&t, ANNA, "batch", WITH({ATTR_mem, 600 << 10}));
    pass(&t, 0);
    expect(1, STATE_STARTING);
    expect(2, STATE_QUEUED);
    set_server(&t, ATTR_available_mem, 0);
    pass(&t, 0);
    expect(2, STATE_STARTING);
    teller_done(&t);
}

/* What could not run on an empty machine keeps nobody waiting. */
static void test_too_large(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 4, 0);
    need(&t, 5, 100);
    need(&t, 4, 100);
    pass(&t, 0);
    expect(1, STATE_QUEUED);
    expect(2, STATE_STARTING);
    set_server(&t, ATTR_available_ncpus, 9);
    pass(&t, 0);
    expect(1, STATE_STARTING);
    teller_done(&t);
}

/* 1 runs for 100 s; 2 waits for it; behind 2 may pass what is over by then, and nothing else. */
static void test_backfill(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 4, 1);
    need(&t, 3, 100);
    need(&t, 4, 100);
    need(&t, 1, 200);
    need(&t, 1, 0);
    need(&t, 1, 100);
    need(&t, 1, 10);
    pass(&t, 0);
    expect(1, STATE_STARTING);
    expect(2, STATE_QUEUED);
    expect(3, STATE_QUEUED);
    expect(4, STATE_QUEUED);
    expect(5, STATE_STARTING);
    expect(6, STATE_QUEUED); /* it would be over in time, but there is no processor left */
    hear(&t, FACT_EXITED, 5, NQS_NO_INDEX);
    pass(&t, 50);
    expect(6, STATE_STARTING);
    hear(&t, FACT_EXITED, 6, NQS_NO_INDEX);
    pass(&t, 50);
    hear(&t, FACT_EXITED, 1, NQS_NO_INDEX);
    pass(&t, 0);
    expect(2, STATE_STARTING);
    expect(3, STATE_QUEUED);
    teller_done(&t);
}

/* Nobody can promise anything behind one that may run for ever. */
static void test_no_promise(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 4, 1);
    need(&t, 3, 0);
    need(&t, 4, 100);
    need(&t, 1, 10);
    pass(&t, 0);
    expect(1, STATE_STARTING);
    expect(3, STATE_QUEUED);
    teller_done(&t);
}

/* Members are placed one by one, and each needs its own. */
static void test_array(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 5, 1);
    submit(&t, ANNA, "batch",
           WITH({ATTR_walltime, 50}, {ATTR_array_last, 9}, {ATTR_array_step, 1}, {ATTR_ncpus, 2}));
    need(&t, 1, 10);
    pass(&t, 0);
    assert_int_equal(core_running(t.core), 3);
    expect(2, STATE_STARTING);
    teller_done(&t);
}

/* An hour of waiting for a point: 2 came two hours later and has one point more. */
static void test_ageing(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", WITH({ATTR_priority, 10}));
    pass(&t, 2 * 3600);
    submit(&t, ANNA, "batch", WITH({ATTR_priority, 11}));
    submit(&t, ANNA, "batch", WITH({ATTR_priority, 13}));
    set_queue(&t, "batch", ATTR_ageing, 3600);
    set_queue(&t, "batch", ATTR_run_limit, 1);
    pass(&t, 0);
    expect(3, STATE_STARTING); /* three points: more than two hours */
    expect(1, STATE_QUEUED);
    set_queue(&t, "batch", ATTR_run_limit, 2);
    pass(&t, 0);
    expect(1, STATE_STARTING); /* one point: less */
    expect(2, STATE_QUEUED);
    set_queue(&t, "batch", ATTR_ageing, 0);
    set_queue(&t, "batch", ATTR_run_limit, 3);
    pass(&t, 0);
    expect(2, STATE_STARTING);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capacity),   cmocka_unit_test(test_memory),
        cmocka_unit_test(test_too_large),  cmocka_unit_test(test_backfill),
        cmocka_unit_test(test_no_promise), cmocka_unit_test(test_array),
        cmocka_unit_test(test_ageing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
