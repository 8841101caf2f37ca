/*
 * submit.c - accepting a request.
 *
 * Everything is judged before anything is emitted: a submission is refused
 * whole or accepted whole.
 */
#include <string.h>

#include "access.h"
#include "bound.h"
#include "core.h"
#include "decide.h"
#include "defect.h"
#include "str.h"

enum { ARRAY_MEMBERS_MAX = 1000000 };

/* An attribute that a submitter may give, with a value that it may have. */
static enum nqs_code check_attr(const struct attr *attr, struct nqs_err *err)
{
    const struct attr_def *def = attr_find(attr->id);

    if (!def || def->of != OF_JOB)
        return nqs_fail(err, NQS_NOATTR, "attribute %u is none of a request", (unsigned)attr->id);
    if (def->setter == SETTER_SYSTEM && attr->id != ATTR_script_name && attr->id != ATTR_token)
        return nqs_fail(err, NQS_READONLY, "%s is set by the server", def->shown);
    return attr_check(attr, err);
}

static enum nqs_code check_user(const struct core *core, const struct request *request,
                                struct nqs_err *err)
{
    const struct core_rules *rules = &core->rules;

    if (rules->personal && request->uid != rules->only_uid)
        return nqs_fail(err, NQS_USER,
                        "this cell belongs to another user: nobody else may submit here");
    if (rules->personal)
        return NQS_OK;
    if (request->uid == 0 && !rules->root_jobs)
        return nqs_fail(err, NQS_USER, "root may not submit here: submit as an ordinary user");
    if (request->uid != 0 && request->uid < rules->min_uid)
        return nqs_fail(err, NQS_USER, "system users (below uid %u) may not submit here",
                        (unsigned)rules->min_uid);
    return NQS_OK;
}

static enum nqs_code check_array(const struct attrs *attrs, struct nqs_err *err)
{
    int64_t first = attrs_number(attrs, ATTR_array_first, 0);
    int64_t last = attrs_number(attrs, ATTR_array_last, 0);
    int64_t step = attrs_number(attrs, ATTR_array_step, 0);

    if (!step && !attrs_find(attrs, ATTR_array_first) && !attrs_find(attrs, ATTR_array_last) &&
        !attrs_find(attrs, ATTR_array_max))
        return NQS_OK;
    if (!step)
        return nqs_fail(err, NQS_VALUE, "an array needs array_step");
    if (last < first)
        return nqs_fail(err, NQS_VALUE, "array %lld-%lld has no members", (long long)first,
                        (long long)last);
    if ((last - first) / step + 1 > ARRAY_MEMBERS_MAX)
        return nqs_fail(err, NQS_LIMIT, "array of %lld members: at most %d are allowed",
                        (long long)((last - first) / step + 1), ARRAY_MEMBERS_MAX);
    return NQS_OK;
}

static enum nqs_code check_holds(const struct request *request, struct nqs_err *err)
{
    int64_t holds = attrs_number(request->attrs, ATTR_holds, 0);

    if (holds & HOLD_DEPEND)
        return nqs_fail(err, NQS_VALUE, "a dependency is given with depend, not as a hold");
    if (holds & ~HOLD_USER && request->role == CORE_USER)
        return nqs_fail(err, NQS_PERM, "only operators may submit with hold o or s");
    return NQS_OK;
}

/*
 * Of user[@host],... the entry for this server, else the one without a host,
 * may only be USER: nobody runs as somebody else.
 */
static enum nqs_code check_users(const struct core *core, const struct attr *list, const char *user,
                                 struct nqs_err *err)
{
    const char *end = list->bytes + list->length;
    size_t length = strlen(user);

