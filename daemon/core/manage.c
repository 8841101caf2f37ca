/*
 * manage.c - creating, deleting and setting queues, and the server's settings.
 */
#include <string.h>

#include "access.h"
#include "bound.h"
#include "decide.h"
#include "dialect.h"
#include "mem.h"
#include "str.h"

enum { GRACE_MAX_S = 3600 };

static void answer(struct telling *t, const struct request *request)
{
    outbox_answer(t->out, request->ref, NQS_OK, "", request->name);
}

/* Every attribute is one of OF that the caller's role may set to such a value. */
enum nqs_code check_set(const struct request *request, enum attr_of of, struct nqs_err *err)
{
    static const enum core_role least[] = {
        [SETTER_USER] = CORE_USER,
        [SETTER_OPERATOR] = CORE_OPERATOR,
        [SETTER_MANAGER] = CORE_MANAGER,
    };

    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr_def *def = attr_find(request->attrs->list[i].id);
        enum nqs_code code;

        if (def && def->id == ATTR_list_operation)
            continue;
        if (!def || def->of != of)
            return nqs_fail(err, NQS_NOATTR, "attribute %u is none that can be set here",
                            (unsigned)request->attrs->list[i].id);
        if (def->setter == SETTER_SYSTEM)
            return nqs_fail(err, NQS_READONLY, "%s is set by the server", def->shown);
        if (request->role < least[def->setter])
            return nqs_fail(err, NQS_PERM, "%s is set by managers only", def->shown);
        code = attr_check(&request->attrs->list[i], err);
        if (code)
            return code;
    }
    return NQS_OK;
}

/*
 * The event's attributes: what the request gives, each list as it becomes by
 * that.  Their texts are in SPACE until it is done with.
 */
enum nqs_code take_set(struct telling *t, const struct request *request, const struct attrs *have,
                       struct buf *space, struct nqs_err *err)
{
    buf_reserve(space, access_room(request, have) + BOUND_ROOM);
    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];
        const struct access_list *row = access_list(attr->id);
        enum nqs_code code = NQS_OK;

        if ((row || bound_is_list(attr->id)) && attrs_find(request->attrs, attr->id) != attr)
            continue; /* the last of several wins */
        if (row)
            code = access_merge(row, request, have, space, &t->attrs, err);
        else if (bound_is_list(attr->id))
            code = bound_merge(attr, have, space, &t->attrs, err);
        else if (attr->id != ATTR_list_operation)
            attrs_add(&t->attrs, attr);
        if (code)
            return code;
    }
    return NQS_OK;
}

static enum nqs_code take_queue_attrs(struct telling *t, const struct request *request,
                                      const struct queue *queue, struct buf *space,
                                      struct nqs_err *err)
{
    struct attrs have;
    enum nqs_code code;

    attrs_init(&have);
    if (queue)
        queue_values(queue, t->core->intern, &have);
    code = take_set(t, request, &have, space, err);
    attrs_done(&have);
    return code;
}

static enum nqs_code set_queue(struct telling *t, const struct request *request,
                               const struct queue *queue, struct nqs_err *err)
{
    struct buf space;
    enum nqs_code code;

    buf_init(&space);
    if (!queue)
        attrs_add_number(&t->attrs, ATTR_run_limit, 1);
    code = take_queue_attrs(t, request, queue, &space, err);
    if (!code) {
        tell_queue(t, request->name, EVENT_QUEUE_SET);
        answer(t, request);
    }
    buf_done(&space);
    return code;
}

enum nqs_code no_queue(const struct core *core, const char *name, struct nqs_err *err)
{
    const char **names = mem_array((size_t)tree_size(&core->queues) + 1, sizeof *names);
    const char *near;
    size_t count = 0;

    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node))
        names[count++] = TREE_OF(node, struct queue, by_name)->name;
    near = str_nearest(name, names);
    mem_free(names);
    if (near)
        return nqs_fail(err, NQS_NOQUEUE, "queue '%.40s' does not exist: did you mean '%s'?", name,
                        near);
    return nqs_fail(err, NQS_NOQUEUE, "queue '%.40s' does not exist", name);
}

static enum nqs_code find_queue(const struct core *core, const struct request *request,
                                struct queue **ret, struct nqs_err *err)
{
    *ret = world_queue(core, request->name);
    if (!*ret)
        return no_queue(core, request->name, err);
    return NQS_OK;
}

enum nqs_code decide_create_queue(struct telling *t, const struct request *request,
                                  struct nqs_err *err)
{
    enum nqs_code code = check_set(request, OF_QUEUE, err);

    if (code)
        return code;
    if (!id_queue_valid(request->name))
        return nqs_fail(err, NQS_VALUE,
                        "'%.40s' is no name for a queue: 1 to 15 letters, digits, '_', '-' or "
                        "'.', the first a letter",
                        request->name);
    if (world_queue(t->core, request->name))
        return nqs_fail(err, NQS_EXISTS, "queue '%s' exists already", request->name);
    return set_queue(t, request, NULL, err);
}

enum nqs_code decide_delete_queue(struct telling *t, const struct request *request,
                                  struct nqs_err *err)
{
    struct queue *queue;
    enum nqs_code code = find_queue(t->core, request, &queue, err);

