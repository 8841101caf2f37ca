/*
 * page.h - one page of rows on its way to a client.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_PAGE_H
#define NQS_NQSD_PAGE_H

#include "nqsd.h"
#include "reply.h"

struct page {
    struct wire_attrs wire;
    struct buf names;    /* each ended by a NUL */
    nqs_row *rows;       /* owned */
    size_t *attr_counts; /* owned */
    size_t count;
    size_t room;
    size_t rows_max;
    uint32_t only[ATTR_IDS / 32]; /* bits of the wanted ids */
    bool everything;
    char next[NQS_NAME_MAX + 1];
};

/* Begin a page for ARGS. */
void page_init(struct page *page, const nqs_status_args *args);
void page_done(struct page *page);

/* No further row fits. */
bool page_full(const struct page *page);

/* Append a row called NAME with CODE and those of ATTRS that are wanted, in order of their ids. */
void page_add(struct page *page, const char *name, enum nqs_code code, struct attrs *attrs);

/* Send the page as the answer to CALL. */
void page_send(struct page *page, struct nqsd *nqsd, const struct call *call);

#endif