    for (const char *at = list->bytes; at < end; at++) {
        const char *next = memchr(at, ',', (size_t)(end - at));
        size_t size = (size_t)((next ? next : end) - at);
        const char *host = memchr(at, '@', size);
        size_t name = host ? (size_t)(host - at) : size;
        bool here = !host || (size - name - 1 == strlen(core->server) &&
                              !strncmp(host + 1, core->server, size - name - 1));

        if (here && (name != length || strncmp(at, user, length) != 0))
            return nqs_fail(err, NQS_PERM, "User_List: no permission to run as '%.*s'",
                            (int)(name < 60 ? name : 60), at);
        at += size;
    }
    return NQS_OK;
}

enum nqs_code check_claims(const struct core *core, const struct request *request, const char *user,
                           struct nqs_err *err)
{
    const struct attr *checkpoint = attrs_find(request->attrs, ATTR_checkpoint);
    const struct attr *users = attrs_find(request->attrs, ATTR_user_list);

    if (checkpoint && (checkpoint->length != 1 || !strchr("nu", *checkpoint->bytes)))
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "Checkpoint: '%.*s' cannot be had: no queue here checkpoints; use n or u",
                        (int)checkpoint->length, checkpoint->bytes);
    return users ? check_users(core, users, user, err) : NQS_OK;
}

enum nqs_code choose_queue(const struct core *core, const char *name, struct queue **ret,
                           struct nqs_err *err)
{
    struct queue *queue;

    if (!*name)
        name = intern_text(core->intern, core->settings.default_queue);
    if (!*name)
        return nqs_fail(err, NQS_NODEFAULT,
                        "no queue was named and the server has no default queue: use -q");
    queue = world_queue(core, name);
    if (!queue)
        return no_queue(core, name, err);
    if (!queue->enabled)
        return nqs_fail(err, NQS_DISABLED, "queue '%s' is disabled: it accepts no requests now",
                        queue->name);
    *ret = queue;
    return NQS_OK;
}

/* How many requests the submission makes: an array counts as its members. */
static uint32_t members(const struct attrs *attrs)
{
    int64_t step = attrs_number(attrs, ATTR_array_step, 0);

    if (!step)
        return 1;
    return (uint32_t)((attrs_number(attrs, ATTR_array_last, 0) -
                       attrs_number(attrs, ATTR_array_first, 0)) /
                          step +
                      1);
}

static enum nqs_code check_request(const struct core *core, const struct request *request,
                                   struct queue **ret_queue, struct nqs_err *err)
{
    enum nqs_code code = check_user(core, request, err);

    for (size_t i = 0; !code && i < request->attrs->count; i++)
        code = check_attr(&request->attrs->list[i], err);
    if (!code)
        code = check_array(request->attrs, err);
    if (!code)
        code = check_holds(request, err);
    if (!code)
        code = check_claims(core, request, request->user, err);
    if (!code)
        code = choose_queue(core, request->name, ret_queue, err);
    if (!code)
        code = access_check(core, *ret_queue, request, members(request->attrs), err);
    if (!code)
        code = bound_check(core, *ret_queue, request->attrs, err);
    if (!code && core->settings.next_seq > UINT32_MAX)
        code = nqs_fail(err, NQS_LIMIT, "all sequence numbers are used up");
    return code;
}

