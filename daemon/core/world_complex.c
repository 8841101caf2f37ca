/*
 * world_complex.c - which queues a complex has; see world.h.
 */
#include <string.h>

#include "world.h"

struct complex *world_complex(const struct core *core, const char *name)
{
    struct complex probe;

    if (strlen(name) > QUEUE_NAME_MAX)
        return NULL;
    strcpy(probe.name, name);
    return TREE_OF(tree_find(&core->complexes, &probe.by_name), struct complex, by_name);
}

/* Those that name a queue that is not there yet take it in when it comes. */
void world_add_queue(struct core *core, struct queue *queue)
{
    tree_insert(&core->queues, &queue->by_name);
    queue_join(queue, core->all);
    for (struct tree_node *node = tree_first(&core->complexes); node;
         node = tree_after(&core->complexes, node)) {
        struct complex *complex = TREE_OF(node, struct complex, by_name);

        if (complex_names(complex, core->intern, queue->name))
            queue_join(queue, complex);
    }
}

void world_remove_queue(struct core *core, struct queue *queue)
{
    tree_remove(&core->queues, &queue->by_name);
    while (queue->complex_count)
        queue_leave(queue, queue->complexes[0]);
}

void world_bind_complex(struct core *core, struct complex *complex)
{
    while (complex->count)
        queue_leave(complex->queues[0], complex);
    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node)) {
        struct queue *queue = TREE_OF(node, struct queue, by_name);

        if (complex_names(complex, core->intern, queue->name))
            queue_join(queue, complex);
    }
}

void world_limit_users(struct core *core)
{
    world_lift_queues(core);
    core->all->complex_user_limit = core->settings.global_user_limit;
    world_settle_queues(core);
}
