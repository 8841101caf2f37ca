/*
 * frame.c - fragments to records and back; see frame.h.
 *
 * Nothing is believed before it is there: a header may announce 2 GiB, but
 * memory grows only with the bytes that came, and a fragment that would carry
 * the record over its bound ends the connection at its header.
 */
#include "frame.h"

#include <assert.h>

enum { FRAME_HEAD_SIZE = 4 };

#define FRAME_LAST 0x80000000u

void frame_init(struct frame *frame, size_t record_max)
{
    assert(record_max > 0 && record_max <= FRAME_RECORD_MAX);
    *frame = (struct frame){.record_max = record_max};
    buf_init(&frame->record);
}

void frame_done(struct frame *frame)
{
    buf_done(&frame->record);
}

/*
 * A fragment's header is complete.  An empty last fragment is legal: libtirpc
 * sends one when a record ends where its output buffer does.
 */
static bool frame_begin(struct frame *frame)
{
    const uint8_t *head = frame->head;
    uint32_t mark = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 |
                    (uint32_t)head[3];

    frame->last = (mark & FRAME_LAST) != 0;
    frame->fragment_left = mark & ~FRAME_LAST;
    frame->fragments++;
    return frame->fragments <= FRAME_FRAGMENTS_MAX && (frame->fragment_left || frame->last) &&
           frame->fragment_left <= frame->record_max - frame->record.length;
}

static size_t frame_take(struct frame *frame, const uint8_t *bytes, size_t length)
{
    size_t take = length < frame->fragment_left ? length : frame->fragment_left;

    buf_add(&frame->record, bytes, take);
    frame->fragment_left -= (uint32_t)take;
    return take;
}

enum frame_state frame_feed(struct frame *frame, const void *bytes, size_t length, size_t *ret_used)
{
    const uint8_t *at = bytes;
    size_t used = 0;

    while (used < length) {
        if (frame->head_have < FRAME_HEAD_SIZE) {
            frame->head[frame->head_have++] = at[used++];
            if (frame->head_have == FRAME_HEAD_SIZE && !frame_begin(frame)) {
                *ret_used = used;
                return FRAME_BAD;
            }
        } else {
            used += frame_take(frame, at + used, length - used);
        }
        if (frame->head_have < FRAME_HEAD_SIZE || frame->fragment_left)
            continue;
        frame->head_have = 0;
        if (frame->last) {
            *ret_used = used;
            return FRAME_RECORD;
        }
    }
    *ret_used = used;
    return FRAME_MORE;
}

void frame_next(struct frame *frame)
{
    buf_clear(&frame->record);
    frame->fragments = 0;
    frame->last = false;
}

bool frame_inside(const struct frame *frame)
{
    return frame->head_have || frame->fragments;
}

size_t frame_open(struct buf *out)
{
    buf_add_u32(out, 0);
    return out->length;
}

void frame_close(struct buf *out, size_t mark)
{
    size_t length = out->length - mark;
    uint32_t head = (uint32_t)length | FRAME_LAST;

    assert(length < FRAME_LAST);
    for (int i = 0; i < FRAME_HEAD_SIZE; i++)
        out->bytes[mark - FRAME_HEAD_SIZE + (size_t)i] = (char)(head >> (8 * (3 - i)));
}
