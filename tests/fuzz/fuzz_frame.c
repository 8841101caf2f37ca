/*
 * fuzz_frame.c - record marking: any bytes, in any pieces.
 *
 * The first byte is the size of the pieces.  Fed so and fed byte by byte, the
 * same records must come out and the same end be reached.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "crc32c.h"
#include "frame.h"

enum { RECORD_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    unsigned records;
    uint32_t sum; /* of all their bytes */
    bool bad;
    bool inside;
};

static struct outcome feed(const uint8_t *data, size_t size, size_t step)
{
    struct outcome outcome = {0};
    struct frame frame;
    size_t used;

    frame_init(&frame, RECORD_MAX);
    for (size_t at = 0; at < size && !outcome.bad; at += used) {
        size_t piece = size - at < step ? size - at : step;
        enum frame_state state = frame_feed(&frame, data + at, piece, &used);

        assert(used <= piece && (used > 0 || state == FRAME_BAD));
        assert(state != FRAME_MORE || used == piece);
        assert(frame.record.length <= RECORD_MAX);
        assert(frame.record.room <= 2 * RECORD_MAX + 64);
        outcome.bad = state == FRAME_BAD;
        if (state == FRAME_RECORD) {
            outcome.records++;
            outcome.sum = outcome.sum * 31 + crc32c(frame.record.bytes, frame.record.length);
            frame_next(&frame);
            assert(!frame_inside(&frame));
        }
    }
    outcome.inside = frame_inside(&frame);
    frame_done(&frame);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome pieces;
    struct outcome bytes;

    if (!size)
        return 0;
    pieces = feed(data + 1, size - 1, data[0] ? data[0] : 1);
    bytes = feed(data + 1, size - 1, 1);
    assert(pieces.records == bytes.records && pieces.sum == bytes.sum);
    assert(pieces.bad == bytes.bad && pieces.inside == bytes.inside);
    return 0;
}
