/*
 * alter.c - modifying a request, and moving it to another queue.
 *
 * All is judged before anything is emitted, so that of one call everything is
 * done or nothing.  attributes.def says until when an attribute may be altered.
 * An array is altered and moved whole: members that have a row change with it.
 */
#include <string.h>

#include "access.h"
#include "bound.h"
#include "core.h"
#include "decide.h"

/* It has not been begun, or was and waits again; qstat shows Q, W or H. */
static bool waits(const struct job *job)
{
    return strchr("QWH", life_state((enum life_state)job->state)->letter);
}

/* Neither it nor, of an array, a member runs or ends. */
static bool waits_whole(const struct core *core, const struct job *job)
{
    const struct job *member;

    if (!waits(job))
        return false;
    for (struct job_key at = job_key(job); job->array && (member = next_member(core, job, at));
         at = job_key(member))
        if (!waits(member))
            return false;
    return true;
}

static enum nqs_code refuse_state(const struct request *request, const struct job *job,
                                  const char *what, struct nqs_err *err)
{
    const char *text = life_state((enum life_state)job->state)->text;

    if (waits(job))
        text = "members of it run";
    return nqs_fail(err, NQS_STATE, "Request invalid for state of job %.80s: %s; %s", request->name,
                    text, what);
}

/* Find what REQUEST is about: the caller's to change, and no member of an array. */
static enum nqs_code find_whole(const struct core *core, const struct request *request,
                                struct job **ret, struct nqs_err *err)
{
    struct job_key key;
    enum nqs_code code = find_own(core, request, &key, err);

    if (code)
        return code;
    if (key.index != NQS_NO_INDEX)
        return nqs_fail(err, NQS_UNSUPPORTED, "%.80s: a member changes with its array: name %u[]",
                        request->name, (unsigned)key.seq);
    *ret = world_job(core, key);
    return NQS_OK;
}

/* --- modify --- */

/* The id at place I of what is to be taken away; 0 behind the last. */
static uint16_t unset_at(const struct request *request, size_t i)
{
    const struct attr *attr = attrs_find(request->attrs, ATTR_unset);
    struct reader reader;

    if (!attr || attr->length < 2 * (i + 1))
        return 0;
    reader_init(&reader, attr->bytes + 2 * i, 2);
    return reader_u16(&reader);
}

static bool is_unset(const struct request *request, uint16_t id)
{
    uint16_t at;

    for (size_t i = 0; (at = unset_at(request, i)); i++)
        if (at == id)
            return true;
    return false;
}

/* What a request cannot be without. */
static bool must_stay(uint16_t id)
{
    return id == ATTR_name || id == ATTR_output_path || id == ATTR_error_path || id == ATTR_holds;
}

/* May the attribute ID of JOB be altered now? */
static enum nqs_code check_id(const struct request *request, const struct job *job, bool whole,
                              uint16_t id, struct nqs_err *err)
{
    static const enum core_role least[] = {
        [SETTER_USER] = CORE_USER,
        [SETTER_OPERATOR] = CORE_OPERATOR,
        [SETTER_MANAGER] = CORE_MANAGER,
    };
    const struct attr_def *def = attr_find(id);

    if (!def || def->of != OF_JOB)
        return nqs_fail(err, NQS_NOATTR, "attribute %u is none of a request", (unsigned)id);
    if (def->setter == SETTER_SYSTEM || def->alter == ALTER_NEVER)
        return nqs_fail(err, NQS_READONLY, "%s cannot be altered", def->shown);
    if (request->role < least[def->setter])
        return nqs_fail(err, NQS_PERM, "%s is not altered by users", def->shown);
    if (def->heat == HEAT_ARRAY && !job->array)
        return nqs_fail(err, NQS_NOATTR, "%.80s is no array: it has no %s", request->name,
                        def->shown);
    if (def->alter == ALTER_WAITING && !whole) {
        struct nqs_err what;

        nqs_fail(&what, NQS_STATE, "%s can be altered no more", def->shown);
        return refuse_state(request, job, what.text, err);
    }
    return NQS_OK;
}

