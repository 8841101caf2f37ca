/*
 * rpc.c - calls and replies as bytes; see rpc.h.
 *
 * libtirpc's codecs do the work, over two streams of our own.  The first
 * appends to a buffer, so that nothing is measured before it is written.  The
 * second compares: XDR may be decoded from more than one run of bytes (padding
 * that is not zero, a text that goes on behind a NUL), and a record that two
 * readers take differently is a hole.  What was decoded is therefore encoded
 * once more against the bytes it came from, and has to be the same.
 */
#include "rpc.h"

#include <arpa/inet.h>
#include <string.h>

#include "frame.h"

/* What sizeof says of a shape; of void it says nothing. */
enum {
    SIZE_void = 0,
    SIZE_nqs_change = sizeof(struct nqs_change),
    SIZE_nqs_answer = sizeof(struct nqs_answer),
    SIZE_nqs_status_args = sizeof(struct nqs_status_args),
    SIZE_nqs_select_args = sizeof(struct nqs_select_args),
    SIZE_nqs_status_answer = sizeof(struct nqs_status_answer),
    SIZE_nqs_wait_args = sizeof(struct nqs_wait_args),
    SIZE_nqs_output_args = sizeof(struct nqs_output_args),
    SIZE_nqs_output_answer = sizeof(struct nqs_output_answer),
};

/* Every codec has a type of its own; through this one the compiler lets it be cast. */
#define CODEC(shape) ((xdrproc_t)(void (*)(void))xdr_##shape)

