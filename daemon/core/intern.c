/*
 * intern.c - shared texts in a tree by content; see intern.h.
 */
#include "intern.h"

#include <assert.h>
#include <string.h>

#include "mem.h"
#include "tree.h"

struct word {
    struct tree_node node;
    uint32_t handle;
    uint32_t holders;
    uint32_t length;
    const char *text; /* of a probe: borrowed; else behind this struct */
};

struct intern {
    struct tree words;
    struct word **by_handle; /* owned; free handles hold NULL */
    uint32_t *free_handles;
    uint32_t free_count;
    uint32_t count;
    uint32_t room;
};

static int word_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct word *x = TREE_OF(a, struct word, node);
    const struct word *y = TREE_OF(b, struct word, node);
    uint32_t least = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, least);

    return order ? order : (x->length > y->length) - (x->length < y->length);
}

struct intern *intern_new(void)
{
    struct intern *intern = mem_new(sizeof *intern);

    tree_init(&intern->words, word_compare);
    intern->count = 1; /* handle 0 is the empty text */
    intern->room = 64;
    intern->by_handle = mem_array(intern->room, sizeof *intern->by_handle);
    intern->free_handles = mem_array(intern->room, sizeof *intern->free_handles);
    return intern;
}

void intern_free(struct intern *intern)
{
    if (!intern)
        return;
    for (uint32_t i = 1; i < intern->count; i++)
        mem_free(intern->by_handle[i]);
    mem_free(intern->by_handle);
    mem_free(intern->free_handles);
    mem_free(intern);
}

static uint32_t handle_new(struct intern *intern)
{
    if (intern->free_count)
        return intern->free_handles[--intern->free_count];
    if (intern->count == intern->room) {
        intern->room *= 2;
        intern->by_handle = mem_grow(intern->by_handle, intern->room, sizeof *intern->by_handle);
        intern->free_handles =
            mem_grow(intern->free_handles, intern->room, sizeof *intern->free_handles);
    }
    return intern->count++;
}

uint32_t intern_hold(struct intern *intern, const char *text, size_t length)
{
    struct word probe = {.text = text, .length = (uint32_t)length};
    struct word *word;
    char *copy;

    if (!length)
        return 0;
    word = TREE_OF(tree_find(&intern->words, &probe.node), struct word, node);
    if (!word) {
        word = mem_new(sizeof *word + length + 1);
        copy = (char *)(word + 1);
        memcpy(copy, text, length);
        word->text = copy;
        word->length = (uint32_t)length;
        word->handle = handle_new(intern);
        intern->by_handle[word->handle] = word;
        tree_insert(&intern->words, &word->node);
    }
    word->holders++;
    return word->handle;
}

uint32_t intern_find(const struct intern *intern, const char *text, size_t length)
{
    struct word probe = {.text = text, .length = (uint32_t)length};
    struct word *word = TREE_OF(tree_find(&intern->words, &probe.node), struct word, node);

    return word ? word->handle : 0;
}

uint32_t intern_again(struct intern *intern, uint32_t handle)
{
    if (handle)
        intern->by_handle[handle]->holders++;
    return handle;
}

void intern_drop(struct intern *intern, uint32_t handle)
{
    struct word *word;

    if (!handle)
        return;
    word = intern->by_handle[handle];
    assert(word && word->holders);
    if (--word->holders)
        return;
    tree_remove(&intern->words, &word->node);
    intern->by_handle[handle] = NULL;
    intern->free_handles[intern->free_count++] = handle;
    mem_free(word);
}

const char *intern_text(const struct intern *intern, uint32_t handle)
{
    return handle ? intern->by_handle[handle]->text : "";
}
