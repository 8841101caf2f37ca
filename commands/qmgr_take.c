/*
 * qmgr_take.c - words of a command, one by one; see qmgr_take.h.
 */
#include "qmgr_take.h"

#include <string.h>

#include "id.h"

void qmgr_list_add(struct buf *space, size_t from, const char *word, size_t length)
{
    if (space->length > from)
        buf_add_char(space, ',');
    buf_add(space, word, length);
}

void qmgr_list_end(struct qmgr_order *order, uint16_t id, size_t from)
{
    attrs_add_bytes(&order->attrs, id, order->space.bytes + from, order->space.length - from);
}

/* A value, which may stand in parentheses. */
enum nqs_code qmgr_take_word(struct qmgr_words *words, const char *what, const char **ret,
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

enum nqs_code qmgr_take_queue(struct qmgr_order *order, struct nqs_err *err)
{
    const char *word;
    enum nqs_code code = qmgr_take_word(&order->words, "a queue's name", &word, err);

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

enum nqs_code qmgr_take_value(struct qmgr_order *order, uint16_t id, struct nqs_err *err)
{
    const struct attr_def *def = attr_find(id);
    struct attr attr;
    const char *word;
    enum nqs_code code;

    qmgr_words_mark(&order->words, '=');
    code = qmgr_take_word(&order->words, "a value", &word, err);
    if (!code && id == ATTR_default_queue && *word && !id_queue_valid(word))
        return nqs_fail(err, NQS_SYNTAX, "'%.40s' is not a queue's name", word);
    if (!code)
        code = attr_parse(def, word, &attr, err);
    if (!code)
        attrs_add(&order->attrs, &attr);
    return code;
}

bool qmgr_settable(const struct attr_def *def)
{
    return (def->of == OF_SERVER || def->of == OF_QUEUE) && def->setter != SETTER_SYSTEM &&
           def->heat != HEAT_MADE;
}
