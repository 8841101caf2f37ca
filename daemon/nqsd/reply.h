/*
 * reply.h - answering calls.  Private to daemon/nqsd.
 *
 * Only ever called when the turn's commit is done.
 */
#ifndef NQS_NQSD_REPLY_H
#define NQS_NQSD_REPLY_H

#include "nqsd.h"

/* Send RESULT, of CALL's row's shape.  One that cannot be encoded becomes an error. */
void reply_send(struct nqsd *nqsd, const struct call *call, const void *result);

/* Send an nqs_answer, or whatever CALL's shape is, with CODE and TEXT; NAME is lent. */
void reply_answer(struct nqsd *nqsd, const struct call *call, enum nqs_code code, const char *text,
                  const char *name);
void reply_error(struct nqsd *nqsd, const struct call *call, const struct nqs_err *err);

/* An nqs_answer with ATTRS, to whoever asked by CONNECTION and XID. */
void reply_attrs(struct nqsd *nqsd, uint64_t connection, uint32_t xid, const struct rpc_row *row,
                 const char *name, const struct attrs *attrs);

/* Values for the wire: packed into SPACE, named by LIST; both are kept by the caller. */
struct wire_attrs {
    struct buf space;
    nqs_attr *list; /* owned; value pointers are right only after wire_point() */
    size_t count;
    size_t room;
};

void wire_add(struct wire_attrs *wire, const struct attr *attr);
void wire_point(struct wire_attrs *wire);
void wire_done(struct wire_attrs *wire);

#endif
