/*
 * qtop_model.c - what the server holds, as qtop shows it; see qtop.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"
#include "qtop.h"
#include "str.h"
#include "view.h"

void top_model_done(struct top_model *model)
{
    mem_free(model->queues);
    mem_free(model->jobs);
    *model = (struct top_model){0};
}

/* The text of ID into TO, cut, with `?` for what a terminal might take for an order. */
static void text_take(const struct attrs *attrs, uint16_t id, char *to, size_t size)
{
    size_t length;
    const char *text = view_text(attrs, id, &length);
    size_t at = 0;

    for (; at < length && at + 1 < size; at++)
        to[at] = text[at] >= ' ' && text[at] <= '~' ? text[at] : '?';
    to[at] = '\0';
}

static void server_take(struct top_model *model, const char *name, const struct attrs *attrs)
{
    str_copy(model->server, sizeof model->server, name);
    text_take(attrs, ATTR_server_state, model->state, sizeof model->state);
}

static void queue_take(struct top_model *model, const char *name, const struct attrs *attrs)
{
    char admission[16];
    struct top_queue *queue;
    char flow[16];

    if (model->queues_count == model->queues_room) {
        model->queues_room = model->queues_room ? 2 * model->queues_room : 16;
        model->queues = mem_grow(model->queues, model->queues_room, sizeof *model->queues);
    }
    queue = &model->queues[model->queues_count++];
    *queue = (struct top_queue){
        .limit = attrs_number(attrs, ATTR_run_limit, 0),
        .running = attrs_number(attrs, ATTR_count_running, 0),
        .queued = attrs_number(attrs, ATTR_count_queued, 0),
        .held = attrs_number(attrs, ATTR_count_held, 0),
        .waiting = attrs_number(attrs, ATTR_count_waiting, 0),
        .total = attrs_number(attrs, ATTR_total_jobs, 0),
    };
    str_copy(queue->name, sizeof queue->name, name);
    text_take(attrs, ATTR_queue_admission, admission, sizeof admission);
    text_take(attrs, ATTR_queue_flow, flow, sizeof flow);
    snprintf(queue->state, sizeof queue->state, "%s%s%s", flow,
             strcmp(admission, "ENABLED") != 0 ? " " : "",
             strcmp(admission, "ENABLED") != 0 ? admission : "");
}

static void owner_take(const struct attrs *attrs, struct top_job *job)
{
    text_take(attrs, ATTR_owner, job->owner, sizeof job->owner);
    job->owner[strcspn(job->owner, "@")] = '\0';
}

static void why_take(const struct attrs *attrs, struct top_job *job)
{
    struct buf why;
    size_t at;

    buf_init(&why);
    if (view_reason(attrs, &why)) {
        const char *text = buf_text(&why);

        for (at = 0; text[at] && at + 1 < sizeof job->why; at++)
            job->why[at] = text[at] >= ' ' && text[at] <= '~' ? text[at] : '?';
        job->why[at] = '\0';
    }
    buf_done(&why);
}

static void job_take(struct top_model *model, const char *name, const struct attrs *attrs)
{
    int64_t since = attrs_number(attrs, ATTR_stime, 0);
    char time[CLOCK_TEXT_MAX];
    char letter[2] = "";
    struct top_job *job;

    if (model->jobs_count == model->jobs_room) {
        model->jobs_room = model->jobs_room ? 2 * model->jobs_room : 64;
        model->jobs = mem_grow(model->jobs, model->jobs_room, sizeof *model->jobs);
    }
    job = &model->jobs[model->jobs_count++];
    *job = (struct top_job){0};
    str_copy(job->id, sizeof job->id, name);
    text_take(attrs, ATTR_name, job->name, sizeof job->name);
    text_take(attrs, ATTR_queue, job->queue, sizeof job->queue);
    text_take(attrs, ATTR_job_state, letter, sizeof letter);
    owner_take(attrs, job);
    job->state = *letter ? *letter : '?';
    if (since && strchr("RSE", job->state)) {
        clock_duration_text((clock_now().wall - since) / NQS_SECOND, time);
        str_copy(job->time, sizeof job->time, time);
    } else {
        why_take(attrs, job);
    }
}

/* What runs comes first, then what waits for its turn; else as the server has it. */
static int job_rank(const struct top_job *job)
{
    const char *at = strchr("RESBQWHT", job->state);

    return at ? (int)(at - "RESBQWHT") : 99;
}

static int jobs_compare(const void *a, const void *b)
{
    const struct top_job *one = a;
    const struct top_job *two = b;
    int by_rank = job_rank(one) - job_rank(two);

    if (by_rank)
        return by_rank;
    return (int)strtol(one->id, NULL, 10) - (int)strtol(two->id, NULL, 10);
}

typedef void model_take(struct top_model *model, const char *name, const struct attrs *attrs);

/* Give each row of PROCEDURE to TAKE, at most MAX of them. */
static enum nqs_code rows_read(struct top_model *model, struct client *client, uint32_t procedure,
                               size_t max, model_take *take, struct nqs_err *err)
{
    struct client_rows *rows = client_rows_new(client, procedure, NULL, 0, 0, NULL, 0);
    const struct nqs_row *row;
    struct attrs attrs;
    enum nqs_code code;
    size_t count = 0;

    attrs_init(&attrs);
    while ((row = client_rows_next(rows, &attrs, &code, err))) {
        if (count++ == max) {
            model->more = true;
            break;
        }
        take(model, row->name, &attrs);
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

enum nqs_code top_model_read(struct top_model *model, struct client *client, struct nqs_err *err)
{
    struct top_model fresh = {0};
    enum nqs_code code;

    code = rows_read(&fresh, client, NQS_STATUS_SERVER, 1, server_take, err);
    if (!code)
        code = rows_read(&fresh, client, NQS_STATUS_QUEUES, SIZE_MAX, queue_take, err);
    if (!code)
        code = rows_read(&fresh, client, NQS_STATUS_JOBS, TOP_JOBS_MAX, job_take, err);
    if (code) {
        top_model_done(&fresh);
        return code;
    }
    if (fresh.jobs_count)
        qsort(fresh.jobs, fresh.jobs_count, sizeof *fresh.jobs, jobs_compare);
    top_model_done(model);
    *model = fresh;
    return NQS_OK;
}
