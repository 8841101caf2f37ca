/*
 * quota.c - counts by user; see quota.h.
 */
#include "quota.h"

#include <assert.h>

#include "mem.h"

struct quota_user {
    struct tree_node node;
    uid_t uid;
    unsigned count;
};

static int quota_compare(const struct tree_node *a, const struct tree_node *b)
{
    uid_t one = TREE_OF(a, struct quota_user, node)->uid;
    uid_t other = TREE_OF(b, struct quota_user, node)->uid;

    return one < other ? -1 : one > other;
}

void quota_init(struct quota *quota)
{
    tree_init(&quota->users, quota_compare);
}

void quota_done(struct quota *quota)
{
    while (!tree_empty(&quota->users)) {
        struct tree_node *first = tree_first(&quota->users);

        tree_remove(&quota->users, first);
        mem_free(TREE_OF(first, struct quota_user, node));
    }
}

static struct quota_user *quota_find(const struct quota *quota, uid_t uid)
{
    struct quota_user probe = {.uid = uid};

    return TREE_OF(tree_find(&quota->users, &probe.node), struct quota_user, node);
}

unsigned quota_count(const struct quota *quota, uid_t uid)
{
    const struct quota_user *user = quota_find(quota, uid);

    return user ? user->count : 0;
}

void quota_add(struct quota *quota, uid_t uid)
{
    struct quota_user *user = quota_find(quota, uid);

    if (!user) {
        user = mem_new(sizeof *user);
        user->uid = uid;
        tree_insert(&quota->users, &user->node);
    }
    user->count++;
}

void quota_drop(struct quota *quota, uid_t uid)
{
    struct quota_user *user = quota_find(quota, uid);

    assert(user && user->count);
    if (--user->count)
        return;
    tree_remove(&quota->users, &user->node);
    mem_free(user);
}
