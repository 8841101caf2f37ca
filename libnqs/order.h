/*
 * order.h - the messages between nqsd, the starter and the shepherds.
 *
 * A message is a frame: a header of sixteen bytes {u32 length of the whole,
 * u16 verb, u16 version, u64 serial} and then fields {u16 tag, u32 length,
 * bytes}, all little endian.  The same frames travel on the starter's stream
 * socket, one a packet on a job's link, and in the memory file that the
 * starter hands to the shepherd.  order.def is the list of what exists.
 *
 * Nothing here allocates: a writer fills the caller's space, a reader lends
 * pointers into the caller's bytes.  What a stranger can send is judged once,
 * by order_open(); afterwards no look-up can fail except by absence.
 */
#ifndef NQS_ORDER_H
#define NQS_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_HEADER 16u
#define ORDER_MAX (1536u * 1024u) /* no frame is longer */
#define ORDER_PACKET 4096u        /* no frame on a link is longer */

enum order_verb {
#define V(id, name, text) ORDER_##name = id,
#include "order.def"
};

enum order_tag {
#define F(id, name, type, often, min, max, text) ORDER_TAG_##name = id,
#include "order.def"
};

enum order_code {
#define C(id, name, text) ORDER_CODE_##name = id,
#include "order.def"
};

enum order_join { ORDER_JOIN_NONE, ORDER_JOIN_OE, ORDER_JOIN_EO };

/* A frame that was judged good.  Lives no longer than the bytes behind it. */
struct order {
    uint16_t verb;
    uint64_t serial;
    const unsigned char *bytes;
    size_t length;
};

/* A frame being written.  Private but for its size: keep it on the stack. */
struct order_out {
    unsigned char *space;
    size_t used;
    size_t size;
    bool full;
};

/* Begin a frame in SPACE of SIZE bytes, which stays the caller's. */
void order_begin(struct order_out *out, void *space, size_t size, enum order_verb verb,
                 uint64_t serial);

/* Add a field.  What does not fit or breaks the table's bounds spoils the frame. */
void order_put_number(struct order_out *out, enum order_tag tag, int64_t value);
void order_put_text(struct order_out *out, enum order_tag tag, const char *text);

/* End the frame.  Returns its length, or 0 if it is spoilt and must not be sent. */
size_t order_end(struct order_out *out);

/*
 * How long is the frame that begins with these HAVE bytes?  0 if it takes more
 * bytes to tell, -1 if no frame can begin so (the stream is lost).
 */
long order_measure(const void *bytes, size_t have);

/*
 * Judge a frame of exactly LENGTH bytes.  Returns NULL and fills RET_ORDER,
 * or returns what is wrong with it.  Borrows BYTES as long as the order lives.
 */
const char *order_open(struct order *ret_order, const void *bytes, size_t length);

/* The first field of that tag; ABSENT or NULL if there is none.  Lends the text. */
int64_t order_number(const struct order *order, enum order_tag tag, int64_t absent);
const char *order_text(const struct order *order, enum order_tag tag);

/*
 * Walk over the fields of a MANY tag.  *CURSOR is 0 before the first call;
 * false or NULL after the last.  Lends the text.
 */
bool order_each_number(const struct order *order, enum order_tag tag, size_t *cursor,
                       int64_t *ret_value);
const char *order_each_text(const struct order *order, enum order_tag tag, size_t *cursor);

/* May ID stand in a file name?  [0-9A-Za-z._-] and brackets, no leading dot. */
bool order_id_valid(const char *id);

#endif
