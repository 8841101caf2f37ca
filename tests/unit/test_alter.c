/*
 * test_alter.c - altering and moving in the core: all or nothing, and when not.
 *
 * Proves: E058 E077 E078 E079 E080 E083 E085 E086 E155
 */
#include <stdio.h>

#include "job.h"
#include "teller.h"

/* The value ATTR of SEQ as it is shown. */
static int64_t shown(const struct teller *t, uint32_t seq, int32_t index, uint16_t attr)
{
    struct core_look look = {.key = {seq, index}};
    struct attrs attrs;
    struct buf space;
    int64_t number;

    attrs_init(&attrs);
    buf_init(&space);
    core_show(t->core, t->now, &look, &attrs, &space);
    number = attrs_number(&attrs, attr, -9999);
    buf_done(&space);
    attrs_done(&attrs);
    return number;
}

static bool stands_in(const struct teller *t, uint32_t seq, int32_t index, const char *queue)
{
    struct core_look look = {.key = {seq, index}};
    const struct attr *attr;
    struct attrs attrs;
    struct buf space;
    bool same;

    attrs_init(&attrs);
    buf_init(&space);
    core_show(t->core, t->now, &look, &attrs, &space);
    attr = attrs_find(&attrs, ATTR_queue);
    same = attr && attr->length == strlen(queue) && !memcmp(attr->bytes, queue, attr->length);
    buf_done(&space);
    attrs_done(&attrs);
    return same;
}

/* Ask to move NAME to QUEUE. */
static enum nqs_code move(struct teller *t, uint32_t uid, const char *name, const char *queue)
{
    struct attrs attrs;
    struct request request = {.verb = VERB_MOVE_JOB, .uid = uid, .name = name, .attrs = &attrs};
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_add_text(&attrs, ATTR_destination, queue);
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    attrs_done(&attrs);
    return code;
}

/* Ask to alter 1 by a umask, with BODY as what the store has. */
static enum nqs_code modify_umask(struct teller *t, const struct attrs *body)
{
    struct attrs attrs;
    struct request request = {
        .verb = VERB_MODIFY_JOB, .uid = ANNA, .name = "1", .attrs = &attrs, .body = body};
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_add_number(&attrs, ATTR_umask, 022);
    attrs_add_number(&attrs, ATTR_umask, 027);
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    attrs_done(&attrs);
    return code;
}

/* Ask to take ATTR away from 1. */
static enum nqs_code take_away(struct teller *t, uint16_t attr)
{
    const char ids[] = {(char)(attr >> 8), (char)attr};
    struct attrs attrs;
    struct request request = {.verb = VERB_MODIFY_JOB, .uid = ANNA, .name = "1", .attrs = &attrs};
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_add_bytes(&attrs, ATTR_unset, ids, sizeof ids);
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    attrs_done(&attrs);
    return code;
}

static void test_all_or_nothing(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", NOTHING);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1",
            WITH({ATTR_priority, 5}, {ATTR_cput, 9}, {ATTR_umask, 512}), NQS_VALUE);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1",
            WITH({ATTR_priority, 5}, {ATTR_holds, HOLD_SYSTEM}), NQS_PERM);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_state, 5}), NQS_READONLY);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_array_first, 5}), NQS_READONLY);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_array_max, 5}), NQS_NOATTR);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_run_limit, 5}), NQS_NOATTR);
    refused(&t, VERB_MODIFY_JOB, BERT, CORE_USER, "1", WITH({ATTR_priority, 5}), NQS_NOJOB);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_priority, 5}, {ATTR_cput, 9}));
    assert_int_equal(t.out.event_count, 1);
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_priority), 5);
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_cput), 9);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_cput, 0}), NQS_VALUE);
    assert_int_equal(take_away(&t, ATTR_name), NQS_VALUE);
    assert_int_equal(take_away(&t, ATTR_state), NQS_READONLY);
    assert_int_equal(take_away(&t, ATTR_cput), NQS_OK);
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_cput), -9999);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_int_equal(t.out.event_count, 0);
    teller_done(&t);
}

static void test_dates(void **state)
{
    struct teller t;
    nqs_time later;

    (void)state;
    teller_init(&t);
    later = t.now.wall + 100 * NQS_SECOND;
    open_queue(&t, "batch", 1);
    set_queue(&t, "batch", ATTR_started, 0);
    submit(&t, ANNA, "batch", NOTHING);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_execution_time, later}));
    assert_int_equal(state_of(&t, 1), STATE_WAITING);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1",
            WITH({ATTR_execution_time, t.now.wall - NQS_SECOND}));
    assert_int_equal(t.out.event_count, 0);
    assert_int_equal(state_of(&t, 1), STATE_WAITING);
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_execution_time), later);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1",
            WITH({ATTR_execution_time, later - 90 * NQS_SECOND}, {ATTR_holds, HOLD_USER}));
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_holds, 0}));
    assert_int_equal(state_of(&t, 1), STATE_WAITING);
    pass(&t, 10);
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    teller_done(&t);
}

static void test_holds_of_the_caller(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER | HOLD_OPERATOR | HOLD_SYSTEM}));
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_holds, 0}));
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_holds), HOLD_OPERATOR | HOLD_SYSTEM);
    granted(&t, VERB_MODIFY_JOB, BERT, CORE_OPERATOR, "1", WITH({ATTR_holds, HOLD_USER}));
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_holds), HOLD_USER | HOLD_SYSTEM);
    granted(&t, VERB_MODIFY_JOB, ROOT, CORE_MANAGER, "1", WITH({ATTR_holds, 0}));
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    teller_done(&t);
}