/* The hot attributes of the event: what the submitter gave, and what the server adds. */
static void gather(struct telling *t, const struct request *request, const struct queue *queue,
                   const char *depend)
{
    int64_t holds = attrs_number(request->attrs, ATTR_holds, 0);

    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];
        enum attr_heat heat = attr_find(attr->id)->heat;

        if (attr->id == ATTR_depend || attr->id == ATTR_holds)
            continue;
        if (heat == HEAT_HOT || heat == HEAT_ARRAY)
            attrs_add(&t->attrs, attr);
    }
    if (*depend)
        attrs_add_text(&t->attrs, ATTR_depend, depend);
    if (*depend || holds)
        attrs_add_number(&t->attrs, ATTR_holds, holds | (*depend ? HOLD_DEPEND : 0));
    if (!attrs_find(request->attrs, ATTR_rerunable))
        attrs_add_number(&t->attrs, ATTR_rerunable, 1);
    if (!attrs_find(request->attrs, ATTR_priority) && t->core->settings.default_priority)
        attrs_add_number(&t->attrs, ATTR_priority, t->core->settings.default_priority);
    if (attrs_number(request->attrs, ATTR_array_step, 0))
        attrs_add_number(&t->attrs, ATTR_array_next,
                         attrs_number(request->attrs, ATTR_array_first, 0));
    attrs_add_text(&t->attrs, ATTR_owner, request->user);
    attrs_add_number(&t->attrs, ATTR_uid, request->uid);
    attrs_add_text(&t->attrs, ATTR_queue, queue->name);
    attrs_add_text(&t->attrs, ATTR_submit_host, request->host);
    attrs_add_number(&t->attrs, ATTR_ctime, t->now.wall);
    attrs_add_number(&t->attrs, ATTR_qtime, t->now.wall);
}

static enum event_type first_event(const struct telling *t, const struct request *request)
{
    if (attrs_number(&t->attrs, ATTR_holds, 0))
        return EVENT_SUBMITTED_HELD;
    if (attrs_number(request->attrs, ATTR_execution_time, 0) > t->now.wall)
        return EVENT_SUBMITTED_DEFERRED;
    return EVENT_SUBMITTED;
}

/* The body and the token, as records of their own that start-up does not read. */
static void write_body(struct telling *t, const struct request *request, struct job_key key)
{
    struct outbox *out = t->out;
    const struct attr *token = attrs_find(request->attrs, ATTR_token);
    size_t at = out->bytes.length;
    struct span name;
    struct span body;

    job_key_pack(key, &out->bytes);
    name = outbox_since(out, at);
    at = out->bytes.length;
    for (size_t i = 0; i < request->attrs->count; i++)
        if (attr_find(request->attrs->list[i].id)->heat == HEAT_COLD)
            attr_pack(&request->attrs->list[i], &out->bytes);
    body = outbox_since(out, at);
    if (body.length)
        outbox_record(out, RECORD_BODY, name, body);
    if (token)
        outbox_record(out, RECORD_TOKEN, outbox_put(out, token->bytes, token->length), name);
}

/* All was judged: the request is made, with what its queue gives it. */
static void accept(struct telling *t, const struct request *request, const struct queue *queue,
                   struct job_key key, struct await *wait)
{
    struct request full = *request;
    enum event_type type;
    struct attrs attrs;

    attrs_init(&attrs);
    bound_fill(t->core, queue, request->attrs, &attrs);
    full.attrs = &attrs;
    gather(t, &full, queue, buf_text(&wait->text));
    type = first_event(t, request);
    if (type == EVENT_SUBMITTED)
        attrs_add_number(&t->attrs, ATTR_etime, t->now.wall);
    tell_job(t, key, type, NQS_NEVER);
    await_made(t, wait, key);
    write_body(t, &full, key);
    attrs_done(&attrs);
}

enum nqs_code decide_queue_job(struct telling *t, const struct request *request,
                               struct nqs_err *err)
{
    struct job_key key = {(uint32_t)t->core->settings.next_seq, NQS_NO_INDEX};
    char id[NQS_ID_TEXT_MAX];
    struct queue *queue = NULL;
    struct await wait;
    enum nqs_code code;

    if (request->known) {
        outbox_answer(t->out, request->ref, NQS_OK, "", request->known);
        return NQS_OK;
    }
    code = check_request(t->core, request, &queue, err);
    t->core->settings.next_seq += code && DEFECT(DIRTY);
    if (code)
        return code;
    code = await_check(t->core, request, &wait, err);
    if (!code)
        accept(t, request, queue, key, &wait);
    await_done(&wait);
    if (code)
        return code;
    core_id_text(t->core, key, id);
    outbox_answer(t->out, request->ref, NQS_OK, "", id);
    return NQS_OK;
}