static const struct rpc_row rpc_rows[] = {
#define R(number, name, takes, gives, role, kind, text)                   \
    {number,       #name,        ROLE_##role,  KIND_##kind, CODEC(takes), \
     CODEC(gives), SIZE_##takes, SIZE_##gives, text},
#include "requests.def"
#undef R
};

enum { RPC_ROWS = sizeof rpc_rows / sizeof *rpc_rows };

enum {
    RPC_LEAD_SIZE = 12, /* xid, direction and what follows it: read by hand */
    RPC_DIRECTION_CALL = 0,
    RPC_DIRECTION_REPLY = 1,
};

const struct rpc_row *rpc_find(uint32_t number)
{
    for (size_t i = 0; i < RPC_ROWS; i++)
        if (rpc_rows[i].number == number)
            return &rpc_rows[i];
    return NULL;
}

const struct rpc_row *rpc_each(const struct rpc_row *last)
{
    if (!last)
        return &rpc_rows[0];
    return last + 1 < rpc_rows + RPC_ROWS ? last + 1 : NULL;
}

/* ------------------------------------------------------------ the streams */

static bool_t stream_put_long(XDR *xdr, const long *value)
{
    uint32_t word = htonl((uint32_t)*value);

    return xdr->x_ops->x_putbytes(xdr, (const char *)&word, sizeof word);
}

static int32_t *stream_inline(XDR *xdr, u_int length)
{
    (void)xdr;
    (void)length;
    return NULL; /* codecs then go the ordinary way */
}

/* x_private is the buffer, x_handy what may still be appended. */
static bool_t append_bytes(XDR *xdr, const char *bytes, u_int length)
{
    if (length > xdr->x_handy)
        return FALSE;
    xdr->x_handy -= length;
    buf_add(xdr->x_private, bytes, length);
    return TRUE;
}

/* x_private is where the next byte is expected, x_handy how many are left. */
static bool_t compare_bytes(XDR *xdr, const char *bytes, u_int length)
{
    const char *expected = xdr->x_private;

    if (length > xdr->x_handy || (length && memcmp(expected, bytes, length)))
        return FALSE;
    xdr->x_private = (char *)xdr->x_private + length;
    xdr->x_handy -= length;
    return TRUE;
}

static const struct xdr_ops append_ops = {
    .x_putlong = stream_put_long, .x_putbytes = append_bytes, .x_inline = stream_inline};

static const struct xdr_ops compare_ops = {
    .x_putlong = stream_put_long, .x_putbytes = compare_bytes, .x_inline = stream_inline};

static bool rpc_append(struct buf *out, xdrproc_t codec, const void *thing)
{
    XDR xdr = {
        .x_op = XDR_ENCODE, .x_ops = &append_ops, .x_private = out, .x_handy = FRAME_RECORD_MAX};

    return codec(&xdr, thing);
}

static bool rpc_same(xdrproc_t codec, const void *thing, const char *bytes, size_t length)
{
    XDR xdr = {.x_op = XDR_ENCODE,
               .x_ops = &compare_ops,
               .x_private = (void *)bytes,
               .x_handy = (u_int)length};

    return codec(&xdr, thing) && xdr.x_handy == 0;
}

/* THING from exactly these bytes, or nothing. */
static bool rpc_decode(xdrproc_t codec, const void *bytes, size_t length, void *thing, size_t size)
{
    XDR xdr;

    memset(thing, 0, size);
    if (length > FRAME_RECORD_MAX)
        return false;
    xdrmem_create(&xdr, (char *)bytes, (u_int)length, XDR_DECODE);
    if (codec(&xdr, thing) && xdr_getpos(&xdr) == length && rpc_same(codec, thing, bytes, length))
        return true;
    rpc_free(codec, thing, size);
    return false;
}

void rpc_free(xdrproc_t codec, void *thing, size_t size)
{
    xdr_free(codec, thing);
    memset(thing, 0, size);
}

/* ------------------------------------------------------------------ calls */

bool rpc_encode_call(struct buf *out, uint32_t xid, const struct rpc_row *row, const void *args)
{
    size_t before = out->length;
    struct rpc_msg message = {.rm_xid = xid, .rm_direction = CALL};

    message.rm_call.cb_rpcvers = RPC_MSG_VERSION;
    message.rm_call.cb_prog = NQS_PROGRAM;
    message.rm_call.cb_vers = NQS_V1;
    message.rm_call.cb_proc = row->number;
    if (rpc_append(out, CODEC(callmsg), &message) && rpc_append(out, row->takes, args) &&
        out->length - before <= FRAME_RECORD_MAX)
        return true;
    out->length = before;
    return false;
}

/*
 * xdr_callmsg() fails alike for a reply, for another version of RPC and for
 * garbage, but each wants another answer: these words are read by hand.
 */
enum nqs_code rpc_decode_call(const void *record, size_t length, struct rpc_call *ret)
{
    char credential[MAX_AUTH_BYTES];
    char verifier[MAX_AUTH_BYTES];
    struct rpc_msg message = {0};
    struct reader reader;
    uint32_t xid;
    XDR xdr;

    reader_init(&reader, record, length);
    xid = reader_u32(&reader);
    if (length > FRAME_RECORD_MAX || reader_u32(&reader) != RPC_DIRECTION_CALL)
        return NQS_PROTOCOL;
    if (reader_u32(&reader) != RPC_MSG_VERSION && !reader.failed) {
        *ret = (struct rpc_call){.xid = xid};
        return NQS_VERSION;
    }
    message.rm_call.cb_cred.oa_base = credential; /* else the codec would allocate */
    message.rm_call.cb_verf.oa_base = verifier;
    xdrmem_create(&xdr, (char *)record, (u_int)length, XDR_DECODE);
    if (reader.failed || !xdr_callmsg(&xdr, &message))
        return NQS_PROTOCOL;
    *ret = (struct rpc_call){.xid = xid,
                             .program = (uint32_t)message.rm_call.cb_prog,
                             .version = (uint32_t)message.rm_call.cb_vers,
                             .procedure = (uint32_t)message.rm_call.cb_proc,
                             .flavour = (uint32_t)message.rm_call.cb_cred.oa_flavor,
                             .body = xdr_getpos(&xdr)};
    return NQS_OK;
}

bool rpc_decode_args(const struct rpc_row *row, const void *bytes, size_t length, void *args)
{
    return rpc_decode(row->takes, bytes, length, args, row->takes_size);
}

/* ---------------------------------------------------------------- replies */

bool rpc_encode_reply(struct buf *out, uint32_t xid, const struct rpc_row *row, const void *result)
{
    size_t before = out->length;
    struct rpc_msg message = {.rm_xid = xid, .rm_direction = REPLY};

    message.rm_reply.rp_stat = MSG_ACCEPTED;
    message.acpted_rply.ar_stat = SUCCESS;
    message.acpted_rply.ar_results.where = (void *)result;
    message.acpted_rply.ar_results.proc = row->gives;
    if (rpc_append(out, CODEC(replymsg), &message) && out->length - before <= FRAME_RECORD_MAX)
        return true;
    out->length = before;
    return false;
}

void rpc_encode_failure(struct buf *out, uint32_t xid, const struct rpc_row *row,
                        enum nqs_code code, const char *text)
{
    struct nqs_answer answer = {.code = (int)code, .text = (char *)text, .name = (char *)""};
    struct nqs_status_answer status = {.code = (int)code, .text = (char *)text, .next = (char *)""};
    struct nqs_output_answer output = {.code = (int)code, .text = (char *)text};
    const void *result = &answer;

    if (row->gives == CODEC(nqs_status_answer))
        result = &status;
    else if (row->gives == CODEC(nqs_output_answer))
        result = &output;
    rpc_encode_reply(out, xid, row, result);
}

void rpc_encode_refusal(struct buf *out, uint32_t xid, enum rpc_refusal refusal)
{
    static const enum accept_stat words[] = {[RPC_NO_PROGRAM] = PROG_UNAVAIL,
                                             [RPC_NO_VERSION] = PROG_MISMATCH,
                                             [RPC_NO_PROCEDURE] = PROC_UNAVAIL,
                                             [RPC_GARBAGE] = GARBAGE_ARGS};
    struct rpc_msg message = {.rm_xid = xid, .rm_direction = REPLY};

    if (refusal == RPC_WEAK_AUTH) {
        message.rm_reply.rp_stat = MSG_DENIED;
        message.rjcted_rply.rj_stat = AUTH_ERROR;
        message.rjcted_rply.rj_why = AUTH_TOOWEAK;
    } else if (refusal == RPC_BAD_VERSION) {
        message.rm_reply.rp_stat = MSG_DENIED;
        message.rjcted_rply.rj_stat = RPC_MISMATCH;
        message.rjcted_rply.rj_vers.low = RPC_MSG_VERSION;
        message.rjcted_rply.rj_vers.high = RPC_MSG_VERSION;
    } else {
        message.rm_reply.rp_stat = MSG_ACCEPTED;
        message.acpted_rply.ar_stat = words[refusal];
        message.acpted_rply.ar_vers.low = NQS_V1;
        message.acpted_rply.ar_vers.high = NQS_V1;
    }
    rpc_append(out, CODEC(replymsg), &message);
}

bool rpc_reply_xid(const void *record, size_t length, uint32_t *ret_xid)
{
    struct reader reader;
    uint32_t xid;

    reader_init(&reader, record, length);
    xid = reader_u32(&reader);
    if (length < RPC_LEAD_SIZE || reader_u32(&reader) != RPC_DIRECTION_REPLY)
        return false;
    *ret_xid = xid;
    return true;
}

static enum nqs_code rpc_refused(const struct rpc_row *row, const struct rpc_msg *message,
                                 struct nqs_err *err)
{
    if (message->rm_reply.rp_stat != MSG_ACCEPTED) {
        if (message->rjcted_rply.rj_stat == AUTH_ERROR)
            return nqs_fail(err, NQS_PERM, "the server takes no such calls over this connection");
        return nqs_fail(err, NQS_VERSION, "the server speaks another version of RPC");
    }
    switch (message->acpted_rply.ar_stat) {
    case PROG_UNAVAIL: return nqs_fail(err, NQS_PROTOCOL, "what answers is no OpenNQS server");
    case PROG_MISMATCH:
        return nqs_fail(err, NQS_VERSION, "the server speaks versions %u to %u, this program %u",
                        (unsigned)message->acpted_rply.ar_vers.low,
                        (unsigned)message->acpted_rply.ar_vers.high, (unsigned)NQS_V1);
    case PROC_UNAVAIL:
        return nqs_fail(err, NQS_UNSUPPORTED, "the server does not know %s", row->name);
    default:
        return nqs_fail(err, NQS_PROTOCOL, "the server could not read the arguments of %s",
                        row->name);
    }
}

enum nqs_code rpc_decode_reply(const struct rpc_row *row, const void *record, size_t length,
                               void *result, struct nqs_err *err)
{
    char verifier[MAX_AUTH_BYTES];
    struct rpc_msg message = {0};
    uint32_t xid;
    size_t body;
    XDR xdr;

    if (length > FRAME_RECORD_MAX || !rpc_reply_xid(record, length, &xid))
        return nqs_fail(err, NQS_PROTOCOL, "the server's answer is no reply");
    message.acpted_rply.ar_verf.oa_base = verifier; /* else the codec would allocate */
    message.acpted_rply.ar_results.proc = CODEC(void);
    xdrmem_create(&xdr, (char *)record, (u_int)length, XDR_DECODE);
    if (!xdr_replymsg(&xdr, &message))
        return nqs_fail(err, NQS_PROTOCOL, "the head of the server's answer is damaged");
    if (message.rm_reply.rp_stat != MSG_ACCEPTED || message.acpted_rply.ar_stat != SUCCESS)
        return rpc_refused(row, &message, err);
    body = xdr_getpos(&xdr);
    if (!rpc_decode(row->gives, (const char *)record + body, length - body, result,
                    row->gives_size))
        return nqs_fail(err, NQS_PROTOCOL, "the server's answer to %s is damaged", row->name);
    return NQS_OK;
}