static void test_what_runs(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    open_queue(&t, "other", 1);
    submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 1);
    hear(&t, FACT_STARTED, 1, NQS_NO_INDEX);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_walltime, 60}), NQS_STATE);
    refused(&t, VERB_MODIFY_JOB, ROOT, CORE_MANAGER, "1",
            WITH({ATTR_priority, 1}, {ATTR_umask, 022}), NQS_STATE);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1",
            WITH({ATTR_priority, 1}, {ATTR_rerunable, 0}, {ATTR_holds, HOLD_USER}));
    assert_int_equal(state_of(&t, 1), STATE_RUNNING);
    assert_int_equal(shown(&t, 1, NQS_NO_INDEX, ATTR_holds), HOLD_USER);
    assert_int_equal(move(&t, ANNA, "1", "other"), NQS_STATE);
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", WITH({ATTR_priority, 1}), NQS_STATE);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1", NOTHING, NQS_STATE);
    assert_int_equal(move(&t, ANNA, "1", "other"), NQS_STATE);
    teller_done(&t);
}

static void test_order(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, BERT, "batch", NOTHING);
    granted(&t, VERB_MODIFY_JOB, BERT, CORE_USER, "3", WITH({ATTR_priority, 7}));
    pass(&t, 0);
    assert_int_equal(state_of(&t, 3), STATE_STARTING);
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    teller_done(&t);
}

static void test_body(void **state)
{
    struct attrs body;
    struct attrs now;
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", NOTHING);
    assert_int_equal(modify_umask(&t, NULL), NQS_DAMAGED);
    attrs_init(&body);
    attrs_add_text(&body, ATTR_output_path, "here:/tmp/o");
    attrs_add_number(&body, ATTR_umask, 077);
    assert_int_equal(modify_umask(&t, &body), NQS_OK);
    assert_int_equal(t.out.record_count, 1);
    assert_int_equal(t.out.records[0].kind, RECORD_BODY);
    attrs_init(&now);
    assert_true(attrs_unpack(&now, outbox_bytes(&t.out, t.out.records[0].value),
                             t.out.records[0].value.length));
    assert_int_equal(now.count, 2);
    assert_int_equal(attrs_number(&now, ATTR_umask, 0), 027);
    assert_non_null(attrs_find(&now, ATTR_output_path));
    attrs_done(&now);
    attrs_done(&body);
    teller_done(&t);
}

static void test_moves(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    open_queue(&t, "other", 1);
    open_queue(&t, "shut", 1);
    set_queue(&t, "shut", ATTR_enabled, 0);
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER}));
    submit(&t, ANNA, "batch", WITH({ATTR_execution_time, t.now.wall + 9 * NQS_SECOND}));
    submit(&t, ANNA, "batch", NOTHING);
    assert_int_equal(move(&t, ANNA, "1", "shut"), NQS_DISABLED);
    assert_int_equal(move(&t, ANNA, "1", "nowhere"), NQS_NOQUEUE);
    assert_int_equal(move(&t, ANNA, "1", "other@there"), NQS_UNSUPPORTED);
    assert_int_equal(move(&t, BERT, "1", "other"), NQS_NOJOB);
    assert_true(stands_in(&t, 1, NQS_NO_INDEX, "batch"));
    for (int seq = 1; seq <= 3; seq++) {
        char name[8];

        snprintf(name, sizeof name, "%d", seq);
        assert_int_equal(move(&t, ANNA, name, "other@here"), NQS_OK);
        assert_true(stands_in(&t, (uint32_t)seq, NQS_NO_INDEX, "other"));
    }
    assert_int_equal(move(&t, ANNA, "1", "other"), NQS_OK);
    assert_int_equal(t.out.event_count, 0);
    assert_int_equal(state_of(&t, 1), STATE_HELD);
    assert_int_equal(state_of(&t, 2), STATE_WAITING);
    pass(&t, 1);
    assert_int_equal(state_of(&t, 3), STATE_STARTING);
    teller_done(&t);
}

static void test_arrays(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    open_queue(&t, "other", 0);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_first, 1}, {ATTR_array_last, 9}, {ATTR_array_step, 1}));
    granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1[4]", NOTHING);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1[]",
            WITH({ATTR_priority, 3}, {ATTR_array_max, 1}, {ATTR_walltime, 60}));
    assert_int_equal(shown(&t, 1, 4, ATTR_walltime), 60);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1[4]", WITH({ATTR_priority, 4}),
            NQS_UNSUPPORTED);
    assert_int_equal(move(&t, ANNA, "1[]", "other"), NQS_OK);
    assert_true(stands_in(&t, 1, 4, "other"));
    assert_int_equal(move(&t, ANNA, "1[4]", "batch"), NQS_UNSUPPORTED);
    assert_int_equal(move(&t, ANNA, "1[]", "batch"), NQS_OK);
    pass(&t, 0);
    assert_int_equal(member_of(&t, 1, 1), STATE_STARTING);
    assert_int_equal(member_of(&t, 1, 2), STATE_NEW);
    assert_int_equal(shown(&t, 1, 1, ATTR_walltime), 60);
    refused(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1[]", WITH({ATTR_walltime, 9}), NQS_STATE);
    assert_int_equal(move(&t, ANNA, "1[]", "other"), NQS_STATE);
    granted(&t, VERB_MODIFY_JOB, ANNA, CORE_USER, "1[]", WITH({ATTR_priority, 9}));
    assert_int_equal(shown(&t, 1, 4, ATTR_priority), 9);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_holds_of_the_caller),
        cmocka_unit_test(test_what_runs),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_arrays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
