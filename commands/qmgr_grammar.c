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

#include "qmgr_shapes.h"
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

/* Do those rows that WORD may mean at INDEX, and NEXT behind it, all have one keyword there? */
static bool row_ahead(const bool alive[ROWS], size_t index, const char *word, const char *next,
                      struct qmgr_keywords *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t length;
        size_t next_length;
        const char *keyword = alive[i] ? row_word(&rows[i], index, &length) : NULL;
        const char *behind = keyword ? row_word(&rows[i], index + 1, &next_length) : NULL;

        if (behind && strlen(word) <= length && !strncasecmp(keyword, word, strlen(word)) &&
            strlen(next) <= next_length && !strncasecmp(behind, next, strlen(next)))
            qmgr_keywords_add(ret, keyword, length);
    }
    return ret->count == 1;
}

static bool pbs_verb(const char *keyword)
{
    static const char *const verbs[] = {"LIst", "PRint", "UNSet", "ACtive"};

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(verbs[i], keyword))
            return true;
    return false;
}

/*
 * PBS has no least abbreviations.  A word that is too short for one of its verbs is
 * told by the one behind it: `p s` is print server, for nothing else that begins so
 * has a server.
 */
static enum nqs_code row_keyword(struct qmgr_words *words, const bool alive[ROWS], size_t index,
                                 const char *word, struct qmgr_keywords *keywords, const char **ret,
                                 struct nqs_err *err)
{
    const char *next = qmgr_words_peek(words);
    enum nqs_code code = qmgr_keywords_find(keywords, word, index ? "word" : "command", ret, err);
    struct qmgr_keywords ahead;

    if (code != NQS_AMBIGUOUS || index || !next || !*word || !*next ||
        !row_ahead(alive, index, word, next, &ahead) || !pbs_verb(ahead.list[0]))
        return code;
    *keywords = ahead;
    *ret = keywords->list[0];
    return NQS_OK;
}

/*
 * PBS's `s q NAME attribute = value` and `s s attribute = value` are a `set` of
 * a queue or the server: nothing else that begins so has two words and then an
 * operator.  Whoever writes `set` and one letter means the same.
 */
static const char *pbs_set(struct qmgr_words *words, const char *word)
{
    const char *object = qmgr_words_peek(words);

    if (!*word || strncasecmp("set", word, strlen(word)) != 0 || !object || !*object)
        return word;
    if (strncasecmp("queue", object, strlen(object)) != 0 &&
        strncasecmp("server", object, strlen(object)) != 0)
        return word;
    if (words->at + 1 >= words->count || words->list[words->at + 1].mark)
        return word;
    for (size_t i = words->at; i < words->count; i++) {
        if (!words->list[i].mark || !strchr("=+-", words->list[i].mark))
            continue;
        words->list[words->at].text = *object == 'q' || *object == 'Q' ? "queue" : "server";
        return "set";
    }
    return word;
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
        word = index ? word : pbs_set(words, word);
        code = row_keyword(words, alive, index, word, &keywords, &keyword, err);
        if (code)
            return code;
        row_narrow(alive, index, keyword);
        row = row_only(alive, index + 1);
    }
    *ret = row;
    return NQS_OK;
}

/* --------------------------------------------------------------- the command */

void qmgr_order_init(struct qmgr_order *order)
{
    *order = (struct qmgr_order){.name = "", .target = ""};
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
    enum nqs_code code = qmgr_shape(order, err);
    struct attr attr;

    if (code)
        return code;
    if (row->shape != SHAPE_WORDS && !qmgr_words_ended(&order->words))
        return nqs_fail(err, NQS_SYNTAX, "'%.80s' is not expected here",
                        qmgr_words_show(&order->words));
    if (!row->value || !row->attr || row->shape == SHAPE_ACCESS || row->shape == SHAPE_LIMIT ||
        row->shape == SHAPE_ACCESS_SET)
        return NQS_OK;
    code = attr_parse(attr_find(row->attr), row->value, &attr, err);
    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

/* What was put together of several words may be longer than its row allows. */
static enum nqs_code check_attrs(const struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;

    for (size_t i = 0; !code && i < order->attrs.count; i++)
        code = attr_check(&order->attrs.list[i], err);
    return code;
}

enum nqs_code qmgr_parse(const char *command, struct qmgr_order *order, struct nqs_err *err)
{
    enum nqs_code code;

    order->row = NULL;
    order->name = "";
    order->target = "";
    order->lenient = false;
    order->count = 0;
    attrs_clear(&order->attrs);
    buf_clear(&order->space);
    buf_reserve(&order->space, (size_t)4 * QMGR_TEXT_MAX); /* what is made of a command's words */
    code = qmgr_words_split(&order->words, command, err);
    if (!code)
        code = row_find(&order->words, &order->row, err);
    if (!code)
        code = take_arguments(order, err);
    if (!code)
        code = check_attrs(order, err);
    if (code)
        order->row = NULL;
    return code;
}
