/*
 * reply.c - results to records; see reply.h.
 */
#include "reply.h"

#include <string.h>

#include "listen.h"
#include "log.h"
#include "mem.h"

static void send_result(struct nqsd *nqsd, uint64_t connection, uint32_t xid,
                        const struct rpc_row *row, const void *result)
{
    buf_clear(&nqsd->reply);
    if (!rpc_encode_reply(&nqsd->reply, xid, row, result)) {
        log_limited("reply-failed procedure=%s", row->name);
        buf_clear(&nqsd->reply);
        rpc_encode_refusal(&nqsd->reply, xid, RPC_GARBAGE);
    }
    listen_reply(nqsd->listen, connection, nqsd->reply.bytes, nqsd->reply.length);
}

void reply_send(struct nqsd *nqsd, const struct call *call, const void *result)
{
    send_result(nqsd, call->connection, call->xid, call->row, result);
}

void reply_answer(struct nqsd *nqsd, const struct call *call, enum nqs_code code, const char *text,
                  const char *name)
{
    union {
        nqs_answer answer;
        nqs_status_answer status;
        nqs_output_answer output;
    } result;

    memset(&result, 0, sizeof result);
    if (call->row->gives == (xdrproc_t)xdr_nqs_status_answer) {
        result.status.code = code;
        result.status.text = (char *)text;
        result.status.next = (char *)"";
    } else if (call->row->gives == (xdrproc_t)xdr_nqs_output_answer) {
        result.output.code = code;
        result.output.text = (char *)text;
    } else {
        result.answer.code = code;
        result.answer.text = (char *)text;
        result.answer.name = (char *)name;
    }
    reply_send(nqsd, call, &result);
}

void reply_error(struct nqsd *nqsd, const struct call *call, const struct nqs_err *err)
{
    reply_answer(nqsd, call, err->code, err->text, "");
}

void wire_add(struct wire_attrs *wire, const struct attr *attr)
{
    size_t at = wire->space.length;

    if (wire->count == wire->room) {
        wire->room = wire->room ? wire->room * 2 : 64;
        wire->list = mem_grow(wire->list, wire->room, sizeof *wire->list);
    }
    attr_pack_value(attr, &wire->space);
    wire->list[wire->count].id = attr->id;
    wire->list[wire->count].value.value_len = (unsigned)(wire->space.length - at);
    wire->list[wire->count++].value.value_val = NULL;
}

/* The values stand one behind the other, in the order of the list. */
void wire_point(struct wire_attrs *wire)
{
    char *at = wire->space.bytes ? wire->space.bytes : (char *)"";

    for (size_t i = 0; i < wire->count; i++) {
        wire->list[i].value.value_val = at;
        at += wire->list[i].value.value_len;
    }
}

void wire_done(struct wire_attrs *wire)
{
    buf_done(&wire->space);
    mem_free(wire->list);
    *wire = (struct wire_attrs){.list = NULL};
}

void reply_attrs(struct nqsd *nqsd, uint64_t connection, uint32_t xid, const struct rpc_row *row,
                 const char *name, const struct attrs *attrs)
{
    struct wire_attrs wire = {.list = NULL};
    nqs_answer answer = {.code = NQS_OK, .text = (char *)"", .name = (char *)name};

    for (size_t i = 0; i < attrs->count && i < NQS_ATTRS_MAX; i++)
        wire_add(&wire, &attrs->list[i]);
    wire_point(&wire);
    answer.attrs.attrs_len = (unsigned)wire.count;
    answer.attrs.attrs_val = wire.list;
    send_result(nqsd, connection, xid, row, &answer);
    wire_done(&wire);
}
