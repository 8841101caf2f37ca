/*
 * qmgr_shapes.c - the arguments of commands; see qmgr_shapes.h.
 *
 * One function a shape of qmgr_grammar.def; those of PBS are in qmgr_pbs.c.
 */
#include "qmgr_shapes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "id.h"
#include "qmgr_pbs.h"
#include "qmgr_take.h"

static enum nqs_code shape_nothing(struct qmgr_order *order, struct nqs_err *err)
{
    (void)order;
    (void)err;
    return NQS_OK;
}

static enum nqs_code shape_queue_maybe(struct qmgr_order *order, struct nqs_err *err)
{
    return qmgr_words_ended(&order->words) ? NQS_OK : qmgr_take_queue(order, err);
}

/* The settings of a queue as `create` names them. */
static const struct {
    const char *keyword;
    uint16_t attr;
} create_settings[] = {
    {"PRiority", ATTR_queue_priority},
    {"Run_limit", ATTR_run_limit},
    {"User_limit", ATTR_user_limit},
};

enum { CREATE_SETTINGS = sizeof create_settings / sizeof *create_settings };

static enum nqs_code take_setting(struct qmgr_order *order, struct nqs_err *err)
{
    struct qmgr_keywords keywords = {.count = 0};
    const char *keyword;
    const char *word;
    uint16_t id = 0;
    enum nqs_code code;

    for (size_t i = 0; i < CREATE_SETTINGS; i++)
        qmgr_keywords_add(&keywords, create_settings[i].keyword,
                          strlen(create_settings[i].keyword));
    qmgr_words_mark(&order->words, ',');
    code = qmgr_take_word(&order->words, "a setting", &word, err);
    if (!code && !strcasecmp(word, "if_missing")) {
        order->lenient = true;
        return NQS_OK;
    }
    if (!code && !strcasecmp(word, "pipeonly")) {
        attrs_add_number(&order->attrs, ATTR_from_route_only, 1);
        return NQS_OK;
    }
    if (!code)
        code = qmgr_keywords_find(&keywords, word, "setting", &keyword, err);
    if (code)
        return code;
    for (size_t i = 0; i < CREATE_SETTINGS; i++)
        if (!strcmp(create_settings[i].keyword, keyword))
            id = create_settings[i].attr;
    if (attrs_find(&order->attrs, id))
        return nqs_fail(err, NQS_SYNTAX, "'%s' comes twice", keyword);
    return qmgr_take_value(order, id, err);
}

static enum nqs_code shape_create(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = qmgr_take_queue(order, err);

    while (!code && !qmgr_words_ended(&order->words))
        code = take_setting(order, err);
    if (!code && !attrs_find(&order->attrs, ATTR_queue_priority))
        return nqs_fail(err, NQS_SYNTAX, "priority=N is missing; 0 to 63");
    return code;
}

static enum nqs_code shape_value(struct qmgr_order *order, struct nqs_err *err)
{
    return qmgr_take_value(order, order->row->attr, err);
}

static enum nqs_code shape_value_queue(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = shape_value(order, err);

    return code ? code : qmgr_take_queue(order, err);
}

/* ------------------------------------------------------------------- lists */

/* The words of one level that begin here, with or without parentheses and commas. */
static enum nqs_code take_list(struct qmgr_order *order, uint16_t id, const char *what,
                               struct nqs_err *err)
{
    struct qmgr_words *words = &order->words;
    size_t from = order->space.length;
    bool inside = qmgr_words_mark(words, '(');
    const char *word;

    while ((word = qmgr_words_take(words))) {
        qmgr_list_add(&order->space, from, word, strlen(word));
        if (!qmgr_words_mark(words, ',') && !inside)
            break;
    }
    if (order->space.length == from)
        return nqs_fail(err, NQS_SYNTAX, "%s is missing", what);
    if (inside && !qmgr_words_mark(words, ')'))
        return nqs_fail(err, NQS_SYNTAX, "')' is missing behind the list");
    qmgr_list_end(order, id, from);
    return NQS_OK;
}

/* Of NAME:m and NAME:o put the names that end with WANTED behind each other. */
static enum nqs_code take_managers(struct qmgr_order *order, uint16_t id, char wanted,
                                   struct nqs_err *err)
{
    struct qmgr_words *words = &order->words;
    size_t from = order->space.length;
    const char *word;
    bool some = false;

