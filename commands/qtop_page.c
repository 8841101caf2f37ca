/*
 * qtop_page.c - a screen of qtop as lines of text; see qtop.h.
 *
 * From above: who and how many, the queues, the requests, and in the last line
 * the keys or what there is to say.  Queues get at most a third of the lines;
 * either list follows the cursor.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "qtop.h"

static const char keys[] = "arrows move  h hold  r release  d delete  +/- run limit  q quit";

/* Append a line that is cut at COLUMNS, without blanks at its end. */
static void add(struct top_page *page, const struct top_view *view, enum top_look look,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct top_page *page, const struct top_view *view, enum top_look look,
                const char *format, ...)
{
    char *line = page->lines[page->count];
    va_list args;
    size_t length;

    if (page->count >= view->rows)
        return;
    va_start(args, format);
    vsnprintf(line, (size_t)view->columns + 1, format, args);
    va_end(args);
    length = strlen(line);
    while (length && line[length - 1] == ' ')
        line[--length] = '\0';
    page->looks[page->count++] = look;
}

const struct top_queue *top_queue_at(const struct top_model *model, const struct top_view *view)
{
    return view->cursor < model->queues_count ? &model->queues[view->cursor] : NULL;
}

const struct top_job *top_job_at(const struct top_model *model, const struct top_view *view)
{
    size_t at = view->cursor - model->queues_count;

    if (view->cursor < model->queues_count || at >= model->jobs_count)
        return NULL;
    return &model->jobs[at];
}

void top_find_queue(const struct top_model *model, struct top_view *view, const char *name)
{
    for (size_t i = 0; i < model->queues_count; i++)
        if (!strcmp(model->queues[i].name, name))
            view->cursor = i;
}

void top_find_job(const struct top_model *model, struct top_view *view, const char *name)
{
    for (size_t i = 0; i < model->jobs_count; i++)
        if (!strcmp(model->jobs[i].id, name))
            view->cursor = model->queues_count + i;
}

/* *FIRST such that ROWS rows from it on, of COUNT, have AT in them; AT may be none. */
static void follow(size_t *first, size_t rows, size_t count, size_t at)
{
    if (*first + rows > count)
        *first = count > rows ? count - rows : 0;
    if (at >= count)
        return;
    if (at < *first)
        *first = at;
    if (rows && at >= *first + rows)
        *first = at + 1 - rows;
}

static void add_head(const struct top_model *model, const struct top_view *view,
                     struct top_page *page)
{
    struct top_queue sum = {0};

    for (size_t i = 0; i < model->queues_count; i++) {
        sum.running += model->queues[i].running;
        sum.queued += model->queues[i].queued;
        sum.held += model->queues[i].held;
        sum.waiting += model->queues[i].waiting;
        sum.total += model->queues[i].total;
    }
    add(page, view, TOP_PLAIN, "server %s  %s  running %lld  queued %lld  held %lld  waiting %lld",
        model->server, model->state, (long long)sum.running, (long long)sum.queued,
        (long long)sum.held, (long long)sum.waiting);
}

static void add_queues(const struct top_model *model, struct top_view *view, size_t rows,
                       struct top_page *page)
{
    follow(&view->first_queue, rows, model->queues_count, view->cursor);
    add(page, view, TOP_TITLE, "%-15s %6s %6s %6s %6s %6s  %s", "QUEUE", "LIMIT", "RUN", "QUEUED",
        "HELD", "WAIT", "STATE");
    for (size_t i = view->first_queue; i < model->queues_count && rows--; i++) {
        const struct top_queue *queue = &model->queues[i];

        add(page, view, i == view->cursor ? TOP_CURSOR : TOP_PLAIN,
            "%-15s %6lld %6lld %6lld %6lld %6lld  %s", queue->name, (long long)queue->limit,
            (long long)queue->running, (long long)queue->queued, (long long)queue->held,
            (long long)queue->waiting, queue->state);
    }
}

static void add_jobs(const struct top_model *model, struct top_view *view, size_t rows,
                     struct top_page *page)
{
    size_t cursor = view->cursor - model->queues_count; /* wraps, and is none, for a queue */

    follow(&view->first_job, rows, model->jobs_count, cursor);
    add(page, view, TOP_TITLE, "%-16s %-15s %-10s %-10s S %8s  %s", "REQUEST", "NAME", "OWNER",
        "QUEUE", "TIME", "WHY");
    for (size_t i = view->first_job; i < model->jobs_count && rows--; i++) {
        const struct top_job *job = &model->jobs[i];

        add(page, view, i == cursor ? TOP_CURSOR : TOP_PLAIN,
            "%-16.16s %-15.15s %-10.10s %-10.10s %c %8s  %s", job->id, job->name, job->owner,
            job->queue, job->state, job->time, job->why);
    }
}

void top_page_make(const struct top_model *model, struct top_view *view, struct top_page *page)
{
    size_t all = model->queues_count + model->jobs_count;
    size_t queue_rows;
    size_t used;

    page->count = 0;
    view->columns = view->columns > TOP_COLUMNS_MAX ? TOP_COLUMNS_MAX : view->columns;
    view->rows = view->rows > TOP_ROWS_MAX ? TOP_ROWS_MAX : view->rows;
    if (view->cursor >= all)
        view->cursor = all ? all - 1 : 0;
    queue_rows = (size_t)view->rows / 3;
    if (queue_rows > model->queues_count)
        queue_rows = model->queues_count;
    add_head(model, view, page);
    add_queues(model, view, queue_rows, page);
    add(page, view, TOP_PLAIN, "%s", "");
    used = (size_t)page->count + 2; /* the title of the requests, and the last line */
    add_jobs(model, view, used < (size_t)view->rows ? (size_t)view->rows - used : 0, page);
    while (page->count < view->rows - 1)
        add(page, view, TOP_PLAIN, "%s", "");
    page->count = page->count < view->rows ? page->count : view->rows - 1;
    add(page, view, TOP_PLAIN, "%s%s", view->message ? view->message : keys,
        !view->message && model->more ? "  (the first 2000 requests)" : "");
}
