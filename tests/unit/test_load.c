/*
 * test_load.c - taking records back: sound ones give the same core, damaged ones do no harm.
 */
#include "teller.h"

/* A request's record with VALUES, loaded as SEQ[INDEX]. */
static enum nqs_code load(struct teller *t, uint32_t seq, int32_t index, const struct value *values)
{
    struct buf key, record;
    enum nqs_code code;

    buf_init(&key);
    buf_init(&record);
    job_key_pack((struct job_key){seq, index}, &key);
    attr_pack_text(ATTR_queue, "batch", &record);
    for (; values->attr; values++)
        attr_pack_number(values->attr, values->number, &record);
    code =
        core_load(t->core, RECORD_JOB, key.bytes, key.length, record.bytes, record.length, &t->err);
    buf_done(&key);
    buf_done(&record);
    return code;
}

static void damaged(struct teller *t, uint32_t seq, int32_t index, const struct value *values)
{
    struct print before;

    print_take(t, &before);
    assert_int_equal(load(t, seq, index, values), NQS_DAMAGED);
    print_compare(t, &before);
    outbox_done(&before.all);
}

static void test_damaged_values(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    damaged(&t, 0, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED}));
    damaged(&t, 1, NQS_NO_INDEX, NOTHING);
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_ENDED}));
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, 200}));
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_HELD}));
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED}, {ATTR_holds, 1}));
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED}, {ATTR_priority, 40000}));
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_OPEN}));
    assert_int_equal(load(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED})), NQS_OK);
    damaged(&t, 1, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED}));
    teller_done(&t);
}

static void test_damaged_arrays(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    damaged(&t, 2, NQS_NO_INDEX, WITH({ATTR_state, STATE_QUEUED}, {ATTR_array_last, 5}));
    damaged(&t, 2, NQS_NO_INDEX,
            WITH({ATTR_state, STATE_QUEUED}, {ATTR_array_first, 6}, {ATTR_array_last, 5},
                 {ATTR_array_step, 1}));
    damaged(&t, 2, NQS_NO_INDEX,
            WITH({ATTR_state, STATE_RUNNING}, {ATTR_array_last, 5}, {ATTR_array_step, 1}));
    damaged(&t, 2, NQS_NO_INDEX,
            WITH({ATTR_state, STATE_QUEUED}, {ATTR_array_last, 5}, {ATTR_array_step, 2},
                 {ATTR_array_next, 3}));
    assert_int_equal(load(&t, 2, NQS_NO_INDEX,
                          WITH({ATTR_state, STATE_QUEUED}, {ATTR_array_last, 5},
                               {ATTR_array_step, 1}, {ATTR_array_next, 2})),
                     NQS_OK);
    damaged(&t, 2, 6, WITH({ATTR_state, STATE_QUEUED}));
    damaged(&t, 2, 4, WITH({ATTR_state, STATE_QUEUED})); /* it waits in its array */
    damaged(&t, 3, 1, WITH({ATTR_state, STATE_QUEUED}));
    damaged(&t, 2, 1, WITH({ATTR_state, STATE_QUEUED}, {ATTR_array_last, 5}, {ATTR_array_step, 1}));
    assert_int_equal(load(&t, 2, 1, WITH({ATTR_state, STATE_QUEUED})), NQS_OK);
    teller_done(&t);
}

/* An array whose only member was damaged ends, and says that it did not end well. */
static void test_orphaned_array(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    assert_int_equal(
        load(&t, 2, NQS_NO_INDEX,
             WITH({ATTR_state, STATE_OPEN}, {ATTR_array_last, 1}, {ATTR_array_step, 1},
                  {ATTR_array_next, 2}, {ATTR_array_ended, 1}, {ATTR_array_failed, 1})),
        NQS_OK);
    outbox_clear(&t.out);
    core_resume(t.core, t.now, &t.out);
    assert_int_equal(t.out.event_count, 0); /* what a resume orders needs no commit */
    pass(&t, 0);
    assert_int_equal(t.out.event_count, 1);
    assert_int_equal(t.out.events[0].type, EVENT_MEMBERS_ENDED);
    assert_int_equal(state_of(&t, 2), STATE_NEW);
    teller_done(&t);
}

