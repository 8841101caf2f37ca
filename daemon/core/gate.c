/*
 * gate.c - the index of dependencies; see gate.h.
 */
#include "gate.h"

#include <string.h>

#include "mem.h"

static int compare_keys(struct job_key a, struct job_key b)
{
    if (a.seq != b.seq)
        return a.seq < b.seq ? -1 : 1;
    return (a.index > b.index) - (a.index < b.index);
}

static int gate_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct gate *x = TREE_OF(a, struct gate, node);
    const struct gate *y = TREE_OF(b, struct gate, node);
    int order = compare_keys(x->of, y->of);

    if (!order)
        order = compare_keys(x->waits, y->waits);
    if (!order)
        order = ((int)x->type > (int)y->type) - ((int)x->type < (int)y->type);
    return order;
}

void gates_init(struct tree *gates)
{
    tree_init(gates, gate_compare);
}

void gates_done(struct tree *gates)
{
    struct gate *gate;

    while ((gate = TREE_OF(tree_first(gates), struct gate, node))) {
        tree_remove(gates, &gate->node);
        mem_free(gate);
    }
}

static struct gate *find(const struct tree *gates, struct job_key of, struct job_key waits,
                         enum depend_type type)
{
    struct gate probe = {.of = of, .waits = waits, .type = type};

    return TREE_OF(tree_find(gates, &probe.node), struct gate, node);
}

void gates_put(struct tree *gates, struct job_key waits, const char *text)
{
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    struct depend item;
    enum nqs_code code;

    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key of = {item.id.seq, item.id.index};
        struct gate *gate;

        if (item.type == DEPEND_ON || find(gates, of, waits, item.type))
            continue;
        gate = mem_new(sizeof *gate);
        gate->of = of;
        gate->waits = waits;
        gate->type = item.type;
        tree_insert(gates, &gate->node);
    }
}

void gates_take(struct tree *gates, struct job_key waits, const char *text)
{
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    struct depend item;
    enum nqs_code code;

    while (depend_next(&reader, &item, &code, NULL)) {
        struct gate *gate =
            find(gates, (struct job_key){item.id.seq, item.id.index}, waits, item.type);

        if (!gate || item.type == DEPEND_ON)
            continue;
        tree_remove(gates, &gate->node);
        mem_free(gate);
    }
}

struct gate *gates_after(const struct tree *gates, const struct gate *probe)
{
    return TREE_OF(tree_after(gates, &probe->node), struct gate, node);
}

bool gates_have(const struct tree *gates, struct job_key of, struct job_key waits,
                enum depend_type type)
{
    return find(gates, of, waits, type) != NULL;
}
