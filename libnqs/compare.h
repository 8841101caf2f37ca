/*
 * compare.h - tests on an attribute's value: what SELECT_JOBS chooses by.
 *
 * A test is an attribute, an operator and a value.  Numbers have an order, and
 * so do the kinds of Checkpoint; other texts are equal or not.  A value that is
 * not there is what its row of attributes.def begins with; a number that no
 * request may have (0 of a limit, of a date) is no value, and only NE holds of it.
 *
 * Source: XCU qselect; reference/queues.md A.5.9.
 */
#ifndef NQS_COMPARE_H
#define NQS_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

/* Numbers are on the wire, for ever. */
enum compare_op {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_GE,
    COMPARE_GT,
    COMPARE_LE,
    COMPARE_LT,
    COMPARE_GLOB,   /* the value is a pattern of str_glob() */
    COMPARE_LETTER, /* the value is letters, and the first of the text is one of them */
    COMPARE_IN,     /* the value is a list as of TYPE_LIST, and the text is one of its items */
    COMPARE_OPS,
};

struct compare {
    const struct attr_def *def;
    enum compare_op op;
    struct attr value;
};

/*
 * Make a test of attribute ID, OP and LENGTH packed BYTES of its value, which it
 * borrows.  NQS_NOATTR for what is no attribute of requests, NQS_VALUE when OP
 * means nothing for its type or the value is damaged.
 */
enum nqs_code compare_init(struct compare *compare, uint32_t id, uint32_t op, const void *bytes,
                           size_t length, struct nqs_err *err);

/* Does COMPARE hold of VALUE?  NULL: there is none. */
bool compare_holds(const struct compare *compare, const struct attr *value);

/* The same of an owner; an item of the form user@host has to be right about HOST, too. */
bool compare_owner_holds(const struct compare *compare, const struct attr *owner,
                         const struct attr *host);

/*
 * Read `.eq.`, `.ne.`, `.ge.`, `.gt.`, `.le.` or `.lt.`, letters of either case, at
 * *TEXT and step over it.  False, and nothing done, when none stands there.
 */
bool compare_read(const char **text, enum compare_op *ret);

#endif
