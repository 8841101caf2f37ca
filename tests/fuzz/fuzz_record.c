/*
 * fuzz_record.c - any bytes as a stored record: header, checksum, packed attributes.
 *
 * Input: {u8 table, u8 length of the key, key, what is stored}.  It is judged
 * as it is, and once more behind a header that is made to fit, so that the
 * attributes are reached; what unpacks must pack and unpack again.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "attr.h"
#include "mem.h"
#include "store_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_attributes(struct store_bytes value)
{
    struct attrs first;
    struct attrs second;
    struct buf packed;

    attrs_init(&first);
    attrs_init(&second);
    buf_init(&packed);
    if (attrs_unpack(&first, value.bytes, value.length)) {
        attrs_pack(&first, &packed);
        assert(attrs_unpack(&second, packed.bytes, packed.length));
        assert(first.count == second.count);
        for (size_t i = 0; i < first.count; i++) {
            assert(first.list[i].id == second.list[i].id);
            assert(first.list[i].number == second.list[i].number);
        }
    }
    attrs_done(&first);
    attrs_done(&second);
    buf_done(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store_bytes key;
    struct store_bytes stored;
    struct store_bytes value;
    uint8_t *sealed;

    if (size < 2 || size - 2 < data[1])
        return 0;
    key = store_bytes(data + 2, data[1]);
    stored = store_bytes(data + 2 + key.length, size - 2 - key.length);
    if (!store_record_open(data[0], key, stored, &value))
        take_attributes(value);
    sealed = mem_new(STORE_HEADER + stored.length);
    store_record_seal(sealed, data[0], STORE_SCHEMA, key, stored);
    if (stored.length)
        memcpy(sealed + STORE_HEADER, stored.bytes, stored.length);
    assert(!store_record_open(data[0], key, store_bytes(sealed, STORE_HEADER + stored.length),
                              &value));
    assert(value.length == stored.length);
    take_attributes(value);
    mem_free(sealed);
    return 0;
}
