/*
 * qstat_alt.c - PBS's alternate form of qstat (-a and its kin), and the limits of
 * queues (-q); see qstat_print.h.
 *
 * Programs count the columns: no column is empty, `--` stands for what is not known.
 * Source: reference/queues.md A.5.11; widths are those of PBS.
 */
#include "qstat_print.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"

enum { ALT_TEXT = 32 };

/* Text of LENGTH bytes in a column: cut, blanks are underlined, never empty. */
static void alt_cell(struct buf *out, const char *text, size_t length, size_t width)
{
    qstat_cell(out, length ? text : "--", length ? length : strlen("--"), width, false);
    buf_add_char(out, ' ');
}

static void alt_attr(struct buf *out, const struct attrs *attrs, uint16_t id, size_t width)
{
    size_t length;
    const char *text = view_text(attrs, id, &length);

    alt_cell(out, text, length, width);
}

/* Hours and minutes, as PBS shows all times here. */
static void alt_time(char text[ALT_TEXT], int64_t seconds)
{
    if (seconds <= 0)
        strcpy(text, "--");
    else
        snprintf(text, ALT_TEXT, "%02lld:%02lld", (long long)(seconds / 3600),
                 (long long)(seconds / 60 % 60));
}

/* In the unit of the option, else in the largest that is no fraction worth the name. */
static void alt_memory(char text[ALT_TEXT], int64_t bytes, char unit)
{
    static const char *const units[] = {"b", "kb", "mb", "gb", "tb"};
    enum { WORD = 8, UNITS = sizeof units / sizeof *units };
    int at = 0;

    if (bytes <= 0) {
        strcpy(text, "--");
    } else if (unit == 'G') {
        snprintf(text, ALT_TEXT, "%lldgb", (long long)((bytes + (1 << 30) - 1) >> 30));
    } else if (unit == 'M') {
        snprintf(text, ALT_TEXT, "%lldmw", (long long)((bytes / WORD + (1 << 20) - 1) >> 20));
    } else {
        for (; at + 1 < UNITS && (bytes >= 10000 || (bytes >= 1024 && bytes % 1024 == 0)); at++)
            bytes = (bytes + 1023) / 1024;
        snprintf(text, ALT_TEXT, "%lld%s", (long long)bytes, units[at]);
    }
}

/* How long it has run, or did. */
static int64_t alt_elapsed(const struct qstat_look *look, const struct attrs *attrs)
{
    int64_t used = attrs_number(attrs, ATTR_used_walltime, 0);
    int64_t start = attrs_number(attrs, ATTR_stime, 0) / NQS_SECOND;

    if (used || !start || !view_state_in(attrs, "RES"))
        return used;
    return look->timestamp > start ? look->timestamp - start : 0;
}

/* When it will start, as far as the server has computed that. */
static void alt_start(const struct qstat_look *look, const struct attrs *attrs, char text[ALT_TEXT])
{
    time_t now = (time_t)look->timestamp;
    const struct attr_def *def = attr_named(OF_JOB, "estimated.start_time");
    time_t start = def ? (time_t)(attrs_number(attrs, def->id, 0) / NQS_SECOND) : 0;
    struct tm today;
    struct tm tm;

    strcpy(text, "--");
    if (!start || !localtime_r(&start, &tm) || !localtime_r(&now, &today))
        return;
    if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday)
        strftime(text, ALT_TEXT, "%H:%M", &tm);
    else if (start - now < 6 * 86400)
        strftime(text, ALT_TEXT, "%a%H", &tm);
    else
        strftime(text, ALT_TEXT, "%m-%d", &tm);
}

static const struct alt_widths {
    uint8_t id, user, queue, name, session, nodes, tasks, memory, time;
} narrow = {15, 8, 8, 10, 6, 3, 3, 6, 5}, wide = {30, 15, 15, 15, 8, 4, 5, 6, 5};

static const struct alt_widths *alt_widths(const struct qstat_look *look)
{
    return look->wide ? &wide : &narrow;
}

static void alt_titles(const struct qstat_look *look, struct buf *out)
{
    const struct alt_widths *w = alt_widths(look);
    const uint8_t widths[] = {w->id,    w->user,   w->queue, w->name, w->session, w->nodes,
                              w->tasks, w->memory, w->time,  1,       w->time};
    const char *const titles[] = {"Job ID",
                                  "Username",
                                  "Queue",
                                  "Jobname",
                                  "SessID",
                                  "NDS",
                                  "TSK",
                                  "Memory",
                                  "Time",
                                  "S",
                                  look->estimate ? "Start" : "Time"};
    enum { COLUMNS = sizeof widths, ABOVE = 7 };
    size_t lead = 0;

    for (int i = 0; i < ABOVE; i++)
        lead += widths[i] + 1u;
    buf_format(out, "\n%s: \n%*s%-*s %-*s   %s\n", look->server, (int)lead, "", w->memory, "Req'd",
               w->time, "Req'd", look->estimate ? "Est" : "Elap");
    for (int i = 0; i < COLUMNS; i++)
        buf_format(out, "%-*s%s", i + 1 < COLUMNS ? widths[i] : 0, titles[i],
                   i + 1 < COLUMNS ? " " : "\n");
    for (int i = 0; i < COLUMNS; i++)
        buf_format(out, "%.*s%s", widths[i], "------------------------------",
                   i + 1 < COLUMNS ? " " : "\n");
}

