/*
 * qstat_table.c - a line for each request, queue or server; see qstat_print.h.
 *
 * Programs split these lines at white space, count the columns and compare the
 * id's beginning with what qsub printed.  So no column is ever empty or has
 * white space in it, and an id is never cut within its digits.
 */
#include "qstat_print.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "utf8.h"

enum {
    ID_WIDTH = 17,
    ID_WIDTH_WIDE = 30,
    NAME_WIDTH = 16,
    TIME_WIDTH = 8,
};

/* Append WIDTH times C. */
static void table_fill(struct buf *out, char c, size_t width)
{
    memset(buf_reserve(out, width), c, width);
    out->length += width;
}

/* The bytes of the next column's worth of TEXT; what is not fit to print becomes *ret_c. */
static size_t table_step(const char *text, size_t length, char *ret_c)
{
    uint32_t code = 0;
    size_t size = utf8_character(text, length, &code);

    *ret_c = '\0';
    if (!size || code < ' ' || (code >= 0x7f && code < 0xa0))
        *ret_c = '?';
    else if (code == ' ')
        *ret_c = '_';
    return size ? size : 1;
}

void qstat_cell(struct buf *out, const char *text, size_t length, size_t width, bool mark)
{
    size_t room = mark ? width - 1 : width;
    size_t columns = 0;
    size_t at = 0;
    char c;

    for (size_t i = 0; i < length; columns++)
        i += table_step(text + i, length - i, &c);
    for (size_t left = columns > width ? room : columns; left; left--) {
        size_t size = table_step(text + at, length - at, &c);

        if (c)
            buf_add_char(out, c);
        else
            buf_add(out, text + at, size);
        at += size;
    }
    if (!columns || (mark && columns > width))
        buf_add_char(out, columns ? '*' : '-');
    if (columns < width)
        table_fill(out, ' ', width - (columns ? columns : 1));
}

static void table_text(struct buf *out, const char *text, size_t length, size_t width)
{
    qstat_cell(out, text, length, width, true);
}

static void table_attr(struct buf *out, const struct attrs *attrs, uint16_t id, size_t width)
{
    size_t length;
    const char *text = view_text(attrs, id, &length);

    table_text(out, text, length, width);
}

/* An id that is too long loses the server's name first, and its digits never. */
void qstat_cell_id(struct buf *out, const char *name, size_t width)
{
    size_t digits = strcspn(name, ".");

    if (strlen(name) > width && digits >= width)
        buf_add(out, name, digits);
    else
        table_text(out, name, strlen(name), width);
}

/* How much of the walltime, else of the processor time, has passed. */
static int64_t table_percent(const struct qstat_look *look, const struct attrs *attrs)
{
    int64_t limit = attrs_number(attrs, ATTR_walltime, 0);
    int64_t start = attrs_number(attrs, ATTR_stime, 0) / NQS_SECOND;
    int64_t used = attrs_number(attrs, ATTR_used_walltime, 0);

    if (!used && start && view_state_in(attrs, "RES"))
        used = look->timestamp - start;
    if (!limit) {
        limit = attrs_number(attrs, ATTR_cput, 0);
        used = attrs_number(attrs, ATTR_used_cput, 0);
    }
    if (limit <= 0 || used < 0)
        return 0;
    return used > limit ? 100 : used * 100 / limit;
}

static void table_time(const struct qstat_look *look, struct buf *out, const struct attrs *attrs)
{
    int64_t seconds = attrs_number(attrs, ATTR_used_cput, 0);
    char text[CLOCK_TEXT_MAX] = "0";

    if (look->percent)
        snprintf(text, sizeof text, "%lld", (long long)table_percent(look, attrs));
    else if (seconds > 0)
        clock_duration_text(seconds, text);
    buf_format(out, "%*s", TIME_WIDTH, text);
}

/* The last column is not padded. */
static void trim(struct buf *out)
{
    while (out->length && out->bytes[out->length - 1] == ' ')
        out->length--;
}

static void job_head(const struct qstat_look *look, struct buf *out)
{
    size_t width = look->wide ? ID_WIDTH_WIDE : ID_WIDTH;

    buf_add_text(out, "Job id");
    table_fill(out, ' ', width - strlen("Job id") + 1);
    buf_format(out, "Name             User              %8s S Queue\n",
               look->percent ? "% done" : "Time Use");
    table_fill(out, '-', width - 1);
    buf_add_text(out, "  ---------------- ----------------  -------- - -----\n");
}

