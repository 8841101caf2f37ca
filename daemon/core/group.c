/*
 * group.c - creating, deleting and setting complexes of queues.
 */
#include <string.h>

#include "access.h"
#include "complex.h"
#include "decide.h"

static void answer(struct telling *t, const struct request *request)
{
    outbox_answer(t->out, request->ref, NQS_OK, "", request->name);
}

static enum nqs_code find_complex(const struct core *core, const struct request *request,
                                  struct complex **ret, struct nqs_err *err)
{
    *ret = world_complex(core, request->name);
    if (!*ret)
        return nqs_fail(err, NQS_NOQUEUE, "complex '%.40s' does not exist", request->name);
    return NQS_OK;
}

/* Every word of the list is a queue. */
static enum nqs_code check_queues(const struct core *core, const struct attr *list,
                                  struct nqs_err *err)
{
    const char *at = list ? list->bytes : "";
    const char *end = list ? at + list->length : at;
    char name[QUEUE_NAME_MAX + 2];

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t length = (size_t)((comma ? comma : end) - at);

        if (length > sizeof name - 1)
            length = sizeof name - 1;
        memcpy(name, at, length);
        name[length] = '\0';
        if (!world_queue(core, name))
            return no_queue(core, name, err);
        at = comma ? comma + 1 : end;
    }
    return NQS_OK;
}

/* COMPLEX is NULL when it is to be made. */
static enum nqs_code set_complex(struct telling *t, const struct request *request,
                                 const struct complex *complex, struct nqs_err *err)
{
    enum nqs_code code = check_set(request, OF_COMPLEX, err);
    struct attrs have;
    struct buf space;

    if (code)
        return code;
    attrs_init(&have);
    buf_init(&space);
    if (complex)
        complex_values(complex, t->core->intern, &have);
    else
        attrs_add_number(&t->attrs, ATTR_complex_run_limit, 1);
    code = take_set(t, request, &have, &space, err);
    if (!code)
        code = check_queues(t->core, attrs_find(&t->attrs, ATTR_complex_queues), err);
    if (!code) {
        tell_queue(t, request->name, EVENT_COMPLEX_SET);
        answer(t, request);
    }
    attrs_done(&have);
    buf_done(&space);
    return code;
}

enum nqs_code decide_create_complex(struct telling *t, const struct request *request,
                                    struct nqs_err *err)
{
    if (!id_queue_valid(request->name))
        return nqs_fail(err, NQS_VALUE,
                        "'%.40s' is no name for a complex: 1 to 15 letters, digits, '_', '-' or "
                        "'.', the first a letter",
                        request->name);
    if (world_complex(t->core, request->name))
        return nqs_fail(err, NQS_EXISTS, "complex '%s' exists already", request->name);
    return set_complex(t, request, NULL, err);
}

enum nqs_code decide_set_complex(struct telling *t, const struct request *request,
                                 struct nqs_err *err)
{
    struct complex *complex;
    enum nqs_code code = find_complex(t->core, request, &complex, err);

    return code ? code : set_complex(t, request, complex, err);
}

enum nqs_code decide_delete_complex(struct telling *t, const struct request *request,
                                    struct nqs_err *err)
{
    struct complex *complex;
    enum nqs_code code = find_complex(t->core, request, &complex, err);

    if (code)
        return code;
    tell_queue(t, request->name, EVENT_COMPLEX_DELETED);
    answer(t, request);
    return NQS_OK;
}

/* One removal from the list of COMPLEX, as if somebody had asked for it. */
static void leave(struct telling *t, const struct complex *complex, const char *queue)
{
    const struct access_list *row = access_list(ATTR_complex_queues);
    struct request request = {.name = complex->name};
    struct attrs given;
    struct attrs have;
    struct buf space;
    struct nqs_err err;

    attrs_init(&given);
    attrs_init(&have);
    buf_init(&space);
    attrs_add_text(&given, ATTR_complex_queues, queue);
    attrs_add_number(&given, ATTR_list_operation, 2);
    request.attrs = &given;
    complex_values(complex, t->core->intern, &have);
    buf_reserve(&space, access_room(&request, &have));
    if (!access_merge(row, &request, &have, &space, &t->attrs, &err))
        tell_queue(t, complex->name, EVENT_COMPLEX_SET);
    attrs_done(&given);
    attrs_done(&have);
    buf_done(&space);
}

void leave_complexes(struct telling *t, const char *queue)
{
    for (struct tree_node *node = tree_first(&t->core->complexes); node;
         node = tree_after(&t->core->complexes, node)) {
        const struct complex *complex = TREE_OF(node, struct complex, by_name);

        if (complex_names(complex, t->core->intern, queue))
            leave(t, complex, queue);
    }
}
