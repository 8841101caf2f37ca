/*
 * bound.c - what a queue allows of each limit, and what it gives; see bound.h.
 *
 * The nice value runs against the others: a smaller one asks for more, so that
 * it is bounded from below, by 0 where the queue says nothing.  Processors are
 * no limit that one could inherit from a maximum.
 */
#include "bound.h"

#include <assert.h>
#include <string.h>

struct bounds {
    struct attrs max;
    struct attrs min;
    struct attrs initial;
};

static void list_read(const struct core *core, uint32_t handle, struct attrs *ret)
{
    const char *text = intern_text(core->intern, handle);

    attrs_init(ret);
    limits_read(text, strlen(text), ret, NULL); /* bound_merge() has judged it */
}

static void bounds_init(struct bounds *bounds, const struct core *core, const struct queue *queue)
{
    list_read(core, queue->resources_max, &bounds->max);
    list_read(core, queue->resources_min, &bounds->min);
    list_read(core, queue->resources_default, &bounds->initial);
}

static void bounds_done(struct bounds *bounds)
{
    attrs_done(&bounds->max);
    attrs_done(&bounds->min);
    attrs_done(&bounds->initial);
}

/* WHAT is the queue's WORD, least or most; say so. */
static enum nqs_code out_of_bounds(const struct queue *queue, const struct limit *limit,
                                   const struct attr *given, const struct attr *bound,
                                   const char *word, struct nqs_err *err)
{
    enum nqs_code code;
    struct buf text;

    buf_init(&text);
    buf_format(&text, "%s=", limit->name);
    attr_print_amount(given, &text);
    buf_format(&text, ": queue '%s' allows %s ", queue->name, word);
    attr_print_amount(bound, &text);
    code = nqs_fail(err, NQS_LIMIT, "%s", buf_text(&text));
    buf_done(&text);
    return code;
}

static enum nqs_code check_one(const struct bounds *bounds, const struct queue *queue,
                               const struct limit *limit, const struct attr *given,
                               struct nqs_err *err)
{
    static const struct attr nice_least = {.id = ATTR_nice};
    const struct attr *max = attrs_find(&bounds->max, limit->attr);
    const struct attr *min = attrs_find(&bounds->min, limit->attr);

    if (!min && limit->attr == ATTR_nice)
        min = &nice_least;
    if (max && given->number > max->number)
        return out_of_bounds(queue, limit, given, max, "at most", err);
    if (min && given->number < min->number)
        return out_of_bounds(queue, limit, given, min, "at least", err);
    return NQS_OK;
}

enum nqs_code bound_check(const struct core *core, const struct queue *queue,
                          const struct attrs *given, struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;
    struct bounds bounds;

    bounds_init(&bounds, core, queue);
    for (const struct limit *limit = limit_each(NULL); limit && !code; limit = limit_each(limit)) {
        const struct attr *hard = attrs_find(given, limit->attr);
        const struct attr *soft = limit->soft ? attrs_find(given, limit->soft) : NULL;

        if (hard)
            code = check_one(&bounds, queue, limit, hard, err);
        if (hard && soft && soft->number > hard->number && !code)
            code =
                nqs_fail(err, NQS_VALUE, "%s: the soft limit is above the hard one", limit->name);
    }
    bounds_done(&bounds);
    return code;
}

enum nqs_code bound_check_none(const struct core *core, const struct queue *queue,
                               const struct limit *limit, struct nqs_err *err)
{
    struct bounds bounds;
    const struct attr *max;
    bool bounded;

    bounds_init(&bounds, core, queue);
    max = attrs_find(&bounds.max, limit->attr);
    bounded = max && limit->attr != ATTR_ncpus && !limit_is_none(limit->attr, max->number);
    bounds_done(&bounds);
    if (bounded)
        return nqs_fail(err, NQS_LIMIT, "%s cannot be taken away: queue '%s' has a maximum of it",
                        limit->name, queue->name);
    return NQS_OK;
}

/* What QUEUE gives a request that does not ask for LIMIT, or NULL. */
static const struct attr *inherited(const struct bounds *bounds, const struct limit *limit)
{
    const struct attr *value = attrs_find(&bounds->initial, limit->attr);

    if (!value && limit->attr == ATTR_nice)
        value = attrs_find(&bounds->min, limit->attr);
    if (!value && limit->attr != ATTR_nice && limit->attr != ATTR_ncpus)
        value = attrs_find(&bounds->max, limit->attr);
    return value;
}

bool bound_is_nothing(const struct attr *attr)
{
    return attr_find(attr->id)->heat == HEAT_HOT && limit_find(attr->id) &&
           limit_is_none(attr->id, attr->number);
}

void bound_fill(const struct core *core, const struct queue *queue, const struct attrs *given,
                struct attrs *ret)
{
    struct bounds bounds;

    for (size_t i = 0; i < given->count; i++)
        if (!bound_is_nothing(&given->list[i]))
            attrs_add(ret, &given->list[i]);
    bounds_init(&bounds, core, queue);
    for (const struct limit *limit = limit_each(NULL); limit; limit = limit_each(limit)) {
        const struct attr *value = inherited(&bounds, limit);

        if (value && !attrs_find(given, limit->attr) && !bound_is_nothing(value))
            attrs_add(ret, value);
    }
    bounds_done(&bounds);
}

bool bound_is_list(uint16_t id)
{
    return id == ATTR_resources_max || id == ATTR_resources_min || id == ATTR_resources_default;
}

enum nqs_code bound_merge(const struct attr *change, const struct attrs *have, struct buf *space,
                          struct attrs *ret, struct nqs_err *err)
{
    const struct attr *old = attrs_find(have, change->id);
    size_t at = space->length;
    enum nqs_code code =
        limits_merge(old ? old->bytes : "", old ? old->length : 0, change, space, err);

    if (code)
        return code;
    assert(space->length - at <= BOUND_ROOM / 3);
    attrs_add_bytes(ret, change->id, space->bytes + at, space->length - at);
    return NQS_OK;
}
