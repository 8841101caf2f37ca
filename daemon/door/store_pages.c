/*
 * store_pages.c - walking LMDB's B-trees by hand; see store_pages.h.
 *
 * Everything that LMDB would follow is followed here first: roots, children,
 * offsets, lengths, overflow runs, the list of free pages; no page may be used
 * twice.  store_page.h has the format.
 *
 * Transaction N writes the meta page N & 1, so the two differ by one, always:
 * this tells a flipped bit in the newer number, which would silently bring the
 * commit before back, from an honest file.
 *
 * Keys out of order are the one thing that is let pass here, where a record's
 * own checksum says that its key is damaged: it will be found by store_load(),
 * and one record must not stop the start.
 */
#include "store_pages.h"

#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "mem.h"
#include "store_page.h"
#include "store_record.h"

struct pages {
    const uint8_t *map;
    size_t size;    /* of a page */
    uint64_t count; /* whole pages in the file */
    uint64_t last;
    uint8_t *seen; /* a bit for each page of the file */
    struct store_pages_sum sum;
    uint64_t grave; /* problems that LMDB might stumble over */
    const char *path;
    FILE *out;
    struct nqs_err *err;
};

/* A tree that is being walked. */
struct grove {
    const char *name;
    unsigned table; /* 0 when its records are not ours */
    bool integer;   /* the list of free pages: keys are u64 of this machine */
    bool trees;     /* the tree of tables: records are roots */
    unsigned depth;
    uint64_t records;
};

static const struct grove grove_free = {.name = "free pages", .integer = true};
static const struct grove grove_main = {.name = "tables", .trees = true};

__attribute__((format(printf, 3, 4))) static void problem(struct pages *pages, bool grave,
                                                          const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (grave && pages->grave++ == 0)
        nqs_fail(pages->err, NQS_DAMAGED,
                 "store %s is damaged: %s; see nqsd --verify, restore a backup", pages->path, text);
    if (pages->out)
        fprintf(pages->out, "%s: %s\n", grave ? "pages" : "pages (harmless)", text);
    pages->sum.problems++;
}

/* Is there anything left to look for? */
static bool gave_up(const struct pages *pages)
{
    return pages->grave && !pages->out;
}

/* Take COUNT pages from NUMBER on; false when they are not there or somebody has them. */
static bool pages_take(struct pages *pages, uint64_t number, uint64_t count, bool written)
{
    if (number < 2 || number > pages->last || count > pages->last - number + 1 ||
        (written && (number >= pages->count || count > pages->count - number)))
        return false;
    for (uint64_t at = number; at < number + count && at < pages->count; at++) {
        uint8_t bit = (uint8_t)(1u << (at & 7));

        if (pages->seen[at >> 3] & bit)
            return false;
        pages->seen[at >> 3] |= bit;
    }
    return true;
}

/* The data of a leaf's node, which may lie in pages of its own; false when it is not there. */
static bool node_data(struct pages *pages, const uint8_t *node, struct store_bytes *ret)
{
    const uint8_t *data = node + NODE_HEADER + get16(node + 6);
    uint64_t length = get32(node);
    const uint8_t *page;
    uint64_t count;

    *ret = store_bytes(data, length);
    if (!(get16(node + 4) & NODE_BIG))
        return true;
    count = (PAGE_HEADER - 1 + length) / pages->size + 1;
    if (!pages_take(pages, get64(data), count, true))
        return false;
    pages->sum.used += count;
    page = pages->map + get64(data) * pages->size;
    *ret = store_bytes(page + PAGE_HEADER, length);
    return get64(page) == get64(data) && get16(page + 10) == PAGE_OVERFLOW &&
           get32(page + 12) == count;
}

/* Do the nodes of PAGE fill what is theirs, each within it, nothing over? */
static bool page_filled(const struct pages *pages, const uint8_t *page, bool leaf)
{
    size_t lower = get16(page + 12);
    size_t upper = get16(page + 14);
    size_t sum = 0;

    if (lower < PAGE_HEADER + 2u || lower % 2 || lower > upper || upper > pages->size)
        return false;
    for (size_t at = PAGE_HEADER; at < lower; at += 2) {
        size_t offset = get16(page + at);

        if (offset < upper || offset % 2 || offset + NODE_HEADER > pages->size ||
            node_bytes(page + offset, leaf) > pages->size - offset)
            return false;
        sum += node_bytes(page + offset, leaf);
    }
    return sum == pages->size - upper;
}

static int key_compare(const struct grove *grove, struct store_bytes a, struct store_bytes b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int way;

    if (grove->integer && a.length == 8 && b.length == 8)
        return get64(a.bytes) < get64(b.bytes) ? -1 : get64(a.bytes) > get64(b.bytes);
    way = shorter ? memcmp(a.bytes, b.bytes, shorter) : 0;
    return way ? way : (a.length > b.length) - (a.length < b.length);
}

/* The keys that a page may hold: LOWER <= key < UPPER; NULL bytes are no bound. */
struct range {
    struct store_bytes lower;
    struct store_bytes upper;
};