/* Any cut and any flipped bit of a record: refused, or taken without harm. */
static void test_damaged_bytes(void **state)
{
    struct teller t, fresh;
    struct outbox all;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    submit(&t, ANNA, "batch",
           WITH({ATTR_array_last, 40}, {ATTR_array_step, 3}, {ATTR_array_max, 1}));
    pass(&t, 0);
    outbox_init(&all);
    records(&t, &all);
    for (size_t i = 0; i < all.record_count * 2000; i++) {
        const struct record *record = &all.records[i / 2000];
        size_t bit = i % 2000;
        char *bytes = mem_copy(outbox_bytes(&all, record->value), record->value.length);

        if (bit < record->value.length * 8) {
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            teller_init(&fresh);
            open_queue(&fresh, "batch", 2);
            core_load(fresh.core, record->kind, outbox_bytes(&all, record->key), record->key.length,
                      bytes, record->value.length - bit % 3, &fresh.err);
            outbox_clear(&fresh.out);
            core_resume(fresh.core, fresh.now, &fresh.out);
            pass(&fresh, 1);
            teller_done(&fresh);
        }
        mem_free(bytes);
    }
    outbox_done(&all);
    teller_done(&t);
}

/* A core that has nothing but WANT's records. */
static void take_back(const struct outbox *want, struct teller *ret)
{
    teller_init(ret);
    for (int jobs = 0; jobs < 2; jobs++)
        for (size_t i = 0; i < want->record_count; i++)
            if ((want->records[i].kind == RECORD_JOB) == jobs)
                assert_int_equal(core_load(ret->core, want->records[i].kind,
                                           outbox_bytes(want, want->records[i].key),
                                           want->records[i].key.length,
                                           outbox_bytes(want, want->records[i].value),
                                           want->records[i].value.length, &ret->err),
                                 NQS_OK);
}

static void same_records(const struct teller *a, const struct teller *b)
{
    struct print print;

    print_take(a, &print);
    print_compare(b, &print);
    outbox_done(&print.all);
}

/* What is loaded is what was written, and what runs is looked after. */
static void test_loading(void **state)
{
    struct teller t, other;
    struct outbox want;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 3);
    submit(&t, ANNA, "batch", WITH({ATTR_array_last, 9}, {ATTR_array_step, 1}));
    submit(&t, BERT, "batch", WITH({ATTR_holds, HOLD_USER}));
    granted(&t, VERB_DELETE_JOB, ANNA, CORE_USER, "1[7]", NOTHING);
    pass(&t, 0);
    hear(&t, FACT_STARTED, 1, 0);
    outbox_init(&want);
    records(&t, &want);
    take_back(&want, &other);
    core_resume(other.core, other.now, &other.out);
    assert_int_equal(orders(&other, ORDER_TO_ADOPT), 1);
    assert_int_equal(orders(&other, ORDER_TO_START), 2);
    same_records(&t, &other);
    outbox_done(&want);
    teller_done(&other);
    teller_done(&t);
}

/* Members begun in any order, then a load: from there on both cores write the same. */
static void test_loading_an_array(void **state)
{
    static const char *const before[] = {"1[4]", "1[0]", "1[1]", "1[2]", "1[3]"};
    static const char *const behind[] = {"1[9]", "1[5]", "1[7]"};
    struct teller t, other;
    struct outbox want;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", WITH({ATTR_array_last, 12}, {ATTR_array_step, 1}));
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, before[i], NOTHING);
    pass(&t, 1);
    outbox_init(&want);
    records(&t, &want);
    take_back(&want, &other);
    other.now = t.now;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        granted(&t, VERB_HOLD_JOB, ANNA, CORE_USER, behind[i], NOTHING);
        granted(&other, VERB_HOLD_JOB, ANNA, CORE_USER, behind[i], NOTHING);
        same_records(&t, &other);
    }
    outbox_done(&want);
    teller_done(&other);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_values), cmocka_unit_test(test_damaged_arrays),
        cmocka_unit_test(test_orphaned_array), cmocka_unit_test(test_damaged_bytes),
        cmocka_unit_test(test_loading),        cmocka_unit_test(test_loading_an_array),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