    while ((word = qmgr_words_take(words))) {
        const char *colon = strrchr(word, ':');

        if (!colon || colon == word || strlen(colon) != 2 || !strchr("mMoO", colon[1]))
            return nqs_fail(err, NQS_SYNTAX,
                            "'%.80s': NAME:m for a manager, NAME:o for an operator", word);
        if ((colon[1] | 0x20) == wanted) {
            qmgr_list_add(&order->space, from, word, (size_t)(colon - word));
            some = true;
        }
        qmgr_words_mark(words, ',');
    }
    if (some || !strcmp(order->row->value, "0"))
        qmgr_list_end(order, id, from);
    return NQS_OK;
}

static enum nqs_code shape_managers(struct qmgr_order *order, struct nqs_err *err)
{
    size_t at = order->words.at;
    enum nqs_code code;

    if (qmgr_words_ended(&order->words) && strcmp(order->row->value, "0"))
        return nqs_fail(err, NQS_SYNTAX, "NAME:m or NAME:o is missing");
    code = take_managers(order, ATTR_managers, 'm', err);
    order->words.at = code ? order->words.at : at;
    return code ? code : take_managers(order, ATTR_operators, 'o', err);
}

/* NQS's access: whoever is in one of the lists may come in. */
static void add_access(struct qmgr_order *order, int64_t listed)
{
    attrs_add_number(&order->attrs, ATTR_acl_user_enable, listed);
    attrs_add_number(&order->attrs, ATTR_acl_group_enable, listed);
    attrs_add_number(&order->attrs, ATTR_acl_either, listed);
}

static enum nqs_code shape_access(struct qmgr_order *order, struct nqs_err *err)
{
    const struct attr_def *operation = attr_find(ATTR_list_operation);
    struct attr attr;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = take_list(order, order->row->attr, "a list of names", err);
    if (!code)
        code = qmgr_take_queue(order, err);
    if (!code)
        code = attr_parse(operation, order->row->value, &attr, err);
    if (code)
        return code;
    attrs_add(&order->attrs, &attr);
    if (attr.number == 1)
        add_access(order, 1);
    return NQS_OK;
}

static enum nqs_code shape_complex_list(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = take_list(order, ATTR_complex_queues, "a list of queues", err);
    if (!code)
        code = qmgr_take_queue(order, err);
    if (!code && qmgr_words_peek(&order->words) &&
        !strcasecmp(qmgr_words_peek(&order->words), "if_missing")) {
        qmgr_words_take(&order->words);
        order->lenient = true;
    }
    return code;
}

static enum nqs_code shape_access_set(struct qmgr_order *order, struct nqs_err *err)
{
    add_access(order, !strcmp(order->row->value, "True"));
    attrs_add_text(&order->attrs, ATTR_acl_users, "");
    attrs_add_text(&order->attrs, ATTR_acl_groups, "");
    return qmgr_take_queue(order, err);
}

/* NAME=TEXT becomes the change of one of a queue's lists of limits. */
static enum nqs_code add_limit(struct qmgr_order *order, uint16_t list, const char *name,
                               const char *text, struct nqs_err *err)
{
    const struct attr_def *def = attr_resource(name);
    size_t from = order->space.length;
    struct attr attr;
    enum nqs_code code = NQS_OK;

    if (!def)
        return nqs_fail(err, NQS_NOATTR, "no limit is called '%.40s'", name);
    if (*text)
        code = attr_parse(def, text, &attr, err);
    if (code)
        return code;
    buf_format(&order->space, "%s=%s", name, text);
    qmgr_list_end(order, list, from);
    return NQS_OK;
}

static enum nqs_code shape_limit(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "a limit", &word, err);
    if (!code)
        code = add_limit(order, order->row->attr, order->row->value, word, err);
    return code ? code : qmgr_take_queue(order, err);
}

static enum nqs_code shape_seconds(struct qmgr_order *order, struct nqs_err *err)
{
    return qmgr_words_ended(&order->words) ? NQS_OK : shape_value(order, err);
}

static enum nqs_code shape_path(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word = "";
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "a path", &word, err);
    if (!code && !*word)
        return nqs_fail(err, NQS_SYNTAX, "the path is empty");
    if (!code)
        order->name = word;
    return code;
}

