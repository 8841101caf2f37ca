/*
 * frame.h - record marking of RFC 5531 section 11: fragments to records and back.
 *
 * A parser that is fed any pieces and gives whole records, bounded before
 * anything is buffered.
 */
#ifndef NQS_FRAME_H
#define NQS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum {
    FRAME_RECORD_MAX = 4 * 1024 * 1024,
    FRAME_FRAGMENTS_MAX = 64, /* of one record */
};

struct frame {
    struct buf record; /* what has come of the record */
    size_t record_max;
    uint32_t fragment_left;
    unsigned fragments;
    unsigned head_have;
    uint8_t head[4];
    bool last;
};

enum frame_state {
    FRAME_MORE,   /* all bytes taken, no whole record yet */
    FRAME_RECORD, /* frame->record is a record; frame_next() before going on */
    FRAME_BAD,    /* too long, too many fragments, or empty and not the last: drop it */
};

/* RECORD_MAX bounds a record; at most FRAME_RECORD_MAX. */
void frame_init(struct frame *frame, size_t record_max);
void frame_done(struct frame *frame);

/* Feed LENGTH bytes; *ret_used says how many were taken (all, unless a record ended). */
enum frame_state frame_feed(struct frame *frame, const void *bytes, size_t length,
                            size_t *ret_used);

/* Forget the record that was given, keep its memory. */
void frame_next(struct frame *frame);

/* True while a record has begun and not ended: it has a deadline. */
bool frame_inside(const struct frame *frame);

/* Make room in OUT for the mark of a record that follows; frame_close() fills it in. */
size_t frame_open(struct buf *out);
void frame_close(struct buf *out, size_t mark);

#endif
