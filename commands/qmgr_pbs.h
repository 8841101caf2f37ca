/*
 * qmgr_pbs.h - the arguments of PBS's directives: create, set and unset of a
 * queue or the server, attribute by attribute.  Private to qmgr.
 */
#ifndef NQS_COMMANDS_QMGR_PBS_H
#define NQS_COMMANDS_QMGR_PBS_H

#include "qmgr_order.h"

/* The attribute of OF that WORD names, also as PBS's kinds call it; NQS_SYNTAX with the nearest. */
enum nqs_code qmgr_pbs_attr(enum attr_of of, const char *word, const struct attr_def **ret,
                            struct nqs_err *err);

/* `set queue [NAME,...] ATTRIBUTE = VALUE, ...`; NQS's `set queue ATTRIBUTE = VALUE NAME` too. */
enum nqs_code qmgr_pbs_set(struct qmgr_order *order, struct nqs_err *err);

/* `create queue NAME,... [if_missing] [ATTRIBUTE = VALUE, ...]` */
enum nqs_code qmgr_pbs_create(struct qmgr_order *order, struct nqs_err *err);

/* `set server [NAME] ATTRIBUTE = VALUE, ...` */
enum nqs_code qmgr_pbs_server(struct qmgr_order *order, struct nqs_err *err);

/* `unset queue [NAME,...] ATTRIBUTE, ...`, `unset server ATTRIBUTE, ...` */
enum nqs_code qmgr_pbs_unset(struct qmgr_order *order, struct nqs_err *err);
enum nqs_code qmgr_pbs_unset_server(struct qmgr_order *order, struct nqs_err *err);

#endif
