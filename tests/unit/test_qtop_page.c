/*
 * test_qtop_page.c - a screen of qtop, of every size and with the cursor anywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "qtop.h"

static struct top_page page;

/* A world of QUEUES and JOBS, called q0, q1, ... and 0.h, 1.h, ... */
static struct top_model *model_new(size_t queues, size_t jobs)
{
    struct top_model *model = calloc(1, sizeof *model);

    strcpy(model->server, "h");
    model->queues = calloc(queues + 1, sizeof *model->queues);
    model->jobs = calloc(jobs + 1, sizeof *model->jobs);
    model->queues_count = queues;
    model->jobs_count = jobs;
    for (size_t i = 0; i < queues; i++)
        snprintf(model->queues[i].name, sizeof model->queues[i].name, "q%zu", i);
    for (size_t i = 0; i < jobs; i++) {
        snprintf(model->jobs[i].id, sizeof model->jobs[i].id, "%zu.h", i);
        model->jobs[i].state = 'Q';
    }
    return model;
}

static void model_free(struct top_model *model)
{
    free(model->queues);
    free(model->jobs);
    free(model);
}

/* The line under the cursor, or "". */
static const char *cursor_line(void)
{
    for (int i = 0; i < page.count; i++)
        if (page.looks[i] == TOP_CURSOR)
            return page.lines[i];
    return "";
}

static void test_sizes(void **state)
{
    struct top_model *model = model_new(5, 50);

    (void)state;
    for (int rows = 1; rows < 60; rows++) {
        for (int columns = 1; columns < 120; columns += 7) {
            struct top_view view = {.rows = rows, .columns = columns, .cursor = (size_t)rows};

            top_page_make(model, &view, &page);
            assert_int_equal(page.count, rows);
            for (int i = 0; i < page.count; i++)
                assert_in_range(strlen(page.lines[i]), 0, columns);
        }
    }
    model_free(model);
}

static void test_cursor(void **state)
{
    struct top_model *model = model_new(20, 200);
    struct top_view view = {.rows = 24, .columns = 80};
    char want[20];

    (void)state;
    for (size_t at = 0; at < 220; at++) { /* down and up again, always in sight */
        view.cursor = at;
        top_page_make(model, &view, &page);
        snprintf(want, sizeof want, at < 20 ? "q%zu " : "%zu.h ", at < 20 ? at : at - 20);
        assert_memory_equal(cursor_line(), want, strlen(want));
    }
    view.cursor = 0;
    top_page_make(model, &view, &page);
    assert_memory_equal(cursor_line(), "q0 ", 3);
    view.cursor = 9999;
    top_page_make(model, &view, &page);
    assert_int_equal(view.cursor, 219);
    assert_string_equal(top_job_at(model, &view)->id, "199.h");
    assert_null(top_queue_at(model, &view));
    top_find_job(model, &view, "7.h");
    assert_string_equal(top_job_at(model, &view)->id, "7.h");
    top_find_queue(model, &view, "q3");
    assert_string_equal(top_queue_at(model, &view)->name, "q3");
    top_find_job(model, &view, "none");
    assert_int_equal(view.cursor, 3);
    model_free(model);
}

static void test_empty(void **state)
{
    struct top_model *model = model_new(0, 0);
    struct top_view view = {.rows = 10, .columns = 80, .cursor = 3, .message = "said"};

    (void)state;
    top_page_make(model, &view, &page);
    assert_int_equal(page.count, 10);
    assert_string_equal(page.lines[9], "said");
    assert_null(top_job_at(model, &view));
    assert_null(top_queue_at(model, &view));
    assert_string_equal(cursor_line(), "");
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_cursor),
        cmocka_unit_test(test_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
