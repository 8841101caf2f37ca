/*
 * test_bound.c - what a queue allows of each limit, and what it gives.
 *
 * Proves: E114 E115
 */
#include "teller.h"

/* A manager sets LIST of the queue `batch` to TEXT. */
static enum nqs_code set_list(struct teller *t, uint16_t list, const char *text)
{
    struct attrs attrs;
    struct request request = {.verb = VERB_SET_QUEUE,
                              .user = "root",
                              .host = "here",
                              .role = CORE_MANAGER,
                              .name = "batch",
                              .attrs = &attrs};
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_add_text(&attrs, list, text);
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    attrs_done(&attrs);
    return code;
}

/* The value of hot attribute ID of request SEQ; -1 when it has none. */
static int64_t hot_of(struct teller *t, uint32_t seq, uint16_t id)
{
    struct core_look look = {.key = {seq, NQS_NO_INDEX}};
    struct attrs attrs;
    struct buf space;
    int64_t value;

    attrs_init(&attrs);
    buf_init(&space);
    core_show(t->core, t->now, &look, &attrs, &space);
    value = attrs_number(&attrs, id, -1);
    buf_done(&space);
    attrs_done(&attrs);
    return value;
}

static void test_bounds(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    assert_int_equal(set_list(&t, ATTR_resources_max, "walltime=100,core=0,ncpus=8"), NQS_OK);
    assert_int_equal(set_list(&t, ATTR_resources_min, "mem=1mb"), NQS_OK);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_walltime, 101}), NQS_LIMIT);
    assert_non_null(strstr(t.err.text, "walltime=00:01:41: queue 'batch' allows at most 00:01:40"));
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_walltime, INT32_MAX}),
            NQS_LIMIT);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_core, 1}), NQS_LIMIT);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_mem, 4096}), NQS_LIMIT);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_nice, -1}), NQS_LIMIT);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch",
            WITH({ATTR_pcput, 10}, {ATTR_soft_pcput, 11}), NQS_VALUE);
    submit(&t, ANNA, "batch", WITH({ATTR_walltime, 100}, {ATTR_core, 0}, {ATTR_mem, 1 << 20}));
    assert_int_equal(set_list(&t, ATTR_resources_min, "nice=-5"), NQS_OK);
    submit(&t, ANNA, "batch", WITH({ATTR_nice, -5}));
    teller_done(&t);
}

static void test_inheriting(void **state)
{
    struct teller t;
    uint32_t seq;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    seq = submit(&t, ANNA, "batch", WITH({ATTR_walltime, INT32_MAX}));
    assert_int_equal(hot_of(&t, seq, ATTR_walltime), -1); /* unlimited is no limit */
    assert_int_equal(set_list(&t, ATTR_resources_max, "walltime=100,cput=50,ncpus=8"), NQS_OK);
    assert_int_equal(set_list(&t, ATTR_resources_default, "walltime=60"), NQS_OK);
    seq = submit(&t, ANNA, "batch", NOTHING);
    assert_int_equal(hot_of(&t, seq, ATTR_walltime), 60); /* the default */
    assert_int_equal(hot_of(&t, seq, ATTR_cput), 50);     /* else the maximum */
    assert_int_equal(hot_of(&t, seq, ATTR_ncpus), -1);    /* which is no need */
    assert_int_equal(set_list(&t, ATTR_resources_default, "walltime=30"), NQS_OK);
    assert_int_equal(set_list(&t, ATTR_resources_max, "cput="), NQS_OK);
    assert_int_equal(hot_of(&t, seq, ATTR_walltime), 60); /* what was accepted stays */
    seq = submit(&t, ANNA, "batch", NOTHING);
    assert_int_equal(hot_of(&t, seq, ATTR_walltime), 30);
    assert_int_equal(hot_of(&t, seq, ATTR_cput), -1);
    teller_done(&t);
}

static void test_lists_refused(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    assert_int_equal(set_list(&t, ATTR_resources_max, "mem=1gb"), NQS_OK);
    assert_int_equal(set_list(&t, ATTR_resources_max, "memm=1gb"), NQS_NOATTR);
    assert_int_equal(set_list(&t, ATTR_resources_max, "mem"), NQS_VALUE);
    assert_int_equal(set_list(&t, ATTR_resources_max, "cput=1,mem=1q"), NQS_VALUE);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_mem, 2LL << 30}), NQS_LIMIT);
    assert_int_equal(set_list(&t, ATTR_resources_max, ""), NQS_OK);
    submit(&t, ANNA, "batch", WITH({ATTR_mem, 2LL << 30}));
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_inheriting),
        cmocka_unit_test(test_lists_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
