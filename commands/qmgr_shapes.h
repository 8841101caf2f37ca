/*
 * qmgr_shapes.h - the arguments of commands.  Private to qmgr.
 */
#ifndef NQS_COMMANDS_QMGR_SHAPES_H
#define NQS_COMMANDS_QMGR_SHAPES_H

#include "qmgr_order.h"

/* Read the arguments of ORDER, whose row is known, by its shape. */
enum nqs_code qmgr_shape(struct qmgr_order *order, struct nqs_err *err);

#endif
