/*
 * test_await.c - dependencies: what is accepted, what opens a gate, what never can.
 *
 * Proves: E150 E151 E152 E153
 */
#include <stdio.h>

#include "teller.h"

#include "depend.h"

/* Submit with DEPEND and, of an array, members 0 to LAST; the code. */
static enum nqs_code try(struct teller *t, uint32_t uid, enum core_role role, const char *depend,
                         int64_t last, const struct core_finished *finished, size_t count)
{
    struct attrs attrs;
    struct request request = {.verb = VERB_QUEUE_JOB,
                              .uid = uid,
                              .user = "somebody",
                              .host = "there",
                              .role = role,
                              .name = "batch",
                              .finished = finished,
                              .finished_count = count,
                              .attrs = &attrs};
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_add_text(&attrs, ATTR_depend, depend);
    if (last) {
        attrs_add_number(&attrs, ATTR_array_last, last);
        attrs_add_number(&attrs, ATTR_array_step, 1);
    }
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    if (!code)
        strcpy(t->name, outbox_bytes(&t->out, t->out.orders[0].name));
    attrs_done(&attrs);
    return code;
}

static uint32_t depends(struct teller *t, const char *depend)
{
    assert_int_equal(try(t, ANNA, CORE_USER, depend, 0, NULL, 0), NQS_OK);
    return (uint32_t)strtoul(t->name, NULL, 10);
}

static void begin(struct teller *t, int64_t run_limit)
{
    teller_init(t);
    open_queue(t, "batch", run_limit);
}

static void end(struct teller *t, uint32_t seq, int32_t index, int status)
{
    struct fact fact = {.kind = FACT_EXITED,
                        .key = {seq, index},
                        .incarnation = facts_of(t, seq, index).incarnation,
                        .pid = 4711,
                        .status = status,
                        .reason = status >= 256 ? "signal" : "exited",
                        .spooled = ""};

    outbox_clear(&t->out);
    core_hear(t->core, t->now, &fact, &t->out);
}

/* The reason in the history that the last telling wrote of SEQ. */
static void expect_reason(struct teller *t, uint32_t seq, const char *reason)
{
    for (size_t i = 0; i < t->out.record_count; i++) {
        const struct record *record = &t->out.records[i];
        const struct attr *attr;
        struct attrs attrs;

        if (record->kind != RECORD_HISTORY ||
            job_key_unpack(outbox_bytes(&t->out, record->key)).seq != seq)
            continue;
        attrs_init(&attrs);
        assert_true(
            attrs_unpack(&attrs, outbox_bytes(&t->out, record->value), record->value.length));
        attr = attrs_find(&attrs, ATTR_exit_reason);
        assert_non_null(attr);
        assert_int_equal(attr->length, strlen(reason));
        assert_memory_equal(attr->bytes, reason, attr->length);
        attrs_done(&attrs);
        return;
    }
    fail_msg("%u has no history in this turn", (unsigned)seq);
}

/* One that depends by each type on request 1, which then ends as STATUS. */
static void each_type(int status, const char *expected)
{
    static const char *const types[] = {"after:1", "afterok:1", "afternotok:1", "afterany:1"};
    struct teller t;

    begin(&t, 1);
    submit(&t, ANNA, "batch", NOTHING);
    for (size_t i = 0; i < 4; i++)
        depends(&t, types[i]);
    pass(&t, 0);
    for (uint32_t seq = 2; seq <= 5; seq++)
        assert_int_equal(state_of(&t, seq), STATE_HELD);
    hear(&t, FACT_STARTED, 1, NQS_NO_INDEX);
    assert_int_equal(state_of(&t, 2), STATE_QUEUED);
    assert_int_equal(state_of(&t, 5), STATE_HELD);
    if (status >= 0)
        end(&t, 1, NQS_NO_INDEX, status);
    else
        granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    if (status < 0)
        end(&t, 1, NQS_NO_INDEX, 256 + 15);
    for (uint32_t seq = 2; seq <= 5; seq++) {
        enum life_state state = state_of(&t, seq);

        assert_int_equal(state == STATE_QUEUED ? 'Q'
                         : state == STATE_NEW  ? 'C'
                                               : '?',
                         expected[seq - 2]);
        if (state == STATE_NEW)
            expect_reason(&t, seq, "dependency");
    }
    teller_done(&t);
}

