/*
 * test_why.c - the reason that is shown of a request that waits.
 */
#include "teller.h"

/* What `qstat` would show of request SEQ as its reason; "" when it does not wait. */
static const char *why(const struct teller *t, uint32_t seq, int32_t index)
{
    static char text[512];
    struct core_look look = {{seq, index}, false};
    const struct attr *attr;
    struct attrs attrs;
    struct buf space;

    attrs_init(&attrs);
    buf_init(&space);
    look.virtual_member = index != NQS_NO_INDEX && member_of(t, seq, index) == STATE_NEW;
    core_show(t->core, t->now, &look, &attrs, &space);
    attr = attrs_find(&attrs, ATTR_why);
    text[0] = '\0';
    if (attr && attr->length < sizeof text) {
        memcpy(text, attr->bytes, attr->length);
        text[attr->length] = '\0';
    }
    attrs_done(&attrs);
    buf_done(&space);
    return text;
}

#define expect(seq, begin) assert_memory_equal(why(&t, seq, NQS_NO_INDEX), begin, strlen(begin))

static void test_holds(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 5);
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER}));
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER | HOLD_OPERATOR}));
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER | HOLD_OPERATOR | HOLD_SYSTEM}));
    pass(&t, 0);
    expect(1, "held_u: ");
    expect(2, "held_o: ");
    expect(3, "held_s: ");
    teller_done(&t);
}

static void test_times(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 5);
    submit(&t, ANNA, "batch", WITH({ATTR_execution_time, t.now.wall + 90 * NQS_SECOND}));
    submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 30);
    expect(1, "start_time: its Execution_Time comes in 60 s");
    assert_string_equal(why(&t, 2, NQS_NO_INDEX), "");
    hear(&t, FACT_START_FAILED, 2, NQS_NO_INDEX);
    expect(2, "start_retry: start 1 failed, tried again in 1 s: no luck");
    teller_done(&t);
}

static void test_limits(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    open_queue(&t, "other", 9);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, BERT, "batch", NOTHING);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "other", NOTHING);
    pass(&t, 0);
    expect(2, "queue_run_limit: queue batch runs 1 of at most 1 requests");
    set_queue(&t, "batch", ATTR_user_limit, 1);
    expect(3, "user_limit: queue batch runs at most 1 requests of somebody");
    set_queue(&t, "batch", ATTR_run_limit, 5);
    set_server(&t, ATTR_batch_limit, 2);
    pass(&t, 0);
    expect(2, "global_limit: the server runs 2 of at most 2 requests");
    set_server(&t, ATTR_batch_limit, 9);
    expect(2, "next: ");
    set_queue(&t, "batch", ATTR_started, 0);
    expect(2, "queue_stopped: queue batch is stopped");
    teller_done(&t);
}

static void test_arrays(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 9);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_last, 9}, {ATTR_array_step, 1}, {ATTR_array_max, 2}));
    pass(&t, 0);
    expect(1, "array_throttle: 2 of at most 2 members of the array run");
    assert_memory_equal(why(&t, 1, 7), "array_throttle: ", 16);
    assert_string_equal(why(&t, 1, 0), "");
    teller_done(&t);
}

/* After so many starts that failed in a row: the reason is there, and the last text. */
static void test_given_up(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    set_server(&t, ATTR_start_tries, 2);
    submit(&t, ANNA, "batch", NOTHING);
    for (int i = 0; i < 2; i++) {
        pass(&t, 100);
        hear(&t, FACT_START_FAILED, 1, NQS_NO_INDEX);
    }
    expect(1, "held_s: held by the system: 2 starts failed, the last: no luck");
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),    cmocka_unit_test(test_times),
        cmocka_unit_test(test_limits),   cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
