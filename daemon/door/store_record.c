/*
 * store_record.c - sealing and checking the header of a value; see store_record.h.
 */
#include "store_record.h"

#include <endian.h>
#include <string.h>

#include "crc32c.h"

struct record_header {
    uint16_t magic;
    uint16_t table;
    uint16_t schema;
    uint16_t zero;
    uint32_t length;
    uint32_t sum;
};

_Static_assert(sizeof(struct record_header) == STORE_HEADER, "no padding");

/*
 * Key and value do not lie side by side, so each has a checksum of its own.
 * Odd factors make the sum one-to-one in each part: damage to a single part
 * always changes it.
 */
static uint32_t record_sum(unsigned table, unsigned schema, struct store_bytes key,
                           struct store_bytes value)
{
    return crc32c(value.bytes, value.length) + 0x9e3779b1u * crc32c(key.bytes, key.length) +
           0x85ebca6bu * ((uint32_t)table << 16 | (uint32_t)schema);
}

void store_record_seal(uint8_t header[STORE_HEADER], unsigned table, unsigned schema,
                       struct store_bytes key, struct store_bytes value)
{
    struct record_header made = {
        .magic = htobe16(STORE_MAGIC),
        .table = htobe16((uint16_t)table),
        .schema = htobe16((uint16_t)schema),
        .length = htobe32((uint32_t)value.length),
        .sum = htobe32(record_sum(table, schema, key, value)),
    };

    memcpy(header, &made, sizeof made);
}

const char *store_record_open(unsigned table, struct store_bytes key, struct store_bytes stored,
                              struct store_bytes *ret_value)
{
    struct record_header header;
    struct store_bytes value;

    if (stored.length < STORE_HEADER)
        return "shorter than its header";
    memcpy(&header, stored.bytes, sizeof header);
    if (be16toh(header.magic) != STORE_MAGIC || header.zero != 0)
        return "no header";
    if (be16toh(header.table) != table)
        return "belongs to another table";
    if (be16toh(header.schema) > STORE_SCHEMA)
        return "of a version that is not known";
    value = store_bytes((const char *)stored.bytes + STORE_HEADER, stored.length - STORE_HEADER);
    if (be32toh(header.length) != value.length)
        return "length is wrong";
    if (be32toh(header.sum) != record_sum(table, be16toh(header.schema), key, value))
        return "checksum is wrong";
    *ret_value = value;
    return NULL;
}
