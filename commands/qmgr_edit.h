/*
 * qmgr_edit.h - lines from a person at a terminal: editing and history.
 */
#ifndef NQS_COMMANDS_QMGR_EDIT_H
#define NQS_COMMANDS_QMGR_EDIT_H

#include <stddef.h>

struct qmgr_edit;

/* Begin with the prompt `Mgr: `.  NULL when the terminal cannot be used. */
struct qmgr_edit *qmgr_edit_new(void);

/* Keep the history, when there is a HOME to keep it in, and free EDIT; NULL is allowed. */
void qmgr_edit_free(struct qmgr_edit *edit);

/* The next line with its newline, lent until the next call; NULL at the end. */
const char *qmgr_edit_line(struct qmgr_edit *edit, size_t *ret_length);

#endif
