/*
 * qmgr_grammar.c - what a command asks for; see qmgr_grammar.h.
 *
 * The words of a command narrow the rows down one after another.  A word is
 * looked up only among those that may stand at its place, so `q` is Queue
 * behind `show` whatever else in the table begins with a q.
 */
#include "qmgr_grammar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "id.h"
#include "rpc.h"

static const struct qmgr_row rows[] = {
#define Q(words, shape, does, procedure, attr, value, arguments, text) \
    {words, SHAPE_##shape, DOES_##does, procedure, attr, value, arguments, text},
#include "qmgr_grammar.def"
#undef Q
};

enum { ROWS = sizeof rows / sizeof *rows };

const struct qmgr_row *qmgr_row_each(const struct qmgr_row *last)
{
    if (!last)
        return rows;
    return last + 1 < rows + ROWS ? last + 1 : NULL;
}

/* ------------------------------------------------------------ the row's words */

/* The INDEX-th word of ROW, *ret_length bytes of it; NULL behind the last. */
static const char *row_word(const struct qmgr_row *row, size_t index, size_t *ret_length)
{
    const char *at = row->words;

    for (; index; index--) {
        at += strcspn(at, " ");
        if (!*at)
            return NULL;
        at++;
    }
    *ret_length = strcspn(at, " ");
    return at;
}

/* What a row can be told by at INDEX, of the rows that are still alive. */
static void row_keywords(const bool alive[ROWS], size_t index, struct qmgr_keywords *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t length;
        const char *word = alive[i] ? row_word(&rows[i], index, &length) : NULL;

        if (word)
            qmgr_keywords_add(ret, word, length);
    }
}

static void row_narrow(bool alive[ROWS], size_t index, const char *keyword)
{
    for (size_t i = 0; i < ROWS; i++) {
        size_t length;
        const char *word = alive[i] ? row_word(&rows[i], index, &length) : NULL;

        alive[i] = word && length == strlen(keyword) && !strncasecmp(word, keyword, length);
    }
}

/* The row whose words are all passed, or NULL while there are several or words are missing. */
static const struct qmgr_row *row_only(const bool alive[ROWS], size_t index)
{
    for (size_t i = 0; i < ROWS; i++) {
        size_t length;

        if (alive[i])
            return row_word(&rows[i], index, &length) ? NULL : &rows[i];
    }
    return NULL;
}

static enum nqs_code row_missing(const struct qmgr_keywords *keywords, struct nqs_err *err)
{
    char list[NQS_ERR_TEXT_MAX] = "";
    size_t used = 0;

    for (size_t i = 0; i < keywords->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                 keywords->list[i]);
    return nqs_fail(err, NQS_SYNTAX, "a word is missing, one of: %s", list);
}

static enum nqs_code row_find(struct qmgr_words *words, const struct qmgr_row **ret,
                              struct nqs_err *err)
{
    struct qmgr_keywords keywords;
    bool alive[ROWS];
    const struct qmgr_row *row = NULL;

    memset(alive, true, sizeof alive);
    for (size_t index = 0; !row; index++) {
        const char *word = qmgr_words_take(words);
        const char *keyword;
        enum nqs_code code;

        row_keywords(alive, index, &keywords);
        if (!word && !qmgr_words_ended(words))
            return nqs_fail(err, NQS_SYNTAX, "'%s' is not expected here", qmgr_words_show(words));
        if (!word)
            return row_missing(&keywords, err);
        code = qmgr_keywords_find(&keywords, word, index ? "word" : "command", &keyword, err);
        if (code)
            return code;
        row_narrow(alive, index, keyword);
        row = row_only(alive, index + 1);
    }
    *ret = row;
    return NQS_OK;
}

/* ---------------------------------------------------------------- arguments */

/* A value, which may stand in parentheses. */
static enum nqs_code take_word(struct qmgr_words *words, const char *what, const char **ret,
                               struct nqs_err *err)
{
    bool inside = qmgr_words_mark(words, '(');
    const char *word = qmgr_words_take(words);

    if (!word && !qmgr_words_ended(words))
        return nqs_fail(err, NQS_SYNTAX, "'%s' is not expected here, but %s",
                        qmgr_words_show(words), what);
    if (!word)
        return nqs_fail(err, NQS_SYNTAX, "%s is missing", what);
    if (inside && !qmgr_words_mark(words, ')'))
        return nqs_fail(err, NQS_SYNTAX, "')' is missing behind '%.80s'", word);
    *ret = word;
    return NQS_OK;
}

