/*
 * qstat_print.h - rows of status as text: a table, in full, or JSON.
 *
 * A printer appends to page->out and keeps nothing of the rows; whoever drives
 * it empties the buffer as it fills.  None of them reads a locale or asks
 * where its output goes, so the same rows give the same bytes everywhere.
 */
#ifndef NQS_COMMANDS_QSTAT_PRINT_H
#define NQS_COMMANDS_QSTAT_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "buf.h"
#include "json.h"
#include "view.h"

/* What is to be printed, and how. */
struct qstat_look {
    enum attr_of of;    /* requests, queues or servers */
    bool wide;          /* wider columns; long values are not folded */
    bool reason;        /* a line below each request that waits, in the table */
    int64_t timestamp;  /* JSON: seconds since 1970 */
    const char *server; /* JSON: the server's name and version; borrowed */
    const char *version;
};

/* Names of rows. */
struct qstat_seen {
    size_t *slots; /* owned */
    size_t room;   /* a power of two */
    size_t count;
    struct buf names;
};

struct qstat_page {
    struct qstat_look look;
    struct buf out;
    bool begun; /* the table's header has been printed */
    struct view view;
    struct json json;
    struct qstat_seen seen; /* JSON: what was printed */
};

struct qstat_printer {
    void (*begin)(struct qstat_page *page);
    void (*row)(struct qstat_page *page, const char *name, const struct attrs *attrs);
    void (*end)(struct qstat_page *page);
};

extern const struct qstat_printer qstat_table;
extern const struct qstat_printer qstat_full;
extern const struct qstat_printer qstat_json;

/* Copies LOOK, borrows its texts. */
void qstat_page_init(struct qstat_page *page, const struct qstat_look *look);
void qstat_page_done(struct qstat_page *page);

/* True when no row NAME has come before; remembers it. */
bool qstat_page_first(struct qstat_page *page, const char *name);

#endif