static enum nqs_code shape_file(struct qmgr_order *order, struct nqs_err *err)
{
    struct qmgr_keywords keywords = {.count = 0};
    const char *word = qmgr_words_peek(&order->words);
    const char *keyword;
    enum nqs_code code;

    if (qmgr_words_ended(&order->words))
        return NQS_OK;
    qmgr_keywords_add(&keywords, "file", strlen("file"));
    code = qmgr_keywords_find(&keywords, word ? word : "", "word", &keyword, err);
    if (code)
        return code;
    qmgr_words_take(&order->words);
    return shape_path(order, err);
}

/* The words stay where they are; whoever prints the help takes them. */
static enum nqs_code shape_words(struct qmgr_order *order, struct nqs_err *err)
{
    (void)order;
    (void)err;
    return NQS_OK;
}

/* -------------------------------------------------------- several names at once */

static enum nqs_code add_name(struct qmgr_order *order, const char *word, struct nqs_err *err)
{
    if (order->count == QMGR_WORDS_MAX)
        return nqs_fail(err, NQS_TOOBIG, "more than %d names", QMGR_WORDS_MAX);
    order->names[order->count++] = word;
    return NQS_OK;
}

/* Names, parted by commas or blanks, perhaps in parentheses, up to the end or a word of digits
 * alone that SECONDS takes. */
static enum nqs_code take_names(struct qmgr_order *order, const char *what, struct nqs_err *err)
{
    struct qmgr_words *words = &order->words;
    bool inside = qmgr_words_mark(words, '(');
    const char *word;
    enum nqs_code code = NQS_OK;

    while (!code && (word = qmgr_words_take(words))) {
        code = add_name(order, word, err);
        qmgr_words_mark(words, ',');
    }
    if (!code && inside && !qmgr_words_mark(words, ')'))
        return nqs_fail(err, NQS_SYNTAX, "')' is missing behind the names");
    if (!code && !order->count)
        return nqs_fail(err, NQS_SYNTAX, "%s is missing", what);
    return code;
}

static enum nqs_code shape_names(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = take_names(order, "a queue's name", err);

    if (!code && order->count == 1)
        order->name = order->names[0];
    return code;
}

static enum nqs_code shape_names_maybe(struct qmgr_order *order, struct nqs_err *err)
{
    return qmgr_words_ended(&order->words) ? NQS_OK : take_names(order, "a name", err);
}

static enum nqs_code take_seconds(struct qmgr_order *order, const char *word, struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(ATTR_abort_grace), word, &attr, err);

    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

/* `abort queue q [seconds]`: a minute unless they are given. */
static enum nqs_code shape_queue_seconds(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = qmgr_take_queue(order, err);
    const char *word = code ? NULL : qmgr_words_take(&order->words);

    return code ? code : take_seconds(order, word ? word : "60", err);
}

/* The ids of requests; of an abort, a last word `seconds=N` or behind others in parentheses N. */
static enum nqs_code shape_requests(struct qmgr_order *order, struct nqs_err *err)
{
    bool seconds = order->row->shape == SHAPE_REQUESTS_SECONDS;
    const char *word = NULL;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    seconds = seconds && !qmgr_words_ended(&order->words);
    code = take_names(order, "a request's id", err);
    if (code || !seconds)
        return code;
    word = qmgr_words_take(&order->words);
    return take_seconds(order, word ? word : "60", err);
}

static enum nqs_code shape_requests_queue(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = take_names(order, "a request's id", err);
    if (!code && qmgr_words_ended(&order->words) && order->count > 1)
        order->name = order->names[--order->count];
    else if (!code)
        code = qmgr_take_queue(order, err);
    if (code)
        return code;
    order->target = order->name;
    order->name = "";
    attrs_add_text(&order->attrs, ATTR_destination, order->target);
    return NQS_OK;
}

static enum nqs_code shape_two_queues(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = qmgr_take_queue(order, err);
    const char *from = order->name;

    if (!code)
        code = qmgr_take_queue(order, err);
    order->target = order->name;
    order->name = from;
    return code;
}

