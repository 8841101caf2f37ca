/*
 * qhist.c - what has become of requests: queries of accounting.
 *
 * The server gives the lines of a day that the caller may see, a piece at a
 * time; what of them is wanted is looked at here.  Days are the server's, so
 * one more is read at either end and the records' own times decide.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "clock.h"
#include "mem.h"
#include "qhist.h"
#include "str.h"

enum { DAY_S = 86400, DAY_SIZE = 9, DEFAULT_DAYS = 7 };

static struct {
    const char *users;
    const char *queues;
    const char *name;
    const char *types;
    const char *reason;
    const char *status;
    const char *sum;
    enum qhist_form form;
    int64_t since; /* seconds since 1970 */
    int64_t until; /* not included */
} want = {.types = "EDA", .since = -1, .until = INT64_MAX};

static struct qhist_sum *sums;
static size_t sum_count;

/* --- options --- */

/* YYYY-MM-DD[THH:MM[:SS]], in local time; *ret_day: without a time of the day. */
static bool read_date(const char *text, int64_t *ret, bool *ret_day)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d",
                                        "%Y%m%d"};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &tm);

        if (!end || *end)
            continue;
        tm.tm_isdst = -1;
        *ret = (int64_t)mktime(&tm);
        *ret_day = i >= 2;
        return true;
    }
    return false;
}

static enum nqs_code take_date(void *into, const struct cli_given *given, struct nqs_err *err)
{
    int64_t when;
    bool day;

    (void)into;
    if (!read_date(given->text, &when, &day))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is not YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss]",
                        given->text);
    if (given->letter == 'S')
        want.since = when;
    else
        want.until = day ? when + DAY_S : when;
    return NQS_OK;
}

static enum nqs_code take_days(void *into, const struct cli_given *given, struct nqs_err *err)
{
    int64_t days;

    (void)into;
    if (!str_number(given->text, 0, 36500, &days))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is no number of days", given->text);
    want.since = clock_now().wall / NQS_SECOND - days * DAY_S;
    return NQS_OK;
}

static enum nqs_code take_types(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    want.types = strcmp(given->text, "all") ? given->text : "QSREDAazr";
    if (!*given->text || want.types[strspn(want.types, "QSREDAazr")])
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither letters of QSREDAazr nor all",
                        given->text);
    return NQS_OK;
}

static enum nqs_code take_status(void *into, const struct cli_given *given, struct nqs_err *err)
{
    int64_t status;

    (void)into;
    want.status = given->text;
    if (strcmp(given->text, "failed") != 0 && !str_number(given->text, -1024, 1023, &status))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither an exit status nor failed",
                        given->text);
    return NQS_OK;
}

static enum nqs_code take_form(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    if (given->letter == '\1' || (given->text && !strcmp(given->text, "csv")))
        want.form = QHIST_CSV;
    else if (given->letter == '\2' || (given->text && !strcmp(given->text, "json")))
        want.form = QHIST_JSON;
    else
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither csv nor json", given->text);
    return NQS_OK;
}

static enum nqs_code take_sum(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    want.sum = given->text;
    if (strcmp(given->text, "user") != 0 && strcmp(given->text, "queue") != 0)
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither user nor queue", given->text);
    return NQS_OK;
}

static const struct cli_option options[] = {
    {'d', "days", "the last so many days (7)", .take = take_days},
    {'F', "format", "csv or json; --csv and --json are the same", .take = take_form},
    {'N', "name", "of requests whose name matches this pattern", .value = &want.name},
    {'q', "list", "of these queues", .value = &want.queues},
    {'r', "reason", "that ended for this reason", .value = &want.reason},
    {'s', "letters", "these records: all, or of QSREDAazr (EDA)", .take = take_types},
    {'S', "date", "from then on; --since=date is the same", .take = take_date, .word = "since"},
    {'T', "key", "totals by user or queue; --sum=key is the same", .take = take_sum, .word = "sum"},
    {'u', "list", "of these users", .value = &want.users},
    {'U', "date", "until then; --until=date is the same", .take = take_date, .word = "until"},
    {'x', "status", "with this exit status, or failed", .take = take_status},
    {'\1', NULL, "the same as -F csv", .take = take_form, .word = "csv"},
    {'\2', NULL, "the same as -F json", .take = take_form, .word = "json"},
    {0},
};

/* --- what is wanted --- */

/* LIST, with commas between, holds WORD; NULL holds all. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (list && *list) {
        size_t item = strcspn(list, ",");

        if (item == length && !memcmp(list, word, length))
            return true;
        list += item + (list[item] == ',');
    }
    return !list;
}

/* An operand names a request, with or without its server, and an array with its members. */
static bool operand_names(const char *operand, const char *id)
{
    size_t length = strlen(operand);

    if (!strncmp(operand, id, length) && strchr(".[", id[length]))
        return true;
    length = strcspn(operand, "[");
    return !strcmp(operand, id) || (!strncmp(operand + length, "[]", 2) &&
                                    !strncmp(operand, id, length) && id[length] == '[');
}

static bool is_named(const struct cli_call *call, const char *id)
{
    for (int i = 0; i < call->count; i++)
        if (operand_names(call->operands[i], id))
            return true;
    return !call->count;
}

