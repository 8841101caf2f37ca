/*
 * rpc.h - call and reply headers, and the table of requests.def as data.
 *
 * What is here works on bytes in memory: record marking is frame.h's, sockets
 * are the client's or the daemon's.  libtirpc's codecs encode and decode.
 */
#ifndef NQS_RPC_H
#define NQS_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "nqs_xdr.h" /* made by rpcgen from nqs.x: the shapes and their codecs */

#undef mem_free /* libtirpc's header makes a macro of it; ours is mem.h's */

enum rpc_role { ROLE_ANYONE, ROLE_OWNER, ROLE_OPERATOR, ROLE_MANAGER };
enum rpc_kind { KIND_CHANGE, KIND_READ, KIND_LATER, KIND_DOOR };

/* A row of requests.def. */
struct rpc_row {
    uint32_t number;
    const char *name;
    enum rpc_role role;
    enum rpc_kind kind;
    xdrproc_t takes; /* codec of the arguments */
    xdrproc_t gives; /* codec of the result */
    size_t takes_size;
    size_t gives_size;
    const char *text;
};

/* The row of procedure NUMBER, or NULL. */
const struct rpc_row *rpc_find(uint32_t number);

/* Step through all rows: NULL begins, NULL ends. */
const struct rpc_row *rpc_each(const struct rpc_row *last);

/* What the header of a call says. */
struct rpc_call {
    uint32_t xid;
    uint32_t program;
    uint32_t version;
    uint32_t procedure;
    uint32_t flavour; /* of the credential: AUTH_NONE, AUTH_SYS, ... */
    size_t body;      /* where the arguments begin in the record */
};

/*
 * Append to OUT a call of ROW with AUTH_NONE: header and ARGS.  False, with OUT
 * as it was, when ARGS break a bound of nqs.x or the record would be too long.
 */
bool rpc_encode_call(struct buf *out, uint32_t xid, const struct rpc_row *row, const void *args);

/*
 * Read the header of LENGTH bytes of a record.  NQS_OK, or NQS_PROTOCOL when it
 * is no call at all (drop the connection).  A call of another RPC version is
 * NQS_VERSION, and only ret->xid is set: answer it with RPC_BAD_VERSION.
 */
enum nqs_code rpc_decode_call(const void *record, size_t length, struct rpc_call *ret);

/*
 * Decode the arguments of ROW from LENGTH bytes into ARGS of row->takes_size
 * bytes, which are zeroed first.  Only the one right encoding passes: trailing
 * bytes, padding that is not zero and texts with a NUL inside are refused.  On
 * false ARGS hold nothing; on true the caller gives them back with rpc_free().
 */
bool rpc_decode_args(const struct rpc_row *row, const void *bytes, size_t length, void *args);

/* Free what a codec allocated in THING, and zero it. */
void rpc_free(xdrproc_t codec, void *thing, size_t size);

/* Append to OUT an accepted, successful reply with RESULT.  False as rpc_encode_call(). */
bool rpc_encode_reply(struct buf *out, uint32_t xid, const struct rpc_row *row, const void *result);

/*
 * Append to OUT a reply of ROW that carries nothing but CODE and TEXT; every
 * shape that is given has both.  TEXT is at most NQS_TEXT_MAX long.
 */
void rpc_encode_failure(struct buf *out, uint32_t xid, const struct rpc_row *row,
                        enum nqs_code code, const char *text);

/* Refusals of RFC 5531 in its own words. */
enum rpc_refusal {
    RPC_NO_PROGRAM,
    RPC_NO_VERSION,
    RPC_NO_PROCEDURE,
    RPC_GARBAGE,
    RPC_WEAK_AUTH,
    RPC_BAD_VERSION, /* of RPC itself */
};
void rpc_encode_refusal(struct buf *out, uint32_t xid, enum rpc_refusal refusal);

/* Read a reply's xid.  False when the record is no reply. */
bool rpc_reply_xid(const void *record, size_t length, uint32_t *ret_xid);

/*
 * Decode a reply to ROW into RESULT of row->gives_size bytes, which are zeroed
 * first; on NQS_OK the caller gives it back with rpc_free().  NQS_PROTOCOL,
 * NQS_VERSION, NQS_UNSUPPORTED (the server does not know the procedure) or
 * NQS_PERM (it wants a better credential) with a text.
 */
enum nqs_code rpc_decode_reply(const struct rpc_row *row, const void *record, size_t length,
                               void *result, struct nqs_err *err);

#endif