    if (code)
        return code;
    if (queue->enabled || queue->started)
        return nqs_fail(err, NQS_NOTEMPTY, "queue '%s' is %s: disable and stop it first",
                        queue->name, queue->enabled ? "enabled" : "started");
    if (queue_total(queue))
        return nqs_fail(err, NQS_NOTEMPTY, "queue '%s' holds %u requests", queue->name,
                        (unsigned)queue_total(queue));
    leave_complexes(t, queue->name);
    tell_queue(t, request->name, EVENT_QUEUE_DELETED);
    if (!strcmp(intern_text(t->core->intern, t->core->settings.default_queue), request->name)) {
        attrs_add_text(&t->attrs, ATTR_default_queue, "");
        tell_server(t);
    }
    answer(t, request);
    return NQS_OK;
}

enum nqs_code decide_set_queue(struct telling *t, const struct request *request,
                               struct nqs_err *err)
{
    struct queue *queue;
    enum nqs_code code = find_queue(t->core, request, &queue, err);

    if (!code)
        code = check_set(request, OF_QUEUE, err);
    return code ? code : set_queue(t, request, queue, err);
}

/* Everything in the queue that does not run; of an array, the members that wait. */
static void purge(struct telling *t, const struct queue *queue)
{
    struct job_key key = {0, NQS_NO_INDEX};
    struct job *job;

    while ((job = world_job_after(t->core, key))) {
        key = job_key(job);
        if (job->at != queue || life_state(job->state)->slot)
            continue;
        if (life_state(job->state)->letter == 'E')
            continue;
        if (!job->array || !job->array->live) {
            delete_job(t, job);
        } else if (job->array->todo) {
            attrs_add_text(&t->attrs, ATTR_exit_reason, "deleted");
            tell_job(t, key, EVENT_CLOSED, NQS_NEVER);
        }
    }
}

/* Everything in the queue that runs, also what was to run again; what waits stays. */
static void abort_running(struct telling *t, const struct queue *queue)
{
    struct job_key key = {0, NQS_NO_INDEX};
    struct job *job;

    while ((job = world_job_after(t->core, key))) {
        key = job_key(job);
        if (job->at == queue && !job->array && life_state(job->state)->slot &&
            job->state != STATE_ENDING)
            delete_job(t, job);
    }
}

enum nqs_code decide_purge_queue(struct telling *t, const struct request *request,
                                 struct nqs_err *err)
{
    struct queue *queue;
    enum nqs_code code = find_queue(t->core, request, &queue, err);

    if (code)
        return code;
    t->grace_s = attrs_number(request->attrs, ATTR_abort_grace, -1);
    if (t->grace_s > GRACE_MAX_S)
        t->grace_s = GRACE_MAX_S;
    if (t->grace_s >= 0)
        abort_running(t, queue);
    else
        purge(t, queue);
    answer(t, request);
    return NQS_OK;
}

/* One of the words that nqs_directives may have; empty is the default. */
static enum nqs_code check_directives(const struct attr *attr, struct nqs_err *err)
{
    static const char *const words[] = {"", "off", "warn", "on"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (attr->length == strlen(words[i]) && !memcmp(attr->bytes, words[i], attr->length))
            return NQS_OK;
    return nqs_fail(err, NQS_VALUE, "nqs_directives is off, warn or on, not '%.*s'",
                    (int)attr->length, attr->bytes);
}

static enum nqs_code check_strategy(const struct attr *attr, struct nqs_err *err)
{
    size_t length = attr ? attr->length : 0;

    if (!length || *attr->bytes == '/' || (length == 5 && !memcmp(attr->bytes, "login", 5)) ||
        (length == 4 && !memcmp(attr->bytes, "free", 4)))
        return NQS_OK;
    return nqs_fail(err, NQS_VALUE, "shell_strategy is login, free or an absolute path, not '%.*s'",
                    (int)(length < 80 ? length : 80), attr->bytes);
}

static enum nqs_code set_server(struct telling *t, const struct request *request,
                                struct nqs_err *err)
{
    struct buf space;
    struct attrs have;
    enum nqs_code code;

    buf_init(&space);
    attrs_init(&have);
    settings_values(t->core, &have);
    code = take_set(t, request, &have, &space, err);
    if (!code) {
        tell_server(t);
        answer(t, request);
    }
    attrs_done(&have);
    buf_done(&space);
    return code;
}

static enum nqs_code check_dialect(const struct request *request, struct nqs_err *err)
{
    const struct attr *name = attrs_find(request->attrs, ATTR_dialect);

    if (!name || dialect_find(name->bytes, name->length))
        return NQS_OK;
    return nqs_fail(err, NQS_VALUE, "dialect %.*s is not known: use %s",
                    (int)(name->length < 40 ? name->length : 40), name->bytes, dialect_names);
}

enum nqs_code decide_set_server(struct telling *t, const struct request *request,
                                struct nqs_err *err)
{
    enum nqs_code code = check_set(request, OF_SERVER, err);
    const struct attr *name = attrs_find(request->attrs, ATTR_default_queue);
    const struct attr *directives = attrs_find(request->attrs, ATTR_nqs_directives);

    if (!code && directives)
        code = check_directives(directives, err);
    if (code)
        return code;
    if (name && name->length) {
        char queue[QUEUE_NAME_MAX + 1];

        memcpy(queue, name->bytes, name->length); /* its row bounds the length */
        queue[name->length] = '\0';
        if (!world_queue(t->core, queue))
            return no_queue(t->core, queue, err);
    }
    code = check_dialect(request, err);
    if (!code)
        code = check_strategy(attrs_find(request->attrs, ATTR_shell_strategy), err);
    if (code)
        return code;
    return set_server(t, request, err);
}
