/*
 * crc32c.h - the checksum of everything that is stored.
 */
#ifndef NQS_CRC32C_H
#define NQS_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, RFC 3720 appendix B.4) of LENGTH bytes at BYTES. */
uint32_t crc32c(const void *bytes, size_t length);

#endif
