/*
 * field.c - reading and writing members by table; see field.h.
 */
#include "field.h"

#include <assert.h>
#include <string.h>

const struct field *field_find(const struct field *fields, size_t count, uint16_t id)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].id == id)
            return &fields[i];
    return NULL;
}

static int64_t number_get(const struct field *field, const void *base)
{
    const char *at = (const char *)base + field->at;
    uint64_t value = 0;
    unsigned spare = 64u - 8u * field->size;

    memcpy(&value, at, field->size); /* little-endian hosts; checked below */
    if (!field->is_signed || !spare)
        return (int64_t)value;
    return (int64_t)(value << spare) >> spare;
}

static void number_put(const struct field *field, void *base, int64_t number)
{
    uint64_t value = (uint64_t)number;

    memcpy((char *)base + field->at, &value, field->size);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "field.c copies the low bytes");

static uint32_t handle_get(const struct field *field, const void *base)
{
    return (uint32_t)number_get(field, base);
}

void field_set(const struct field *field, void *base, struct intern *intern,
               const struct attr *attr)
{
    uint32_t old;

    if (field->type != TYPE_TEXT) {
        number_put(field, base, attr->number);
        return;
    }
    old = handle_get(field, base);
    number_put(field, base, intern_hold(intern, attr->bytes, attr->length));
    intern_drop(intern, old);
}

bool field_get(const struct field *field, const void *base, const struct intern *intern,
               struct attr *ret)
{
    const char *text;

    *ret = (struct attr){.id = field->id};
    if (field->type == TYPE_BYTES)
        return false;
    if (field->type != TYPE_TEXT) {
        ret->number = number_get(field, base);
        return ret->number != 0;
    }
    text = intern_text(intern, handle_get(field, base));
    ret->bytes = text;
    ret->length = (uint32_t)strlen(text);
    return ret->length != 0;
}

void fields_pack(const struct field *fields, size_t count, const void *base,
                 const struct intern *intern, struct buf *out)
{
    struct attr attr;

    for (size_t i = 0; i < count; i++)
        if (field_get(&fields[i], base, intern, &attr))
            attr_pack(&attr, out);
}

void fields_values(const struct field *fields, size_t count, const void *base,
                   const struct intern *intern, struct attrs *attrs)
{
    struct attr attr;

    for (size_t i = 0; i < count; i++)
        if (field_get(&fields[i], base, intern, &attr))
            attrs_add(attrs, &attr);
}

void fields_clear(const struct field *fields, size_t count, void *base, struct intern *intern)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].type != TYPE_TEXT)
            continue;
        intern_drop(intern, handle_get(&fields[i], base));
        number_put(&fields[i], base, 0);
    }
}

void fields_hold(const struct field *fields, size_t count, const void *base, struct intern *intern)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].type == TYPE_TEXT)
            intern_again(intern, handle_get(&fields[i], base));
}
