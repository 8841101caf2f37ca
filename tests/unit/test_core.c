/*
 * test_core.c - what a core refuses and grants, and what follows.
 *
 * Proves: E060 E063 E064 E076 E120 E121 E166
 */
#include "teller.h"

static void test_submissions_refused(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "", NOTHING, NQS_NODEFAULT);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "none", NOTHING, NQS_NOQUEUE);
    open_queue(&t, "batch", 1);
    refused(&t, VERB_QUEUE_JOB, ROOT, CORE_MANAGER, "batch", NOTHING, NQS_USER);
    refused(&t, VERB_QUEUE_JOB, 999, CORE_USER, "batch", NOTHING, NQS_USER);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_priority, 1024}), NQS_VALUE);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_state, 1}), NQS_READONLY);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_run_limit, 1}), NQS_NOATTR);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({9999, 1}), NQS_NOATTR);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", WITH({ATTR_holds, HOLD_OPERATOR}),
            NQS_PERM);
    set_queue(&t, "batch", ATTR_enabled, 0);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", NOTHING, NQS_DISABLED);
    teller_done(&t);
}

static void test_requests_refused(void **state)
{
    static const enum core_verb verbs[] = {VERB_DELETE_JOB, VERB_HOLD_JOB, VERB_RELEASE_JOB,
                                           VERB_RERUN_JOB, VERB_SIGNAL_JOB};
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 0);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        refused(&t, verbs[i], ANNA, CORE_USER, "12.", NOTHING, NQS_SYNTAX);
        refused(&t, verbs[i], ANNA, CORE_USER, "7", NOTHING, NQS_NOJOB);
        refused(&t, verbs[i], ANNA, CORE_USER, "1.elsewhere", NOTHING, NQS_NOJOB);
        refused(&t, verbs[i], ANNA, CORE_USER, "1[]", NOTHING, NQS_NOJOB);
        refused(&t, verbs[i], ANNA, CORE_USER, "1[3]", NOTHING, NQS_NOJOB);
        /* of somebody else it is said that it does not exist, in the same words */
        refused(&t, verbs[i], BERT, CORE_USER, "1", NOTHING, NQS_NOJOB);
        assert_string_equal(t.err.text, "Unknown Job Id 1");
    }
    refused(&t, VERB_RERUN_JOB, ANNA, CORE_USER, "2", NOTHING, NQS_STATE);
    refused(&t, VERB_SIGNAL_JOB, ANNA, CORE_USER, "2", NOTHING, NQS_STATE);
    granted(&t, VERB_DELETE_JOB, BERT, CORE_OPERATOR, "1.here", NOTHING);
    refused(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING, NQS_STATE);
    refused(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1", NOTHING, NQS_STATE);
    teller_done(&t);
}

static void test_queues_refused(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    refused(&t, VERB_CREATE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING, NQS_EXISTS);
    refused(&t, VERB_CREATE_QUEUE, ROOT, CORE_MANAGER, "1st", NOTHING, NQS_VALUE);
    refused(&t, VERB_CREATE_QUEUE, ROOT, CORE_MANAGER, "sixteen_letters_", NOTHING, NQS_VALUE);
    refused(&t, VERB_SET_QUEUE, ROOT, CORE_MANAGER, "none", WITH({ATTR_started, 1}), NQS_NOQUEUE);
    refused(&t, VERB_SET_QUEUE, ROOT, CORE_MANAGER, "batch", WITH({ATTR_queue_priority, 64}),
            NQS_VALUE);
    refused(&t, VERB_SET_QUEUE, BERT, CORE_OPERATOR, "batch", WITH({ATTR_queue_priority, 6}),
            NQS_PERM);
    refused(&t, VERB_SET_QUEUE, ROOT, CORE_MANAGER, "batch", WITH({ATTR_batch_limit, 6}),
            NQS_NOATTR);
    refused(&t, VERB_PURGE_QUEUE, ROOT, CORE_MANAGER, "none", NOTHING, NQS_NOQUEUE);
    refused(&t, VERB_SET_SERVER, ROOT, CORE_MANAGER, "", WITH({ATTR_next_seq, 1}), NQS_READONLY);
    refused(&t, VERB_SET_SERVER, ROOT, CORE_MANAGER, "", WITH({ATTR_start_tries, 0}), NQS_VALUE);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "bacth", NOTHING, NQS_NOQUEUE);
    assert_string_equal(t.err.text, "queue 'bacth' does not exist: did you mean 'batch'?");
    refused(&t, VERB_SET_QUEUE, ANNA, CORE_MANAGER, "nothing", NOTHING, NQS_NOQUEUE);
    assert_string_equal(t.err.text, "queue 'nothing' does not exist");
    teller_done(&t);
}

