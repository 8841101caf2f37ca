/*
 * qmgr_pbs.c - PBS's attribute lists; see qmgr_pbs.h.
 *
 * Attributes are known by attributes.def, so that a new one needs nothing here.
 */
#include "qmgr_pbs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "id.h"
#include "qmgr_take.h"

/* Other names of the same, in PBS's kinds. */
static const struct {
    enum attr_of of;
    const char *name;
    uint16_t attr;
} aliases[] = {
    {OF_QUEUE, "max_running", ATTR_run_limit},
    {OF_QUEUE, "max_run", ATTR_run_limit},
    {OF_QUEUE, "max_user_run", ATTR_user_limit},
    {OF_QUEUE, "max_queuable", ATTR_max_queued},
    {OF_QUEUE, "max_user_queuable", ATTR_max_user_queued},
    {OF_QUEUE, "pipeonly", ATTR_from_route_only},
    {OF_SERVER, "max_running", ATTR_batch_limit},
    {OF_SERVER, "max_user_run", ATTR_global_user_limit},
};

static bool fits(const struct attr_def *def, enum attr_of of)
{
    return def && def->of == of && qmgr_settable(def);
}

enum nqs_code qmgr_pbs_attr(enum attr_of of, const char *word, const struct attr_def **ret,
                            struct nqs_err *err)
{
    struct qmgr_keywords keywords = {.count = 0};
    const char *keyword;
    enum nqs_code code;

    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (aliases[i].of == of && !strcasecmp(aliases[i].name, word)) {
            *ret = attr_find(aliases[i].attr);
            return NQS_OK;
        }
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (fits(def, of))
            qmgr_keywords_add(&keywords, def->shown, strlen(def->shown));
    code = qmgr_keywords_find(&keywords, word, "setting", &keyword, err);
    if (!code)
        *ret = attr_named(of, keyword);
    return code;
}

/* ------------------------------------------------------------------ operators */

enum { OPERATION_SET, OPERATION_ADD, OPERATION_REMOVE };

static bool take_operator(struct qmgr_words *words, int64_t *ret)
{
    *ret = OPERATION_SET;
    if (qmgr_words_mark(words, '+'))
        *ret = OPERATION_ADD;
    else if (qmgr_words_mark(words, '-'))
        *ret = OPERATION_REMOVE;
    else
        return qmgr_words_mark(words, '=');
    return true;
}

/* An operator stands behind the word that comes next. */
static bool operator_behind(const struct qmgr_words *words)
{
    size_t at = words->at + 1;

    return at < words->count && words->list[at].mark && strchr("=+-", words->list[at].mark);
}

static bool is_list(uint16_t id)
{
    return id == ATTR_acl_users || id == ATTR_acl_groups || id == ATTR_acl_hosts ||
           id == ATTR_managers || id == ATTR_operators;
}

/* All lists of a command are dealt with in the same way. */
static enum nqs_code note_operation(struct qmgr_order *order, const struct attr_def *def,
                                    int64_t operation, struct nqs_err *err)
{
    const struct attr *before = attrs_find(&order->attrs, ATTR_list_operation);

    if (!is_list(def->id)) {
        if (operation != OPERATION_SET)
            return nqs_fail(err, NQS_SYNTAX, "%s is no list: only '=' sets it", def->shown);
        return NQS_OK;
    }
    if (before && before->number != operation)
        return nqs_fail(err, NQS_SYNTAX, "'=', '+=' and '-=' of lists in one command");
    attrs_add_number(&order->attrs, ATTR_list_operation, operation);
    return NQS_OK;
}

/* ------------------------------------------------------------------- values */

/* `resources_max.cput` is one limit of the list resources_max, unless it is an attribute itself. */
static const char *split_resource(enum attr_of of, const char *word, char *name, size_t size)
{
    const char *dot = fits(attr_named(of, word), of) ? NULL : strchr(word, '.');

    snprintf(name, size, "%.*s", dot ? (int)(dot - word) : (int)strlen(word), word);
    return dot ? dot + 1 : NULL;
}

/* A value, and those behind commas that belong to it: no operator comes behind them. */
static enum nqs_code take_text(struct qmgr_order *order, const struct attr_def *def,
                               const char *resource, struct nqs_err *err)
{
    struct qmgr_words *words = &order->words;
    size_t from = order->space.length;
    const struct attr *old;
    struct attr attr;
    const char *word;
    enum nqs_code code = qmgr_take_word(words, "a value", &word, err);

    if (code)
        return code;
    old = resource ? attrs_find(&order->attrs, def->id) : NULL;
    if (old) {
        buf_add(&order->space, old->bytes, old->length);
        buf_add_char(&order->space, ',');
    }
    if (resource) {
        buf_add_text(&order->space, resource);
        buf_add_char(&order->space, '=');
    }
    buf_add_text(&order->space, word);
    while (is_list(def->id) && words->at < words->count && words->list[words->at].mark == ',') {
        size_t before = words->at++;

        if (!qmgr_words_peek(words) || operator_behind(words)) {
            words->at = before;
            break;
        }
        word = qmgr_words_take(words);
        qmgr_list_add(&order->space, from, word, strlen(word));
    }
    buf_add_char(&order->space, '\0');
    if (def->id == ATTR_default_queue && order->space.bytes[from] &&
        !id_queue_valid(order->space.bytes + from))
        return nqs_fail(err, NQS_SYNTAX, "'%.40s' is not a queue's name",
                        order->space.bytes + from);
    code = attr_parse(def, order->space.bytes + from, &attr, err);
    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

/* PBS's type of a queue is said when it is made, and never changed. */
static enum nqs_code take_type(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "a type", &word, err);
    if (!code && (!*word || strncasecmp("execution", word, strlen(word)) != 0))
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "'%.40s' queues are not here yet: queue_type is Execution", word);
    return code;
}

