/*
 * qmgr_show.h - queues and the server as qmgr shows them, and as the commands
 * that make them again.
 *
 * Each appends to OUT what it has to say of a row of status.
 */
#ifndef NQS_COMMANDS_QMGR_SHOW_H
#define NQS_COMMANDS_QMGR_SHOW_H

#include "attr.h"
#include "buf.h"
#include "qmgr_grammar.h"

typedef void qmgr_show(const char *name, const struct attrs *attrs, struct buf *out);

/* `show queue`: NQS's words for the queue's state, its limits and counts. */
qmgr_show qmgr_show_queue;

/* `show long queue`: also a line for each value. */
qmgr_show qmgr_show_long;

/* `show parameters`: a line for each value of the server. */
qmgr_show qmgr_show_server;

/* `show managers`: who is one, and who is an operator. */
qmgr_show qmgr_show_managers;

/* `show complex`. */
qmgr_show qmgr_show_complex;

/* PBS's `list`: a line for each value. */
qmgr_show qmgr_list_queue;
qmgr_show qmgr_list_server;

/*
 * PBS's `print`, and `snap`: commands that make this queue, complex, or these
 * settings, again.  Every value is named, so that they come to the same on a
 * server that has such a queue already; and the same configuration is the same text.
 */
qmgr_show qmgr_print_queue;
qmgr_show qmgr_print_complex;
qmgr_show qmgr_print_server;

/* `show limits_supported`: the limits that requests can have. */
void qmgr_show_limits(struct buf *out);

/* The rows of the grammar that WORDS may begin, all when none are left in it. */
void qmgr_show_help(struct qmgr_words *words, struct buf *out);

#endif