/* E121: enabled, started or not empty, it stays. */
static void test_delete_queue(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", NOTHING);
    refused(&t, VERB_DELETE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING, NQS_NOTEMPTY);
    set_queue(&t, "batch", ATTR_enabled, 0);
    refused(&t, VERB_DELETE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING, NQS_NOTEMPTY);
    set_queue(&t, "batch", ATTR_started, 0);
    refused(&t, VERB_DELETE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING, NQS_NOTEMPTY);
    granted(&t, VERB_PURGE_QUEUE, ROOT, CORE_OPERATOR, "batch", NOTHING);
    granted(&t, VERB_DELETE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING);
    pass(&t, 0);
    assert_string_equal(core_queue_next(t.core, "") ? "there" : "gone", "gone");
    teller_done(&t);
}

static const char *word_of(const struct teller *t, const char *queue, uint16_t id)
{
    static char word[32];
    const struct attr *attr;
    struct attrs attrs;
    struct buf space;

    attrs_init(&attrs);
    buf_init(&space);
    assert_true(core_queue_show(t->core, queue, &attrs, &space));
    attr = attrs_find(&attrs, id);
    assert_true(attr && attr->length < sizeof word);
    memcpy(word, attr->bytes, attr->length);
    word[attr->length] = '\0';
    attrs_done(&attrs);
    buf_done(&space);
    return word;
}

/* E120: a queue from its creation to STOPPED. */
static void test_queue_states(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    granted(&t, VERB_CREATE_QUEUE, ROOT, CORE_MANAGER, "batch", NOTHING);
    assert_string_equal(word_of(&t, "batch", ATTR_queue_admission), "DISABLED");
    assert_string_equal(word_of(&t, "batch", ATTR_queue_flow), "STOPPED");
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", NOTHING, NQS_DISABLED);
    set_queue(&t, "batch", ATTR_enabled, 1);
    submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 0);
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    set_queue(&t, "batch", ATTR_started, 1);
    assert_string_equal(word_of(&t, "batch", ATTR_queue_flow), "INACTIVE");
    pass(&t, 0);
    assert_int_equal(state_of(&t, 1), STATE_STARTING);
    assert_string_equal(word_of(&t, "batch", ATTR_queue_flow), "RUNNING");
    set_queue(&t, "batch", ATTR_started, 0);
    assert_string_equal(word_of(&t, "batch", ATTR_queue_flow), "STOPPING");
    hear(&t, FACT_EXITED, 1, NQS_NO_INDEX);
    assert_string_equal(word_of(&t, "batch", ATTR_queue_flow), "STOPPED");
    set_queue(&t, "batch", ATTR_enabled, 0);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_USER, "batch", NOTHING, NQS_DISABLED);
    teller_done(&t);
}

