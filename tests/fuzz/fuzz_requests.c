/*
 * fuzz_requests.c - the arguments and results of every procedure.
 *
 * The first word picks the procedure (its place in requests.def), its highest
 * bit a reply instead of arguments.  What is accepted has to be encoded again
 * to the same bytes; the attributes of a change are taken apart as the daemon
 * takes them apart.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "rpc.h"

enum { WORD_SIZE = 4, CALL_HEAD_SIZE = 40 };

#define FUZZ_REPLY 0x80000000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rpc_row *pick(uint32_t place)
{
    const struct rpc_row *row = NULL;
    uint32_t rows = 0;

    while ((row = rpc_each(row)))
        rows++;
    for (place %= rows, row = rpc_each(NULL); place; place--)
        row = rpc_each(row);
    return row;
}

static void look_at_attrs(const nqs_attr *list, u_int count)
{
    struct buf out;

    buf_init(&out);
    for (u_int i = 0; i < count; i++) {
        struct attr attr;
        struct nqs_err err;

        if (list[i].id > UINT16_MAX ||
            !attr_unpack_value((uint16_t)list[i].id, list[i].value.value_val,
                               list[i].value.value_len, &attr))
            continue;
        if (attr_check(&attr, &err) == NQS_OK)
            attr_print(&attr, &out);
        attr_pack(&attr, &out);
        buf_clear(&out);
    }
    buf_done(&out);
}

static void fuzz_args(const struct rpc_row *row, const uint8_t *bytes, size_t size)
{
    void *args = malloc(row->takes_size + 1);
    struct buf again;

    if (rpc_decode_args(row, bytes, size, args)) {
        buf_init(&again);
        assert(rpc_encode_call(&again, 0, row, args));
        assert(again.length == size + CALL_HEAD_SIZE);
        assert(!size || !memcmp(again.bytes + CALL_HEAD_SIZE, bytes, size));
        buf_done(&again);
        if (row->takes_size == sizeof(struct nqs_change)) {
            const struct nqs_change *change = args;

            look_at_attrs(change->attrs.attrs_val, change->attrs.attrs_len);
        }
        rpc_free(row->takes, args, row->takes_size);
    }
    free(args);
}

static void fuzz_reply(const struct rpc_row *row, const uint8_t *bytes, size_t size)
{
    void *result = malloc(row->gives_size + 1);
    struct rpc_call call;
    struct nqs_err err;
    uint32_t xid;

    rpc_decode_call(bytes, size, &call);
    rpc_reply_xid(bytes, size, &xid);
    if (rpc_decode_reply(row, bytes, size, result, &err) == NQS_OK)
        rpc_free(row->gives, result, row->gives_size);
    free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader reader;
    uint32_t word;

    reader_init(&reader, data, size);
    word = reader_u32(&reader);
    if (reader.failed)
        return 0;
    if (word & FUZZ_REPLY)
        fuzz_reply(pick(word & ~FUZZ_REPLY), data + WORD_SIZE, size - WORD_SIZE);
    else
        fuzz_args(pick(word), data + WORD_SIZE, size - WORD_SIZE);
    return 0;
}
