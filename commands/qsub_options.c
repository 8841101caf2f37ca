/*
 * qsub_options.c - what each option of qsub means: a row of job_options.def a letter.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "id.h"
#include "mem.h"
#include "qsub.h"
#include "str.h"

static enum nqs_code apply_name(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    size_t length = strlen(word->text);

    if (!length || length > 236)
        return nqs_fail(err, NQS_VALUE, "a name has 1 to 236 bytes, this one has %zu", length);
    if (!str_printable(word->text, length) || strpbrk(word->text, " /"))
        return nqs_fail(err, NQS_VALUE,
                        "'%.100s': a name has no blank, no slash and no control character",
                        word->text);
    submission->name = word->text;
    return NQS_OK;
}

static enum nqs_code apply_account(struct submission *submission, const struct qsub_word *word,
                                   struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(ATTR_account_name), word->text, &attr, err);

    if (!code)
        submission_set(submission, &attr);
    return code;
}

/* Each letter once, in an order of ours; n stands alone.  Source: XCU qsub -m. */
static enum nqs_code apply_points(struct submission *submission, const struct qsub_word *word,
                                  struct nqs_err *err)
{
    static const char letters[] = "abej";
    char points[sizeof letters];
    size_t count = 0;

    if (!strcmp(word->text, "n")) {
        submission_set_text(submission, ATTR_mail_points, "n");
        return NQS_OK;
    }
    if (!*word->text || word->text[strspn(word->text, letters)])
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither letters of a, b, e and j nor n alone",
                        word->text);
    for (const char *letter = letters; *letter; letter++)
        if (strchr(word->text, *letter))
            points[count++] = *letter;
    points[count] = '\0';
    submission_set_text(submission, ATTR_mail_points,
                        submission_keep(submission, mem_text(points)));
    return NQS_OK;
}

/* user[@host],...: kept as it is, so only what could be no address is refused. */
static enum nqs_code apply_addresses(struct submission *submission, const struct qsub_word *word,
                                     struct nqs_err *err)
{
    const char *text = word->text;
    size_t length = strlen(text);

    if (!length || length > 4095)
        return nqs_fail(err, NQS_VALUE, "a list of addresses has 1 to 4095 bytes");
    if (!str_printable(text, length) || strpbrk(text, " \"'<>\\;|&`$()"))
        return nqs_fail(err, NQS_VALUE, "'%.100s' is not user[@host],...", text);
    if (*text == ',' || text[length - 1] == ',' || strstr(text, ",,"))
        return nqs_fail(err, NQS_VALUE, "'%.100s': there is an empty address in it", text);
    submission_set_text(submission, ATTR_mail_users, text);
    return NQS_OK;
}

/* queue, queue@server or @server; the only server that can be reached yet is this host's. */
static enum nqs_code apply_queue(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    char *queue = submission_keep(submission, mem_text(word->text));
    char *server = strchr(queue, '@');

    if (server)
        *server++ = '\0';
    if (*queue ? !id_queue_valid(queue) : !server)
        return nqs_fail(err, NQS_SYNTAX,
                        "'%.60s' is no queue: 1 to 15 letters, digits, '_', '-' and '.', the "
                        "first a letter",
                        word->text);
    if (server && !id_server_valid(server))
        return nqs_fail(err, NQS_SYNTAX, "'%.60s' is not queue@server", word->text);
    if (server && strcmp(server, submission->host) != 0)
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "'%.60s': sending to another server comes with a later release",
                        word->text);
    submission->queue = queue;
    return NQS_OK;
}

static enum nqs_code apply_output(struct submission *submission, const struct qsub_word *word,
                                  struct nqs_err *err)
{
    bool error = word->letter == 'e';
    const char *path;
    enum nqs_code code;

    code = qsub_path(submission, word->text, &path, err);
    if (!code)
        submission_set_text(submission, error ? ATTR_error_path : ATTR_output_path, path);
    return code;
}

/* Repeated letters mean nothing, and a stream alone is joined with nothing. */
static enum nqs_code apply_join(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    const char *text = word->text;
    const char *joined = *text == 'o' ? "oe" : "eo";

    if (strcmp(text, "n") != 0 && (!*text || text[strspn(text, "eo")]))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is not oe, eo or n%s", text,
                        !strcmp(text, "y") ? "; Grid Engine's -j y is -j oe" : "");
    if (!strchr(text, 'o') || !strchr(text, 'e'))
        joined = "n";
    submission_set_text(submission, ATTR_join_path, joined);
    return NQS_OK;
}

