/*
 * choice.c - which requests are to be shown; see choice.h.
 */
#include "choice.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "id.h"
#include "mem.h"
#include "str.h"

enum { CHOICE_TEXTS = sizeof((struct choice *)0)->texts / sizeof(char *) };

void choice_init(struct choice *choice)
{
    *choice = (struct choice){0};
}

void choice_done(struct choice *choice)
{
    for (size_t i = 0; i < choice->text_count; i++)
        mem_free(choice->texts[i]);
    *choice = (struct choice){0};
}

void choice_apply(const struct choice *choice, struct client_rows *rows)
{
    for (size_t i = 0; i < choice->count; i++)
        client_rows_test(rows, choice->tests[i].op, &choice->tests[i].value);
}

/* The bytes of VALUE are copied. */
static enum nqs_code choice_add(struct choice *choice, enum compare_op op, const struct attr *value,
                                struct nqs_err *err)
{
    struct choice_test *test = &choice->tests[choice->count];

    if (choice->count == NQS_TESTS_MAX || choice->text_count == CHOICE_TEXTS)
        return nqs_fail(err, NQS_VALUE, "too many conditions: %d are the most", NQS_TESTS_MAX);
    *test = (struct choice_test){op, *value};
    if (value->bytes) {
        test->value.bytes = mem_copy(value->bytes, value->length);
        choice->texts[choice->text_count++] = (char *)(uintptr_t)test->value.bytes;
    }
    choice->count++;
    return NQS_OK;
}

static enum nqs_code choice_add_text(struct choice *choice, uint16_t id, enum compare_op op,
                                     const char *text, struct nqs_err *err)
{
    struct attr value = {.id = id, .bytes = text, .length = (uint32_t)strlen(text)};

    return choice_add(choice, op, &value, err);
}

static enum nqs_code attr_of_name(const char *name, const struct attr_def **ret,
                                  struct nqs_err *err)
{
    *ret = attr_named(OF_JOB, name);
    return *ret ? NQS_OK
                : nqs_fail(err, NQS_UNSUPPORTED, "requests have no %s in this version", name);
}

/* ------------------------------------------------------------------ options */

enum nqs_code choice_states(struct choice *choice, const char *text, struct nqs_err *err)
{
    static const char known[] = "BCEFHMQRSTUWX";
    static const char ended[] = "CFX";
    char letters[sizeof known + 1] = "";
    size_t count = 0;

    if (!*text)
        return nqs_fail(err, NQS_VALUE, "no state letter: use some of %s", known);
    for (; *text; text++) {
        char letter = (char)toupper((unsigned char)*text);

        if (!strchr(known, letter))
            return nqs_fail(err, NQS_VALUE, "'%c' is no state: use letters of %s", *text, known);
        if (strchr(ended, letter)) {
            choice->flags |= NQS_STATUS_COMPLETED;
            letter = 'C';
        }
        if (!strchr(letters, letter))
            letters[count++] = letter;
    }
    return choice_add_text(choice, ATTR_job_state, COMPARE_LETTER, letters, err);
}

enum nqs_code choice_users(struct choice *choice, const char *text, struct nqs_err *err)
{
    char *list = mem_text(text);
    struct attr value = {.id = ATTR_owner, .bytes = list, .length = (uint32_t)strlen(text) + 1};
    enum nqs_code code = NQS_OK;

    for (char *at = list; at < list + value.length; at += strlen(at) + 1) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma = '\0';
        if (!*at || *at == '@')
            code = nqs_fail(err, NQS_VALUE, "a user's name is missing in '%.80s'", text);
    }
    if (!code)
        code = choice_add(choice, COMPARE_IN, &value, err);
    mem_free(list);
    return code;
}

enum nqs_code choice_split(const char *text, char queue[NQS_NAME_MAX + 1],
                           char server[NQS_NAME_MAX + 1], struct nqs_err *err)
{
    const char *at = strchr(text, '@');
    size_t length = at ? (size_t)(at - text) : strlen(text);

    *queue = *server = '\0';
    if (length <= NQS_NAME_MAX) {
        memcpy(queue, text, length);
        queue[length] = '\0';
        if ((!at || (str_copy(server, NQS_NAME_MAX + 1, at + 1) && id_server_valid(server))) &&
            (at == text || id_queue_valid(queue)))
            return NQS_OK;
    }
    return nqs_fail(err, NQS_SYNTAX,
                    "'%.80s' is no destination: use queue, @server or queue@server", text);
}