/* E063, E064: who may set and release which hold. */
static void test_hold_rights(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    set_queue(&t, "batch", ATTR_started, 0);
    submit(&t, ANNA, "batch", NOTHING);
    refused(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1", WITH({ATTR_set_holds, 5}), NQS_PERM);
    refused(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1", WITH({ATTR_set_holds, 2}), NQS_PERM);
    refused(&t, VERB_HOLD_JOB, BERT, CORE_OPERATOR, "1", WITH({ATTR_set_holds, 4}), NQS_PERM);
    granted(&t, VERB_HOLD_JOB, BERT, CORE_OPERATOR, "1", WITH({ATTR_set_holds, 2}));
    granted(&t, VERB_HOLD_JOB, ROOT, CORE_MANAGER, "1", WITH({ATTR_set_holds, 4}));
    granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1", NOTHING);
    refused(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1", WITH({ATTR_set_holds, 2}), NQS_PERM);
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1", NOTHING);
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1", NOTHING); /* twice is as once */
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    granted(&t, VERB_RELEASE_JOB, BERT, CORE_OPERATOR, "1", WITH({ATTR_set_holds, 2}));
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    granted(&t, VERB_RELEASE_JOB, ROOT, CORE_MANAGER, "1", WITH({ATTR_set_holds, 7}));
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    teller_done(&t);
}

/* A member of a held array is released alone, and waits for its date like the others. */
static void test_holds_of_members(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 9);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_last, 4}, {ATTR_array_step, 2}, {ATTR_holds, HOLD_USER}));
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1[2]", NOTHING);
    assert_string_equal(t.name, "1[2].here");
    pass(&t, 0);
    assert_int_equal(member_of(&t, 1, 2), STATE_STARTING);
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_last, 1}, {ATTR_array_step, 1}, {ATTR_holds, HOLD_USER},
                {ATTR_execution_time, t.now.wall + 60 * NQS_SECOND}));
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "2[0]", NOTHING);
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "2[]", NOTHING);
    pass(&t, 1);
    assert_int_equal(member_of(&t, 2, 0), STATE_WAITING);
    assert_int_equal(state_of(&t, 2), STATE_WAITING);
    pass(&t, 60);
    assert_int_equal(member_of(&t, 2, 0), STATE_STARTING);
    assert_int_equal(member_of(&t, 2, 1), STATE_STARTING);
    teller_done(&t);
}

/* E076: what is not rerunnable, queued or held stays as it is. */
static void test_rerun(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    submit(&t, ANNA, "batch", WITH({ATTR_rerunable, 0}));
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER}));
    pass(&t, 0);
    refused(&t, VERB_RERUN_JOB, ANNA, CORE_USER, "1", NOTHING, NQS_STATE);
    refused(&t, VERB_RERUN_JOB, ANNA, CORE_USER, "3", NOTHING, NQS_STATE);
    refused(&t, VERB_RERUN_JOB, ANNA, CORE_USER, "4", NOTHING, NQS_STATE);
    hear(&t, FACT_STARTED, 2, NQS_NO_INDEX);
    granted(&t, VERB_RERUN_JOB, ANNA, CORE_USER, "2", NOTHING);
    assert_int_equal(orders(&t, ORDER_TO_KILL), 1);
    hear(&t, FACT_EXITED, 2, NQS_NO_INDEX);
    pass(&t, 0);
    assert_int_equal(state_of(&t, 2), STATE_STARTING);
    assert_int_equal(facts_of(&t, 2, NQS_NO_INDEX).run_count, 2);
    assert_int_equal(facts_of(&t, 2, NQS_NO_INDEX).incarnation, 2);
    teller_done(&t);
}

/* E166: twenty starts that fail in a row hold a request; they come ever more slowly. */
static void test_starts_that_fail(void **state)
{
    struct teller t;
    int tries = 0;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    submit(&t, ANNA, "batch", NOTHING);
    for (int second = 0; second < 3600; second++) {
        pass(&t, 1);
        if (state_of(&t, 1) != STATE_STARTING)
            continue;
        tries++;
        hear(&t, FACT_START_FAILED, 1, NQS_NO_INDEX);
    }
    assert_int_equal(tries, 20);
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    refused(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1", WITH({ATTR_set_holds, HOLD_SYSTEM}),
            NQS_PERM);
    granted(&t, VERB_RELEASE_JOB, ROOT, CORE_MANAGER, "1", WITH({ATTR_set_holds, HOLD_SYSTEM}));
    pass(&t, 1);
    hear(&t, FACT_START_FAILED, 1, NQS_NO_INDEX);
    assert_int_equal(state_of(&t, 1), STATE_RETRYING); /* counted anew */
    teller_done(&t);
}

/* E060: the wall clock jumps, and what waits for a date waits for that date. */
static void test_clock_steps(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    submit(&t, ANNA, "batch", WITH({ATTR_execution_time, t.now.wall + 100 * NQS_SECOND}));
    t.now.wall -= 1000 * NQS_SECOND;
    pass(&t, 100);
    assert_int_equal(state_of(&t, 1), STATE_WAITING);
    assert_true(core_wake(t.core).wall == t.now.wall + 1000 * NQS_SECOND);
    t.now.wall += 1000 * NQS_SECOND;
    pass(&t, 0);
    assert_int_equal(state_of(&t, 1), STATE_STARTING);
    teller_done(&t);
}

