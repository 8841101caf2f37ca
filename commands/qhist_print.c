/*
 * qhist_print.c - records in and out: a line of JSON, a row, a line of CSV.
 */
#include "qhist.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"

/* --- reading --- */

struct scan {
    const char *at;
    const char *end;
    bool failed;
};

static bool scan_char(struct scan *scan, char c)
{
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* Four digits behind \u: a control character is shown as ?, what was no UTF-8 as the same. */
static char scan_escape(struct scan *scan)
{
    char c;

    if (scan->at == scan->end)
        return '?';
    c = *scan->at++;
    if (c != 'u')
        return c;
    scan->at += scan->end - scan->at < 4 ? scan->end - scan->at : 4;
    return '?';
}

/* A text in quotes, cut to the room there is. */
static void scan_text(struct scan *scan, char text[QHIST_TEXT_MAX])
{
    size_t length = 0;

    scan->failed |= !scan_char(scan, '"');
    while (scan->at < scan->end && *scan->at != '"') {
        char c = *scan->at++;

        c = c == '\\' ? scan_escape(scan) : c;
        if (length + 1 < QHIST_TEXT_MAX)
            text[length++] = (unsigned char)c < ' ' ? '?' : c;
    }
    text[length] = '\0';
    scan->failed |= !scan_char(scan, '"');
}

static int64_t scan_number(struct scan *scan)
{
    bool negative = scan_char(scan, '-');
    const char *from = scan->at;
    uint64_t number = 0;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        number = number * 10 + (uint64_t)(*scan->at++ - '0');
    scan->failed |= scan->at == from;
    return negative ? -(int64_t)number : (int64_t)number;
}

static const struct {
    const char *key;
    size_t at;
} texts[] = {
    {"id", offsetof(struct qhist_record, id)},
    {"type", offsetof(struct qhist_record, type)},
    {"user", offsetof(struct qhist_record, user)},
    {"group", offsetof(struct qhist_record, group)},
    {"account", offsetof(struct qhist_record, account)},
    {"queue", offsetof(struct qhist_record, queue)},
    {"jobname", offsetof(struct qhist_record, name)},
    {"reason", offsetof(struct qhist_record, reason)},
};

static const struct {
    const char *key;
    size_t at;
} numbers[] = {
    {"time", offsetof(struct qhist_record, time)},
    {"start", offsetof(struct qhist_record, start)},
    {"Exit_status", offsetof(struct qhist_record, status)},
    {"resources_used.walltime", offsetof(struct qhist_record, walltime)},
    {"resources_used.cput", offsetof(struct qhist_record, cput)},
    {"resources_used.mem", offsetof(struct qhist_record, mem)},
    {"run_count", offsetof(struct qhist_record, run_count)},
    {"array_step", offsetof(struct qhist_record, array_step)},
};

enum { TEXTS = sizeof texts / sizeof *texts, NUMBERS = sizeof numbers / sizeof *numbers };

static void keep_text(struct qhist_record *record, const char *key, const char *text)
{
    for (size_t i = 0; i < TEXTS; i++)
        if (!strcmp(texts[i].key, key))
            memcpy((char *)record + texts[i].at, text, strlen(text) + 1);
}

static void keep_number(struct qhist_record *record, const char *key, int64_t number)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (!strcmp(numbers[i].key, key))
            memcpy((char *)record + numbers[i].at, &number, sizeof number);
}

bool qhist_read(const char *line, size_t length, struct qhist_record *ret)
{
    struct scan scan = {line, line + length, false};
    char key[QHIST_TEXT_MAX];
    char text[QHIST_TEXT_MAX];

    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < NUMBERS; i++)
        keep_number(ret, numbers[i].key, QHIST_NONE);
    if (!scan_char(&scan, '{'))
        return false;
    do {
        scan_text(&scan, key);
        scan.failed |= !scan_char(&scan, ':');
        if (scan.at < scan.end && *scan.at == '"') {
            scan_text(&scan, text);
            keep_text(ret, key, text);
        } else {
            keep_number(ret, key, scan_number(&scan));
        }
    } while (!scan.failed && scan_char(&scan, ','));
    return !scan.failed && scan_char(&scan, '}');
}

/* --- printing --- */

static const char *number_text(int64_t number, char text[CLOCK_TEXT_MAX])
{
    *text = '\0';
    if (number != QHIST_NONE)
        snprintf(text, CLOCK_TEXT_MAX, "%" PRId64, number);
    return text;
}

static const char *duration_text(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
    *text = '\0';
    if (seconds != QHIST_NONE)
        clock_duration_text(seconds, text);
    return text;
}

