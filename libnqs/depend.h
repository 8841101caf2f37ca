/*
 * depend.h - dependencies as text: TYPE:ID[:ID...][,TYPE:...].
 *
 * Read by qsub, which refuses what is none, by the daemon, which finds what has
 * finished, and by the core.  Source: reference/queues.md A.5.13.
 */
#ifndef NQS_DEPEND_H
#define NQS_DEPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "id.h"

enum depend_type {
#define D(name, word, begun, ok, failed) DEPEND_##name,
#define B(name, word, after) DEPEND_##name,
#include "depend.def"
#undef D
#undef B
    DEPEND_ON /* on:COUNT: so many others will name this one with before... */
};

/* How many ids one text may name. */
enum { DEPEND_MAX = 1000 };

/* One dependency: a type and an id, or a count. */
struct depend {
    enum depend_type type;
    struct nqs_id id; /* all but DEPEND_ON */
    const char *text; /* the id as it is written; lent from the text ... */
    size_t length;    /* ... of so many bytes */
    int64_t count;    /* DEPEND_ON */
};

/* A place in a text; begin with {TEXT, LENGTH}. */
struct depend_reader {
    const char *text;
    size_t length;
    size_t at;
    size_t read; /* dependencies so far */
    enum depend_type type;
    bool within; /* behind a type: ids follow */
};

/*
 * Read the next dependency.  False at the end, with NQS_OK in *ret_code, or
 * where the text is none: NQS_SYNTAX, and ERR says why.
 */
bool depend_next(struct depend_reader *reader, struct depend *ret, enum nqs_code *ret_code,
                 struct nqs_err *err);

/* The word of TYPE. */
const char *depend_word(enum depend_type type);

/* TYPE is one of before...: then *ret is what the request named gets. */
bool depend_before(enum depend_type type, enum depend_type *ret);

/* What becomes of a gate: it waits, it is met, it can never be met. */
enum depend_gate { DEPEND_WAIT, DEPEND_MET, DEPEND_NEVER };

/*
 * Of TYPE (after...) when the request that it names has BEGUN, or has ENDED
 * (well: OK).
 */
enum depend_gate depend_gate(enum depend_type type, bool begun, bool ended, bool ok);

/* Did a request end well whose status and reason (LENGTH bytes) are these? */
bool depend_ended_ok(int64_t status, const char *reason, size_t length);

/* Append TYPE:ID to OUT, in which dependencies of one type stand together. */
void depend_add(struct buf *out, enum depend_type *last, enum depend_type type, const char *id,
                size_t length);

#endif
