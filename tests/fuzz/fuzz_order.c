/*
 * fuzz_order.c - any bytes as a frame: judged good, every look-up stays inside
 * it, and what is read can be written again and read the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "exitrec.h"
#include "order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char copy[ORDER_MAX];

/* Write the fields of one NUMBER tag, or of one TEXT tag, into OUT. */
static void copy_numbers(struct order_out *out, const struct order *order, enum order_tag tag)
{
    size_t cursor = 0;
    int64_t value;

    while (order_each_number(order, tag, &cursor, &value))
        order_put_number(out, tag, value);
}

static void copy_texts(struct order_out *out, const struct order *order, enum order_tag tag)
{
    size_t cursor = 0;
    const char *text;

    while ((text = order_each_text(order, tag, &cursor)))
        order_put_text(out, tag, text);
}

#define copy_NUMBER copy_numbers
#define copy_TEXT copy_texts

static void copy_fields(struct order_out *out, const struct order *order)
{
#define F(id, name, type, often, min, max, text) copy_##type(out, order, ORDER_TAG_##name);
#include "order.def"
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct exit_record record;
    struct begun_record begun;
    struct order_out out;
    struct order order;
    struct order again;
    size_t length;

    exitrec_parse_begun(&begun, (const char *)data, size);
    exitrec_parse_exit(&record, (const char *)data, size);
    if (order_open(&order, data, size))
        return 0;
    exitrec_take(&record, &order);
    order_begin(&out, copy, sizeof copy, (enum order_verb)order.verb, order.serial);
    copy_fields(&out, &order);
    length = order_end(&out);
    assert(length > 0 && length <= size);
    assert(!order_open(&again, copy, length));
    assert(again.verb == order.verb && again.serial == order.serial);
    order_begin(&out, copy, sizeof copy, (enum order_verb)order.verb, order.serial);
    copy_fields(&out, &order);
    assert(order_end(&out) == length);
    return 0;
}