static void test_types(void **state)
{
    (void)state;
    each_type(0, "QQCQ");
    each_type(1, "QCQQ");
    each_type(256 + 9, "QCQQ");
    each_type(-1, "QCQQ");
}

/* Deleted before it has begun: nothing of it was well, and `after` never comes. */
static void test_deleted_before(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 0);
    submit(&t, ANNA, "batch", NOTHING);
    depends(&t, "after:1");
    depends(&t, "afterok:1");
    depends(&t, "afternotok:1");
    depends(&t, "afterok:3");
    depends(&t, "afterany:5");
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_int_equal(state_of(&t, 2), STATE_NEW);
    assert_int_equal(state_of(&t, 3), STATE_NEW);
    assert_int_equal(state_of(&t, 4), STATE_QUEUED);
    assert_int_equal(state_of(&t, 5), STATE_NEW); /* and so on along the chain */
    assert_int_equal(state_of(&t, 6), STATE_QUEUED);
    teller_done(&t);
}

static void test_finished(void **state)
{
    static const struct core_finished ended[] = {{{70, NQS_NO_INDEX}, ANNA, true, true},
                                                 {{71, NQS_NO_INDEX}, ANNA, true, false},
                                                 {{72, NQS_NO_INDEX}, BERT, true, true}};
    struct teller t;

    (void)state;
    begin(&t, 0);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:70,afternotok:71", 0, ended, 3), NQS_OK);
    assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:71", 0, ended, 3), NQS_STATE);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afternotok:70", 0, ended, 3), NQS_STATE);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:73", 0, ended, 3), NQS_NOJOB);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:72", 0, ended, 3), NQS_NOJOB);
    assert_int_equal(try(&t, ANNA, CORE_OPERATOR, "afterok:72", 0, ended, 3), NQS_OK);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:70.there", 0, ended, 3), NQS_NOJOB);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok", 0, ended, 3), NQS_SYNTAX);
    assert_int_equal(try(&t, ANNA, CORE_USER, "aftrok:1", 0, ended, 3), NQS_SYNTAX);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:1,", 0, ended, 3), NQS_SYNTAX);
    assert_int_equal(try(&t, BERT, CORE_USER, "afterany:1", 0, NULL, 0), NQS_NOJOB);
    /* one that has ended earlier in the same turn is in no store yet */
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:1", 0, NULL, 0), NQS_STATE);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterany:1", 0, NULL, 0), NQS_OK);
    pass(&t, 0);
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterany:1", 0, NULL, 0), NQS_NOJOB);
    teller_done(&t);
}

/* on:COUNT and before..., which turn around; and no request ever waits for itself. */
static void test_before(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 10);
    submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_USER}));
    assert_int_equal(try(&t, ANNA, CORE_USER, "before:1", 0, NULL, 0), NQS_STATE);
    depends(&t, "on:2");
    depends(&t, "beforeok:2");
    depends(&t, "beforeany:2");
    assert_int_equal(try(&t, ANNA, CORE_USER, "beforeok:2", 0, NULL, 0), NQS_STATE);
    pass(&t, 0);
    end(&t, 4, NQS_NO_INDEX, 1);
    assert_int_equal(state_of(&t, 2), STATE_HELD);
    end(&t, 3, NQS_NO_INDEX, 0);
    assert_int_equal(state_of(&t, 2), STATE_QUEUED);

    depends(&t, "on:1");       /* 5 */
    depends(&t, "afterany:5"); /* 6 */
    depends(&t, "afterok:6");  /* 7 */
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:7,before:5", 0, NULL, 0), NQS_STATE);
    assert_non_null(strstr(t.err.text, "cycle"));
    assert_int_equal(try(&t, ANNA, CORE_USER, "afterok:5,before:5", 0, NULL, 0), NQS_STATE);
    depends(&t, "afterok:2,before:5");
    teller_done(&t);
}