/* PBS's d, to write each output in its place at once, is what is done anyway. */
static enum nqs_code apply_keep(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    const char *text = word->text;
    bool out = strchr(text, 'o');
    bool error = strchr(text, 'e');

    if (strcmp(text, "n") != 0 &&
        (!*text || text[strspn(text, "eod")] || (strchr(text, 'd') && !out && !error && text[1])))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is not o, e, oe, n or d", text);
    if (strchr(text, 'd'))
        out = error = false;
    submission_set_text(submission, ATTR_keep_files,
                        out && error ? "oe"
                        : out        ? "o"
                        : error      ? "e"
                                     : "n");
    return NQS_OK;
}

/* qsub -h, which has no list, and qalter -h list. */
static enum nqs_code apply_hold(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    int64_t holds = HOLD_USER;
    enum nqs_code code = word->text ? attr_parse_holds(word->text, &holds, err) : NQS_OK;

    if (!code)
        submission_set_number(submission, ATTR_holds, holds);
    return code;
}

static enum nqs_code apply_time(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    nqs_time when;
    enum nqs_code code = clock_parse_date(word->text, clock_now().wall, &when, err);

    if (!code)
        submission_set_number(submission, ATTR_execution_time, when);
    return code;
}

static enum nqs_code apply_priority(struct submission *submission, const struct qsub_word *word,
                                    struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(ATTR_priority), word->text, &attr, err);

    if (!code)
        submission_set(submission, &attr);
    return code;
}

static enum nqs_code apply_rerun(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    const char *text = word->text;

    if (strcmp(text, "y") != 0 && strcmp(text, "n") != 0)
        return nqs_fail(err, NQS_VALUE, "'%.60s' is neither y nor n; a name is given with -N",
                        text);
    submission_set_number(submission, ATTR_rerunable, *text == 'y');
    return NQS_OK;
}

/* The host of ENTRY, path[@host] or user[@host], or "". */
static const char *entry_host(const char *entry)
{
    const char *host = strrchr(entry, '@');

    return host ? host + 1 : "";
}

/* Each host at most once, and one entry without; an entry is WHAT, a path if it must begin so. */
static enum nqs_code entry_check(char **entries, size_t count, const char *what, bool is_path,
                                 struct nqs_err *err)
{
    const char *host = entry_host(entries[count]);

    if (is_path && *entries[count] != '/')
        return nqs_fail(err, NQS_VALUE, "'%.100s' is not an absolute path[@host]", entries[count]);
    if (*entries[count] == '@')
        return nqs_fail(err, NQS_VALUE, "'%.100s' names no %s", entries[count], what);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entry_host(entries[i]), host) != 0)
            continue;
        if (!*host)
            return nqs_fail(err, NQS_VALUE, "two %ss without a host: %.100s and %.100s", what,
                            entries[i], entries[count]);
        return nqs_fail(err, NQS_VALUE, "two %ss for host %.63s", what, host);
    }
    return NQS_OK;
}

static enum nqs_code check_entries(struct submission *submission, const char *list,
                                   const char *what, bool is_path, struct nqs_err *err)
{
    enum { ENTRIES_MAX = 64 };
    char *text = submission_keep(submission, mem_text(list));
    char *entries[ENTRIES_MAX];
    size_t count = 0;

    for (char *at = strtok(text, ","); at; at = strtok(NULL, ",")) {
        enum nqs_code code;

        if (count == ENTRIES_MAX)
            return nqs_fail(err, NQS_VALUE, "more than %d %ss", ENTRIES_MAX, what);
        entries[count] = at;
        code = entry_check(entries, count++, what, is_path, err);
        if (code)
            return code;
    }
    return NQS_OK;
}

static enum nqs_code apply_shell(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    enum nqs_code code = check_entries(submission, word->text, "shell", true, err);

    if (!code)
        submission_set_text(submission, ATTR_shell, word->text);
    return code;
}

static enum nqs_code apply_users(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    enum nqs_code code = check_entries(submission, word->text, "user", false, err);

    if (!code)
        submission_set_text(submission, ATTR_user_list, word->text);
    return code;
}

static enum nqs_code apply_project(struct submission *submission, const struct qsub_word *word,
                                   struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(ATTR_project), word->text, &attr, err);

    if (!code)
        submission_set(submission, &attr);
    return code;
}

/* n, s, c, c=minutes or u; which of them can be had is for the server to say. */
static enum nqs_code apply_checkpoint(struct submission *submission, const struct qsub_word *word,
                                      struct nqs_err *err)
{
    const char *text = word->text;
    int64_t minutes;