/* Output that cannot be placed is kept after deliver_wait, measured from the exit. */
static void test_delivery_gives_up(void **state)
{
    struct fact fact = {.kind = FACT_EXITED,
                        .key = {1, NQS_NO_INDEX},
                        .incarnation = 1,
                        .reason = "exited",
                        .spooled = "oe"};
    struct teller t;
    int tries = 0;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    set_server(&t, ATTR_deliver_wait, 100);
    submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 0);
    outbox_clear(&t.out);
    core_hear(t.core, t.now, &fact, &t.out);
    assert_int_equal(state_of(&t, 1), STATE_EXITING);
    for (int second = 0; second < 1000 && state_of(&t, 1) == STATE_EXITING; second++) {
        if (orders(&t, ORDER_TO_DELIVER)) {
            tries++;
            hear(&t, FACT_DELIVERY_FAILED, 1, NQS_NO_INDEX);
        }
        pass(&t, 1);
    }
    assert_int_equal(tries, 5);
    assert_int_equal(state_of(&t, 1), STATE_NEW);
    teller_done(&t);
}

/* Requests in order of their keys; members that were not begun among those that were. */
static void test_listing(void **state)
{
    static const struct {
        struct job_key key;
        bool virtual_member;
    } wanted[] = {{{1, NQS_NO_INDEX}, false},
                  {{2, NQS_NO_INDEX}, false},
                  {{2, 1}, false},
                  {{2, 3}, true},
                  {{2, 5}, false},
                  {{2, 7}, true},
                  {{3, NQS_NO_INDEX}, false}};
    struct core_look look = {.key = {0, NQS_NO_INDEX}};
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_first, 1}, {ATTR_array_last, 7}, {ATTR_array_step, 2}));
    submit(&t, ANNA, "batch", NOTHING);
    granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "2[5]", NOTHING);
    pass(&t, 0);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct job_key after = look.key;

        assert_true(core_next(t.core, i ? &after : NULL, true, &look));
        assert_int_equal(look.key.seq, wanted[i].key.seq);
        assert_int_equal(look.key.index, wanted[i].key.index);
        assert_int_equal(look.virtual_member, wanted[i].virtual_member);
    }
    assert_false(core_next(t.core, &look.key, true, &look));
    assert_true(core_next(t.core, &wanted[1].key, false, &look));
    assert_int_equal(look.key.seq, 3);
    assert_int_equal(core_find(t.core, "2[3].here", &look, &t.err), NQS_OK);
    assert_true(look.virtual_member);
    assert_int_equal(core_find(t.core, "2[2].here", &look, &t.err), NQS_NOJOB);
    teller_done(&t);
}

/* A purged queue's array closes; what still runs of it can be deleted. */
static void test_delete_purged_array(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    submit(&t, ANNA, "batch", WITH({ATTR_array_last, 9}, {ATTR_array_step, 1}));
    pass(&t, 0);
    granted(&t, VERB_PURGE_QUEUE, ROOT, CORE_OPERATOR, "batch", NOTHING);
    assert_int_equal(state_of(&t, 1), STATE_CLOSING);
    assert_int_equal(orders(&t, ORDER_TO_KILL), 0);
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_string_equal(t.name, "1[].here");
    assert_int_equal(orders(&t, ORDER_TO_KILL), 2);
    refused(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING, NQS_STATE);
    hear(&t, FACT_EXITED, 1, 0);
    hear(&t, FACT_EXITED, 1, 1);
    assert_int_equal(state_of(&t, 1), STATE_NEW);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submissions_refused), cmocka_unit_test(test_requests_refused),
        cmocka_unit_test(test_queues_refused),      cmocka_unit_test(test_delete_queue),
        cmocka_unit_test(test_queue_states),        cmocka_unit_test(test_hold_rights),
        cmocka_unit_test(test_holds_of_members),    cmocka_unit_test(test_rerun),
        cmocka_unit_test(test_starts_that_fail),    cmocka_unit_test(test_clock_steps),
        cmocka_unit_test(test_delivery_gives_up),   cmocka_unit_test(test_listing),
        cmocka_unit_test(test_delete_purged_array),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
