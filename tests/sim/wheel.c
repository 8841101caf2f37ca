/*
 * wheel.c - dice and a binary heap; see wheel.h.
 */
#include "wheel.h"

#include "mem.h"

void dice_seed(struct dice *dice, uint64_t seed)
{
    dice->state = seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    dice_next(dice);
}

/* splitmix64: every seed is a good one. */
uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t dice_below(struct dice *dice, uint32_t count)
{
    return (uint32_t)(((dice_next(dice) >> 32) * count) >> 32);
}

bool dice_once_in(struct dice *dice, uint32_t odds)
{
    return odds && dice_below(dice, odds) == 0;
}

nqs_time dice_span(struct dice *dice, nqs_time low, nqs_time high)
{
    nqs_time top = low > 1 ? low : 1;
    unsigned doublings = 0;

    while (top < high) {
        top *= 2;
        doublings++;
    }
    top = low;
    for (uint32_t left = dice_below(dice, doublings + 1); left; left--)
        top = top ? top * 2 : 1;
    top += (nqs_time)(dice_next(dice) % (uint64_t)(top + 1));
    return top < high ? top : high;
}

void wheel_done(struct wheel *wheel)
{
    mem_free(wheel->heap);
    *wheel = (struct wheel){0};
}

static bool before(const struct happening *a, const struct happening *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void wheel_put(struct wheel *wheel, const struct happening *happening)
{
    size_t at = wheel->count++;
    struct happening new = *happening;

    new.order = wheel->order++;
    if (wheel->count > wheel->room) {
        wheel->room = wheel->room ? wheel->room * 2 : 64;
        wheel->heap = mem_grow(wheel->heap, wheel->room, sizeof *wheel->heap);
    }
    for (; at && before(&new, &wheel->heap[(at - 1) / 2]); at = (at - 1) / 2)
        wheel->heap[at] = wheel->heap[(at - 1) / 2];
    wheel->heap[at] = new;
}

bool wheel_take(struct wheel *wheel, struct happening *ret)
{
    const struct happening *last;
    size_t at = 0;

    if (!wheel->count)
        return false;
    *ret = wheel->heap[0];
    last = &wheel->heap[--wheel->count];
    for (size_t child = 1; child < wheel->count; child = 2 * at + 1) {
        if (child + 1 < wheel->count && before(&wheel->heap[child + 1], &wheel->heap[child]))
            child++;
        if (!before(&wheel->heap[child], last))
            break;
        wheel->heap[at] = wheel->heap[child];
        at = child;
    }
    wheel->heap[at] = *last;
    return true;
}
