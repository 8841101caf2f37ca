/*
 * complex.h - a complex: queues with limits that they share.
 *
 * Private to daemon/core.  A complex counts what runs in its queues, in all
 * and of each user.  When a count comes to its limit, or falls below it, the
 * queues step out of the order of open ones, or back: world.c does that, so
 * that a limit costs nothing while nobody is at it.
 */
#ifndef NQS_CORE_COMPLEX_H
#define NQS_CORE_COMPLEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "intern.h"
#include "tree.h"

enum { COMPLEX_NAME_MAX = 15 };

struct queue; /* queue.h */

struct complex {
    struct tree_node by_name; /* in the core's complexes */
    char name[COMPLEX_NAME_MAX + 1];
    uint32_t complex_queues; /* a handle: names parted by commas */
    uint32_t complex_run_limit;
    uint32_t complex_user_limit;
    bool all;     /* the server's own: every queue, and no run limit */
    bool changed; /* its record is to be written this turn */
    uint32_t running;
    struct tree users;     /* by uid, those of whom something runs; owned */
    struct queue **queues; /* lent; the array is owned */
    size_t count;
    size_t room;
};

/* An empty complex called NAME; free it when no queue is in it. */
struct complex *complex_new(const char *name);
void complex_free(struct complex *complex, struct intern *intern);

/* Values by attribute, as those of a queue (queue.h). */
void complex_set(struct complex *complex, struct intern *intern, const struct attr *attr);
void complex_pack(const struct complex *complex, const struct intern *intern, struct buf *out);
void complex_values(const struct complex *complex, const struct intern *intern,
                    struct attrs *attrs);

/* Does it name QUEUE? */
bool complex_names(const struct complex *complex, const struct intern *intern, const char *queue);

/* Lend it QUEUE, which is not in it yet, and take it back.  What runs there: queue_join(). */
void complex_add(struct complex *complex, struct queue *queue);
void complex_remove(struct complex *complex, const struct queue *queue);

/* Count CHANGE slots of UID more, modulo 2^32: fewer are 0 less their number. */
void complex_count(struct complex *complex, uint32_t uid, uint32_t change);

/* May nothing more run in its queues, or nothing more of UID? */
bool complex_full(const struct complex *complex);
bool complex_user_full(const struct complex *complex, uint32_t uid);

/* How many of UID run in its queues. */
uint32_t complex_user_running(const struct complex *complex, uint32_t uid);

#endif
