/*
 * test_qmgr_grammar.c - what commands of qmgr ask for, and the table itself.
 * Acceptance: E131, E132, E136.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "qmgr_grammar.h"
#include "rpc.h"

/*
 * COMMAND as one text: the procedure's name (or - for none), the order's name
 * in brackets, then each attribute; or the text of the error.
 */
static const char *parse(const char *command)
{
    static struct buf out;
    struct qmgr_order order;
    struct nqs_err err;

    buf_clear(&out);
    qmgr_order_init(&order);
    if (qmgr_parse(command, &order, &err)) {
        assert_null(order.row);
        buf_add_text(&out, err.text);
    } else {
        buf_format(&out, "%s[%s]",
                   order.row->procedure ? rpc_find(order.row->procedure)->name : "-", order.name);
        for (size_t i = 0; i < order.attrs.count; i++) {
            buf_format(&out, " %s=", attr_find(order.attrs.list[i].id)->member);
            attr_print(&order.attrs.list[i], &out);
        }
    }
    qmgr_order_done(&order);
    return buf_text(&out);
}

#define expect(command, result) assert_string_equal(parse(command), result)
#define expect_in(command, part) assert_non_null(strstr(parse(command), part))

static void test_queues(void **state)
{
    (void)state;
    expect("create batch_queue q priority=10", "CREATE_QUEUE[q] queue_priority=10");
    expect("create batch_queue q priority = 10 run_limit = 2 user_limit=1",
           "CREATE_QUEUE[q] queue_priority=10 run_limit=2 user_limit=1");
    expect("create batch_queue q pr=(3), run=(4)", "CREATE_QUEUE[q] queue_priority=3 run_limit=4");
    expect("delete queue q", "DELETE_QUEUE[q]");
    expect("enable queue q", "SET_QUEUE[q] enabled=True");
    expect("disable queue q", "SET_QUEUE[q] enabled=False");
    expect("start queue q", "SET_QUEUE[q] started=True");
    expect("stop queue q", "SET_QUEUE[q] started=False");
    expect("purge queue q", "PURGE_QUEUE[q]");
    expect("set priority = 63 q", "SET_QUEUE[q] queue_priority=63");
    expect("set run_limit=(5) q", "SET_QUEUE[q] run_limit=5");
    expect("set user_limit 0 q", "SET_QUEUE[q] user_limit=0");
}

static void test_server(void **state)
{
    (void)state;
    expect("set global batch_limit = 0", "SET_SERVER[] batch_limit=0");
    expect("set default batch_request queue q", "SET_SERVER[] default_queue=q");
    expect("set no_default batch_request queue", "SET_SERVER[] default_queue=");
    expect("set server keep_completed = 60", "SET_SERVER[] keep_completed=00:01:00");
    expect("set server keep_c 1:00", "SET_SERVER[] keep_completed=00:01:00");
    expect("shutdown", "SHUTDOWN[]");
    expect("shutdown 30", "SHUTDOWN[] kill_delay=00:00:30");
    expect("backup = (/tmp/a b)", "')' is missing behind '/tmp/a'");
    expect("backup = ('/tmp/a b')", "BACKUP[/tmp/a b]");
    expect("snap", "-[]");
    expect("snap file=/tmp/x", "-[/tmp/x]");
    expect("show queue", "-[]");
    expect("sho lo q batch", "-[batch]");
}

static void test_abbreviated(void **state)
{
    (void)state;
    expect("C B q PR=1", "CREATE_QUEUE[q] queue_priority=1");
    expect("c b q priority=1 r=2 u=3", "CREATE_QUEUE[q] queue_priority=1 run_limit=2 user_limit=3");
    expect("DEL Q q", "DELETE_QUEUE[q]");
    expect("se def b q q", "SET_SERVER[] default_queue=q");
    expect("d queue q", "'d' is ambiguous: DElete, DIsable");
    expect("sh all", "'sh' is ambiguous: SHOw, SHUtdown");
    expect("c b q p=1", "'p' is too short for PRiority");
    expect("set server keep = 5",
           "'keep' is ambiguous: keep_completed, keep_history, keep_journal");
}

