/*
 * tree.h - an ordered set of things that carry their own node.
 *
 * A treap: a binary search tree by `compare`, a heap by random weights drawn
 * from the tree's own counter, so that the same insertions make the same tree.
 * No node has a parent pointer (a row of a million pays for each byte); a walk
 * steps by searching for the next greater element, which also makes a walk
 * safe against removal of where it stands.  Sizes are kept for tree_rank().
 */
#ifndef NQS_TREE_H
#define NQS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_node {
    struct tree_node *left;
    struct tree_node *right;
    uint32_t weight;
    uint32_t size;
};

/* Negative, zero, positive as A stands before, at, behind B. */
typedef int tree_compare(const struct tree_node *a, const struct tree_node *b);

struct tree {
    struct tree_node *root; /* borrows every node */
    tree_compare *compare;
    uint32_t seed;
};

/* The object of TYPE whose member MEMBER is NODE; NULL for NULL. */
#define TREE_OF(node, type, member) ((type *)tree_owner((node), offsetof(type, member)))

static inline void *tree_owner(const struct tree_node *node, size_t offset)
{
    return node ? (char *)(uintptr_t)node - offset : NULL;
}

void tree_init(struct tree *tree, tree_compare *compare);

static inline bool tree_empty(const struct tree *tree)
{
    return !tree->root;
}

/* How many nodes TREE holds. */
uint32_t tree_size(const struct tree *tree);

/* Put NODE in.  An equal node must not be there (asserted). */
void tree_insert(struct tree *tree, struct tree_node *node);

/* Take NODE out.  It must be there (asserted). */
void tree_remove(struct tree *tree, struct tree_node *node);

/* The node equal to PROBE, or NULL. */
struct tree_node *tree_find(const struct tree *tree, const struct tree_node *probe);

/* The first node, or NULL. */
struct tree_node *tree_first(const struct tree *tree);

/* The first node greater than PROBE, which need not be in the tree; or NULL. */
struct tree_node *tree_after(const struct tree *tree, const struct tree_node *probe);

/*
 * Call VISIT with each node greater than PROBE, in order, until it says false; then
 * the result is false too.  VISIT must not change the tree.
 */
bool tree_walk(const struct tree *tree, const struct tree_node *probe,
               bool (*visit)(void *context, struct tree_node *node), void *context);

/* The number of nodes before NODE, which must be there. */
uint32_t tree_rank(const struct tree *tree, const struct tree_node *node);

#endif
