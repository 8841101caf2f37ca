/*
 * buf.c - growing bytes and a bounded reader; see buf.h.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

void buf_init(struct buf *buf)
{
    *buf = (struct buf){0};
}

void buf_done(struct buf *buf)
{
    mem_free(buf->bytes);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    if (buf->room - buf->length < more + 1) {
        size_t room = buf->room ? buf->room : 64;

        while (room - buf->length < more + 1)
            room *= 2;
        buf->bytes = mem_grow(buf->bytes, room, 1);
        buf->room = room;
    }
    return buf->bytes + buf->length;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    char *at = buf_reserve(buf, length);

    if (length)
        memcpy(at, bytes, length);
    buf->length += length;
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

static void buf_add_number(struct buf *buf, uint64_t value, int width)
{
    char *at = buf_reserve(buf, (size_t)width);

    for (int i = 0; i < width; i++)
        at[i] = (char)(uint8_t)(value >> (8 * (width - 1 - i)));
    buf->length += (size_t)width;
}

void buf_add_u8(struct buf *buf, uint8_t value)
{
    buf_add_number(buf, value, 1);
}

void buf_add_u16(struct buf *buf, uint16_t value)
{
    buf_add_number(buf, value, 2);
}

void buf_add_u32(struct buf *buf, uint32_t value)
{
    buf_add_number(buf, value, 4);
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    buf_add_number(buf, value, 8);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    int need;

    va_start(args, format);
    need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need <= 0)
        return;
    buf_reserve(buf, (size_t)need);
    va_start(args, format);
    vsnprintf(buf->bytes + buf->length, (size_t)need + 1, format, args);
    va_end(args);
    buf->length += (size_t)need;
}

const char *buf_text(struct buf *buf)
{
    *buf_reserve(buf, 0) = '\0';
    return buf->bytes;
}

void reader_init(struct reader *reader, const void *bytes, size_t length)
{
    *reader = (struct reader){.at = bytes, .left = length};
}

const void *reader_bytes(struct reader *reader, size_t length)
{
    const void *at = reader->at;

    if (reader->failed || length > reader->left) {
        reader->failed = true;
        return NULL;
    }
    reader->at += length;
    reader->left -= length;
    return at;
}

static uint64_t reader_number(struct reader *reader, size_t width)
{
    const uint8_t *at = reader_bytes(reader, width);
    uint64_t value = 0;

    for (size_t i = 0; at && i < width; i++)
        value = value << 8 | at[i];
    return value;
}

uint8_t reader_u8(struct reader *reader)
{
    return (uint8_t)reader_number(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
    return (uint16_t)reader_number(reader, 2);
}

uint32_t reader_u32(struct reader *reader)
{
    return (uint32_t)reader_number(reader, 4);
}

uint64_t reader_u64(struct reader *reader)
{
    return reader_number(reader, 8);
}

bool reader_ended(const struct reader *reader)
{
    return !reader->failed && reader->left == 0;
}
