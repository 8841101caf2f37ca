/*
 * page.c - gathering rows; see page.h.
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { PAGE_BYTES = 512 * 1024 };

void page_init(struct page *page, const nqs_status_args *args)
{
    *page = (struct page){.rows_max = NQS_ROWS_MAX};
    page->everything = args->only.only_len == 0;
    for (unsigned i = 0; i < args->only.only_len; i++)
        if (args->only.only_val[i] < ATTR_IDS)
            page->only[args->only.only_val[i] / 32] |= 1u << args->only.only_val[i] % 32;
    if (args->rows_max && args->rows_max < NQS_ROWS_MAX)
        page->rows_max = args->rows_max;
}

void page_done(struct page *page)
{
    wire_done(&page->wire);
    buf_done(&page->names);
    mem_free(page->rows);
    mem_free(page->attr_counts);
}

bool page_full(const struct page *page)
{
    return page->count >= page->rows_max ||
           page->wire.space.length + page->wire.count * 16 > PAGE_BYTES;
}

static bool wanted(const struct page *page, uint16_t id)
{
    return page->everything || (id < ATTR_IDS && page->only[id / 32] & 1u << id % 32);
}

/* Stable, so that of two values of an id the later one stays the later. */
static void sort_attrs(struct attrs *attrs)
{
    for (size_t i = 1; i < attrs->count; i++) {
        struct attr attr = attrs->list[i];
        size_t at = i;

        for (; at && attrs->list[at - 1].id > attr.id; at--)
            attrs->list[at] = attrs->list[at - 1];
        attrs->list[at] = attr;
    }
}

void page_add(struct page *page, const char *name, enum nqs_code code, struct attrs *attrs)
{
    size_t before = page->wire.count;

    if (page->count == page->room) {
        page->room = page->room ? page->room * 2 : 32;
        page->rows = mem_grow(page->rows, page->room, sizeof *page->rows);
        page->attr_counts = mem_grow(page->attr_counts, page->room, sizeof *page->attr_counts);
    }
    sort_attrs(attrs);
    for (size_t i = 0; i < attrs->count; i++) {
        bool last = i + 1 == attrs->count || attrs->list[i + 1].id != attrs->list[i].id;

        if (last && wanted(page, attrs->list[i].id) && page->wire.count - before < NQS_ATTRS_MAX)
            wire_add(&page->wire, &attrs->list[i]);
    }
    buf_add(&page->names, name, strlen(name) + 1);
    page->rows[page->count] = (nqs_row){.code = code};
    page->attr_counts[page->count++] = page->wire.count - before;
}

void page_send(struct page *page, struct nqsd *nqsd, const struct call *call)
{
    nqs_status_answer answer = {.code = NQS_OK, .text = (char *)"", .next = page->next};
    char *name = page->names.bytes;
    nqs_attr *attr;

    wire_point(&page->wire);
    attr = page->wire.list;
    for (size_t i = 0; i < page->count; i++) {
        page->rows[i].name = name;
        page->rows[i].attrs.attrs_len = (unsigned)page->attr_counts[i];
        page->rows[i].attrs.attrs_val = attr;
        name += strlen(name) + 1;
        attr += page->attr_counts[i];
    }
    answer.rows.rows_len = (unsigned)page->count;
    answer.rows.rows_val = page->rows;
    reply_send(nqsd, call, &answer);
}