/* Does REQUEST change something of the body? */
static bool alters_body(const struct request *request)
{
    uint16_t id;

    for (size_t i = 0; (id = unset_at(request, i)); i++)
        if (attr_find(id)->heat == HEAT_COLD)
            return true;
    for (size_t i = 0; i < request->attrs->count; i++)
        if (attr_find(request->attrs->list[i].id)->heat == HEAT_COLD)
            return true;
    return false;
}

static enum nqs_code check_unset(const struct request *request, const struct job *job, bool whole,
                                 struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;
    uint16_t id;

    for (size_t i = 0; !code && (id = unset_at(request, i)); i++) {
        code = check_id(request, job, whole, id, err);
        if (!code && must_stay(id))
            code = nqs_fail(err, NQS_VALUE, "%s cannot be taken away", attr_find(id)->shown);
    }
    return code;
}

/* What JOB has of attribute ID when REQUEST is done, or NULL. */
static const struct attr *value_then(const struct request *request, const struct attrs *hot,
                                     uint16_t id)
{
    const struct attr *attr = attrs_find(request->attrs, id);

    if (attr || is_unset(request, id))
        return attr;
    attr = request->body ? attrs_find(request->body, id) : NULL;
    return attr ? attr : attrs_find(hot, id);
}

/*
 * Limits that change must be such as the queue would accept, except from an
 * operator; those that stay may be older than the queue's.
 */
static enum nqs_code check_limits(const struct core *core, const struct request *request,
                                  const struct job *job, struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;
    struct attrs changed;
    struct attrs hot;

    if (request->role != CORE_USER)
        return NQS_OK;
    attrs_init(&changed);
    attrs_init(&hot);
    job_values(job, core->intern, &hot);
    for (const struct limit *limit = limit_each(NULL); limit && !code; limit = limit_each(limit)) {
        bool given = attrs_find(request->attrs, limit->attr) ||
                     (limit->soft && attrs_find(request->attrs, limit->soft));
        const struct attr *hard = value_then(request, &hot, limit->attr);
        const struct attr *soft = limit->soft ? value_then(request, &hot, limit->soft) : NULL;

        if (given && hard)
            attrs_add(&changed, hard);
        if (given && soft)
            attrs_add(&changed, soft);
        if (is_unset(request, limit->attr))
            code = bound_check_none(core, job->at, limit, err);
    }
    if (!code)
        code = bound_check(core, job->at, &changed, err);
    attrs_done(&changed);
    attrs_done(&hot);
    return code;
}

static enum nqs_code check_modify(const struct core *core, const struct request *request,
                                  const struct job *job, struct nqs_err *err)
{
    bool whole = waits_whole(core, job);
    enum nqs_code code = check_unset(request, job, whole, err);

    for (size_t i = 0; !code && i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];

        if (attr->id == ATTR_unset)
            continue;
        code = check_id(request, job, whole, attr->id, err);
        if (!code)
            code = attr_check(attr, err);
        if (!code && attr->id == ATTR_holds)
            code = check_hold_rights(request, attr->number, err);
    }
    if (!code)
        code = check_limits(core, request, job, err);
    if (!code && alters_body(request) && !request->body)
        code = nqs_fail(err, NQS_DAMAGED, "%.80s: its body is lost or damaged", request->name);
    return code;
}

/* Zero and an empty text are what a row has that was given none. */
static void gather_unset(struct telling *t, const struct request *request, bool member)
{
    uint16_t id;

    for (size_t i = 0; (id = unset_at(request, i)); i++) {
        const struct attr_def *def = attr_find(id);

        if (def->heat == HEAT_COLD || (def->heat == HEAT_ARRAY && member))
            continue;
        if (attr_numeric(def->type))
            attrs_add_number(&t->attrs, id, 0);
        else
            attrs_add_text(&t->attrs, id, "");
    }
}

