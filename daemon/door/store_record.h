/*
 * store_record.h - the header that stands before every value of the store.
 *
 * Sixteen bytes, big-endian: {u16 magic, u16 table, u16 schema, u16 zero,
 * u32 length of the value, u32 checksum}.  The checksum covers the key, the
 * value and the table, so that a record which is found under a wrong key, or
 * in a wrong table, is as damaged as one with a wrong value.
 */
#ifndef NQS_DOOR_STORE_RECORD_H
#define NQS_DOOR_STORE_RECORD_H

#include <stdint.h>

#include "store.h"

enum { STORE_HEADER = 16, STORE_MAGIC = 0x4e51 };

/* Write into HEADER what makes VALUE under KEY a record of TABLE, of version SCHEMA. */
void store_record_seal(uint8_t header[STORE_HEADER], unsigned table, unsigned schema,
                       struct store_bytes key, struct store_bytes value);

/*
 * Check STORED, found under KEY of TABLE.  NULL, and *ret_value is what stands
 * behind the header, lent from STORED; or why it is damaged (static storage).
 */
const char *store_record_open(unsigned table, struct store_bytes key, struct store_bytes stored,
                              struct store_bytes *ret_value);

#endif