static bool in_range(const struct grove *grove, const struct range *range, struct store_bytes key)
{
    return (!range->lower.bytes || key_compare(grove, key, range->lower) >= 0) &&
           (!range->upper.bytes || key_compare(grove, key, range->upper) < 0);
}

/* A list of free pages: u64 count, then page numbers, falling. */
static void check_free(struct pages *pages, struct store_bytes data)
{
    const uint8_t *at = data.bytes;
    uint64_t count = data.length >= 8 ? get64(at) : UINT64_MAX;

    if (data.length % 8 || count > data.length / 8 - 1) {
        problem(pages, true, "a list of free pages has a wrong length");
        return;
    }
    for (uint64_t i = 1; i <= count && !gave_up(pages); i++) {
        if (!pages_take(pages, get64(at + 8 * i), 1, false))
            problem(pages, true, "page %llu is listed as free, but it cannot be",
                    (unsigned long long)get64(at + 8 * i));
        else if (i > 1 && get64(at + 8 * i) >= get64(at + 8 * i - 8))
            problem(pages, true, "a list of free pages is not in order");
    }
    pages->sum.free += count;
}

static void check_tree(struct pages *pages, const struct grove *kind, const uint8_t *tree);

/* A record of the tree of tables is a table. */
static void check_table(struct pages *pages, const uint8_t *node, struct store_bytes data)
{
    struct store_bytes name = node_key(node);
    struct grove grove = {.name = "a table that this program does not know"};

    if (get16(node + 4) != NODE_TREE || data.length != TREE_BYTES) {
        problem(pages, true, "the list of tables holds what is no table");
        return;
    }
    for (unsigned table = 1; table < STORE_TABLE_END; table++) {
        const char *known = store_table_name(table);

        if (strlen(known) == name.length && memcmp(known, name.bytes, name.length) == 0) {
            grove.name = known;
            grove.table = table;
        }
    }
    check_tree(pages, &grove, data.bytes);
}

/* Is the record of NODE one that store_load() will take out? */
static bool node_damaged(const struct grove *grove, struct store_bytes key, struct store_bytes data)
{
    struct store_bytes value;

    return grove->table && store_record_open(grove->table, key, data, &value);
}

/* What a record holds, as far as it is LMDB that reads it. */
static void check_record(struct pages *pages, const struct grove *grove, const uint8_t *node,
                         struct store_bytes data)
{
    if (grove->integer)
        check_free(pages, data);
    else if (grove->trees)
        check_table(pages, node, data);
    else if (get16(node + 4) & ~NODE_BIG)
        problem(pages, true, "a record of %s has flags %#x", grove->name, get16(node + 4));
}

static void check_leaf(struct pages *pages, struct grove *grove, const uint8_t *page,
                       const struct range *range)
{
    struct range left = *range;
    struct store_bytes last_key = {NULL, 0};
    struct store_bytes last_data = {NULL, 0};

    for (size_t i = 0; i < page_nodes(page) && !gave_up(pages); i++) {
        const uint8_t *node = page_node(page, i);
        struct store_bytes key = node_key(node);
        struct store_bytes data;
        bool ordered = in_range(grove, &left, key);
        bool last_damaged = !ordered && last_key.bytes && node_damaged(grove, last_key, last_data);

        if (!node_data(pages, node, &data) || !key.length) {
            problem(pages, true, "a record of %s lies where none can be", grove->name);
            continue;
        }
        if (!ordered && !last_damaged && !node_damaged(grove, key, data))
            problem(pages, true, "keys of %s are out of order", grove->name);
        if (ordered || last_damaged)
            left.lower = key;
        check_record(pages, grove, node, data);
        last_key = key;
        last_data = data;
        grove->records++;
    }
}

static void check_page(struct pages *pages, struct grove *grove, uint64_t number, unsigned depth,
                       const struct range *range);

static void check_branch(struct pages *pages, struct grove *grove, const uint8_t *page,
                         unsigned depth, const struct range *range)
{
    struct range part = *range;
    size_t count = page_nodes(page);

    /* LMDB demands this itself, but for its list of free pages. */
    if (count < 2 && !grove->integer)
        problem(pages, true, "a branch of %s has one child", grove->name);
    for (size_t i = 0; i < count && !gave_up(pages); i++) {
        const uint8_t *node = page_node(page, i);

        part.upper = i + 1 < count ? node_key(page_node(page, i + 1)) : range->upper;
        /* The key of the first child is not looked at by anybody: it is the branch's own. */
        if (i > 0 && !in_range(grove, &part, node_key(node)))
            problem(pages, true, "branches of %s are out of order", grove->name);
        if (i > 0)
            part.lower = node_key(node);
        check_page(pages, grove, node_child(node), depth + 1, &part);
    }
}