/*
 * The event's attributes for the row of an array, or of a request, or of a
 * MEMBER.  Holds have events of their own, and a date that has passed changes
 * nothing (reference/queues.md A.1).
 */
static void gather(struct telling *t, const struct request *request, bool member)
{
    gather_unset(t, request, member);
    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];
        enum attr_heat heat = attr_find(attr->id)->heat;

        if (attr->id == ATTR_unset || attr->id == ATTR_holds || heat == HEAT_COLD ||
            (heat == HEAT_ARRAY && member) ||
            (attr->id == ATTR_execution_time && attr->number <= t->now.wall))
            continue;
        if (bound_is_nothing(attr))
            attrs_add_number(&t->attrs, attr->id, 0);
        else
            attrs_add(&t->attrs, attr);
    }
}

/* A date to come makes one that may be placed wait. */
static void alter_row(struct telling *t, const struct request *request, const struct job *job)
{
    enum event_type type = EVENT_ALTERED;

    gather(t, request, job->parent);
    if (attrs_find(&t->attrs, ATTR_execution_time) &&
        life_step((enum life_state)job->state, EVENT_DEFERRED))
        type = EVENT_DEFERRED;
    tell_job(t, job_key(job), type, NQS_NEVER);
}

/* Is there anything but holds, and a date that has passed? */
static bool alters(const struct request *request, nqs_time now)
{
    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];

        if (attr->id != ATTR_holds && (attr->id != ATTR_execution_time || attr->number > now))
            return true;
    }
    return false;
}

/* The body once more, with what is given in the place of what was there. */
static void rewrite_body(struct telling *t, const struct request *request, struct job_key key)
{
    struct outbox *out = t->out;
    size_t at = out->bytes.length;
    struct span name;

    job_key_pack(key, &out->bytes);
    name = outbox_since(out, at);
    at = out->bytes.length;
    for (size_t i = 0; i < request->body->count; i++) {
        uint16_t id = request->body->list[i].id;

        if (!attrs_find(request->attrs, id) && !is_unset(request, id))
            attr_pack(&request->body->list[i], &out->bytes);
    }
    for (size_t i = 0; i < request->attrs->count; i++) {
        const struct attr *attr = &request->attrs->list[i];

        if (attr_find(attr->id)->heat == HEAT_COLD && attrs_find(request->attrs, attr->id) == attr)
            attr_pack(attr, &out->bytes);
    }
    outbox_record(out, RECORD_BODY, name, outbox_since(out, at));
}

/* The hold set becomes what is given, as far as the caller may say so. */
static void redefine_holds(struct telling *t, const struct request *request, struct job_key key)
{
    const struct attr *holds = attrs_find(request->attrs, ATTR_holds);
    int64_t mine = HOLD_USER;

    if (!holds)
        return;
    if (request->role >= CORE_OPERATOR)
        mine |= HOLD_OPERATOR;
    if (request->role >= CORE_MANAGER)
        mine |= HOLD_SYSTEM;
    change_holds(t, key, holds->number, mine & ~holds->number);
}

enum nqs_code decide_modify_job(struct telling *t, const struct request *request,
                                struct nqs_err *err)
{
    const struct job *member;
    struct job *job;
    enum nqs_code code = find_whole(t->core, request, &job, err);
    struct job_key key;

    if (!code && life_state((enum life_state)job->state)->letter == 'E')
        code = refuse_state(request, job, "nothing of it can be altered", err);
    if (!code)
        code = check_modify(t->core, request, job, err);
    if (!code)
        code = check_claims(t->core, request, intern_text(t->core->intern, job->owner), err);
    if (code)
        return code;
    key = job_key(job);
    if (alters(request, t->now.wall)) {
        alter_row(t, request, job);
        for (struct job_key at = key; job->array && (member = next_member(t->core, job, at));
             at = job_key(member))
            alter_row(t, request, member);
        if (alters_body(request))
            rewrite_body(t, request, key);
    }
    redefine_holds(t, request, key);
    answer_job(t, request, key);
    return NQS_OK;
}