static void test_refused(void **state)
{
    (void)state;
    expect_in("", "a word is missing, one of: Create, ");
    expect("crate queue q", "unknown command 'crate'; did you mean create?");
    expect("create pipe_queue q", "-[]"); /* and is told that there is none here */
    expect("create batch_queue q", "priority=N is missing; 0 to 63");
    expect("create batch_queue q priority=1 priority=2", "'PRiority' comes twice");
    expect_in("create batch_queue q priority=64", "'64' is not a whole number from 0 to 63");
    expect_in("create batch_queue q priority=-1", "'-1' is not");
    expect("enable queue", "a queue's name is missing");
    expect("enable queue a b", "'b' is not expected here");
    expect("enable = queue a", "'=' is not expected here");
    expect("set priority = = 3 q", "'=' is not expected here, but a value");
    expect("set server next_seq = 1", "unknown setting 'next_seq'");
    expect("set server state = 1", "unknown setting 'state'");
    expect("enable queue 'q", "a quote that does not end: q");
    expect("enable queue \001", "a control character in '?'");
    expect("backup = ''", "the path is empty");
    expect("snap file", "a path is missing");
}

static void test_names(void **state)
{
    (void)state;
    expect("enable queue abcdefghijklmno", "SET_QUEUE[abcdefghijklmno] enabled=True");
    expect_in("enable queue abcdefghijklmnop", "is not a queue's name");
    expect_in("enable queue 1q", "is not a queue's name");
    expect_in("enable queue 'a;b'", "is not a queue's name");
    expect_in("enable queue 'a b'", "is not a queue's name");
    expect_in("enable queue $(id)", "'$' is not a queue's name");
    expect_in("set default batch_request queue 1q", "is not a queue's name");
}

/* The leading capitals of each word of WORDS, into COMMAND. */
static void abbreviate(const char *words, char *command)
{
    bool inside = true;

    for (; *words; words++) {
        inside = *words == ' ' || (inside && !islower((unsigned char)*words));
        if (inside)
            *command++ = *words;
    }
    *command = '\0';
}

/* The least abbreviation of a row gets to that row, and to no other. */
static void test_least_abbreviations(void **state)
{
    (void)state;
    for (const struct qmgr_row *row = qmgr_row_each(NULL); row; row = qmgr_row_each(row)) {
        char command[200];
        struct qmgr_order order;
        struct nqs_err err;

        abbreviate(row->words, command);
        qmgr_order_init(&order);
        if (qmgr_parse(command, &order, &err) == NQS_OK)
            assert_ptr_equal(order.row, row);
        else if (!strstr(err.text, "missing"))
            fail_msg("%s: %s: %s", row->words, command, err.text);
        qmgr_order_done(&order);
    }
}

/* A row whose words begin another's could never be told from it. */
static void test_no_row_begins_another(void **state)
{
    (void)state;
    for (const struct qmgr_row *a = qmgr_row_each(NULL); a; a = qmgr_row_each(a))
        for (const struct qmgr_row *b = qmgr_row_each(NULL); b; b = qmgr_row_each(b)) {
            size_t length = strlen(a->words);

            if (a != b && !strncmp(a->words, b->words, length))
                assert_true(b->words[length] != ' ' && b->words[length] != '\0');
        }
}

static void test_too_much(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text);
    for (int i = 0; i <= QMGR_WORDS_MAX; i++)
        buf_add_text(&text, "x ");
    expect_in(buf_text(&text), "more than 64 words");
    while (text.length <= QMGR_TEXT_MAX)
        buf_add_char(&text, 'x');
    expect_in(buf_text(&text), "more than 16384 bytes");
    buf_done(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queues),
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_abbreviated),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_least_abbreviations),
        cmocka_unit_test(test_no_row_begins_another),
        cmocka_unit_test(test_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