enum nqs_code choice_place(struct choice *choice, const char *text, struct nqs_err *err)
{
    char queue[NQS_NAME_MAX + 1];
    char server[NQS_NAME_MAX + 1];
    enum nqs_code code = choice_split(text, queue, server, err);

    if (!code && *server)
        code = choice_add_text(choice, ATTR_server, COMPARE_EQ, server, err);
    if (!code && *queue)
        code = choice_add_text(choice, ATTR_queue, COMPARE_EQ, queue, err);
    return code;
}

static enum nqs_code choice_compare(struct choice *choice, const struct attr_def *def,
                                    enum compare_op op, const char *text, struct nqs_err *err)
{
    struct attr value;
    enum nqs_code code = attr_parse(def, text, &value, err);

    return code ? code : choice_add(choice, op, &value, err);
}

static enum nqs_code choice_resource(struct choice *choice, char *item, struct nqs_err *err)
{
    char *dot = strchr(item, '.');
    const char *value = dot;
    const struct attr_def *def;
    enum compare_op op;

    if (!dot || dot == item || !compare_read(&value, &op) || !*value)
        return nqs_fail(err, NQS_VALUE, "'%.80s' is not name.op.value, as in cput.gt.10", item);
    *dot = '\0';
    def = attr_resource(item);
    if (!def)
        return nqs_fail(err, NQS_VALUE, "'%.80s' is no resource that is known here", item);
    return choice_compare(choice, def, op, value, err);
}

enum nqs_code choice_resources(struct choice *choice, const char *text, struct nqs_err *err)
{
    char *list = mem_text(text);
    enum nqs_code code = NQS_OK;
    char *next;

    for (char *item = list; item && !code; item = next) {
        next = strchr(item, ',');
        if (next)
            *next++ = '\0';
        code = choice_resource(choice, item, err);
    }
    mem_free(list);
    return code;
}

enum nqs_code choice_holds(struct choice *choice, const char *text, struct nqs_err *err)
{
    struct attr value = {.id = ATTR_holds};
    enum nqs_code code = attr_parse_holds(text, &value.number, err);

    return code ? code : choice_add(choice, COMPARE_EQ, &value, err);
}

/*
 * A date is read as qsub reads it, but a part that is left out is today's, be the
 * moment past or not: the present given to the reader is where that part begins.
 */
static enum nqs_code date_read(const char *text, nqs_time *ret, struct nqs_err *err)
{
    time_t now = (time_t)(clock_now().wall / NQS_SECOND);
    size_t digits = strspn(text, "0123456789");
    struct tm tm;

    localtime_r(&now, &tm);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    if (digits >= 6)
        tm.tm_mday = 1;
    if (digits >= 8)
        tm.tm_mon = 0;
    return clock_parse_date(text, (nqs_time)mktime(&tm) * NQS_SECOND, ret, err);
}

enum nqs_code choice_when(struct choice *choice, const char *name, const char *text,
                          struct nqs_err *err)
{
    enum compare_op op = COMPARE_EQ;
    const struct attr_def *def;
    struct attr value = {0};
    enum nqs_code code = attr_of_name(name, &def, err);

    if (code)
        return code;
    compare_read(&text, &op);
    code = date_read(text, &value.number, err);
    value.id = def->id;
    return code ? code : choice_add(choice, op, &value, err);
}

enum nqs_code choice_value(struct choice *choice, const char *name, const char *text,
                           struct nqs_err *err)
{
    enum compare_op op = COMPARE_EQ;
    const struct attr_def *def;
    enum nqs_code code = attr_of_name(name, &def, err);

    if (code)
        return code;
    compare_read(&text, &op);
    return choice_compare(choice, def, op, text, err);
}

enum nqs_code choice_glob(struct choice *choice, const char *name, const char *text,
                          struct nqs_err *err)
{
    const struct attr_def *def;
    enum nqs_code code = attr_of_name(name, &def, err);

    return code ? code : choice_add_text(choice, def->id, COMPARE_GLOB, text, err);
}

enum nqs_code choice_arrays(struct choice *choice, struct nqs_err *err)
{
    struct attr value = {.id = ATTR_array_step};

    return choice_add(choice, COMPARE_GT, &value, err);
}
