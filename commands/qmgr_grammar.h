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

#include "err.h"
#include "qmgr_order.h"

/* Step through the rows of the grammar: NULL begins, NULL ends. */
const struct qmgr_row *qmgr_row_each(const struct qmgr_row *last);

void qmgr_order_init(struct qmgr_order *order);
void qmgr_order_done(struct qmgr_order *order);

/*
 * Read COMMAND into ORDER, which may have held another.  NQS_SYNTAX,
 * NQS_AMBIGUOUS, NQS_VALUE, NQS_TOOBIG with a text; then ORDER holds nothing
 * to be done.
 */
enum nqs_code qmgr_parse(const char *command, struct qmgr_order *order, struct nqs_err *err);

#endif