static const char *time_text(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
    time_t when = (time_t)seconds;
    struct tm tm;

    *text = '\0';
    if (seconds != QHIST_NONE && localtime_r(&when, &tm))
        strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm);
    return text;
}

static const char *size_text(int64_t bytes, char text[CLOCK_TEXT_MAX])
{
    *text = '\0';
    if (bytes != QHIST_NONE)
        snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 "kb", (bytes + 1023) / 1024);
    return text;
}

/* A field of CSV, quoted when it has to be (RFC 4180). */
static void csv_field(FILE *to, const char *text, bool last)
{
    if (strpbrk(text, ",\"\n\r")) {
        putc('"', to);
        for (; *text; text++) {
            if (*text == '"')
                putc('"', to);
            putc(*text, to);
        }
        putc('"', to);
    } else {
        fputs(text, to);
    }
    putc(last ? '\n' : ',', to);
}

void qhist_head(FILE *to, enum qhist_form form)
{
    if (form == QHIST_CSV)
        fputs("id,type,user,group,account,queue,name,start,end,status,walltime,cput,mem,runs,"
              "reason\n",
              to);
    if (form == QHIST_TABLE)
        fprintf(to, "%-18s %-10s %-10s %-14s %-19s T %6s %9s %9s %10s %s\n", "Job ID", "User",
                "Queue", "Name", "When", "Status", "Time", "CPU", "Memory", "Reason");
}

static void print_csv(FILE *to, const struct qhist_record *r)
{
    char text[CLOCK_TEXT_MAX];

    csv_field(to, r->id, false);
    csv_field(to, r->type, false);
    csv_field(to, r->user, false);
    csv_field(to, r->group, false);
    csv_field(to, r->account, false);
    csv_field(to, r->queue, false);
    csv_field(to, r->name, false);
    csv_field(to, number_text(r->start, text), false);
    csv_field(to, number_text(r->time, text), false);
    csv_field(to, number_text(r->status, text), false);
    csv_field(to, number_text(r->walltime, text), false);
    csv_field(to, number_text(r->cput, text), false);
    csv_field(to, number_text(r->mem, text), false);
    csv_field(to, number_text(r->run_count, text), false);
    csv_field(to, r->reason, true);
}

void qhist_print(FILE *to, enum qhist_form form, const struct qhist_record *r, const char *line,
                 size_t length)
{
    char when[CLOCK_TEXT_MAX];
    char status[CLOCK_TEXT_MAX];
    char walltime[CLOCK_TEXT_MAX];
    char cput[CLOCK_TEXT_MAX];
    char mem[CLOCK_TEXT_MAX];

    if (form == QHIST_CSV)
        print_csv(to, r);
    else if (form == QHIST_JSON)
        fprintf(to, "%.*s\n", (int)length, line);
    else
        fprintf(to, "%-18s %-10s %-10s %-14s %-19s %.1s %6s %9s %9s %10s %s\n", r->id, r->user,
                r->queue, r->name, time_text(r->time, when), r->type,
                number_text(r->status, status), duration_text(r->walltime, walltime),
                duration_text(r->cput, cput), size_text(r->mem, mem), r->reason);
}

static void print_sum(FILE *to, enum qhist_form form, const char *by, const struct qhist_sum *sum)
{
    char walltime[CLOCK_TEXT_MAX];
    char cput[CLOCK_TEXT_MAX];

    if (form == QHIST_TABLE) {
        fprintf(to, "%-18s %8" PRId64 " %8" PRId64 " %12s %12s\n", sum->key, sum->count,
                sum->failed, duration_text(sum->walltime, walltime),
                duration_text(sum->cput, cput));
        return;
    }
    if (form == QHIST_CSV) {
        csv_field(to, sum->key, false);
        fprintf(to, "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", sum->count, sum->failed,
                sum->walltime, sum->cput);
        return;
    }
    fprintf(to, "{\"%s\":\"", by);
    for (const char *c = sum->key; *c; c++)
        fprintf(to, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    fprintf(to,
            "\",\"jobs\":%" PRId64 ",\"failed\":%" PRId64 ",\"walltime\":%" PRId64
            ",\"cput\":%" PRId64 "}\n",
            sum->count, sum->failed, sum->walltime, sum->cput);
}

void qhist_sums(FILE *to, enum qhist_form form, const char *by, const struct qhist_sum *sums,
                size_t count)
{
    if (form == QHIST_TABLE)
        fprintf(to, "%-18s %8s %8s %12s %12s\n", strcmp(by, "user") ? "Queue" : "User", "Jobs",
                "Failed", "Time", "CPU");
    if (form == QHIST_CSV)
        fprintf(to, "%s,jobs,failed,walltime,cput\n", by);
    for (size_t i = 0; i < count; i++)
        print_sum(to, form, by, &sums[i]);
}