static enum nqs_code take_queue(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code = take_word(&order->words, "a queue's name", &word, err);

    if (code)
        return code;
    if (!id_queue_valid(word))
        return nqs_fail(err, NQS_SYNTAX,
                        "'%.40s' is not a queue's name: 1 to 15 letters, digits, '_', '-' or '.', "
                        "the first a letter",
                        word);
    order->name = word;
    return NQS_OK;
}

static enum nqs_code take_value(struct qmgr_order *order, uint16_t id, struct nqs_err *err)
{
    const struct attr_def *def = attr_find(id);
    struct attr attr;
    const char *word;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = take_word(&order->words, "a value", &word, err);
    if (!code && id == ATTR_default_queue && *word && !id_queue_valid(word))
        return nqs_fail(err, NQS_SYNTAX, "'%.40s' is not a queue's name", word);
    if (!code)
        code = attr_parse(def, word, &attr, err);
    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

static enum nqs_code shape_nothing(struct qmgr_order *order, struct nqs_err *err)
{
    (void)order;
    (void)err;
    return NQS_OK;
}

static enum nqs_code shape_queue_maybe(struct qmgr_order *order, struct nqs_err *err)
{
    return qmgr_words_ended(&order->words) ? NQS_OK : take_queue(order, err);
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
    code = take_word(&order->words, "a setting", &word, err);
    if (!code)
        code = qmgr_keywords_find(&keywords, word, "setting", &keyword, err);
    if (code)
        return code;
    for (size_t i = 0; i < CREATE_SETTINGS; i++)
        if (!strcmp(create_settings[i].keyword, keyword))
            id = create_settings[i].attr;
    if (attrs_find(&order->attrs, id))
        return nqs_fail(err, NQS_SYNTAX, "'%s' comes twice", keyword);
    return take_value(order, id, err);
}

static enum nqs_code shape_create(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = take_queue(order, err);

    while (!code && !qmgr_words_ended(&order->words))
        code = take_setting(order, err);
    if (!code && !attrs_find(&order->attrs, ATTR_queue_priority))
        return nqs_fail(err, NQS_SYNTAX, "priority=N is missing; 0 to 63");
    return code;
}

static enum nqs_code shape_value(struct qmgr_order *order, struct nqs_err *err)
{
    return take_value(order, order->row->attr, err);
}

static enum nqs_code shape_value_queue(struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = shape_value(order, err);

    return code ? code : take_queue(order, err);
}

bool qmgr_settable(const struct attr_def *def)
{
    return def->of == OF_SERVER && def->setter != SETTER_SYSTEM && def->heat != HEAT_MADE;
}

static enum nqs_code shape_server(struct qmgr_order *order, struct nqs_err *err)
{
    struct qmgr_keywords keywords = {.count = 0};
    const char *keyword;
    const char *word;
    enum nqs_code code = take_word(&order->words, "a setting", &word, err);

    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (qmgr_settable(def))
            qmgr_keywords_add(&keywords, def->shown, strlen(def->shown));
    if (!code)
        code = qmgr_keywords_find(&keywords, word, "setting", &keyword, err);
    return code ? code : take_value(order, attr_named(OF_SERVER, keyword)->id, err);
}

/* ------------------------------------------------------------------- lists */

/* Put WORD behind LIST, which stands at the end of SPACE; commas part them. */
static void list_add(struct buf *space, size_t from, const char *word, size_t length)
{
    if (space->length > from)
        buf_add_char(space, ',');
    buf_add(space, word, length);
}

static void list_end(struct qmgr_order *order, uint16_t id, size_t from)
{
    attrs_add_bytes(&order->attrs, id, order->space.bytes + from, order->space.length - from);
}

/* The words of one level that begin here, with or without parentheses and commas. */
static enum nqs_code take_list(struct qmgr_order *order, uint16_t id, const char *what,
                               struct nqs_err *err)
{
    struct qmgr_words *words = &order->words;
    size_t from = order->space.length;
    bool inside = qmgr_words_mark(words, '(');
    const char *word;

