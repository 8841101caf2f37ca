/*
 * test_rights.c - who may do what to a request: every cell of the table.
 *
 * To whom a request is not given it does not exist, in the words of one that
 * never was.
 *
 * Proves: E063 E064 E072 E163 T15
 */
#include "teller.h"

enum who { STRANGER, OWNER, OPERATOR, MANAGER, WHOS };

static const struct {
    uint32_t uid;
    enum core_role role;
} whos[WHOS] = {
    [STRANGER] = {BERT, CORE_USER},
    [OWNER] = {ANNA, CORE_USER},
    [OPERATOR] = {CLEO, CORE_OPERATOR},
    [MANAGER] = {ROOT, CORE_MANAGER},
};

/* What is asked of a request, and from whom on it may be asked. */
static const struct {
    enum core_verb verb;
    enum who least;
} rights[] = {
    {VERB_DELETE_JOB, OWNER}, {VERB_HOLD_JOB, OWNER},   {VERB_RELEASE_JOB, OWNER},
    {VERB_RERUN_JOB, OWNER},  {VERB_SIGNAL_JOB, OWNER}, {VERB_MESSAGE_JOB, OWNER},
    {VERB_MODIFY_JOB, OWNER}, {VERB_MOVE_JOB, OWNER},
};

static const struct {
    int64_t hold;
    enum who least;
} holds[] = {{HOLD_USER, OWNER}, {HOLD_OPERATOR, OPERATOR}, {HOLD_SYSTEM, MANAGER}};

static void check_cell(enum core_verb verb, enum who who, bool may)
{
    struct nqs_err of_unknown;
    struct teller t;
    enum nqs_code code;

    teller_init(&t);
    open_queue(&t, "batch", 0);
    submit(&t, ANNA, "batch", NOTHING);
    assert_int_equal(ask(&t, verb, whos[who].uid, whos[who].role, "7", NOTHING), NQS_NOJOB);
    of_unknown = t.err;
    code = ask(&t, verb, whos[who].uid, whos[who].role, "1", NOTHING);
    if (may) {
        assert_int_not_equal(code, NQS_NOJOB);
        assert_int_not_equal(code, NQS_PERM);
    } else {
        assert_int_equal(code, NQS_NOJOB);
        assert_string_equal(of_unknown.text, "Unknown Job Id 7");
        assert_string_equal(t.err.text, "Unknown Job Id 1");
        assert_int_equal(state_of(&t, 1), STATE_QUEUED);
    }
    teller_done(&t);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        for (int who = 0; who < WHOS; who++)
            check_cell(rights[i].verb, (enum who)who, (enum who)who >= rights[i].least);
}

/* Setting and releasing a hold type, by its own verbs and by alteration. */
static void check_hold(size_t row, enum who who)
{
    static const enum core_verb verbs[] = {VERB_HOLD_JOB, VERB_RELEASE_JOB, VERB_MODIFY_JOB};
    enum nqs_code want = who == STRANGER ? NQS_NOJOB : who < holds[row].least ? NQS_PERM : NQS_OK;

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        uint16_t attr = verbs[i] == VERB_MODIFY_JOB ? ATTR_holds : ATTR_set_holds;
        struct teller t;

        teller_init(&t);
        open_queue(&t, "batch", 0);
        submit(&t, ANNA, "batch", WITH({ATTR_holds, HOLD_SYSTEM}));
        assert_int_equal(
            ask(&t, verbs[i], whos[who].uid, whos[who].role, "1", WITH({attr, holds[row].hold})),
            want);
        teller_done(&t);
    }
}

static void test_holds(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof holds / sizeof *holds; row++)
        for (int who = 0; who < WHOS; who++)
            check_hold(row, (enum who)who);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
