/*
 * qstat_print.c - what the printers share; see qstat_print.h.
 *
 * The names that were printed: one after another in a buffer, and a table of
 * where each begins, open addressed and never more than half full.  A request
 * costs some thirty bytes.
 */
#include "qstat_print.h"

#include <string.h>

#include "mem.h"

enum { SEEN_SLOTS_MIN = 1024 };

void qstat_page_init(struct qstat_page *page, const struct qstat_look *look)
{
    *page = (struct qstat_page){.look = *look};
    view_init(&page->view);
}

void qstat_page_done(struct qstat_page *page)
{
    mem_free(page->seen.slots);
    buf_done(&page->seen.names);
    view_done(&page->view);
    buf_done(&page->value);
    buf_done(&page->out);
}

/* FNV-1a. */
static size_t seen_hash(const char *name)
{
    uint64_t hash = 14695981039346656037u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot that has NAME, or the empty one where it belongs.  A slot is an offset plus one. */
static size_t *seen_slot(const struct qstat_seen *seen, const char *name)
{
    size_t at = seen_hash(name);

    for (;; at++) {
        size_t *slot = &seen->slots[at & (seen->room - 1)];

        if (!*slot || !strcmp(seen->names.bytes + *slot - 1, name))
            return slot;
    }
}

static void seen_grow(struct qstat_seen *seen)
{
    struct qstat_seen old = *seen;

    seen->room = old.room ? old.room * 2 : SEEN_SLOTS_MIN;
    seen->slots = mem_array(seen->room, sizeof *seen->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i])
            *seen_slot(seen, old.names.bytes + old.slots[i] - 1) = old.slots[i];
    mem_free(old.slots);
}

bool qstat_page_first(struct qstat_page *page, const char *name)
{
    struct qstat_seen *seen = &page->seen;
    size_t *slot;

    if (2 * seen->count >= seen->room)
        seen_grow(seen);
    slot = seen_slot(seen, name);
    if (*slot)
        return false;
    *slot = seen->names.length + 1;
    seen->count++;
    buf_add(&seen->names, name, strlen(name) + 1);
    return true;
}