/* What stands below the row, or behind it (-1). */
static void alt_more(const struct qstat_look *look, const struct attrs *attrs, struct buf *out)
{
    const char *lead = look->once ? " " : "\n    ";
    size_t mark;
    size_t length;
    const char *host = view_text(attrs, ATTR_exec_host, &length);

    if (look->nodes) {
        buf_add_text(out, lead);
        if (length)
            view_exec_host(out, host, length);
        else
            buf_add_text(out, "--");
    }
    if (!look->reason)
        return;
    mark = out->length;
    buf_add_text(out, lead);
    if (!view_reason(attrs, out))
        out->length = mark;
}

static void alt_right(struct buf *out, const char *text, int width)
{
    buf_format(out, "%*s ", width, text);
}

static void alt_row(const struct qstat_look *look, const char *name, const struct attrs *attrs,
                    struct buf *out)
{
    const struct alt_widths *w = alt_widths(look);
    int64_t session = attrs_number(attrs, ATTR_session_id, 0);
    char text[ALT_TEXT];

    qstat_cell_id(out, name, w->id);
    buf_add_char(out, ' ');
    alt_attr(out, attrs, ATTR_owner, w->user);
    alt_attr(out, attrs, ATTR_queue, w->queue);
    alt_attr(out, attrs, ATTR_name, w->name);
    snprintf(text, sizeof text, "%lld", (long long)session);
    alt_right(out, session ? text : "--", w->session);
    alt_right(out, "1", w->nodes);
    snprintf(text, sizeof text, "%lld", (long long)attrs_number(attrs, ATTR_ncpus, 1));
    alt_right(out, text, w->tasks);
    alt_memory(text, attrs_number(attrs, ATTR_mem, 0), look->unit);
    alt_right(out, text, w->memory);
    alt_time(text, attrs_number(attrs, ATTR_walltime, 0));
    alt_right(out, text, w->time);
    alt_attr(out, attrs, ATTR_job_state, 1);
    if (look->estimate)
        alt_start(look, attrs, text);
    else
        alt_time(text, alt_elapsed(look, attrs));
    buf_format(out, "%*s", w->time, text);
    alt_more(look, attrs, out);
    buf_add_char(out, '\n');
}

/* --- -q --- */

static void limits_titles(const struct qstat_look *look, struct buf *out)
{
    buf_format(out,
               "\nserver: %s\n\n"
               "Queue            Memory CPU Time Walltime Node   Run   Que   Lm  State\n"
               "---------------- ------ -------- -------- ---- ----- ----- ----  -----\n",
               look->server);
}

/* What the queue allows a request at most of NAME: a value of the list resources_max. */
static void limits_maximum(const struct attrs *attrs, const char *name, char text[ALT_TEXT])
{
    const struct attr_def *def = attr_named(OF_QUEUE, "resources_max");
    size_t width = strlen(name);
    size_t length = 0;
    const char *at = def ? view_text(attrs, def->id, &length) : "";
    const char *end = at + length;

    strcpy(text, "--");
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;

        if ((size_t)(stop - at) > width && !memcmp(at, name, width) && at[width] == '=')
            snprintf(text, ALT_TEXT, "%.*s", (int)(stop - at - (ptrdiff_t)width - 1),
                     at + width + 1);
        at = stop + 1;
    }
}

static void limits_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    struct buf *out = &page->out;
    int64_t limit = attrs_number(attrs, ATTR_run_limit, 0);
    int64_t run = attrs_number(attrs, ATTR_count_running, 0);
    int64_t waiting = attrs_number(attrs, ATTR_total_jobs, 0) - run;
    char memory[ALT_TEXT];
    char cput[ALT_TEXT];
    char walltime[ALT_TEXT];

    limits_maximum(attrs, "mem", memory);
    limits_maximum(attrs, "cput", cput);
    limits_maximum(attrs, "walltime", walltime);
    alt_cell(out, name, strlen(name), 16);
    buf_format(out, "%6s %8s %8s %4s %5lld %5lld %4lld  %s %s\n", memory, cput, walltime, "--",
               (long long)run, (long long)waiting, (long long)limit,
               attrs_number(attrs, ATTR_enabled, 0) ? "E" : "D",
               attrs_number(attrs, ATTR_started, 0) ? "R" : "S");
    page->running += run;
    page->waiting += waiting;
}

static void alt_begin(struct qstat_page *page)
{
    (void)page;
}

static void alt_print_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    if (!page->begun && page->look.of == OF_QUEUE)
        limits_titles(&page->look, &page->out);
    else if (!page->begun)
        alt_titles(&page->look, &page->out);
    page->begun = true;
    if (page->look.of == OF_QUEUE)
        limits_row(page, name, attrs);
    else
        alt_row(&page->look, name, attrs, &page->out);
}

static void alt_end(struct qstat_page *page)
{
    if (page->begun && page->look.of == OF_QUEUE)
        buf_format(&page->out, "%47s----- -----\n%47s%5lld %5lld\n", "", "",
                   (long long)page->running, (long long)page->waiting);
}

const struct qstat_printer qstat_alt = {alt_begin, alt_print_row, alt_end};