/* An array waits as one, and is waited for as one; its members may be named too. */
static void test_arrays(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 10);
    assert_int_equal(try(&t, ANNA, CORE_USER, "on:1", 2, NULL, 0), NQS_OK); /* 1[] */
    granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, "1[2]", NOTHING);
    depends(&t, "afterokarray:1[]"); /* 2 */
    depends(&t, "afterok:1[1]");     /* 3 */
    depends(&t, "after:1[]");        /* 4 */
    depends(&t, "before:1");         /* 5 */
    pass(&t, 0);
    assert_int_equal(member_of(&t, 1, 0), STATE_NEW);
    hear(&t, FACT_STARTED, 5, NQS_NO_INDEX);
    pass(&t, 0);
    assert_int_equal(member_of(&t, 1, 0), STATE_STARTING);
    assert_int_equal(member_of(&t, 1, 2), STATE_HELD);
    granted(&t, VERB_RELEASE_JOB, ANNA, CORE_USER, "1[2]", NOTHING);
    pass(&t, 0);
    assert_int_equal(state_of(&t, 4), STATE_HELD);
    hear(&t, FACT_STARTED, 1, 0);
    assert_int_equal(state_of(&t, 4), STATE_QUEUED);
    end(&t, 1, 1, 0);
    assert_int_equal(state_of(&t, 3), STATE_QUEUED);
    end(&t, 1, 0, 0);
    end(&t, 1, 2, 3);
    assert_int_equal(state_of(&t, 2), STATE_NEW);
    teller_done(&t);
}

/* Members that were never begun go with their array, and with them who waits for them. */
static void test_unborn(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 0);
    submit(&t, ANNA, "batch", WITH({ATTR_array_last, 5}, {ATTR_array_step, 1}));
    depends(&t, "afterok:1[3]");
    depends(&t, "afterany:1[4]");
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_int_equal(state_of(&t, 2), STATE_NEW);
    assert_int_equal(state_of(&t, 3), STATE_QUEUED);
    teller_done(&t);
}

/* The hold of a dependency is nobody's to set, nor to take away. */
static void test_hold(void **state)
{
    struct teller t;

    (void)state;
    begin(&t, 0);
    submit(&t, ANNA, "batch", NOTHING);
    depends(&t, "afterok:1");
    refused(&t, VERB_MODIFY_JOB, ROOT, CORE_MANAGER, "1", WITH({ATTR_holds, HOLD_DEPEND}),
            NQS_VALUE);
    refused(&t, VERB_QUEUE_JOB, ROOT, CORE_MANAGER, "batch", WITH({ATTR_holds, HOLD_DEPEND}),
            NQS_USER);
    refused(&t, VERB_QUEUE_JOB, ANNA, CORE_MANAGER, "batch", WITH({ATTR_holds, HOLD_DEPEND}),
            NQS_VALUE);
    granted(&t, VERB_MODIFY_JOB, ROOT, CORE_MANAGER, "2", WITH({ATTR_holds, 0}));
    granted(&t, VERB_RELEASE_JOB, ROOT, CORE_MANAGER, "2", WITH({ATTR_set_holds, 7}));
    assert_int_equal(state_of(&t, 2), STATE_HELD);
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "2", NOTHING);
    teller_done(&t);
}

/* A long chain ends in one telling, and needs no stack for it. */
static void test_chain(void **state)
{
    enum { LENGTH = 20000 };
    char depend[40];
    struct teller t;

    (void)state;
    begin(&t, 0);
    submit(&t, ANNA, "batch", NOTHING);
    for (int i = 1; i < LENGTH; i++) {
        snprintf(depend, sizeof depend, "afterok:%d", i);
        depends(&t, depend);
    }
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1", NOTHING);
    assert_int_equal(state_of(&t, LENGTH), STATE_NEW);
    assert_int_equal(core_queued(t.core), 0);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),    cmocka_unit_test(test_deleted_before),
        cmocka_unit_test(test_finished), cmocka_unit_test(test_before),
        cmocka_unit_test(test_arrays),   cmocka_unit_test(test_unborn),
        cmocka_unit_test(test_chain),    cmocka_unit_test(test_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
