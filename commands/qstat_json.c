/*
 * qstat_json.c - rows as one JSON document in PBS Pro's shape; see
 * qstat_print.h.
 *
 * Strict readers refuse a key that comes twice, and one environment may well
 * name a variable twice, or two that differ in a byte that is no UTF-8 and is
 * replaced.  So keys are compared as they will be written, and the last wins.
 *
 * A request may come twice, too: named by two operands, or listed while it ran
 * and again at the end of a long listing, among those that have ended since.
 * What came first stays.
 */
#include "qstat_print.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* An item of a list: where it is, and where its key stands as it will be written. */
struct pair {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
    size_t key;
    size_t key_length;
    size_t place; /* in the list */
    bool dropped;
};

struct pairs {
    struct pair *list;
    size_t count;
    struct buf keys;
};

static void pairs_split(struct pairs *pairs, const char *list, size_t length)
{
    const char *end = list + length;

    for (const char *at = list; at < end; at += strnlen(at, (size_t)(end - at)) + 1)
        pairs->count++;
    pairs->list = mem_array(pairs->count, sizeof *pairs->list);
    for (size_t i = 0; i < pairs->count; i++) {
        struct pair *pair = &pairs->list[i];
        size_t whole = strnlen(list, (size_t)(end - list));
        const char *equals = memchr(list, '=', whole);

        pair->name = list;
        pair->name_length = equals ? (size_t)(equals - list) : whole;
        pair->value = equals ? equals + 1 : list + whole;
        pair->value_length = (size_t)(list + whole - pair->value);
        pair->key = pairs->keys.length;
        json_string(&pairs->keys, pair->name, pair->name_length);
        pair->key_length = pairs->keys.length - pair->key;
        pair->place = i;
        list += whole + 1;
    }
}

static int pair_compare_keys(const struct pair *a, const struct pair *b, const char *keys)
{
    size_t least = a->key_length < b->key_length ? a->key_length : b->key_length;
    int order = memcmp(keys + a->key, keys + b->key, least);

    if (order)
        return order;
    return (a->key_length > b->key_length) - (a->key_length < b->key_length);
}

static int pair_by_key(const void *left, const void *right, void *keys)
{
    const struct pair *a = left;
    const struct pair *b = right;
    int order = pair_compare_keys(a, b, keys);

    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int pair_by_place(const void *left, const void *right, void *keys)
{
    const struct pair *a = left;
    const struct pair *b = right;

    (void)keys;
    return (a->place > b->place) - (a->place < b->place);
}

static void pairs_drop(struct pairs *pairs)
{
    qsort_r(pairs->list, pairs->count, sizeof *pairs->list, pair_by_key, pairs->keys.bytes);
    for (size_t i = 0; i + 1 < pairs->count; i++)
        pairs->list[i].dropped =
            !pair_compare_keys(&pairs->list[i], &pairs->list[i + 1], pairs->keys.bytes);
    qsort_r(pairs->list, pairs->count, sizeof *pairs->list, pair_by_place, NULL);
}

static void json_list(struct json *json, const struct view_item *item)
{
    struct pairs pairs = {0};

    pairs_split(&pairs, item->list, item->length);
    pairs_drop(&pairs);
    json_open(json, item->name, strlen(item->name));
    for (size_t i = 0; i < pairs.count; i++) {
        const struct pair *pair = &pairs.list[i];

        if (!pair->dropped)
            json_text(json, pair->name, pair->name_length, pair->value, pair->value_length);
    }
    json_close(json);
    mem_free(pairs.list);
    buf_done(&pairs.keys);
}

/* Write ITEM as the member NAME. */
static void json_item(struct qstat_page *page, const struct view_item *item, const char *name)
{
    if (item->form == VIEW_NUMBER)
        json_number(&page->json, name, item->number);
    else if (item->form == VIEW_LIST)
        json_list(&page->json, item);
    else
        json_text(&page->json, name, strlen(name), page->view.texts.bytes + item->offset,
                  item->length);
}

/* The length of `Resource_List.` with its dot; 0 when NAME has none. */
static size_t prefix_of(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? (size_t)(dot - name) + 1 : 0;
}

static bool same_prefix(const struct view_item *item, const char *name, size_t prefix)
{
    return !strncmp(item->name, name, prefix);
}

/* What shares a prefix is one object, written where the first of them stands. */
static void json_group(struct qstat_page *page, size_t first, size_t prefix)
{
    const struct view *view = &page->view;
    const char *name = view->items[first].name;

    for (size_t i = 0; i < first; i++)
        if (same_prefix(&view->items[i], name, prefix))
            return;
    json_open(&page->json, name, prefix - 1);
    for (size_t i = first; i < view->count; i++)
        if (same_prefix(&view->items[i], name, prefix))
            json_item(page, &view->items[i], view->items[i].name + prefix);
    json_close(&page->json);
}

static void json_row(struct qstat_page *page, const char *name, const struct attrs *attrs)
{
    if (!qstat_page_first(page, name))
        return;
    view_fill(&page->view, page->look.of, name, attrs, true);
    json_open(&page->json, name, strlen(name));
    for (size_t i = 0; i < page->view.count; i++) {
        const struct view_item *item = &page->view.items[i];
        size_t prefix = prefix_of(item->name);

        if (prefix)
            json_group(page, i, prefix);
        else
            json_item(page, item, item->name);
    }
    json_close(&page->json);
}

static void json_start(struct qstat_page *page)
{
    static const char *const heads[] = {
        [OF_JOB] = "Jobs", [OF_QUEUE] = "Queue", [OF_SERVER] = "Server"};
    const struct qstat_look *look = &page->look;
    struct json *json = &page->json;

    json_begin(json, &page->out);
    json_number(json, "timestamp", look->timestamp);
    json_text(json, "pbs_version", strlen("pbs_version"), look->version, strlen(look->version));
    json_text(json, "pbs_server", strlen("pbs_server"), look->server, strlen(look->server));
    json_open(json, heads[look->of], strlen(heads[look->of]));
}

static void json_finish(struct qstat_page *page)
{
    json_close(&page->json);
    json_end(&page->json);
}

const struct qstat_printer qstat_json = {json_start, json_row, json_finish};
