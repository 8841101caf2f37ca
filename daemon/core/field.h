/*
 * field.h - values of a struct by attribute: where each stands, how large it is.
 *
 * A table of fields follows from attributes.def (field_rows.h).  Numbers stand
 * in members of one to eight bytes, texts as handles of an intern pool; BYTES
 * are left to the owner of the struct.
 */
#ifndef NQS_CORE_FIELD_H
#define NQS_CORE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "intern.h"

struct field {
    uint16_t id;
    uint8_t type; /* enum attr_type */
    uint8_t size;
    bool is_signed;
    uint16_t at;
};

#define FIELD(owner, id_, member_, type_)                \
    {.id = (id_),                                        \
     .type = TYPE_##type_,                               \
     .size = sizeof(((owner *)0)->member_),              \
     .is_signed = _Generic(((owner *)0)->member_, int8_t \
                           : true, int16_t               \
                           : true, int32_t               \
                           : true, int64_t               \
                           : true, default               \
                           : false),                     \
     .at = offsetof(owner, member_)},

/* The field of ID among COUNT, or NULL. */
const struct field *field_find(const struct field *fields, size_t count, uint16_t id);

/* Set the member of BASE; a text's old handle is dropped. */
void field_set(const struct field *field, void *base, struct intern *intern,
               const struct attr *attr);

/* The member of BASE as a value; false when it is zero or empty. */
bool field_get(const struct field *field, const void *base, const struct intern *intern,
               struct attr *ret);

/* Append each value of BASE that is not zero or empty, packed. */
void fields_pack(const struct field *fields, size_t count, const void *base,
                 const struct intern *intern, struct buf *out);

/* The same, appended to a list, which borrows the texts. */
void fields_values(const struct field *fields, size_t count, const void *base,
                   const struct intern *intern, struct attrs *attrs);

/* Drop every text that BASE holds. */
void fields_clear(const struct field *fields, size_t count, void *base, struct intern *intern);

/* Hold again every text of BASE, which is a copy made by bytes. */
void fields_hold(const struct field *fields, size_t count, const void *base, struct intern *intern);

#endif
