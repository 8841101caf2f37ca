/*
 * test_tree.c - the treap does what a sorted array does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tree.h"

enum { KEYS = 700, STEPS = 30000, MANY = 100000 };

struct item {
    struct tree_node node;
    int key;
};

/* The model: which keys are in. */
static bool in[KEYS];
static struct item items[KEYS];
static struct tree tree;

static int item_compare(const struct tree_node *a, const struct tree_node *b)
{
    return TREE_OF(a, struct item, node)->key - TREE_OF(b, struct item, node)->key;
}

static int key_of(const struct tree_node *node)
{
    return node ? TREE_OF(node, struct item, node)->key : -1;
}

static int model_after(int key)
{
    for (key++; key < KEYS; key++)
        if (in[key])
            return key;
    return -1;
}

static unsigned model_rank(int key)
{
    unsigned rank = 0;

    for (int i = 0; i < key; i++)
        rank += in[i];
    return rank;
}

static void check_around(int key)
{
    struct item probe = {.key = key};
    struct tree_node *found = tree_find(&tree, &probe.node);

    assert_int_equal(key_of(found), in[key] ? key : -1);
    assert_int_equal(key_of(tree_after(&tree, &probe.node)), model_after(key));
    assert_int_equal(key_of(tree_first(&tree)), model_after(-1));
    assert_int_equal(tree_size(&tree), model_rank(KEYS));
    assert_int_equal(tree_empty(&tree), model_rank(KEYS) == 0);
    if (found)
        assert_int_equal(tree_rank(&tree, found), model_rank(key));
}

static unsigned check_shape(const struct tree_node *node)
{
    unsigned size = 1;

    if (!node)
        return 0;
    if (node->left)
        assert_true(node->left->weight <= node->weight && item_compare(node->left, node) < 0);
    if (node->right)
        assert_true(node->right->weight <= node->weight && item_compare(node, node->right) < 0);
    size += check_shape(node->left) + check_shape(node->right);
    assert_int_equal(node->size, size);
    return size;
}

static void test_against_an_array(void **state)
{
    unsigned seed = 1;

    (void)state;
    tree_init(&tree, item_compare);
    memset(in, 0, sizeof in);
    for (int step = 0; step < STEPS; step++) {
        int key = rand_r(&seed) % KEYS;
        bool shrink = step / 5000 % 2; /* grow for a while, then shrink */

        items[key].key = key;
        if (in[key] && (shrink || rand_r(&seed) % 4 == 0)) {
            tree_remove(&tree, &items[key].node);
            in[key] = false;
        } else if (!in[key] && (!shrink || rand_r(&seed) % 4 == 0)) {
            tree_insert(&tree, &items[key].node);
            in[key] = true;
        }
        check_around(rand_r(&seed) % KEYS);
        if (step % 1000 == 0)
            check_shape(tree.root);
    }
}

/* A walk goes on after the removal of where it stands. */
static void test_walk_and_remove(void **state)
{
    int expected = 0;

    (void)state;
    tree_init(&tree, item_compare);
    for (int i = 0; i < KEYS; i++) {
        items[i].key = i;
        tree_insert(&tree, &items[i].node);
    }
    for (struct tree_node *at = tree_first(&tree), *next; at; at = next) {
        struct item here = {.key = key_of(at)};

        assert_int_equal(here.key, expected++);
        if (here.key % 3)
            tree_remove(&tree, at);
        next = tree_after(&tree, &here.node);
    }
    assert_int_equal(expected, KEYS);
    assert_int_equal(tree_size(&tree), (KEYS + 2) / 3);
    assert_null(TREE_OF(NULL, struct item, node));
}

static unsigned depth(const struct tree_node *node)
{
    unsigned left = node ? depth(node->left) : 0;
    unsigned right = node ? depth(node->right) : 0;

    return node ? 1 + (left > right ? left : right) : 0;
}

/* Ascending insertions, the usual case of job numbers, must not make a list. */
static void test_depth_and_sameness(void **state)
{
    struct item *many[2];
    struct tree trees[2];

    (void)state;
    for (int k = 0; k < 2; k++) {
        many[k] = calloc(MANY, sizeof *many[k]);
        tree_init(&trees[k], item_compare);
        for (int i = 0; i < MANY; i++) {
            many[k][i].key = i;
            tree_insert(&trees[k], &many[k][i].node);
        }
    }
    assert_true(depth(trees[0].root) < 60); /* 17 is the least */
    assert_int_equal(tree_rank(&trees[0], &many[0][777].node), 777);
    for (int i = 0; i < MANY; i++) /* the same insertions make the same tree */
        assert_int_equal(key_of(many[0][i].node.left), key_of(many[1][i].node.left));
    free(many[0]);
    free(many[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_an_array),
        cmocka_unit_test(test_walk_and_remove),
        cmocka_unit_test(test_depth_and_sameness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
