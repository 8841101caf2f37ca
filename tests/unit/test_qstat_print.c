/*
 * test_qstat_print.c - rows of status as a table, in full, and as JSON.
 * Acceptance: E089, E091, E092, E093, E094, E169.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "qstat_print.h"

static struct qstat_page page;
static struct attrs attrs;
static struct qstat_look look;

static int begin(void **state)
{
    (void)state;
    look = (struct qstat_look){.of = OF_JOB, .server = "srv", .version = "0.1", .timestamp = 7};
    attrs_init(&attrs);
    qstat_page_init(&page, &look);
    return 0;
}

static int end(void **state)
{
    (void)state;
    attrs_done(&attrs);
    qstat_page_done(&page);
    return 0;
}

static void usual_job(void)
{
    attrs_clear(&attrs);
    attrs_add_text(&attrs, ATTR_name, "job");
    attrs_add_text(&attrs, ATTR_owner, "ann");
    attrs_add_text(&attrs, ATTR_queue, "batch");
    attrs_add_text(&attrs, ATTR_job_state, "Q");
}

/* What was printed, without the two lines of the table's header. */
static const char *line(const char *name)
{
    const char *text;

    buf_clear(&page.out);
    page.begun = true;
    qstat_table.row(&page, name, &attrs);
    text = buf_text(&page.out);
    return text;
}

static void test_table(void **state)
{
    (void)state;
    usual_job();
    qstat_table.begin(&page);
    qstat_table.row(&page, "12.srv", &attrs);
    attrs_add_number(&attrs, ATTR_used_cput, 3661);
    qstat_table.row(&page, "13.srv", &attrs);
    qstat_table.end(&page);
    assert_string_equal(buf_text(&page.out),
                        "Job id            Name             User              Time Use S Queue\n"
                        "----------------  ---------------- ----------------  -------- - -----\n"
                        "12.srv            job              ann                      0 Q batch\n"
                        "13.srv            job              ann               01:01:01 Q batch\n");
}

static void test_table_nothing(void **state)
{
    (void)state;
    qstat_table.begin(&page);
    qstat_table.end(&page);
    assert_int_equal(page.out.length, 0);
}

static void test_table_wide(void **state)
{
    (void)state;
    usual_job();
    page.look.wide = true;
    qstat_table.row(&page, "12.a-server-of-some-length", &attrs);
    assert_string_equal(
        buf_text(&page.out),
        "Job id                         Name             User              Time Use S Queue\n"
        "-----------------------------  ---------------- ----------------  -------- - -----\n"
        "12.a-server-of-some-length     job              ann                      0 Q batch\n");
}

static void test_table_cut(void **state)
{
    (void)state;
    usual_job();
    assert_non_null(strstr(line("12.a-server-of-some-length"), "12.a-server-of-s* job  "));
    assert_non_null(strstr(line("4294967295[12345].srv"), "4294967295[12345] job  "));
    assert_non_null(strstr(line("4294967295[2147483647].srv"), "4294967295[2147483647] job  "));
    assert_non_null(strstr(line("4294967295[1234].srv"), "4294967295[1234]* job  "));
    attrs_add_text(&attrs, ATTR_name, "abcdefghijklmnop");
    assert_non_null(strstr(line("1.s"), " abcdefghijklmnop ann"));
    attrs_add_text(&attrs, ATTR_name, "abcdefghijklmnopq");
    assert_non_null(strstr(line("1.s"), " abcdefghijklmno* ann"));
}

