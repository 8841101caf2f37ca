/*
 * buf.h - a growing run of bytes, and a reader that cannot run over its end.
 *
 * A writer appends and never fails (mem.h); a reader keeps one error flag, so
 * that a decoder reads everything and asks once at the end.  All numbers are
 * big-endian, so that keys sort as numbers do.
 */
#ifndef NQS_BUF_H
#define NQS_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *bytes; /* owned; NULL while empty */
    size_t length;
    size_t room;
};

/* An empty buffer; buf_done() gives its memory back. */
void buf_init(struct buf *buf);
void buf_done(struct buf *buf);

/* Forget the contents, keep the memory. */
void buf_clear(struct buf *buf);

/* Make room for MORE bytes behind the contents and return where they go. */
char *buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_u8(struct buf *buf, uint8_t value);
void buf_add_u16(struct buf *buf, uint16_t value);
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The contents as a text: a NUL stands behind them, not counted.  Lent until the next change. */
const char *buf_text(struct buf *buf);

struct reader {
    const uint8_t *at; /* borrowed */
    size_t left;
    bool failed;
};

void reader_init(struct reader *reader, const void *bytes, size_t length);

/* Each returns 0 (or NULL) and sets `failed` when too few bytes are left. */
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);

/* LENGTH bytes, lent from what is read, or NULL with `failed` set. */
const void *reader_bytes(struct reader *reader, size_t length);

/* True when everything was read, no more and no less. */
bool reader_ended(const struct reader *reader);

#endif
