/*
 * qsub_limit.c - the list of -l, and the signal that warns of a limit.
 *
 * Which resources there are says attributes.def; which of them are limits, and
 * have a soft one, limit.def.  A second value is the soft limit, as in NQS:
 * pcput="10:00,9:30".
 */
#include "limit.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "qsub.h"
#include "signals.h"
#include "str.h"

enum { RESOURCES_MAX = 128, WARN_BEFORE = 60 };

static const char resource_prefix[] = "Resource_List.";

static enum nqs_code resource_unknown(const char *name, struct nqs_err *err)
{
    const char *names[RESOURCES_MAX];
    const char *near;
    size_t count = 0;

    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (count < RESOURCES_MAX - 2 && str_begins(def->shown, resource_prefix))
            names[count++] = def->shown + strlen(resource_prefix);
    names[count++] = "signal";
    names[count] = NULL;
    near = qsub_resource_hint(name);
    if (!near)
        near = str_nearest(name, names);
    if (near)
        return nqs_fail(err, NQS_NOATTR, "unknown resource '%.60s'; did you mean %s?", name, near);
    return nqs_fail(err, NQS_NOATTR, "unknown resource '%.60s'; qsub(1) lists all", name);
}

/* Set NUMBER's attribute from TEXT. */
static enum nqs_code set_parsed(struct submission *submission, uint16_t id, const char *text,
                                struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(id), text, &attr, err);

    if (!code)
        submission_set(submission, &attr);
    return code;
}

static enum nqs_code check_soft(const struct submission *submission, const struct limit *limit,
                                struct nqs_err *err)
{
    const struct attr *hard = attrs_find(&submission->attrs, limit->attr);
    const struct attr *soft = attrs_find(&submission->attrs, limit->soft);

    if (hard && soft && soft->number > hard->number)
        return nqs_fail(err, NQS_VALUE, "%s: the soft limit is above the hard one", limit->name);
    return NQS_OK;
}

/* VALUE is of a limit that has a soft one: hard[,soft]. */
static enum nqs_code apply_limit(struct submission *submission, const struct limit *limit,
                                 char *value, struct nqs_err *err)
{
    char *soft = strchr(value, ',');
    enum nqs_code code;

    if (soft)
        *soft++ = '\0';
    code = set_parsed(submission, limit->attr, value, err);
    if (!code && soft)
        code = set_parsed(submission, limit->soft, soft, err);
    return code ? code : check_soft(submission, limit, err);
}

static enum nqs_code apply_resource(struct submission *submission, const char *name, char *value,
                                    struct nqs_err *err)
{
    const struct attr_def *def = attr_resource(name);
    const struct limit *limit = def ? limit_find(def->id) : NULL;
    struct qsub_word word = {.text = value};

    if (!def && strcmp(name, "signal") != 0)
        return resource_unknown(name, err);
    if (!value)
        return nqs_fail(err, NQS_VALUE, "%s needs a value: %s=...", name, name);
    if (!def)
        return apply_signal(submission, &word, err);
    if (limit && limit->soft && *value)
        return apply_limit(submission, limit, value, err);
    if (*value)
        return set_parsed(submission, def->id, value, err);
    submission_unset(submission, def->id);
    if (limit && limit->soft)
        submission_unset(submission, limit->soft);
    return NQS_OK;
}

enum nqs_code apply_resources(struct submission *submission, const struct qsub_word *word,
                              struct nqs_err *err)
{
    char *at = submission_keep(submission, mem_text(word->text));
    enum nqs_code code;
    char *value;
    char *name;

    while (qsub_list_next(&at, &name, &value, &code, err)) {
        code = apply_resource(submission, name, value, err);
        if (code)
            return code;
    }
    return code;
}

/* SIGNAL[@SECONDS]; without seconds it is the signal of soft limits, and else a minute ahead. */
enum nqs_code apply_signal(struct submission *submission, const struct qsub_word *word,
                           struct nqs_err *err)
{
    char *text = submission_keep(submission, mem_text(word->text));
    char *before = strchr(text, '@');
    enum nqs_code code;
    int64_t signal;

    submission_unset(submission, ATTR_warn_signal);
    submission_unset(submission, ATTR_warn_before);
    if (!*text)
        return NQS_OK;
    if (before)
        *before++ = '\0';
    code = signals_parse(text, &signal, err);
    if (!code && signal < 1)
        code = nqs_fail(err, NQS_SIGNAL, "signal: '%.20s' would warn of nothing", text);
    if (code)
        return code;
    submission_set_number(submission, ATTR_warn_signal, signal);
    if (before)
        return set_parsed(submission, ATTR_warn_before, before, err);
    submission_set_number(submission, ATTR_warn_before, WARN_BEFORE);
    return NQS_OK;
}

/* What an error calls a value of ATTR. */
static const char *value_word(uint16_t attr)
{
    enum attr_type type = attr_find(attr)->type;

    return type == TYPE_DURATION ? "TIME" : type == TYPE_SIZE ? "SIZE" : "N";
}

enum nqs_code qsub_limit_misread(char letter, struct nqs_err *err)
{
    for (const struct limit *limit = limit_each(NULL); limit; limit = limit_each(limit))
        if (*limit->letter == letter)
            return nqs_fail(err, NQS_USAGE, "NQS's -l%c is written -l %s=%s, for %s", letter,
                            limit->name, value_word(limit->attr),
                            limit->scope == LIMIT_PROCESS ? "each process"
                                                          : "all processes together");
    return nqs_fail(err, NQS_USAGE, "NQS's -l%c has no counterpart; qsub(1) lists all limits",
                    letter);
}