/* `modify request ID name = value ...`: any attribute that qalter may change, by its name. */
static enum nqs_code shape_modify(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code = qmgr_take_word(&order->words, "a request's id", &word, err);

    if (!code)
        code = add_name(order, word, err);
    while (!code && !qmgr_words_ended(&order->words)) {
        const struct attr_def *def;

        qmgr_words_mark(&order->words, ',');
        code = qmgr_take_word(&order->words, "an attribute", &word, err);
        if (code)
            return code;
        def = attr_named(OF_JOB, word);
        def = def ? def : attr_resource(word);
        if (!def)
            return nqs_fail(err, NQS_NOATTR, "'%.80s' is no attribute of a request", word);
        code = qmgr_take_value(order, def->id, err);
    }
    if (!code && !order->attrs.count)
        return nqs_fail(err, NQS_SYNTAX, "what to modify is missing: NAME = VALUE");
    return code;
}

/* `set shell_strategy fixed = (path) | free | login`, kept as the word or the path. */
static enum nqs_code shape_shell(struct qmgr_order *order, struct nqs_err *err)
{
    static const char *const strategies[] = {"FIxed", "FRee", "Login"};
    struct qmgr_keywords keywords = {.count = 0};
    const char *keyword;
    const char *word;
    enum nqs_code code;

    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++)
        qmgr_keywords_add(&keywords, strategies[i], strlen(strategies[i]));
    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "fixed = (PATH), free or login", &word, err);
    if (!code)
        code = qmgr_keywords_find(&keywords, word, "strategy", &keyword, err);
    if (code)
        return code;
    if (strcmp(keyword, strategies[0])) {
        attrs_add_text(&order->attrs, ATTR_shell_strategy,
                       strcmp(keyword, strategies[1]) ? "login" : "free");
        return NQS_OK;
    }
    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "the shell's path", &word, err);
    if (!code && *word != '/')
        return nqs_fail(err, NQS_VALUE, "'%.80s' is no absolute path", word);
    if (!code)
        attrs_add_text(&order->attrs, ATTR_shell_strategy, word);
    return code;
}

/* Whatever stands there: the command itself is what there is not. */
static enum nqs_code shape_rest(struct qmgr_order *order, struct nqs_err *err)
{
    (void)err;
    order->words.at = order->words.count;
    return NQS_OK;
}

static enum nqs_code (*const shapes[SHAPE_COUNT])(struct qmgr_order *order, struct nqs_err *err) = {
    [SHAPE_NOTHING] = shape_nothing,
    [SHAPE_QUEUE] = qmgr_take_queue,
    [SHAPE_QUEUE_SECONDS] = shape_queue_seconds,
    [SHAPE_QUEUE_MAYBE] = shape_queue_maybe,
    [SHAPE_TWO_QUEUES] = shape_two_queues,
    [SHAPE_CREATE] = shape_create,
    [SHAPE_VALUE_QUEUE] = shape_value_queue,
    [SHAPE_VALUE] = shape_value,
    [SHAPE_DEFAULT] = shape_value,
    [SHAPE_SERVER] = qmgr_pbs_server,
    [SHAPE_PBS_SET] = qmgr_pbs_set,
    [SHAPE_PBS_CREATE] = qmgr_pbs_create,
    [SHAPE_PBS_UNSET] = qmgr_pbs_unset,
    [SHAPE_PBS_UNSET_SERVER] = qmgr_pbs_unset_server,
    [SHAPE_NAMES] = shape_names,
    [SHAPE_NAMES_MAYBE] = shape_names_maybe,
    [SHAPE_REQUESTS] = shape_requests,
    [SHAPE_REQUESTS_SECONDS] = shape_requests,
    [SHAPE_REQUESTS_QUEUE] = shape_requests_queue,
    [SHAPE_MODIFY] = shape_modify,
    [SHAPE_SHELL] = shape_shell,
    [SHAPE_MANAGERS] = shape_managers,
    [SHAPE_ACCESS] = shape_access,
    [SHAPE_COMPLEX_LIST] = shape_complex_list,
    [SHAPE_ACCESS_SET] = shape_access_set,
    [SHAPE_LIMIT] = shape_limit,
    [SHAPE_SECONDS] = shape_seconds,
    [SHAPE_FILE] = shape_file,
    [SHAPE_PATH] = shape_path,
    [SHAPE_WORDS] = shape_words,
    [SHAPE_REST] = shape_rest,
};

enum nqs_code qmgr_shape(struct qmgr_order *order, struct nqs_err *err)
{
    return shapes[order->row->shape](order, err);
}
