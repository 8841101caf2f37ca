/*
 * test_qmgr_show.c - queues as qmgr shows them, and snapshots that it reads back.
 * Acceptance: E120, E133.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "qmgr_show.h"

static struct attrs attrs;
static struct buf out;

static int begin(void **state)
{
    (void)state;
    attrs_init(&attrs);
    buf_init(&out);
    return 0;
}

static int end(void **state)
{
    (void)state;
    attrs_done(&attrs);
    buf_done(&out);
    return 0;
}

static void queue(void)
{
    attrs_add_number(&attrs, ATTR_queue_priority, 10);
    attrs_add_number(&attrs, ATTR_run_limit, 2);
    attrs_add_number(&attrs, ATTR_enabled, 1);
    attrs_add_text(&attrs, ATTR_queue_admission, "ENABLED");
    attrs_add_text(&attrs, ATTR_queue_flow, "INACTIVE");
    attrs_add_number(&attrs, ATTR_count_queued, 3);
}

static void test_queue(void **state)
{
    (void)state;
    queue();
    qmgr_show_queue("batch", &attrs, &out);
    assert_string_equal(buf_text(&out), "batch; type=BATCH; [ENABLED, INACTIVE]; pri=10\n"
                                        "  run_limit=2; user_limit=unlimited\n"
                                        "  0 exit; 0 run; 3 queued; 0 wait; 0 hold; 0 arrive\n");
    qmgr_show_long("batch", &attrs, &out);
    assert_non_null(strstr(buf_text(&out), "arrive\n    priority = 10\n    run_limit = 2\n"));
}

/* Each line of a snapshot is a command that is understood. */
static void parse_all(void)
{
    const char *at = buf_text(&out);
    const char *stop = at + out.length;
    unsigned line = 1;
    unsigned began;
    struct qmgr_order order;
    struct buf command;
    struct nqs_err err;

    buf_init(&command);
    qmgr_order_init(&order);
    while (qmgr_next(&at, stop, &line, &began, &command))
        if (qmgr_parse(buf_text(&command), &order, &err))
            fail_msg("%s: %s", buf_text(&command), err.text);
    qmgr_order_done(&order);
    buf_done(&command);
}

static void test_print_queue(void **state)
{
    (void)state;
    queue();
    attrs_add_text(&attrs, ATTR_acl_users, "anna,-bert");
    qmgr_print_queue("batch", &attrs, &out);
    assert_non_null(strstr(buf_text(&out), "create queue batch if_missing queue_type = Execution\n"
                                           "set queue batch priority = 10\n"
                                           "set queue batch run_limit = 2\n"
                                           "set queue batch user_limit = 0\n"));
    assert_non_null(strstr(buf_text(&out), "set queue batch acl_users = \"anna,-bert\"\n"));
    assert_null(strstr(buf_text(&out), "_ids"));
    parse_all();
}

static void test_print_complex(void **state)
{
    (void)state;
    attrs_add_text(&attrs, ATTR_complex_queues, "a,b");
    attrs_add_number(&attrs, ATTR_complex_run_limit, 3);
    qmgr_print_complex("both", &attrs, &out);
    assert_string_equal(buf_text(&out), "create complex = (a,b) both if_missing\n"
                                        "set complex queues = (a,b) both\n"
                                        "set complex run_limit = 3 both\n"
                                        "set complex user_limit = 0 both\n");
    parse_all();
}

static void test_print_server(void **state)
{
    (void)state;
    attrs_add_text(&attrs, ATTR_default_queue, "batch");
    attrs_add_number(&attrs, ATTR_batch_limit, 0);
    attrs_add_number(&attrs, ATTR_keep_history, 604800);
    attrs_add_number(&attrs, ATTR_start_tries, 20);
    attrs_add_number(&attrs, ATTR_start_wait, 1);
    attrs_add_text(&attrs, ATTR_dialect, "pbs");
    attrs_add_number(&attrs, ATTR_next_seq, 77);
    qmgr_print_server("srv", &attrs, &out);
    assert_non_null(strstr(buf_text(&out), "set server default_queue = \"batch\"\n"
                                           "set server batch_limit = 0\n"));
    assert_non_null(strstr(buf_text(&out), "set server keep_completed = 00:00:00\n"
                                           "set server keep_history = 168:00:00\n"));
    assert_non_null(strstr(buf_text(&out), "set server start_tries = 20\n"));
    assert_null(strstr(buf_text(&out), "next_seq"));
    parse_all();
}

static const char *help(const char *words)
{
    struct qmgr_order order;
    struct nqs_err err;

    buf_clear(&out);
    qmgr_order_init(&order);
    assert_int_equal(qmgr_parse(words, &order, &err), NQS_OK);
    qmgr_show_help(&order.words, &out);
    qmgr_order_done(&order);
    return buf_text(&out);
}

static void test_help(void **state)
{
    (void)state;
    assert_non_null(strstr(help("help"), "Create Batch_queue QUEUE PRiority=N"));
    assert_non_null(strstr(help("help"), "Capitals"));
    assert_null(strstr(help("help set"), "Create"));
    assert_non_null(strstr(help("help set run"), "SEt RUn_limit = N QUEUE\n"));
    assert_non_null(strstr(help("help nothing"), "There is no such command"));
    assert_non_null(strstr(help("help exit now"), "There is no such command"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(test_queue),         T(test_print_queue), T(test_print_server),
        T(test_print_complex), T(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
