/*
 * order.c - frames of tagged fields: writing them, judging them, reading them.
 *
 * Bytes are put together and taken apart one by one: neither padding nor the
 * machine's byte order nor an unaligned address can matter.  The bounds of each
 * field stand in order.def and are kept by the writer too, so that a frame that
 * its receiver would refuse is never sent.
 */
#include "order.h"

#include <string.h>

#define ORDER_VERSION 1
#define FIELD_HEADER 6u
#define NUMBER_SIZE 8u

enum field_type { NUMBER, TEXT };
enum field_often { ONE, MANY };

struct field_rule {
    enum field_type type;
    enum field_often often;
    bool known;
    int64_t min;
    int64_t max;
};

static const struct field_rule rules[] = {
#define F(id, name, type, often, min, max, text) [id] = {type, often, true, min, max},
#include "order.def"
};

/* One field of a frame: where its bytes are and where the next one begins. */
struct field {
    unsigned tag;
    size_t length;
    const unsigned char *bytes;
    size_t next;
};

/* Seen ONE tags are kept as bits of these words. */
enum { WORD_BITS = 64, SEEN_WORDS = sizeof rules / sizeof rules[0] / WORD_BITS + 1 };

static void put_bytes(unsigned char *at, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t get_bytes(const unsigned char *at, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static const struct field_rule *rule_find(unsigned tag)
{
    return tag < sizeof rules / sizeof rules[0] && rules[tag].known ? &rules[tag] : NULL;
}

static int64_t field_number(const struct field *field)
{
    uint64_t raw = get_bytes(field->bytes, NUMBER_SIZE);
    int64_t value;

    memcpy(&value, &raw, sizeof value);
    return value;
}

void order_begin(struct order_out *out, void *space, size_t size, enum order_verb verb,
                 uint64_t serial)
{
    out->space = space;
    out->used = ORDER_HEADER;
    out->size = size;
    out->full = size < ORDER_HEADER;
    if (out->full)
        return;
    put_bytes(out->space + 4, verb, 2);
    put_bytes(out->space + 6, ORDER_VERSION, 2);
    put_bytes(out->space + 8, serial, 8);
}

/* Room for a field of LENGTH bytes, or NULL with the frame spoilt. */
static unsigned char *field_room(struct order_out *out, enum order_tag tag, size_t length,
                                 bool legal)
{
    unsigned char *at;

    if (out->full || !legal || out->size - out->used < FIELD_HEADER ||
        length > out->size - out->used - FIELD_HEADER) {
        out->full = true;
        return NULL;
    }
    at = out->space + out->used;
    put_bytes(at, tag, 2);
    put_bytes(at + 2, length, 4);
    out->used += FIELD_HEADER + length;
    return at + FIELD_HEADER;
}

void order_put_number(struct order_out *out, enum order_tag tag, int64_t value)
{
    const struct field_rule *rule = rule_find(tag);
    bool legal = rule && rule->type == NUMBER && value >= rule->min && value <= rule->max;
    unsigned char *at = field_room(out, tag, NUMBER_SIZE, legal);

    if (at)
        put_bytes(at, (uint64_t)value, NUMBER_SIZE);
}

void order_put_text(struct order_out *out, enum order_tag tag, const char *text)
{
    const struct field_rule *rule = rule_find(tag);
    size_t length = strlen(text);
    bool legal =
        rule && rule->type == TEXT && length >= (size_t)rule->min && length <= (size_t)rule->max;
    unsigned char *at = field_room(out, tag, length + 1, legal);

    if (at)
        memcpy(at, text, length + 1);
}

size_t order_end(struct order_out *out)
{
    if (out->full || out->used > ORDER_MAX)
        return 0;
    put_bytes(out->space, out->used, 4);
    return out->used;
}

long order_measure(const void *bytes, size_t have)
{
    const unsigned char *at = bytes;
    uint64_t length;

    if (have < 8)
        return 0;
    length = get_bytes(at, 4);
    if (length < ORDER_HEADER || length > ORDER_MAX || get_bytes(at + 6, 2) != ORDER_VERSION)
        return -1;
    return (long)length;
}

/* Cut the field that begins at AT; false if it is not whole. */
static bool field_cut(struct field *ret, const struct order *order, size_t at)
{
    if (order->length - at < FIELD_HEADER)
        return false;
    ret->tag = (unsigned)get_bytes(order->bytes + at, 2);
    ret->length = (size_t)get_bytes(order->bytes + at + 2, 4);
    ret->bytes = order->bytes + at + FIELD_HEADER;
    ret->next = at + FIELD_HEADER + ret->length;
    return ret->length <= order->length - at - FIELD_HEADER;
}

/* What is wrong with the bytes of a whole field, or NULL. */
static const char *field_judge(const struct field *field, const struct field_rule *rule)
{
    int64_t value = (int64_t)field->length - 1;

    if (rule->type == NUMBER) {
        if (field->length != NUMBER_SIZE)
            return "a number of the wrong size";
        value = field_number(field);
    } else if (field->length == 0 ||
               memchr(field->bytes, '\0', field->length) != field->bytes + field->length - 1) {
        return "a text that does not end in its only NUL";
    }
    return value < rule->min || value > rule->max ? "a field out of bounds" : NULL;
}

const char *order_open(struct order *ret_order, const void *bytes, size_t length)
{
    struct order order = {.bytes = bytes, .length = length};
    const struct field_rule *rule;
    const char *fault;
    struct field field;
    uint64_t seen[SEEN_WORDS] = {0};
    uint64_t bit;

    if (length < ORDER_HEADER || order_measure(bytes, length) != (long)length)
        return "not a frame of this version";
    for (size_t at = ORDER_HEADER; at < length; at = field.next) {
        if (!field_cut(&field, &order, at))
            return "a field that is not whole";
        rule = rule_find(field.tag);
        if (!rule)
            continue;
        fault = field_judge(&field, rule);
        if (fault)
            return fault;
        bit = UINT64_C(1) << field.tag % WORD_BITS;
        if (rule->often == ONE && seen[field.tag / WORD_BITS] & bit)
            return "a field that came twice";
        seen[field.tag / WORD_BITS] |= bit;
    }
    order.verb = (uint16_t)get_bytes(order.bytes + 4, 2);
    order.serial = get_bytes(order.bytes + 8, 8);
    *ret_order = order;
    return NULL;
}

/* Find the next field of TAG at or after *CURSOR (0: the first) and step over it. */
static bool field_next(struct field *ret, const struct order *order, enum order_tag tag,
                       size_t *cursor)
{
    size_t at = *cursor ? *cursor : ORDER_HEADER;

    for (; at < order->length && field_cut(ret, order, at); at = ret->next) {
        if (ret->tag == (unsigned)tag) {
            *cursor = ret->next;
            return true;
        }
    }
    *cursor = order->length;
    return false;
}

int64_t order_number(const struct order *order, enum order_tag tag, int64_t absent)
{
    size_t cursor = 0;
    int64_t value;

    return order_each_number(order, tag, &cursor, &value) ? value : absent;
}

const char *order_text(const struct order *order, enum order_tag tag)
{
    size_t cursor = 0;

    return order_each_text(order, tag, &cursor);
}

bool order_each_number(const struct order *order, enum order_tag tag, size_t *cursor,
                       int64_t *ret_value)
{
    struct field field;

    if (!field_next(&field, order, tag, cursor))
        return false;
    *ret_value = field_number(&field);
    return true;
}

const char *order_each_text(const struct order *order, enum order_tag tag, size_t *cursor)
{
    struct field field;

    return field_next(&field, order, tag, cursor) ? (const char *)field.bytes : NULL;
}

bool order_id_valid(const char *id)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz._-[]";

    return id[0] != '\0' && id[0] != '.' && strspn(id, allowed) == strlen(id);
}