    if ((!*text || text[1] || !strchr("nscu", *text)) &&
        (!str_begins(text, "c=") || !str_number(text + 2, 1, INT32_MAX, &minutes)))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is not n, s, c, c=minutes or u", text);
    submission_set_text(submission, ATTR_checkpoint, text);
    return NQS_OK;
}

static enum nqs_code apply_variables(struct submission *submission, const struct qsub_word *word,
                                     struct nqs_err *err)
{
    return variables_list(submission, word->text, err);
}

/* Read a number from MIN at *AT, which is then behind it. */
static bool array_number(const char **at, int64_t min, int64_t *ret)
{
    char digits[12];
    size_t length = strspn(*at, "0123456789");

    if (!length || length >= sizeof digits)
        return false;
    memcpy(digits, *at, length);
    digits[length] = '\0';
    *at += length;
    return str_number(digits, min, INT32_MAX, ret);
}

static enum nqs_code array_fail(const char *text, struct nqs_err *err)
{
    return nqs_fail(err, NQS_VALUE, "'%.60s' is not first-last[:step][%%max], such as 1-10:2%%3",
                    text);
}

/*
 * first-last[:step][%max].  A number alone is no range: 5 may mean 0-4, 1-5 or
 * 5-5; but TORQUE's -t, which is the same else, has it for the only index.
 */
static enum nqs_code apply_array(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    const char *at = word->text;
    bool range = true;
    int64_t first;
    int64_t last;
    int64_t step = 1;
    int64_t max = 0;

    if (!array_number(&at, 0, &first))
        return array_fail(word->text, err);
    last = first;
    if (word->letter == 't' && *at == ',')
        return nqs_fail(err, NQS_UNSUPPORTED, "'%.60s': one range, no list of indices", word->text);
    if (word->letter == 't')
        range = *at == '-';
    if ((range && (*at++ != '-' || !array_number(&at, 0, &last))) ||
        (*at == ':' && (at++, !array_number(&at, 1, &step))) ||
        (*at == '%' && (at++, !array_number(&at, 1, &max))) || *at)
        return array_fail(word->text, err);
    if (last < first)
        return nqs_fail(err, NQS_VALUE, "'%.60s': the last index is below the first", word->text);
    submission_set_number(submission, ATTR_array_first, first);
    submission_set_number(submission, ATTR_array_last, last);
    submission_set_number(submission, ATTR_array_step, step);
    submission_drop(submission, ATTR_array_max);
    if (max)
        submission_set_number(submission, ATTR_array_max, max);
    return NQS_OK;
}

/* Take the word at *AT, with quotes as in a shell, to TO; false when one is not closed. */
static bool argument_next(const char **at, struct buf *to)
{
    const char *from = *at;

    for (; *from && !strchr(" \t", *from); from++) {
        char quote = *from;

        if (quote != '\'' && quote != '"') {
            if (*from == '\\' && from[1])
                from++;
            buf_add_char(to, *from);
            continue;
        }
        for (from++; *from != quote; from++) {
            if (!*from)
                return false;
            if (quote == '"' && *from == '\\' && from[1])
                from++;
            buf_add_char(to, *from);
        }
    }
    buf_add_char(to, '\0');
    *at = from;
    return true;
}

/* TORQUE's -F: the script's arguments in one word. */
static enum nqs_code apply_arguments(struct submission *submission, const struct qsub_word *word,
                                     struct nqs_err *err)
{
    const char *at = word->text;

    buf_clear(&submission->arguments);
    for (;;) {
        at += strspn(at, " \t");
        if (!*at)
            return NQS_OK;
        if (!argument_next(&at, &submission->arguments))
            return nqs_fail(err, NQS_VALUE, "'%.100s': a quote is not closed", word->text);
    }
}

static option_apply *const options[] = {
#define BOTH(letter, argument, text, apply) [letter] = apply,
#define QSUB(letter, argument, text, apply) [letter] = apply,
#define QALTER(letter, argument, text, apply)
#include "job_options.def"
#undef BOTH
#undef QSUB
#undef QALTER
};

enum nqs_code qsub_apply(struct submission *submission, const struct qsub_word *word,
                         struct nqs_err *err)
{
    size_t letter = (unsigned char)word->letter;
    option_apply *apply = letter < sizeof options / sizeof *options ? options[letter] : NULL;

    return apply ? apply(submission, word, err) : NQS_OK;
}

bool qsub_is_list(char letter)
{
    return letter == 'l' || letter == 'v' || letter == 'W';
}