static bool has_status(const struct qhist_record *record)
{
    if (!want.status)
        return true;
    if (!strcmp(want.status, "failed"))
        return record->status != 0;
    return record->status == strtoll(want.status, NULL, 10);
}

static bool is_wanted(const struct cli_call *call, const struct qhist_record *record)
{
    return record->time >= want.since && record->time < want.until &&
           strchr(want.types, *record->type) && list_has(want.users, record->user) &&
           list_has(want.queues, record->queue) &&
           (!want.name || !fnmatch(want.name, record->name, 0)) &&
           (!want.reason || !strcmp(want.reason, record->reason)) && has_status(record) &&
           is_named(call, record->id);
}

/* An array as a whole has no run of its own. */
static void add_to_sums(const struct qhist_record *record)
{
    const char *key = strcmp(want.sum, "user") ? record->queue : record->user;
    size_t at = 0;

    if (*record->type != 'E' || record->array_step != QHIST_NONE)
        return;
    while (at < sum_count && strcmp(sums[at].key, key) < 0)
        at++;
    if (at == sum_count || strcmp(sums[at].key, key) != 0) {
        sums = mem_grow(sums, sum_count + 1, sizeof *sums);
        memmove(sums + at + 1, sums + at, (sum_count++ - at) * sizeof *sums);
        sums[at] = (struct qhist_sum){.count = 0};
        str_copy(sums[at].key, sizeof sums[at].key, key);
    }
    sums[at].count++;
    sums[at].failed += record->status != 0;
    sums[at].walltime += record->walltime == QHIST_NONE ? 0 : record->walltime;
    sums[at].cput += record->cput == QHIST_NONE ? 0 : record->cput;
}

/* --- reading --- */

static void take_lines(const struct cli_call *call, const char *bytes, size_t length)
{
    const char *end;

    while ((end = memchr(bytes, '\n', length))) {
        struct qhist_record record;
        size_t line = (size_t)(end - bytes);

        if (qhist_read(bytes, line, &record) && is_wanted(call, &record)) {
            if (want.sum)
                add_to_sums(&record);
            else
                qhist_print(stdout, want.form, &record, bytes, line);
        }
        bytes += line + 1;
        length -= line + 1;
    }
}

static void day_text(int64_t seconds, char day[DAY_SIZE])
{
    time_t when = (time_t)seconds;
    struct tm tm;

    localtime_r(&when, &tm);
    strftime(day, DAY_SIZE, "%Y%m%d", &tm);
}

/* One piece; DAY is "" when there is no more. */
static enum nqs_code read_piece(struct client *client, const struct cli_call *call,
                                char day[DAY_SIZE], int64_t *offset, struct nqs_err *err)
{
    struct nqs_output_args args = {.name = day, .offset = *offset, .length_max = NQS_DATA_MAX};
    struct nqs_output_answer answer = {0};
    enum nqs_code code = client_call(client, NQS_HISTORY, &args, &answer, err);

    if (code)
        return code;
    if (answer.code) {
        code = nqs_fail(err, (enum nqs_code)answer.code, "%s", answer.text);
    } else {
        take_lines(call, answer.data.data_val, answer.data.data_len);
        *offset = answer.size < 0 ? 0 : answer.size;
        if (answer.size < 0 && !str_copy(day, DAY_SIZE, answer.text))
            *day = '\0';
    }
    client_free(NQS_HISTORY, &answer);
    return code;
}

static enum nqs_code read_days(struct client *client, const struct cli_call *call,
                               struct nqs_err *err)
{
    int64_t end = want.until < INT64_MAX - DAY_S ? want.until : clock_now().wall / NQS_SECOND;
    int64_t offset = 0;
    char day[DAY_SIZE];
    char last[DAY_SIZE];
    enum nqs_code code = NQS_OK;

    day_text(want.since > DAY_S ? want.since - DAY_S : 0, day);
    day_text(end + DAY_S, last);
    while (!code && *day && strcmp(day, last) <= 0)
        code = read_piece(client, call, day, &offset, err);
    return code;
}

static int qhist_run(const struct cli_call *call)
{
    struct client *client;
    struct nqs_err err;
    enum nqs_code code;

    if (want.since < 0)
        want.since = call->count ? 0 : clock_now().wall / NQS_SECOND - DEFAULT_DAYS * DAY_S;
    code = client_open(NULL, &client, &err);
    if (code)
        return cli_fail(&err);
    if (!want.sum)
        qhist_head(stdout, want.form);
    code = read_days(client, call, &err);
    client_close(client);
    if (!code && want.sum)
        qhist_sums(stdout, want.form, want.sum, sums, sum_count);
    mem_free(sums);
    if (!code && (fflush(stdout) || ferror(stdout)))
        code = nqs_fail_errno(&err, NQS_SYSTEM, "standard output");
    return code ? cli_fail(&err) : 0;
}

const struct command command = {
    .name = "qhist",
    .usage = "[-d days] [-F format] [-N name] [-q list] [-r reason] [-s letters] [-S date] "
             "[-T key] [-u list] [-U date] [-x status] [job ...]",
    .text = "Show what has become of requests, by the server's accounting.",
    .options = options,
    .operands_max = CLI_ANY,
    .run = qhist_run,
};
