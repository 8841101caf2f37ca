/*
 * qmgr_grammar.h - what a command of qmgr asks for.
 *
 * The grammar is the table qmgr_grammar.def: a command is the words of a row,
 * each perhaps abbreviated, and arguments of the row's shape.
 */
#ifndef NQS_COMMANDS_QMGR_GRAMMAR_H
#define NQS_COMMANDS_QMGR_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "qmgr_words.h"

enum qmgr_shape {
    SHAPE_NOTHING,
    SHAPE_QUEUE,
    SHAPE_QUEUE_MAYBE,
    SHAPE_CREATE,
    SHAPE_VALUE_QUEUE,
    SHAPE_VALUE,
    SHAPE_DEFAULT,
    SHAPE_SERVER,
    SHAPE_MANAGERS,
    SHAPE_ACCESS,
    SHAPE_COMPLEX_LIST,
    SHAPE_ACCESS_SET,
    SHAPE_LIMIT,
    SHAPE_SECONDS,
    SHAPE_FILE,
    SHAPE_PATH,
    SHAPE_WORDS,
    SHAPE_COUNT
};

enum qmgr_does {
    DOES_CALL,
    DOES_SHOW_ALL,
    DOES_SHOW_QUEUE,
    DOES_SHOW_LONG,
    DOES_SHOW_PARAMETERS,
    DOES_SHOW_MANAGERS,
    DOES_SHOW_COMPLEX,
    DOES_SNAP,
    DOES_BACKUP,
    DOES_HELP,
    DOES_EXIT,
    DOES_COUNT
};

struct qmgr_row {
    const char *words;
    enum qmgr_shape shape;
    enum qmgr_does does;
    uint32_t procedure;
    uint16_t attr;
    const char *value;
    const char *arguments;
    const char *text;
};

/* Step through the rows of the grammar: NULL begins, NULL ends. */
const struct qmgr_row *qmgr_row_each(const struct qmgr_row *last);

/* May `set server` set DEF? */
bool qmgr_settable(const struct attr_def *def);

/* A command that was understood. */
struct qmgr_order {
    const struct qmgr_row *row;
    const char *name;        /* a queue or a path, "" when there is none; lent from `words` */
    struct attrs attrs;      /* their texts are lent from `words` */
    struct qmgr_words words; /* of a HELP, those at words.at and on are its arguments */
    struct buf space;        /* lists that were put together; does not move */
};

void qmgr_order_init(struct qmgr_order *order);
void qmgr_order_done(struct qmgr_order *order);

/*
 * Read COMMAND into ORDER, which may have held another.  NQS_SYNTAX,
 * NQS_AMBIGUOUS, NQS_VALUE, NQS_TOOBIG with a text; then ORDER holds nothing
 * to be done.
 */
enum nqs_code qmgr_parse(const char *command, struct qmgr_order *order, struct nqs_err *err);

#endif
