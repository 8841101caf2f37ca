/*
 * fuzz_qmgr.c - any bytes as a script of qmgr: taking it apart must end, and
 * what was understood must be fit to be sent.
 *
 * Fuzz-with: commands/qmgr_grammar.c commands/qmgr_shapes.c commands/qmgr_pbs.c
 * Fuzz-with: commands/qmgr_take.c
 * Fuzz-with: commands/qmgr_words.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "id.h"
#include "qmgr_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct qmgr_order *order)
{
    struct nqs_err err;

    assert(order->row);
    assert(strlen(order->name) <= QMGR_TEXT_MAX);
    if (order->row->shape == SHAPE_QUEUE || order->row->shape == SHAPE_CREATE)
        assert(id_queue_valid(order->name));
    for (size_t i = 0; i < order->attrs.count; i++)
        assert(attr_check(&order->attrs.list[i], &err) == NQS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    const char *end = at + size;
    unsigned line = 1;
    unsigned began;
    struct qmgr_order order;
    struct buf command;
    struct nqs_err err;

    buf_init(&command);
    qmgr_order_init(&order);
    while (qmgr_next(&at, end, &line, &began, &command)) {
        assert(began <= line);
        if (!qmgr_parse(buf_text(&command), &order, &err))
            check(&order);
    }
    assert(at == end);
    qmgr_order_done(&order);
    buf_done(&command);
    return 0;
}
