/*
 * qmgr_take.h - words of a command, one by one.  Private to qmgr.
 */
#ifndef NQS_COMMANDS_QMGR_TAKE_H
#define NQS_COMMANDS_QMGR_TAKE_H

#include "qmgr_order.h"

/* May `set queue`, or `set server`, set DEF? */
bool qmgr_settable(const struct attr_def *def);

/* The next word, which may stand in parentheses; WHAT says what is missing. */
enum nqs_code qmgr_take_word(struct qmgr_words *words, const char *what, const char **ret,
                             struct nqs_err *err);

/* The next word as the order's name. */
enum nqs_code qmgr_take_queue(struct qmgr_order *order, struct nqs_err *err);

/* The next word, perhaps behind a '=', as a value of the attribute ID. */
enum nqs_code qmgr_take_value(struct qmgr_order *order, uint16_t id, struct nqs_err *err);

/* Put WORD into the list that begins at FROM of SPACE; and add it, when it ends, as ID. */
void qmgr_list_add(struct buf *space, size_t from, const char *word, size_t length);
void qmgr_list_end(struct qmgr_order *order, uint16_t id, size_t from);

#endif
