/*
 * qstat_full.c - all there is to say of a row, a line for each value; see
 * qstat_print.h.
 *
 * A long value is folded behind a comma, never elsewhere, and the next line
 * begins with a TAB: to take every "\n\t" out gives back the value.
 */
#include "qstat_print.h"

#include <string.h>

enum { FOLD_COLUMN = 79, TAB_COLUMN = 8, LEAD = 4 };

/* The column behind LENGTH bytes of TEXT: bytes that only continue a character take none. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* Append LENGTH bytes of VALUE; COLUMN is where the first one stands. */
static void full_fold(struct buf *out, const char *value, size_t length, size_t column)
{
    size_t at = 0;

    while (at < length) {
        const char *comma = memchr(value + at, ',', length - at);
        size_t piece = comma ? (size_t)(comma - (value + at)) + 1 : length - at;
        size_t columns = columns_of(value + at, piece);

        if (at && column + columns > FOLD_COLUMN) {
            buf_add_text(out, "\n\t");
            column = TAB_COLUMN;
        }
        buf_add(out, value + at, piece);
        column += columns;
        at += piece;
    }
}

/* Appended to page->out, in one line or folded. */
static void full_item(struct qstat_page *page, const struct view_item *item)
{
    struct buf *out = &page->out;
    struct buf value;

    buf_format(out, "%*s%s = ", LEAD, "", item->name);
    if (page->look.wide) {
        view_print(&page->view, item, out);
    } else {
        buf_init(&value);
        view_print(&page->view, item, &value);
        full_fold(out, value.bytes, value.length, LEAD + strlen(item->name) + strlen(" = "));
        buf_done(&value);
    }
    buf_add_char(out, '\n');
}

/*
 * The variables that POSIX gives getconf(1) for a batch system, which a system
 * that comes later cannot answer there.  Source: XBD 2.1.3.2; reference/queues.md A.0.
 */
static void full_posix(struct buf *out)
{
    static const char *const options[][2] = {
        {"POSIX2_PBS", "200809"},         {"POSIX2_PBS_ACCOUNTING", "200809"},
        {"POSIX2_PBS_CHECKPOINT", "0"},   {"POSIX2_PBS_LOCATE", "0"},
        {"POSIX2_PBS_MESSAGE", "200809"}, {"POSIX2_PBS_TRACK", "0"},
    };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        buf_format(out, "%*s%s = %s\n", LEAD, "", options[i][0], options[i][1]);
}

static void full_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    static const char *const heads[] = {
        [OF_JOB] = "Job Id", [OF_QUEUE] = "Queue", [OF_SERVER] = "Server"};

    buf_format(&page->out, "%s: %s\n", heads[page->look.of], name);
    view_fill(&page->view, page->look.of, name, attrs, false);
    for (size_t i = 0; i < page->view.count; i++)
        full_item(page, &page->view.items[i]);
    if (page->look.of == OF_SERVER)
        full_posix(&page->out);
    buf_add_char(&page->out, '\n');
}

static void full_nothing(struct qstat_page *page)
{
    (void)page;
}

const struct qstat_printer qstat_full = {full_nothing, full_row, full_nothing};
