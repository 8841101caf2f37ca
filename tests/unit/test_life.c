/*
 * test_life.c - what the table of lives promises by itself.
 */
#include "tell.h"
#include "teller.h"

static void test_rows_are_unique(void **state)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        assert_ptr_equal(life_step(steps[i].state, steps[i].event), &steps[i]);
        assert_int_equal(event_find(steps[i].event)->subject, SUBJECT_LIFE);
        assert_true(steps[i].next != STATE_NEW);
    }
}

static void test_end_has_no_way_out(void **state)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (unsigned i = 0; i < count; i++)
        assert_int_not_equal(steps[i].state, STATE_ENDED);
}

static void test_every_state_can_end(void **state)
{
    bool ends[STATE_COUNT] = {[STATE_ENDED] = true};
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (int round = 0; round < STATE_COUNT; round++)
        for (unsigned i = 0; i < count; i++)
            ends[steps[i].state] |= ends[steps[i].next];
    for (unsigned at = 0; at < STATE_COUNT; at++)
        assert_true(ends[at] || !life_state_find(at));
}

static void test_every_state_can_be_reached(void **state)
{
    bool reached[STATE_COUNT] = {[STATE_NEW] = true};
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (int round = 0; round < STATE_COUNT; round++)
        for (unsigned i = 0; i < count; i++)
            reached[steps[i].next] |= reached[steps[i].state];
    for (unsigned at = 0; at < STATE_COUNT; at++)
        assert_true(reached[at] || !life_state_find(at));
}

/* A request can be deleted, or an array closed, in whatever state it is not ending already. */
static void test_every_state_answers_deleted(void **state)
{
    (void)state;
    for (int at = 0; at < STATE_COUNT; at++) {
        const struct life_state_row *row = life_state_find((unsigned)at);

        if (!row || (strchr("EC", row->letter) && at != STATE_RERUNNING))
            continue;
        assert_true(life_step((enum life_state)at, EVENT_DELETED) ||
                    life_step((enum life_state)at, EVENT_CLOSED));
    }
}

static void test_every_event_happens(void **state)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        bool used = false;

        if (!event_find(type) || event_find(type)->subject != SUBJECT_LIFE)
            continue;
        for (unsigned i = 0; i < count; i++)
            used |= steps[i].event == event_find(type)->type;
        assert_true(used);
    }
}

/* POSIX's letters, those of arrays and of what has ended; a slot is held only by R, S and E. */
static void test_letters(void **state)
{
    (void)state;
    for (int at = STATE_QUEUED; at < STATE_COUNT; at++) {
        const struct life_state_row *row = life_state_find((unsigned)at);

        if (!row)
            continue;
        assert_non_null(strchr("QWHRSEBC", row->letter));
        assert_int_equal(row->id, at);
        assert_true(!row->slot || strchr("RSE", row->letter));
        assert_true(!row->slot || row->resume); /* what runs is looked after by a restart */
    }
}

/* What leaves a slot leaves a run directory, which must be cleaned away. */
static void test_runs_are_cleaned(void **state)
{
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        bool leaves = life_state(steps[i].state)->slot && !life_state(steps[i].next)->slot;

        assert_int_equal(leaves, (steps[i].effects & EFFECT_CLEAN) != 0);
    }
}

static void test_every_effect_has_an_order(void **state)
{
    struct job job = {.seq = 1, .index = NQS_NO_INDEX};
    struct telling telling;
    struct teller t;
    unsigned count;
    const struct life_step *steps = life_steps(&count);

    (void)state;
    teller_init(&t);
    telling_begin(&telling, t.core, t.now, &t.out);
    for (unsigned effect = EFFECT_START; effect <= EFFECT_RESUME; effect *= 2) {
        bool used = false;

        for (unsigned i = 0; i < count; i++)
            used |= (steps[i].effects & effect) != 0;
        for (int at = 0; at < STATE_COUNT; at++)
            used |= life_state_find((unsigned)at) &&
                    (life_state((enum life_state)at)->resume & effect) != 0;
        assert_true(used);
        outbox_clear(&t.out);
        tell_effects(&telling, &job, effect, 0);
        assert_int_equal(t.out.order_count, 1);
    }
    telling_end(&telling);
    teller_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_unique),
        cmocka_unit_test(test_end_has_no_way_out),
        cmocka_unit_test(test_every_state_can_end),
        cmocka_unit_test(test_every_state_can_be_reached),
        cmocka_unit_test(test_every_state_answers_deleted),
        cmocka_unit_test(test_every_event_happens),
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_runs_are_cleaned),
        cmocka_unit_test(test_every_effect_has_an_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
