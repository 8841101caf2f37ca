/*
 * qtop.h - the parts of qtop: what the server holds, and how it looks.
 *
 * qtop_model.c asks, qtop_page.c makes lines of text of it, which qtop.c prints
 * once or keeps on a terminal.  So what is on a screen can be read by a test.
 */
#ifndef NQS_COMMANDS_QTOP_H
#define NQS_COMMANDS_QTOP_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "client.h"

enum {
    TOP_JOBS_MAX = 2000, /* rows that are asked for and kept */
    TOP_COLUMNS_MAX = 400,
    TOP_ROWS_MAX = 400,
};

struct top_queue {
    char name[16];
    char state[40];
    int64_t limit;
    int64_t running;
    int64_t queued;
    int64_t held;
    int64_t waiting;
    int64_t total;
};

struct top_job {
    char id[80];
    char name[24];
    char owner[24];
    char queue[16];
    char state;
    char time[12]; /* since it was started, or "" */
    char why[200]; /* why it waits, or what failed */
};

struct top_model {
    char server[64];
    char state[24];
    struct top_queue *queues; /* owned */
    size_t queues_count;
    size_t queues_room;
    struct top_job *jobs; /* owned; those that run first */
    size_t jobs_count;
    size_t jobs_room;
    bool more; /* there are more than TOP_JOBS_MAX */
};

void top_model_done(struct top_model *model);

/* Ask the server and fill MODEL anew; on a failure it stays as it was. */
enum nqs_code top_model_read(struct top_model *model, struct client *client, struct nqs_err *err);

/* Where one is: an index into the queues and, behind them, the requests. */
struct top_view {
    size_t cursor;
    size_t first_queue; /* the first that is shown */
    size_t first_job;
    int columns;
    int rows;
    const char *message; /* in the last line; NULL: the keys */
};

enum top_look { TOP_PLAIN, TOP_TITLE, TOP_CURSOR };

/* The screen, line by line. */
struct top_page {
    int count;
    enum top_look looks[TOP_ROWS_MAX];
    char lines[TOP_ROWS_MAX][TOP_COLUMNS_MAX + 1];
};

/*
 * Write MODEL to PAGE as VIEW wants it; the cursor is moved to where there is a
 * row, and what is shown follows it.  Lines are printable ASCII, not longer than
 * the view's columns, and none ends in a blank.
 */
void top_page_make(const struct top_model *model, struct top_view *view, struct top_page *page);

/* The queue or request under the cursor; NULL when it is the other kind, or there is none. */
const struct top_queue *top_queue_at(const struct top_model *model, const struct top_view *view);
const struct top_job *top_job_at(const struct top_model *model, const struct top_view *view);

/* Put the cursor on the one called NAME; it stays where it is when there is none. */
void top_find_queue(const struct top_model *model, struct top_view *view, const char *name);
void top_find_job(const struct top_model *model, struct top_view *view, const char *name);

#endif