static void job_row(const struct qstat_look *look, const char *name, const struct attrs *attrs,
                    struct buf *out)
{
    qstat_cell_id(out, name, look->wide ? ID_WIDTH_WIDE : ID_WIDTH);
    buf_add_char(out, ' ');
    table_attr(out, attrs, ATTR_name, NAME_WIDTH);
    buf_add_char(out, ' ');
    table_attr(out, attrs, ATTR_owner, NAME_WIDTH);
    buf_add_text(out, "  ");
    table_time(look, out, attrs);
    buf_add_char(out, ' ');
    table_attr(out, attrs, ATTR_job_state, 1);
    buf_add_char(out, ' ');
    table_attr(out, attrs, ATTR_queue, NAME_WIDTH);
    trim(out);
    buf_add_char(out, '\n');
}

/* The counts in the order of their columns. */
static void table_counts(const struct attrs *attrs, struct buf *out)
{
    static const uint16_t ids[] = {
        ATTR_count_queued,  ATTR_count_running, ATTR_count_held,
        ATTR_count_waiting, ATTR_count_transit, ATTR_count_exiting,
    };

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        buf_format(out, " %5lld", (long long)attrs_number(attrs, ids[i], 0));
}

static void queue_head(const struct qstat_look *look, struct buf *out)
{
    (void)look;
    buf_add_text(out, "Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext "
                      "Type\n"
                      "---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- "
                      "----\n");
}

static void queue_row(const struct qstat_look *look, const char *name, const struct attrs *attrs,
                      struct buf *out)
{
    enum { TYPE_WIDTH = 4 };
    size_t length;
    const char *type = view_text(attrs, ATTR_queue_type, &length);

    (void)look;
    table_text(out, name, strlen(name), NAME_WIDTH);
    buf_format(out, " %5lld %5lld %3s %3s", (long long)attrs_number(attrs, ATTR_run_limit, 0),
               (long long)attrs_number(attrs, ATTR_total_jobs, 0),
               attrs_number(attrs, ATTR_enabled, 0) ? "yes" : "no",
               attrs_number(attrs, ATTR_started, 0) ? "yes" : "no");
    table_counts(attrs, out);
    buf_add_char(out, ' ');
    table_text(out, type, length < TYPE_WIDTH ? length : TYPE_WIDTH, TYPE_WIDTH);
    trim(out);
    buf_add_char(out, '\n');
}

static void server_head(const struct qstat_look *look, struct buf *out)
{
    size_t width = look->wide ? ID_WIDTH_WIDE : NAME_WIDTH;

    buf_add_text(out, "Server");
    table_fill(out, ' ', width - strlen("Server"));
    buf_add_text(out, "     Max   Tot   Que   Run   Hld   Wat   Trn   Ext Status\n");
    table_fill(out, '-', width);
    buf_add_text(out, " ------- ----- ----- ----- ----- ----- ----- ----- -----------\n");
}

static void server_row(const struct qstat_look *look, const char *name, const struct attrs *attrs,
                       struct buf *out)
{
    table_text(out, name, strlen(name), look->wide ? ID_WIDTH_WIDE : NAME_WIDTH);
    buf_format(out, " %7lld %5lld", (long long)attrs_number(attrs, ATTR_batch_limit, 0),
               (long long)attrs_number(attrs, ATTR_total_jobs, 0));
    table_counts(attrs, out);
    buf_add_char(out, ' ');
    table_attr(out, attrs, ATTR_server_state, ID_WIDTH_WIDE);
    trim(out);
    buf_add_char(out, '\n');
}

static const struct table_form {
    void (*head)(const struct qstat_look *look, struct buf *out);
    void (*row)(const struct qstat_look *look, const char *name, const struct attrs *attrs,
                struct buf *out);
} table_forms[] = {
    [OF_JOB] = {job_head, job_row},
    [OF_QUEUE] = {queue_head, queue_row},
    [OF_SERVER] = {server_head, server_row},
};

/* Nothing to show is nothing printed, so the header waits for the first row. */
static void table_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    const struct table_form *form = &table_forms[page->look.of];

    if (!page->begun)
        form->head(&page->look, &page->out);
    page->begun = true;
    form->row(&page->look, name, attrs, &page->out);
}

static void table_nothing(struct qstat_page *page)
{
    (void)page;
}

const struct qstat_printer qstat_table = {table_nothing, table_row, table_nothing};
