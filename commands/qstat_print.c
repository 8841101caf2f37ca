/*
 * qstat_print.c - what the printers share; see qstat_print.h.
 */
#include "qstat_print.h"

#include <string.h>

#include "mem.h"

/* A name that was printed already. */
struct seen {
    struct tree_node node;
    char *name; /* owned */
};

static int seen_compare(const struct tree_node *a, const struct tree_node *b)
{
    return strcmp(TREE_OF(a, struct seen, node)->name, TREE_OF(b, struct seen, node)->name);
}

void qstat_page_init(struct qstat_page *page, const struct qstat_look *look)
{
    *page = (struct qstat_page){.look = *look};
    view_init(&page->view);
    tree_init(&page->seen, seen_compare);
}

void qstat_page_done(struct qstat_page *page)
{
    struct tree_node *node;

    while ((node = tree_first(&page->seen))) {
        struct seen *seen = TREE_OF(node, struct seen, node);

        tree_remove(&page->seen, node);
        mem_free(seen->name);
        mem_free(seen);
    }
    view_done(&page->view);
    buf_done(&page->out);
}

bool qstat_page_first(struct qstat_page *page, const char *name)
{
    struct seen *seen = mem_new(sizeof *seen);

    seen->name = mem_text(name);
    if (!tree_find(&page->seen, &seen->node)) {
        tree_insert(&page->seen, &seen->node);
        return true;
    }
    mem_free(seen->name);
    mem_free(seen);
    return false;
}