static void check_page(struct pages *pages, struct grove *grove, uint64_t number, unsigned depth,
                       const struct range *range)
{
    const uint8_t *page = pages->map + number * pages->size;
    bool leaf = depth == grove->depth;

    if (!pages_take(pages, number, 1, true)) {
        problem(pages, true, "%s: page %llu is not there, or used twice", grove->name,
                (unsigned long long)number);
        return;
    }
    pages->sum.used++;
    if (get64(page) != number || get16(page + 10) != (leaf ? PAGE_LEAF : PAGE_BRANCH) ||
        !page_filled(pages, page, leaf)) {
        problem(pages, true, "%s: page %llu is no %s", grove->name, (unsigned long long)number,
                leaf ? "leaf" : "branch");
        return;
    }
    if (leaf)
        check_leaf(pages, grove, page, range);
    else
        check_branch(pages, grove, page, depth, range);
}

/* A tree of KIND, as it is described at TREE. */
static void check_tree(struct pages *pages, const struct grove *kind, const uint8_t *tree)
{
    struct grove grove = *kind;
    struct range all = {{NULL, 0}, {NULL, 0}};
    uint64_t root = get64(tree + 40);

    grove.depth = get16(tree + 6);
    if (get16(tree + 4) != (kind->integer ? TREE_INTEGER : 0) || grove.depth > DEPTH_MAX ||
        (root == PAGE_NONE) != (grove.depth == 0)) {
        problem(pages, true, "the root of %s is damaged", kind->name);
        return;
    }
    if (grove.depth)
        check_page(pages, &grove, root, 1, &all);
    if (!pages->grave && grove.records != get64(tree + 32))
        problem(pages, false, "%s: %llu records are there, %llu were counted", kind->name,
                (unsigned long long)grove.records, (unsigned long long)get64(tree + 32));
}

static bool meta_sound(const struct pages *pages, const uint8_t *page, unsigned number)
{
    const uint8_t *meta = page + META_AT;
    uint64_t txn = get64(meta + META_TXN);

    return get64(page) == number && get16(page + 10) == PAGE_META &&
           get32(meta) == (uint32_t)META_MAGIC && get32(meta + 4) == META_VERSION &&
           get32(meta + META_FREE) == pages->size && (txn == 0 || (txn & 1) == number);
}

/* The newer of the two meta pages, or NULL. */
static const uint8_t *meta_choose(struct pages *pages)
{
    const uint8_t *pair[2] = {pages->map, pages->map + pages->size};
    uint64_t txn[2];

    for (unsigned i = 0; i < 2; i++) {
        txn[i] = get64(pair[i] + META_AT + META_TXN);
        if (!meta_sound(pages, pair[i], i)) {
            problem(pages, true, "meta page %u is damaged", i);
            return NULL;
        }
    }
    if (txn[0] + 1 != txn[1] && txn[1] + 1 != txn[0] && (txn[0] || txn[1])) {
        problem(pages, true, "the two meta pages do not follow each other");
        return NULL;
    }
    return pair[txn[0] < txn[1]] + META_AT;
}

static void check_all(struct pages *pages)
{
    const uint8_t *meta = meta_choose(pages);

    if (!meta)
        return;
    pages->last = get64(meta + META_LAST);
    pages->sum.pages = pages->last + 1;
    pages->seen = mem_new((size_t)pages->count / 8 + 1);
    check_tree(pages, &grove_main, meta + META_MAIN);
    check_tree(pages, &grove_free, meta + META_FREE);
    /* Pages of the end may never have been written, but only when they are free. */
    if (!pages->grave && pages->last >= pages->count &&
        pages->last - pages->count >= pages->sum.free)
        problem(pages, true, "the file is too short: page %llu should be there",
                (unsigned long long)pages->last);
    if (!pages->grave && pages->sum.used + pages->sum.free + 2 != pages->sum.pages)
        problem(pages, false, "%lld pages are neither used nor free",
                (long long)(pages->sum.pages - pages->sum.used - pages->sum.free - 2));
    mem_free(pages->seen);
}

enum nqs_code store_pages_check(int fd, const char *path, FILE *out,
                                struct store_pages_sum *ret_sum, struct nqs_err *err)
{
    struct pages pages = {.path = path, .out = out, .err = err};
    struct stat status;
    void *map;

    if (fstat(fd, &status) < 0)
        return nqs_fail_errno(err, NQS_STORE, "store %s", path);
    if (status.st_size < 2 * (META_AT + META_BYTES))
        return nqs_fail(err, NQS_DAMAGED, "store %s is damaged: data.mdb is too short", path);
    map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return nqs_fail_errno(err, NQS_STORE, "store %s", path);
    pages.map = map;
    pages.size = get32(pages.map + META_AT + META_FREE);
    if (pages.size < 512 || pages.size > 65536 || (pages.size & (pages.size - 1)) ||
        (uint64_t)status.st_size < 2 * pages.size) {
        problem(&pages, true, "meta page 0 is damaged");
    } else {
        pages.count = (uint64_t)status.st_size / pages.size;
        check_all(&pages);
    }
    munmap(map, (size_t)status.st_size);
    if (ret_sum)
        *ret_sum = pages.sum;
    return pages.grave ? NQS_DAMAGED : NQS_OK;
}