/* Columns stay columns whatever a name holds, and a cut never splits a character. */
static void test_table_strange(void **state)
{
    (void)state;
    usual_job();
    attrs_add_text(&attrs, ATTR_name, "a b\tc");
    assert_non_null(strstr(line("1.s"), " a_b?c            ann"));
    attrs_add_text(&attrs, ATTR_name,
                   "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
                   "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                   "\xc3\xa9\xc3\xa9");
    assert_non_null(strstr(line("1.s"), "\xc3\xa9* ann"));
    attrs_add_text(&attrs, ATTR_name, "x\xff\xc2\x9b");
    assert_non_null(strstr(line("1.s"), " x??              ann"));
    attrs_add_text(&attrs, ATTR_name, "");
    assert_non_null(strstr(line("1.s"), " -                ann"));
}

static const char *alternate(const char *name)
{
    buf_clear(&page.out);
    page.begun = false;
    qstat_alt.row(&page, name, &attrs);
    return buf_text(&page.out);
}

static void test_table_reason(void **state)
{
    (void)state;
    usual_job();
    page.look.reason = true;
    assert_null(strstr(alternate("1.s"), "--\n    "));
    attrs_add_text(&attrs, ATTR_why, "run_limit: 2 of batch run");
    assert_non_null(strstr(alternate("1.s"), "--\n    run_limit: 2 of batch run\n"));
    attrs_add_text(&attrs, ATTR_comment, "no such shell");
    assert_non_null(strstr(alternate("1.s"), "\n    run_limit: 2 of batch run; no such shell\n"));
    page.look.once = true;
    assert_non_null(strstr(alternate("1.s"), "-- run_limit: 2 of batch run; no such shell\n"));
    page.look.nodes = true;
    assert_non_null(strstr(alternate("1.s"), "-- -- run_limit: 2 of batch run"));
    attrs_add_text(&attrs, ATTR_exec_host, "host");
    assert_non_null(strstr(alternate("1.s"), "-- host/0 run_limit: 2 of batch run"));
}

/* Programs count the columns: 11, with the state in column 10. */
static void test_alternate(void **state)
{
    (void)state;
    usual_job();
    attrs_add_number(&attrs, ATTR_mem, 1 << 30);
    attrs_add_number(&attrs, ATTR_walltime, 3660);
    attrs_add_number(&attrs, ATTR_session_id, 4711);
    assert_non_null(strstr(alternate("12.s"), "12.s            "));
    assert_non_null(strstr(alternate("12.s"), "   4711   1   1    1gb 01:01 Q    --\n"));
    page.look.unit = 'M';
    assert_non_null(strstr(alternate("12.s"), " 128mw 01:01 "));
    assert_non_null(strstr(alternate("12.s"), "\nsrv: \n"));
}

/* NQS: three letters of state in column 6. */
static void test_nqs(void **state)
{
    (void)state;
    usual_job();
    buf_clear(&page.out);
    page.begun = false;
    qstat_nqs.row(&page, "12.s", &attrs);
    assert_non_null(strstr(buf_text(&page.out), "\n12.s "));
    assert_non_null(strstr(buf_text(&page.out), " QUE - "));
}

/* E175: the words of NQS for states of ours. */
static void test_nqs_words(void **state)
{
    static const char letters[] = "RQWHTEBS-";
    static const char *const words[] = {"RUNNING", "QUEUED",  "WAITING",   "HOLDING", "ROUTING",
                                        "EXITING", "RUNNING", "SUSPENDED", "ARRIVING"};

    (void)state;
    for (size_t i = 0; letters[i]; i++)
        assert_string_equal(dialect_nqs_word(letters[i]), words[i]);
}

static void test_xml(void **state)
{
    (void)state;
    usual_job();
    attrs_add_text(&attrs, ATTR_name, "a<b>&\xff\x01");
    attrs_add_number(&attrs, ATTR_walltime, 60);
    buf_clear(&page.out);
    page.begun = false;
    qstat_xml.row(&page, "12.s", &attrs);
    qstat_xml.end(&page);
    assert_non_null(strstr(buf_text(&page.out), "<Data><Job><Job_Id>12.s</Job_Id><Job_Name>"
                                                "a&lt;b&gt;&amp;\xef\xbf\xbd"));
    assert_non_null(strstr(buf_text(&page.out),
                           "<Resource_List><walltime>00:01:00</walltime></Resource_List>"));
    assert_non_null(strstr(buf_text(&page.out), "<job_state>Q</job_state>"));
    assert_non_null(strstr(buf_text(&page.out), "</Job></Data>\n"));
}

static void test_dsv(void **state)
{
    (void)state;
    usual_job();
    attrs_add_text(&attrs, ATTR_name, "a|b");
    buf_clear(&page.out);
    page.look.delimiter = "|";
    qstat_dsv.row(&page, "12.s", &attrs);
    assert_non_null(strstr(buf_text(&page.out), "Job Id: 12.s|Job_Name=a\\|b|Job_Owner="));
}

static void counts(void)
{
    attrs_clear(&attrs);
    attrs_add_number(&attrs, ATTR_total_jobs, 21);
    for (int i = 0; i < 6; i++)
        attrs_add_number(&attrs, (uint16_t)(ATTR_count_queued + i), i + 1);
}

static void test_table_queue(void **state)
{
    (void)state;
    counts();
    attrs_add_number(&attrs, ATTR_run_limit, 4);
    attrs_add_number(&attrs, ATTR_enabled, 1);
    attrs_add_text(&attrs, ATTR_queue_type, "Execution");
    page.look.of = OF_QUEUE;
    qstat_table.row(&page, "batch", &attrs);
    assert_string_equal(
        buf_text(&page.out),
        "Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type\n"
        "---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- ----\n"
        "batch                4    21 yes  no     1     2     3     4     5     6 Exec\n");
}

static void test_table_server(void **state)
{
    (void)state;
    counts();
    attrs_add_number(&attrs, ATTR_batch_limit, 8);
    attrs_add_text(&attrs, ATTR_server_state, "Active");
    page.look.of = OF_SERVER;
    qstat_table.row(&page, "srv", &attrs);
    assert_string_equal(
        buf_text(&page.out),
        "Server               Max   Tot   Que   Run   Hld   Wat   Trn   Ext Status\n"
        "---------------- ------- ----- ----- ----- ----- ----- ----- ----- -----------\n"
        "srv                    8    21     1     2     3     4     5     6 Active\n");
}

/* ------------------------------------------------------------------- in full */

static const char *full(const char *name)
{
    buf_clear(&page.out);
    qstat_full.row(&page, name, &attrs);
    return buf_text(&page.out);
}

static void test_full(void **state)
{
    (void)state;
    usual_job();
    attrs_add_text(&attrs, ATTR_submit_host, "host");
    attrs_add_number(&attrs, ATTR_state, 3);
    attrs_add_number(&attrs, ATTR_walltime, 90);
    attrs_add_number(&attrs, ATTR_cput, 0);
    attrs_add_number(&attrs, ATTR_exit_status, 0);
    attrs_add_number(&attrs, ATTR_umask, 18);
    attrs_add_bytes(&attrs, ATTR_token, "0123456789abcdef", 16);
    attrs_add_bytes(&attrs, ATTR_script, "secret", 6);
    attrs_add_number(&attrs, 9999, 1);
    attrs_add_text(&attrs, ATTR_why, "hold: u");
    assert_string_equal(full("1.srv"), "Job Id: 1.srv\n"
                                       "    Job_Name = job\n"
                                       "    Job_Owner = ann@host\n"
                                       "    queue = batch\n"
                                       "    Priority = 0\n"
                                       "    Hold_Types = n\n"
                                       "    Rerunable = False\n"
                                       "    Resource_List.walltime = 00:01:30\n"
                                       "    umask = 0022\n"
                                       "    job_state = Q\n"
                                       "    comment = hold: u\n"
                                       "\n");
}

static void test_full_exit(void **state)
{
    (void)state;
    attrs_add_number(&attrs, ATTR_exit_status, 271);
    attrs_add_text(&attrs, ATTR_job_state, "C");
    assert_non_null(strstr(full("1.srv"), "\n    exit_status = 271\n    Exit_status = 271\n"));
    attrs_add_text(&attrs, ATTR_job_state, "Q");
    assert_null(strstr(full("1.srv"), "xit_status"));
}

/* A server sends no zeros: an end with 0 is told from a request that never ran. */
static void test_full_exit_zero(void **state)
{
    (void)state;
    attrs_add_text(&attrs, ATTR_job_state, "C");
    assert_null(strstr(full("1.srv"), "xit_status"));
    attrs_add_number(&attrs, ATTR_run_count, 1);
    assert_non_null(strstr(full("1.srv"), "\n    exit_status = 0\n    Exit_status = 0\n"));
    assert_non_null(strstr(full("1.srv"), "\n    resources_used.walltime = 00:00:00\n"));
    attrs_add_text(&attrs, ATTR_job_state, "R");
    assert_null(strstr(full("1.srv"), "xit_status"));
}

static void test_full_array(void **state)
{
    (void)state;
    assert_null(strstr(full("1.s"), "array"));
    attrs_add_number(&attrs, ATTR_array_last, 8);
    attrs_add_number(&attrs, ATTR_array_step, 2);
    assert_non_null(strstr(full("1[].s"), "array_first = 0\n"));
    assert_non_null(strstr(full("1[].s"), "array_failed = 0\n"));
    assert_non_null(strstr(full("1[].s"), "array_indices_submitted = 0-8:2\n"));
    assert_null(strstr(full("1[].s"), "array_next"));
}

/* An environment of many variables: folded at commas, rejoined to the same value. */
static void test_full_folded(void **state)
{
    static const char list[] =
        "HOME=/home/ann\0PATH=/usr/local/bin:/usr/bin:/bin\0A=1,2\\3\0"
        "NL=a\nb\tc\0LONG=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxy"
        "zabcdefghijklmnopqrstuvwxyz\0Z=";
    static const char value[] =
        "    Variable_List = HOME=/home/ann,PATH=/usr/local/bin:/usr/bin:/bin,A=1\\,2\\\\3,"
        "NL=a\\nb\\tc,LONG=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst"
        "uvwxyz,Z=\n";
    char *folded;
    char *at;

    (void)state;
    attrs_add_bytes(&attrs, ATTR_variables, list, sizeof list);
    folded = strdup(full("1.s"));
    for (at = folded; *at; at += strcspn(at, "\n") + (strchr(at, '\n') != NULL))
        if (strncmp(at, "\tLONG=", 6))
            assert_true(strcspn(at, "\n") <= 79);
    assert_non_null(strstr(folded, ",\n\t"));
    while ((at = strstr(folded, "\n\t")))
        memmove(at, at + 2, strlen(at + 2) + 1);
    assert_non_null(strstr(folded, value));
    page.look.wide = true;
    assert_non_null(strstr(full("1.s"), value));
    free(folded);
}

static void test_full_paths(void **state)
{
    (void)state;
    usual_job();
    attrs_add_text(&attrs, ATTR_output_path, "h:/d/");
    attrs_add_text(&attrs, ATTR_error_path, "h:/d/f");
    assert_non_null(strstr(full("7.s"), "Output_Path = h:/d/job.o7\n    Error_Path = h:/d/f\n"));
    assert_non_null(strstr(full("7[3].s"), "h:/d/job.o7-3\n    Error_Path = h:/d/f-3\n"));
    assert_non_null(strstr(full("7[].s"), "Output_Path = h:/d/\n    Error_Path = h:/d/f\n"));
    attrs_add_text(&attrs, ATTR_error_path, "h:/dev/null");
    assert_non_null(strstr(full("7[3].s"), "Error_Path = h:/dev/null\n"));
}

static void test_full_queue(void **state)
{
    static const char first[] = "Queue: batch\n"
                                "    priority = 0\n"
                                "    run_limit = 0\n"
                                "    user_limit = 0\n"
                                "    enabled = True\n"
                                "    started = False\n"
                                "    flow = STOPPED\n";
    static const char last[] = "\n    state_count = Transit:5 Queued:1 Held:3 Waiting:4 "
                               "Running:2 Exiting:6\n\n";
    const char *text;

    (void)state;
    counts();
    attrs_add_number(&attrs, ATTR_enabled, 1);
    attrs_add_text(&attrs, ATTR_queue_flow, "STOPPED");
    page.look.of = OF_QUEUE;
    /* The other attributes of queues stand between the flow and the count. */
    text = full("batch");
    assert_memory_equal(text, first, sizeof first - 1);
    assert_string_equal(text + strlen(text) - (sizeof last - 1), last);
    assert_non_null(strstr(text, "\n    total_jobs = 21\n"));
}

/* ---------------------------------------------------------------------- JSON */

static void test_json(void **state)
{
    static const char list[] = "A=1\0B=\"x\"\0A=2\0\xff=3\0\xfe=4\0NAKED";

    (void)state;
    usual_job();
    attrs_add_number(&attrs, ATTR_walltime, 90);
    attrs_add_number(&attrs, ATTR_mem, 4096);
    attrs_add_number(&attrs, ATTR_used_cput, 2);
    attrs_add_number(&attrs, ATTR_priority, -5);
    attrs_add_number(&attrs, ATTR_rerunable, 1);
    attrs_add_bytes(&attrs, ATTR_variables, list, sizeof list);
    qstat_json.begin(&page);
    qstat_json.row(&page, "1.s", &attrs);
    qstat_json.end(&page);
    assert_string_equal(buf_text(&page.out), "{\n"
                                             "    \"timestamp\":7,\n"
                                             "    \"pbs_version\":\"0.1\",\n"
                                             "    \"pbs_server\":\"srv\",\n"
                                             "    \"Jobs\":{\n"
                                             "        \"1.s\":{\n"
                                             "            \"Job_Name\":\"job\",\n"
                                             "            \"Job_Owner\":\"ann\",\n"
                                             "            \"queue\":\"batch\",\n"
                                             "            \"Priority\":-5,\n"
                                             "            \"Hold_Types\":\"n\",\n"
                                             "            \"Rerunable\":\"True\",\n"
                                             "            \"Resource_List\":{\n"
                                             "                \"walltime\":\"00:01:30\",\n"
                                             "                \"mem\":\"4kb\"\n"
                                             "            },\n"
                                             "            \"resources_used\":{\n"
                                             "                \"cput\":\"00:00:02\"\n"
                                             "            },\n"
                                             "            \"Variable_List\":{\n"
                                             "                \"B\":\"\\\"x\\\"\",\n"
                                             "                \"A\":\"2\",\n"
                                             "                \"\\ufffd\":\"4\",\n"
                                             "                \"NAKED\":\"\"\n"
                                             "            },\n"
                                             "            \"job_state\":\"Q\",\n"
                                             "            \"comment\":\"\"\n"
                                             "        }\n"
                                             "    }\n"
                                             "}\n");
}

static void test_json_nothing(void **state)
{
    (void)state;
    page.look.of = OF_QUEUE;
    qstat_json.begin(&page);
    qstat_json.end(&page);
    assert_non_null(strstr(buf_text(&page.out), "\"Queue\":{}\n}\n"));
}

/* A request that was named twice is one member. */
static void test_json_once(void **state)
{
    size_t length;

    (void)state;
    usual_job();
    qstat_json.begin(&page);
    qstat_json.row(&page, "1.s", &attrs);
    length = page.out.length;
    qstat_json.row(&page, "1.s", &attrs);
    assert_int_equal(page.out.length, length);
    qstat_json.row(&page, "2.s", &attrs);
    assert_true(page.out.length > length);
    qstat_json.end(&page);
}

static void test_seen(void **state)
{
    char name[32];

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(name, sizeof name, "%d.srv", i);
            assert_int_equal(qstat_page_first(&page, name), round == 0);
        }
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(test_table),         T(test_table_nothing), T(test_table_wide), T(test_table_cut),
        T(test_table_strange), T(test_table_reason),  T(test_alternate),  T(test_nqs),
        T(test_nqs_words),     T(test_xml),           T(test_dsv),        T(test_table_queue),
        T(test_table_server),  T(test_full),          T(test_full_exit),  T(test_full_exit_zero),
        T(test_full_array),    T(test_full_folded),   T(test_full_queue), T(test_full_paths),
        T(test_json),          T(test_json_nothing),  T(test_json_once),  T(test_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
