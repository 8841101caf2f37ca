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
#include "dialect.h"
#include "json.h"
#include "view.h"

/* What is to be printed, and how. */
struct qstat_look {
    enum attr_of of;    /* requests, queues or servers */
    bool wide;          /* wider columns; long values are not folded */
    bool reason;        /* why a request waits, below it (qstat_alt) */
    bool nodes;         /* where it runs, likewise */
    bool once;          /* both in the row's own line */
    bool estimate;      /* when it will start instead of how long it has run (qstat_alt) */
    bool percent;       /* how much of its time has passed instead of the time (qstat_table) */
    char unit;          /* of memory: G, M for words, else what fits (qstat_alt) */
    int64_t timestamp;  /* seconds since 1970 */
    const char *server; /* the server's name and version; borrowed */
    const char *version;
    const char *delimiter; /* qstat_dsv; borrowed */
    const struct dialect *dialect;
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
    struct buf value;       /* of an item, while it is printed */
    int64_t running;        /* -q: the sums */
    int64_t waiting;
};

struct qstat_printer {
    void (*begin)(struct qstat_page *page);
    void (*row)(struct qstat_page *page, const char *name, const struct attrs *attrs);
    void (*end)(struct qstat_page *page);
};

extern const struct qstat_printer qstat_table;
extern const struct qstat_printer qstat_full;
extern const struct qstat_printer qstat_json;
extern const struct qstat_printer qstat_alt;  /* -a and its kin, -q */
extern const struct qstat_printer qstat_nqs;  /* NQSII's table */
extern const struct qstat_printer qstat_long; /* -l */
extern const struct qstat_printer qstat_dsv;
extern const struct qstat_printer qstat_xml;

/* Copies LOOK, borrows its texts. */
void qstat_page_init(struct qstat_page *page, const struct qstat_look *look);
void qstat_page_done(struct qstat_page *page);

/*
 * Append TEXT in WIDTH columns of a table, without blanks or what is not fit to
 * print.  What does not fit is cut; MARK: `*` in the last column says so.
 */
void qstat_cell(struct buf *out, const char *text, size_t length, size_t width, bool mark);

/* An id likewise; it is never cut within its digits. */
void qstat_cell_id(struct buf *out, const char *name, size_t width);

/* True when no row NAME has come before; remembers it. */
bool qstat_page_first(struct qstat_page *page, const char *name);

#endif
