/*
 * complex.c - queues with limits that they share; see complex.h.
 */
#include "complex.h"

#include <assert.h>
#include <string.h>

#include "defect.h"
#include "field.h"
#include "mem.h"

struct complex_user {
    struct tree_node by_uid;
    uint32_t uid;
    uint32_t running;
};

static const struct field complex_fields[] = {
#define FIELD_JOB_HOT(id, member, type)
#define FIELD_JOB_ARRAY(id, member, type)
#define FIELD_QUEUE_HOT(id, member, type)
#define FIELD_SERVER_HOT(id, member, type)
#define FIELD_COMPLEX_HOT(id, member, type) FIELD(struct complex, id, member, type)
#include "field_rows.h"
};

enum { COMPLEX_FIELDS = sizeof complex_fields / sizeof *complex_fields };

static int uid_compare(const struct tree_node *a, const struct tree_node *b)
{
    uint32_t x = TREE_OF(a, struct complex_user, by_uid)->uid;
    uint32_t y = TREE_OF(b, struct complex_user, by_uid)->uid;

    return (x > y) - (x < y);
}

struct complex *complex_new(const char *name)
{
    struct complex *complex = mem_new(sizeof *complex);

    assert(strlen(name) <= COMPLEX_NAME_MAX);
    strcpy(complex->name, name);
    tree_init(&complex->users, uid_compare);
    return complex;
}

void complex_free(struct complex *complex, struct intern *intern)
{
    struct complex_user *user;

    if (!complex)
        return;
    while ((user = TREE_OF(tree_first(&complex->users), struct complex_user, by_uid))) {
        tree_remove(&complex->users, &user->by_uid);
        mem_free(user);
    }
    fields_clear(complex_fields, COMPLEX_FIELDS, complex, intern);
    mem_free(complex->queues);
    mem_free(complex);
}

void complex_set(struct complex *complex, struct intern *intern, const struct attr *attr)
{
    const struct field *field = field_find(complex_fields, COMPLEX_FIELDS, attr->id);

    if (field)
        field_set(field, complex, intern, attr);
}

void complex_pack(const struct complex *complex, const struct intern *intern, struct buf *out)
{
    fields_pack(complex_fields, COMPLEX_FIELDS, complex, intern, out);
}

void complex_values(const struct complex *complex, const struct intern *intern, struct attrs *attrs)
{
    fields_values(complex_fields, COMPLEX_FIELDS, complex, intern, attrs);
}

bool complex_names(const struct complex *complex, const struct intern *intern, const char *queue)
{
    const char *at = intern_text(intern, complex->complex_queues);
    size_t length = strlen(queue);

    for (; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strcspn(at, ",") == length && !strncmp(at, queue, length))
            return true;
    }
    return complex->all;
}

/* ------------------------------------------------------------------- queues */

void complex_add(struct complex *complex, struct queue *queue)
{
    if (complex->count == complex->room) {
        complex->room = complex->room ? complex->room * 2 : 4;
        complex->queues = mem_grow(complex->queues, complex->room, sizeof(struct queue *));
    }
    complex->queues[complex->count++] = queue;
}

/* The last takes the place of what leaves: the order means nothing. */
void complex_remove(struct complex *complex, const struct queue *queue)
{
    for (size_t i = 0; i < complex->count; i++)
        if (complex->queues[i] == queue)
            complex->queues[i--] = complex->queues[--complex->count];
}

/* ------------------------------------------------------------------- counts */

void complex_count(struct complex *complex, uint32_t uid, uint32_t change)
{
    struct complex_user probe = {.uid = uid};
    struct complex_user *user =
        TREE_OF(tree_find(&complex->users, &probe.by_uid), struct complex_user, by_uid);

    if (!user && !change)
        return;
    if (!user) {
        user = mem_new(sizeof *user);
        user->uid = uid;
        tree_insert(&complex->users, &user->by_uid);
    }
    user->running += change;
    complex->running += change;
    if (user->running)
        return;
    tree_remove(&complex->users, &user->by_uid);
    mem_free(user);
}

bool complex_full(const struct complex *complex)
{
    return !complex->all && complex->running >= complex->complex_run_limit &&
           !DEFECT(COMPLEX_LIMIT);
}

uint32_t complex_user_running(const struct complex *complex, uint32_t uid)
{
    struct complex_user probe = {.uid = uid};
    const struct complex_user *user =
        TREE_OF(tree_find(&complex->users, &probe.by_uid), struct complex_user, by_uid);

    return user ? user->running : 0;
}

bool complex_user_full(const struct complex *complex, uint32_t uid)
{
    return complex->complex_user_limit &&
           complex_user_running(complex, uid) >= complex->complex_user_limit;
}
