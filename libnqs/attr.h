/*
 * attr.h - attributes as values: parsed, printed, checked and packed by one table.
 *
 * A value is a number or bytes, as its type says.  The packed form (store,
 * journal and wire alike) is {u16 id, u32 length, bytes}; numbers are packed
 * in as few bytes as hold them, two's complement, big-endian.  An id that this
 * version does not know is kept as bytes and passed on.
 */
#ifndef NQS_ATTR_H
#define NQS_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

enum attr_id {
#define A(id, member, shown, type, of, def, min, max, heat, setter, alter, text) ATTR_##member = id,
#include "attributes.def"
#undef A
};

enum { ATTR_IDS = 1024 }; /* above every id of attributes.def; attr.c asserts it */

enum attr_type {
    TYPE_INT,
    TYPE_BOOL,
    TYPE_TIME,
    TYPE_DURATION,
    TYPE_SIZE,
    TYPE_HOLDS,
    TYPE_TEXT,
    TYPE_BYTES,
    TYPE_LIST,
    TYPE_COUNT /* as INT, or unlimited */
};
enum attr_of { OF_JOB, OF_QUEUE, OF_SERVER, OF_COMPLEX, OF_CALL };
enum attr_heat { HEAT_HOT, HEAT_ARRAY, HEAT_COLD, HEAT_MADE };
enum attr_setter { SETTER_USER, SETTER_OPERATOR, SETTER_MANAGER, SETTER_SYSTEM };
enum attr_alter { ALTER_NEVER, ALTER_WAITING, ALTER_ALWAYS };

/* Of a COUNT, SIZE or DURATION whose row has no lower maximum: that maximum. */
#define ATTR_UNLIMITED "unlimited"

/* Bits of a HOLDS value; HOLD_DEPEND is shown as s, and nobody sets it. */
enum { HOLD_USER = 1, HOLD_OPERATOR = 2, HOLD_SYSTEM = 4, HOLD_DEPEND = 8 };

/* What ATTR_pseudo_signal asks for. */
enum attr_pseudo { PSEUDO_NONE, PSEUDO_SUSPEND, PSEUDO_RESUME };

struct attr_def {
    uint16_t id;
    const char *member;
    const char *shown;
    enum attr_type type;
    enum attr_of of;
    const char *initial; /* the default, as text */
    int64_t min;
    int64_t max;
    enum attr_heat heat;
    enum attr_setter setter;
    enum attr_alter alter;
    const char *text;
};

/* One value.  `bytes` is borrowed; of a number only `number` means anything. */
struct attr {
    uint16_t id;
    uint32_t length;
    int64_t number;
    const char *bytes;
};

/* A list of values in the order of their coming; a later one of the same id wins. */
struct attrs {
    struct attr *list; /* owned; what `bytes` point to is not */
    size_t count;
    size_t room;
};

/* The row of ID, or NULL when this version does not know it. */
const struct attr_def *attr_find(uint16_t id);

/* The row of OF whose `shown` is NAME (letters of either case), or NULL. */
const struct attr_def *attr_named(enum attr_of of, const char *name);

/* The row that `-l NAME=` means, be it by a name of another system, or NULL. */
const struct attr_def *attr_resource(const char *name);

/* Step through all rows in order of their ids: NULL begins, NULL ends. */
const struct attr_def *attr_each(const struct attr_def *last);

/* True for a type whose value is `number`. */
bool attr_numeric(enum attr_type type);

/*
 * Read TEXT as a value of DEF.  ret->bytes borrows TEXT.  NQS_VALUE with a text
 * that names the attribute and what it takes.
 */
enum nqs_code attr_parse(const struct attr_def *def, const char *text, struct attr *ret,
                         struct nqs_err *err);

/* Is ATTR a legal value of its row?  NQS_NOATTR for an unknown id, NQS_VALUE. */
enum nqs_code attr_check(const struct attr *attr, struct nqs_err *err);

/* Append ATTR as `qstat -f` shows it.  A LIST is joined by commas, `\` before `,` and `\`. */
void attr_print(const struct attr *attr, struct buf *out);

/* The same of a number that is no date: the same on every host and for every user. */
void attr_print_amount(const struct attr *attr, struct buf *out);

/* Append ATTR packed. */
void attr_pack(const struct attr *attr, struct buf *out);
void attr_pack_number(uint16_t id, int64_t number, struct buf *out);
void attr_pack_text(uint16_t id, const char *text, struct buf *out);

/* Only the value, as attr_pack() would put it behind id and length. */
void attr_pack_value(const struct attr *attr, struct buf *out);

/*
 * Take the value of ID from LENGTH packed BYTES, which *ret borrows.  False
 * when they are no value of its type (a number of no or more than eight bytes,
 * a text with a NUL in it).  An unknown id always fits.
 */
bool attr_unpack_value(uint16_t id, const void *bytes, size_t length, struct attr *ret);

/* Take the next packed attribute from READER; false at the end, or damaged (reader->failed). */
bool attr_unpack(struct reader *reader, struct attr *ret);

/* A list to fill; attrs_done() gives its memory back, attrs_clear() keeps it. */
void attrs_init(struct attrs *attrs);
void attrs_done(struct attrs *attrs);
void attrs_clear(struct attrs *attrs);

/* Append a value.  Borrows what its bytes point to. */
void attrs_add(struct attrs *attrs, const struct attr *attr);
void attrs_add_number(struct attrs *attrs, uint16_t id, int64_t number);
void attrs_add_text(struct attrs *attrs, uint16_t id, const char *text);
void attrs_add_bytes(struct attrs *attrs, uint16_t id, const void *bytes, size_t length);

/* The last value of ID, or NULL.  Lent until the list changes. */
const struct attr *attrs_find(const struct attrs *attrs, uint16_t id);

/* The number, or text, of ID, or ABSENT. */
int64_t attrs_number(const struct attrs *attrs, uint16_t id, int64_t absent);

/*
 * Unpack LENGTH BYTES and append all; the list borrows them.  Texts in packed
 * form are not ended by a NUL: use `length`.  False when they are damaged.
 */
bool attrs_unpack(struct attrs *attrs, const void *bytes, size_t length);

/* Append every value packed. */
void attrs_pack(const struct attrs *attrs, struct buf *out);

/* Read a hold list: letters of u, o, s, or n alone.  NQS_VALUE.  Source: XCU qhold -h. */
enum nqs_code attr_parse_holds(const char *text, int64_t *ret, struct nqs_err *err);

#endif
