/*
 * store_page.h - reading a page of LMDB's file by hand; private to store_pages.c.
 *
 * The format is LMDB 0.9's, data version 1, of this machine's byte order:
 *
 *   page    0 u64 its number   10 u16 flags   12 u16 lower   14 u16 upper
 *           16 u16 offsets of nodes, up to lower; nodes fill upper..end exactly
 *           (of an overflow run: 12 u32 how many pages, 16 data)
 *   node    0 u32 length of data (leaf) or page number bits 0-31 (branch)
 *           4 u16 flags (leaf) or page number bits 32-47  6 u16 key length
 *           8 key, then data (branch: none; NODE_BIG: u64 first overflow page)
 *   tree    4 u16 flags  6 u16 depth  32 u64 records  40 u64 root page
 *   meta    page 0 or 1, at 16: 0 u32 magic  4 u32 version  24 tree of free
 *           pages (0 u32 page size)  72 tree of tables  120 u64 last page
 *           128 u64 transaction
 *
 * Nothing here looks at bounds: page_filled() of store_pages.c does, first.
 */
#ifndef NQS_DOOR_STORE_PAGE_H
#define NQS_DOOR_STORE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "store.h"

#define PAGE_NONE UINT64_MAX

enum {
    META_MAGIC = (int)0xbeefc0de,
    META_VERSION = 1,
    META_AT = 16,
    META_FREE = 24,
    META_MAIN = 72,
    META_LAST = 120,
    META_TXN = 128,
    META_BYTES = 136,
    PAGE_HEADER = 16,
    PAGE_BRANCH = 1,
    PAGE_LEAF = 2,
    PAGE_OVERFLOW = 4,
    PAGE_META = 8,
    NODE_HEADER = 8,
    NODE_BIG = 1,
    NODE_TREE = 2,
    TREE_BYTES = 48,
    TREE_INTEGER = 8, /* the only flag that a tree of ours has: the free pages' */
    DEPTH_MAX = 32,   /* LMDB's stack */
};

static inline uint16_t get16(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t get32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t get64(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline struct store_bytes node_key(const uint8_t *node)
{
    return store_bytes(node + NODE_HEADER, get16(node + 6));
}

static inline uint64_t node_child(const uint8_t *node)
{
    return get32(node) | (uint64_t)get16(node + 4) << 32;
}

static inline size_t node_bytes(const uint8_t *node, bool leaf)
{
    size_t bytes = NODE_HEADER + get16(node + 6);

    if (leaf)
        bytes += get16(node + 4) & NODE_BIG ? sizeof(uint64_t) : get32(node);
    return (bytes + 1) & ~(size_t)1;
}

static inline const uint8_t *page_node(const uint8_t *page, size_t index)
{
    return page + get16(page + PAGE_HEADER + 2 * index);
}

static inline size_t page_nodes(const uint8_t *page)
{
    return (size_t)(get16(page + 12) - PAGE_HEADER) / 2;
}

#endif
