/*
 * qstat_nqs.c - requests in the forms of NQS: NQSII's table, and the long form with the
 * words for states; see qstat_print.h.
 *
 * Programs take the id from column 1 and three letters of state from column 6.
 * Source: reference/queues.md B.2; reference/clients.md.
 */
#include "qstat_print.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

enum { NQS_TEXT = 40 };

static char nqs_letter(const struct attrs *attrs)
{
    size_t length;
    const char *state = view_text(attrs, ATTR_job_state, &length);

    return length ? *state : '-';
}

static void nqs_head(struct buf *out)
{
    buf_add_text(out,
                 "RequestID        ReqName          UserName         Queue             Pri STT S   "
                 "Memory      CPU   Elapse R H M Jobs\n"
                 "---------------- ---------------- ---------------- ---------------- ---- --- - "
                 "-------- -------- -------- - - - ----\n");
}

static void nqs_attr(struct buf *out, const struct attrs *attrs, uint16_t id, size_t width)
{
    size_t length;
    const char *text = view_text(attrs, id, &length);

    qstat_cell(out, text, length, width, true);
    buf_add_char(out, ' ');
}

static void nqs_duration(struct buf *out, int64_t seconds)
{
    char text[CLOCK_TEXT_MAX];

    clock_duration_text(seconds > 0 ? seconds : 0, text);
    buf_format(out, "%8s ", text);
}

static int64_t nqs_elapsed(const struct qstat_look *look, const struct attrs *attrs)
{
    int64_t start = attrs_number(attrs, ATTR_stime, 0) / NQS_SECOND;

    if (start && view_state_in(attrs, "RES"))
        return look->timestamp - start;
    return attrs_number(attrs, ATTR_used_walltime, 0);
}

static void nqs_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    struct buf *out = &page->out;

    if (!page->begun)
        nqs_head(out);
    page->begun = true;
    qstat_cell_id(out, name, 16);
    buf_add_char(out, ' ');
    nqs_attr(out, attrs, ATTR_name, 16);
    nqs_attr(out, attrs, ATTR_owner, 16);
    nqs_attr(out, attrs, ATTR_queue, 16);
    buf_format(out, "%4lld %s - ", (long long)attrs_number(attrs, ATTR_priority, 0),
               dialect_nqs_letters(nqs_letter(attrs)));
    buf_format(out, "%6lldMB ", (long long)(attrs_number(attrs, ATTR_used_mem, 0) >> 20));
    nqs_duration(out, attrs_number(attrs, ATTR_used_cput, 0));
    nqs_duration(out, nqs_elapsed(&page->look, attrs));
    buf_format(out, "%c %c %c %4d\n", attrs_number(attrs, ATTR_rerunable, 0) ? 'Y' : 'N', 'Y', 'N',
               1);
}

static void nqs_nothing(struct qstat_page *page)
{
    (void)page;
}

const struct qstat_printer qstat_nqs = {nqs_nothing, nqs_row, nqs_nothing};

/* --- the long form --- */

static void long_text(struct buf *out, const char *label, const struct attrs *attrs, uint16_t id)
{
    size_t length;
    const char *text = view_text(attrs, id, &length);

    if (!length)
        return;
    buf_format(out, "    %s: ", label);
    view_visible(out, text, length);
    buf_add_char(out, '\n');
}

static void long_time(struct buf *out, const char *label, const struct attrs *attrs, uint16_t id)
{
    int64_t when = attrs_number(attrs, id, 0);
    char text[CLOCK_TEXT_MAX];

    if (when <= 0)
        return;
    clock_text(when, text);
    buf_format(out, "    %s: %s\n", label, text);
}

static void long_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    struct buf *out = &page->out;
    size_t mark;

    buf_format(out, "Request %s", name);
    buf_format(out, "    State = %s\n", dialect_nqs_word(nqs_letter(attrs)));
    long_text(out, "Name", attrs, ATTR_name);
    long_text(out, "Owner", attrs, ATTR_owner);
    long_text(out, "Queue", attrs, ATTR_queue);
    buf_format(out, "    Priority: %lld\n", (long long)attrs_number(attrs, ATTR_priority, 0));
    long_time(out, "Created", attrs, ATTR_ctime);
    long_time(out, "Execution time", attrs, ATTR_execution_time);
    long_time(out, "Started", attrs, ATTR_stime);
    long_time(out, "Ended", attrs, ATTR_comp_time);
    long_text(out, "Standard output", attrs, ATTR_output_path);
    long_text(out, "Standard error", attrs, ATTR_error_path);
    mark = out->length;
    buf_add_text(out, "    Reason: ");
    if (view_reason(attrs, out))
        buf_add_char(out, '\n');
    else
        out->length = mark;
    buf_add_char(out, '\n');
}

const struct qstat_printer qstat_long = {nqs_nothing, long_row, nqs_nothing};