    while ((word = qmgr_words_take(words))) {
        list_add(&order->space, from, word, strlen(word));
        if (!qmgr_words_mark(words, ',') && !inside)
            break;
    }
    if (order->space.length == from)
        return nqs_fail(err, NQS_SYNTAX, "%s is missing", what);
    if (inside && !qmgr_words_mark(words, ')'))
        return nqs_fail(err, NQS_SYNTAX, "')' is missing behind the list");
    list_end(order, id, from);
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
            list_add(&order->space, from, word, (size_t)(colon - word));
            some = true;
        }
        qmgr_words_mark(words, ',');
    }
    if (some || !strcmp(order->row->value, "0"))
        list_end(order, id, from);
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
        code = take_queue(order, err);
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
    return code ? code : take_queue(order, err);
}

static enum nqs_code shape_access_set(struct qmgr_order *order, struct nqs_err *err)
{
    add_access(order, !strcmp(order->row->value, "True"));
    attrs_add_text(&order->attrs, ATTR_acl_users, "");
    attrs_add_text(&order->attrs, ATTR_acl_groups, "");
    return take_queue(order, err);
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
    list_end(order, list, from);
    return NQS_OK;
}

static enum nqs_code shape_limit(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = take_word(&order->words, "a limit", &word, err);
    if (!code)
        code = add_limit(order, order->row->attr, order->row->value, word, err);
    return code ? code : take_queue(order, err);
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
    code = take_word(&order->words, "a path", &word, err);
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

static enum nqs_code (*const shapes[SHAPE_COUNT])(struct qmgr_order *order, struct nqs_err *err) = {
    [SHAPE_NOTHING] = shape_nothing,
    [SHAPE_QUEUE] = take_queue,
    [SHAPE_QUEUE_MAYBE] = shape_queue_maybe,
    [SHAPE_CREATE] = shape_create,
    [SHAPE_VALUE_QUEUE] = shape_value_queue,
    [SHAPE_VALUE] = shape_value,
    [SHAPE_DEFAULT] = shape_value,
    [SHAPE_SERVER] = shape_server,
    [SHAPE_MANAGERS] = shape_managers,
    [SHAPE_ACCESS] = shape_access,
    [SHAPE_COMPLEX_LIST] = shape_complex_list,
    [SHAPE_ACCESS_SET] = shape_access_set,
    [SHAPE_LIMIT] = shape_limit,
    [SHAPE_SECONDS] = shape_seconds,
    [SHAPE_FILE] = shape_file,
    [SHAPE_PATH] = shape_path,
    [SHAPE_WORDS] = shape_words,
};

/* --------------------------------------------------------------- the command */

void qmgr_order_init(struct qmgr_order *order)
{
    *order = (struct qmgr_order){.name = ""};
    attrs_init(&order->attrs);
    qmgr_words_init(&order->words);
    buf_init(&order->space);
}

void qmgr_order_done(struct qmgr_order *order)
{
    attrs_done(&order->attrs);
    qmgr_words_done(&order->words);
    buf_done(&order->space);
}

static enum nqs_code take_arguments(struct qmgr_order *order, struct nqs_err *err)
{
    const struct qmgr_row *row = order->row;
    enum nqs_code code = shapes[row->shape](order, err);
    struct attr attr;

    if (code)
        return code;
    if (row->shape != SHAPE_WORDS && !qmgr_words_ended(&order->words))
        return nqs_fail(err, NQS_SYNTAX, "'%.80s' is not expected here",
                        qmgr_words_show(&order->words));
    if (!row->value || row->shape == SHAPE_ACCESS || row->shape == SHAPE_LIMIT)
        return NQS_OK;
    code = attr_parse(attr_find(row->attr), row->value, &attr, err);
    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

enum nqs_code qmgr_parse(const char *command, struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code;

    order->row = NULL;
    order->name = "";
    attrs_clear(&order->attrs);
    buf_clear(&order->space);
    buf_reserve(&order->space, (size_t)4 * QMGR_TEXT_MAX); /* what is made of a command's words */
    code = qmgr_words_split(&order->words, command, err);
    if (!code)
        code = row_find(&order->words, &order->row, err);
    if (!code)
        code = take_arguments(order, err);
    if (code)
        order->row = NULL;
    return code;
}