/* --- move --- */

/* What QUEUE gives JOB, which has none, of the limits of the request as a whole. */
static void inherit_limits(struct telling *t, const struct job *job, const struct queue *queue)
{
    struct attrs filled;
    struct attrs hot;

    attrs_init(&filled);
    attrs_init(&hot);
    job_values(job, t->core->intern, &hot);
    bound_fill(t->core, queue, &hot, &filled);
    for (size_t i = 0; i < filled.count; i++) {
        const struct attr *attr = &filled.list[i];

        if (limit_find(attr->id) && attr_find(attr->id)->heat == HEAT_HOT &&
            !attrs_find(&hot, attr->id))
            attrs_add(&t->attrs, attr);
    }
    attrs_done(&filled);
    attrs_done(&hot);
}

static void move_row(struct telling *t, const struct job *job, const struct queue *queue)
{
    inherit_limits(t, job, queue);
    attrs_add_text(&t->attrs, ATTR_queue, queue->name);
    attrs_add_number(&t->attrs, ATTR_qtime, t->now.wall);
    tell_job(t, job_key(job), EVENT_MOVED, NQS_NEVER);
}

/* [queue][@server]; the only server that a request can be moved to yet is this one. */
static enum nqs_code find_destination(const struct core *core, const struct request *request,
                                      struct queue **ret, struct nqs_err *err)
{
    const struct attr *attr = attrs_find(request->attrs, ATTR_destination);
    char name[256] = "";
    char *server;

    if (attr && attr->length < sizeof name)
        memcpy(name, attr->bytes, attr->length);
    if (!*name)
        return nqs_fail(err, NQS_SYNTAX, "no destination was named");
    server = strchr(name, '@');
    if (server)
        *server++ = '\0';
    if (server && strcmp(server, core->server) != 0)
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "moving to another server (%.80s) comes with the network: requests move "
                        "between the queues of %.63s",
                        server, core->server);
    return choose_queue(core, name, ret, err);
}

/*
 * The limits that the core knows of JOB must be such as QUEUE accepts.  (Those of
 * each process are in the body; they stay what they were.)
 */
static enum nqs_code check_bounds(const struct core *core, const struct job *job,
                                  const struct queue *queue, struct nqs_err *err)
{
    struct attrs hot;
    enum nqs_code code;

    attrs_init(&hot);
    job_values(job, core->intern, &hot);
    code = bound_check(core, queue, &hot, err);
    attrs_done(&hot);
    return code;
}

/* How many requests JOB is to a queue. */
static uint32_t members_left(const struct job *job)
{
    return job->array ? job->array->todo + job->array->live : 1;
}

/* Whom a queue does not accept may be brought there by an operator. */
enum nqs_code decide_move_job(struct telling *t, const struct request *request, struct nqs_err *err)
{
    const struct job *member;
    struct queue *queue;
    struct job *job;
    enum nqs_code code = find_whole(t->core, request, &job, err);
    struct job_key key;

    if (!code && !waits_whole(t->core, job))
        code = refuse_state(request, job, "it cannot be moved", err);
    if (!code)
        code = find_destination(t->core, request, &queue, err);
    if (!code && queue != job->at && request->role == CORE_USER)
        code = access_check(t->core, queue, request, members_left(job), err);
    if (!code && queue != job->at && request->role == CORE_USER)
        code = check_bounds(t->core, job, queue, err);
    if (code)
        return code;
    key = job_key(job);
    if (queue != job->at) {
        move_row(t, job, queue);
        for (struct job_key at = key; job->array && (member = next_member(t->core, job, at));
             at = job_key(member))
            move_row(t, member, queue);
    }
    answer_job(t, request, key);
    return NQS_OK;
}
