/*
 * limit.h - the table of limit.def, and lists of limits as text.
 */
#ifndef NQS_LIMIT_H
#define NQS_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "buf.h"
#include "err.h"

enum limit_scope { LIMIT_REQUEST, LIMIT_PROCESS };

struct limit {
    uint16_t attr;
    uint16_t soft; /* 0: there is no soft limit */
    const char *name;
    enum limit_scope scope;
    const char *rlimit;  /* these three may be "" */
    const char *letter;  /* of NQS's -l */
    const char *keyword; /* of NQS's qmgr */
    const char *text;
};

/* The row behind LAST, or the first for NULL; NULL at the end. */
const struct limit *limit_each(const struct limit *last);

/* The row whose attribute is ID, or NULL. */
const struct limit *limit_find(uint16_t id);

/* Is NUMBER no limit at all for ATTR? */
bool limit_is_none(uint16_t attr, int64_t number);

/*
 * Read LENGTH bytes of TEXT, name=value,..., into RET, which then has numbers
 * only.  A name without value stands for none and has `length` 1.
 * NQS_NOATTR for a name that is none of a limit, NQS_VALUE for a bad value.
 */
enum nqs_code limits_read(const char *text, size_t length, struct attrs *ret, struct nqs_err *err);

/* Write LIST to OUT as limits_read() reads it, in the order of the table, without what is none. */
void limits_write(const struct attrs *list, struct buf *out);

/* Write to OUT what OLD (LENGTH bytes) becomes by CHANGE; an empty change empties it. */
enum nqs_code limits_merge(const char *old, size_t length, const struct attr *change,
                           struct buf *out, struct nqs_err *err);

#endif
