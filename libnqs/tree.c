/*
 * tree.c - a treap with subtree sizes; see tree.h.
 */
#include "tree.h"

#include <assert.h>

static uint32_t tree_count(const struct tree_node *node)
{
    return node ? node->size : 0;
}

static void tree_resize(struct tree_node *node)
{
    node->size = 1 + tree_count(node->left) + tree_count(node->right);
}

void tree_init(struct tree *tree, tree_compare *compare)
{
    *tree = (struct tree){.compare = compare, .seed = 0x9e3779b9};
}

uint32_t tree_size(const struct tree *tree)
{
    return tree_count(tree->root);
}

/* xorshift32: any sequence without a short period will do. */
static uint32_t tree_draw(struct tree *tree)
{
    tree->seed ^= tree->seed << 13;
    tree->seed ^= tree->seed >> 17;
    tree->seed ^= tree->seed << 5;
    return tree->seed;
}

/* Divide AT into the nodes before KEY and those behind it. */
static void tree_split(const struct tree *tree, struct tree_node *at, const struct tree_node *key,
                       struct tree_node **less, struct tree_node **more)
{
    if (!at) {
        *less = *more = NULL;
        return;
    }
    if (tree->compare(key, at) < 0) {
        *more = at;
        tree_split(tree, at->left, key, less, &at->left);
    } else {
        *less = at;
        tree_split(tree, at->right, key, &at->right, more);
    }
    tree_resize(at);
}

/* Join LESS and MORE, all of LESS standing before all of MORE. */
static struct tree_node *tree_merge(struct tree_node *less, struct tree_node *more)
{
    if (!less)
        return more;
    if (!more)
        return less;
    if (less->weight >= more->weight) {
        less->right = tree_merge(less->right, more);
        tree_resize(less);
        return less;
    }
    more->left = tree_merge(less, more->left);
    tree_resize(more);
    return more;
}

void tree_insert(struct tree *tree, struct tree_node *node)
{
    struct tree_node **link = &tree->root;

    *node = (struct tree_node){.weight = tree_draw(tree)};
    while (*link && (*link)->weight >= node->weight) {
        int order = tree->compare(node, *link);

        assert(order != 0);
        (*link)->size++;
        link = order < 0 ? &(*link)->left : &(*link)->right;
    }
    tree_split(tree, *link, node, &node->left, &node->right);
    tree_resize(node);
    *link = node;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node **link = &tree->root;

    while (*link != node) {
        assert(*link);
        (*link)->size--;
        link = tree->compare(node, *link) < 0 ? &(*link)->left : &(*link)->right;
    }
    *link = tree_merge(node->left, node->right);
    *node = (struct tree_node){0};
}

struct tree_node *tree_find(const struct tree *tree, const struct tree_node *probe)
{
    struct tree_node *at = tree->root;

    while (at) {
        int order = tree->compare(probe, at);

        if (order == 0)
            return at;
        at = order < 0 ? at->left : at->right;
    }
    return NULL;
}

struct tree_node *tree_first(const struct tree *tree)
{
    struct tree_node *at = tree->root;

    while (at && at->left)
        at = at->left;
    return at;
}

struct tree_node *tree_after(const struct tree *tree, const struct tree_node *probe)
{
    struct tree_node *at = tree->root;
    struct tree_node *best = NULL;

    while (at) {
        if (tree->compare(probe, at) < 0) {
            best = at;
            at = at->left;
        } else {
            at = at->right;
        }
    }
    return best;
}

struct tree_walker {
    const struct tree *tree;
    const struct tree_node *probe;
    bool (*visit)(void *context, struct tree_node *node);
    void *context;
};

/* As deep as the tree is high, which the draw of weights keeps to some dozens of levels. */
static bool tree_walk_from(const struct tree_walker *walker, struct tree_node *at, bool all)
{
    for (; at; at = at->right) {
        bool here = all || walker->tree->compare(walker->probe, at) < 0;

        if (here && !(tree_walk_from(walker, at->left, all) && walker->visit(walker->context, at)))
            return false;
        all = here;
    }
    return true;
}

bool tree_walk(const struct tree *tree, const struct tree_node *probe,
               bool (*visit)(void *context, struct tree_node *node), void *context)
{
    struct tree_walker walker = {tree, probe, visit, context};

    return tree_walk_from(&walker, tree->root, false);
}

uint32_t tree_rank(const struct tree *tree, const struct tree_node *node)
{
    const struct tree_node *at = tree->root;
    uint32_t before = 0;

    while (at != node) {
        assert(at);
        if (tree->compare(node, at) < 0) {
            at = at->left;
        } else {
            before += 1 + tree_count(at->left);
            at = at->right;
        }
    }
    return before + tree_count(at->left);
}