static enum nqs_code take_attr(struct qmgr_order *order, enum attr_of of, struct nqs_err *err)
{
    const struct attr_def *def;
    char name[QMGR_KEYWORD_SIZE];
    const char *resource;
    const char *word;
    int64_t operation;
    enum nqs_code code = qmgr_take_word(&order->words, "a setting", &word, err);

    if (code)
        return code;
    if (of == OF_QUEUE && !strcasecmp(word, "queue_type"))
        return take_type(order, err);
    resource = split_resource(of, word, name, sizeof name);
    code = qmgr_pbs_attr(of, resource ? name : word, &def, err);
    if (code)
        return code;
    take_operator(&order->words, &operation);
    code = note_operation(order, def, operation, err);
    return code ? code : take_text(order, def, resource, err);
}

static enum nqs_code take_attrs(struct qmgr_order *order, enum attr_of of, struct nqs_err *err)
{
    enum nqs_code code;

    do
        code = take_attr(order, of, err);
    while (!code && qmgr_words_mark(&order->words, ','));
    return code;
}

/* --------------------------------------------------------------------- names */

/* Queues' names, parted by commas, up to what no comma stands before. */
static enum nqs_code take_names(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code;

    do {
        code = qmgr_take_word(&order->words, "a queue's name", &word, err);
        if (!code && *word != '@' && !id_queue_valid(word))
            return nqs_fail(err, NQS_SYNTAX,
                            "'%.40s' is not a queue's name: 1 to 15 letters, digits, '_', '-' or "
                            "'.', the first a letter",
                            word);
        if (!code)
            order->names[order->count++] = word;
    } while (!code && qmgr_words_mark(&order->words, ','));
    return code;
}

/* Cray's `set queue run_limit = 3 NAME`: behind the value stands a word and nothing else. */
static bool is_cray(const struct qmgr_words *words)
{
    size_t last = words->count;

    for (size_t i = words->at; i < words->count; i++)
        if (words->list[i].mark == ',')
            return false;
    return operator_behind(words) && last - words->at >= 4 && !words->list[last - 1].mark &&
           (!words->list[last - 2].mark || words->list[last - 2].mark == ')');
}

enum nqs_code qmgr_pbs_set(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code;

    if (is_cray(&order->words)) {
        code = take_attr(order, OF_QUEUE, err);
        return code ? code : qmgr_take_queue(order, err);
    }
    code = operator_behind(&order->words) ? NQS_OK : take_names(order, err);
    return code ? code : take_attrs(order, OF_QUEUE, err);
}

enum nqs_code qmgr_pbs_create(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = take_names(order, err);
    const char *word = qmgr_words_peek(&order->words);

    if (!code && word && !strcasecmp(word, "if_missing")) {
        qmgr_words_take(&order->words);
        order->lenient = true;
    }
    if (code || qmgr_words_ended(&order->words))
        return code;
    return take_attrs(order, OF_QUEUE, err);
}

/* PBS lets the server be named, which is always the one that is spoken to. */
static void skip_server(struct qmgr_order *order)
{
    struct qmgr_words *words = &order->words;
    bool behind;

    words->at++;
    behind = words->at < words->count && qmgr_words_peek(words) && operator_behind(words);
    words->at -= !behind;
}

enum nqs_code qmgr_pbs_server(struct qmgr_order *order, struct nqs_err *err)
{
    skip_server(order);
    return take_attrs(order, OF_SERVER, err);
}

/* Each attribute named is as it was in the beginning. */
static enum nqs_code unset(struct qmgr_order *order, enum attr_of of, struct nqs_err *err)
{
    const struct attr_def *def;
    struct attr attr;
    const char *word;
    enum nqs_code code;

    do {
        char name[QMGR_KEYWORD_SIZE];
        const char *resource;

        code = qmgr_take_word(&order->words, "a setting", &word, err);
        if (code)
            return code;
        resource = split_resource(of, word, name, sizeof name);
        code = qmgr_pbs_attr(of, resource ? name : word, &def, err);
        if (!code && resource) {
            size_t from = order->space.length;

            buf_add_text(&order->space, resource);
            qmgr_list_end(order, def->id, from);
            continue;
        }
        if (!code)
            code = attr_parse(def, def->initial, &attr, err);
        if (!code)
            attrs_add(&order->attrs, &attr);
    } while (!code && qmgr_words_mark(&order->words, ','));
    return code;
}

enum nqs_code qmgr_pbs_unset(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = take_names(order, err);

    return code ? code : unset(order, OF_QUEUE, err);
}

enum nqs_code qmgr_pbs_unset_server(struct qmgr_order *order, struct nqs_err *err)
{
    return unset(order, OF_SERVER, err);
}
