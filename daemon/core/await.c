/*
 * await.c - dependencies; see decide.h and depend.def.
 *
 * Only `after...` is ever waited for: `before...` gives the request that it names
 * a dependency on the new one, for which that one was submitted with on:COUNT.
 * What has ended is unknown to the core but for this turn, so whoever tells it a
 * submission tells with it what is remembered of the finished ones that it names.
 *
 * An end may end others, and theirs others again: each is noted and taken up in
 * turn by await_settle(), so that a long chain costs no stack.
 */

#include <stdio.h>
#include <string.h>

#include "core.h"
#include "decide.h"
#include "defect.h"
#include "mem.h"

struct await_item {
    enum depend_type type;
    struct job_key key;
    bool waits; /* after...: it is not met yet */
};

/* --- What is known of a request --- */

static const struct job *row_of(const struct core *core, struct job_key key)
{
    const struct job *job = world_job(core, key);

    return job ? job : world_job(core, (struct job_key){key.seq, NQS_NO_INDEX});
}

/* Has the run, or a member's, begun? */
static bool has_begun(const struct job *job)
{
    return job->array ? job->stime != 0 : job->session_id != 0;
}

/* What is known of one that has ended; false: nothing is. */
static bool find_finished(const struct core *core, const struct request *request,
                          struct job_key key, struct core_finished *ret)
{
    if (world_outcome_of(core, key, ret))
        return true;
    for (size_t i = 0; i < request->finished_count; i++)
        if (!job_key_compare(request->finished[i].key, key)) {
            *ret = request->finished[i];
            return true;
        }
    return false;
}

static enum nqs_code unknown(const struct depend *item, struct nqs_err *err)
{
    return nqs_fail(err, NQS_NOJOB, "Unknown Job Id %.*s in depend",
                    item->length < 80 ? (int)item->length : 80, item->text);
}

static bool may_name(const struct request *request, uint32_t uid)
{
    return request->role != CORE_USER || request->uid == uid;
}

/* --- Judging --- */

static void put_item(struct await *wait, enum depend_type type, struct job_key key, bool waits)
{
    for (size_t i = 0; i < wait->count; i++)
        if (wait->items[i].type == type && !job_key_compare(wait->items[i].key, key))
            return;
    if (!wait->items)
        wait->items = mem_array(DEPEND_MAX, sizeof *wait->items);
    wait->items[wait->count++] = (struct await_item){type, key, waits};
}

static enum nqs_code never(const struct depend *item, struct nqs_err *err)
{
    return nqs_fail(err, NQS_STATE, "depend: %.*s has ended, and %s can never be met",
                    item->length < 80 ? (int)item->length : 80, item->text,
                    depend_word(item->type));
}

static enum nqs_code check_after(const struct core *core, const struct request *request,
                                 const struct depend *item, struct await *wait, struct nqs_err *err)
{
    struct core_finished ended = {.key = {item->id.seq, item->id.index}};
    char text[NQS_ID_TEXT_MAX];
    struct core_look look;
    const struct job *job;
    enum depend_gate gate;

    id_text(&item->id, text);
    if (!core_find(core, text, &look, NULL)) {
        job = row_of(core, look.key);
        if (!may_name(request, job->uid))
            return unknown(item, err);
        gate = depend_gate(item->type, !look.virtual_member && has_begun(job), false, false);
        if (gate == DEPEND_WAIT)
            put_item(wait, item->type, look.key, true);
        return NQS_OK;
    }
    if ((item->id.server[0] && strcmp(item->id.server, core->server)) ||
        !find_finished(core, request, ended.key, &ended) || !may_name(request, ended.uid))
        return unknown(item, err);
    gate = depend_gate(item->type, ended.begun, true, ended.ok);
    return gate == DEPEND_MET ? NQS_OK : never(item, err);
}

/* How many requests still have to name the one of TEXT. */
static int64_t count_on(const char *text)
{
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    struct depend item;
    enum nqs_code code;
    int64_t count = 0;

    while (depend_next(&reader, &item, &code, NULL))
        if (item.type == DEPEND_ON)
            count += item.count;
    return count;
}

static enum nqs_code check_before(const struct core *core, const struct request *request,
                                  const struct depend *item, struct await *wait,
                                  struct nqs_err *err)
{
    char text[NQS_ID_TEXT_MAX];
    struct core_look look;
    const struct job *job;
    int64_t more;

    id_text(&item->id, text);
    if (core_find(core, text, &look, NULL) || !may_name(request, row_of(core, look.key)->uid))
        return unknown(item, err);
    job = world_job(core, look.key);
    more = job && job->state == STATE_HELD ? count_on(intern_text(core->intern, job->depend)) : 0;
    for (size_t i = 0; i < wait->count; i++)
        more -= wait->items[i].type >= DEPEND_BEFORE && !wait->items[i].waits &&
                !job_key_compare(wait->items[i].key, look.key);
    if (more <= 0)
        return nqs_fail(err, NQS_STATE,
                        "depend: %s:%s: it does not wait to be named: submit it with -W "
                        "depend=on:COUNT",
                        depend_word(item->type), text);
    put_item(wait, item->type, look.key, false);
    wait->befores++;
    return NQS_OK;
}

/* --- Cycles --- */

/* A set of sequence numbers, in order; and those of them whose own waits were not looked at. */
struct walk {
    uint32_t *seen; /* owned */
    size_t count;
    size_t room;
    uint32_t *todo; /* owned */
    size_t left;
    size_t todo_room;
};

static void walk_add(struct walk *walk, uint32_t seq)
{
    size_t low = 0;
    size_t high = walk->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (walk->seen[middle] < seq)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < walk->count && walk->seen[low] == seq)
        return;
    if (walk->count == walk->room) {
        walk->room = walk->room ? 2 * walk->room : 64;
        walk->seen = mem_grow(walk->seen, walk->room, sizeof *walk->seen);
        walk->todo = mem_grow(walk->todo, walk->room, sizeof *walk->todo);
    }
    memmove(walk->seen + low + 1, walk->seen + low, (walk->count - low) * sizeof *walk->seen);
    walk->seen[low] = seq;
    walk->count++;
    walk->todo[walk->left++] = seq;
}

static void walk_from(const struct core *core, struct walk *walk, uint32_t seq)
{
    const struct job *job = world_job(core, (struct job_key){seq, NQS_NO_INDEX});
    const char *text = job ? intern_text(core->intern, job->depend) : "";
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    struct depend item;
    enum nqs_code code;

    while (depend_next(&reader, &item, &code, NULL))
        if (item.type != DEPEND_ON)
            walk_add(walk, item.id.seq);
}

/* Does anything that the new request waits for wait, by whatever way, for one that it is before? */
static enum nqs_code check_cycle(const struct core *core, const struct await *wait,
                                 struct nqs_err *err)
{
    struct walk walk = {0};
    enum nqs_code code = NQS_OK;

    for (size_t i = 0; i < wait->count; i++)
        if (wait->items[i].waits)
            walk_add(&walk, wait->items[i].key.seq);
    while (walk.left)
        walk_from(core, &walk, walk.todo[--walk.left]);
    for (size_t i = 0; i < wait->count && !code; i++)
        for (size_t j = 0; j < walk.count && !wait->items[i].waits && !code; j++)
            if (walk.seen[j] == wait->items[i].key.seq)
                code = nqs_fail(err, NQS_STATE,
                                "depend: a cycle: what it waits for waits for %u, which it is "
                                "to come before",
                                (unsigned)walk.seen[j]);
    mem_free(walk.seen);
    mem_free(walk.todo);
    return code;
}

/* --- A submission --- */

static void write_text(const struct core *core, struct await *wait, int64_t on)
{
    char text[NQS_ID_TEXT_MAX];

    for (size_t i = 0; i < wait->count; i++) {
        if (!wait->items[i].waits)
            continue;
        core_id_text(core, wait->items[i].key, text);
        depend_add(&wait->text, &wait->last, wait->items[i].type, text, strlen(text));
    }
    if (!on)
        return;
    snprintf(text, sizeof text, "%lld", (long long)on);
    depend_add(&wait->text, &wait->last, DEPEND_ON, text, strlen(text));
}

enum nqs_code await_check(const struct core *core, const struct request *request,
                          struct await *wait, struct nqs_err *err)
{
    const struct attr *attr = attrs_find(request->attrs, ATTR_depend);
    struct depend_reader reader = {0};
    struct depend item;
    enum nqs_code code = NQS_OK;
    enum depend_type after;
    int64_t on = 0;

    *wait = (struct await){0};
    buf_init(&wait->text);
    if (!attr)
        return NQS_OK;
    reader.text = attr->bytes;
    reader.length = attr->length;
    while (!code && depend_next(&reader, &item, &code, err)) {
        if (item.type == DEPEND_ON)
            on += item.count;
        else if (depend_before(item.type, &after))
            code = check_before(core, request, &item, wait, err);
        else
            code = check_after(core, request, &item, wait, err);
    }
    if (!code && on > DEPEND_MAX)
        code = nqs_fail(err, NQS_LIMIT, "depend: on:%lld: at most %d", (long long)on, DEPEND_MAX);
    if (!code && wait->befores)
        code = check_cycle(core, wait, err);
    if (!code)
        write_text(core, wait, on);
    return code;
}

void await_done(struct await *wait)
{
    buf_done(&wait->text);
    mem_free(wait->items);
}

/* --- Texts of rows --- */

/*
 * The text of JOB without the gate TYPE of OF, or, with ADD, with it more and
 * named once more.
 */
static void rewrite(const struct core *core, const struct job *job, enum depend_type type,
                    struct job_key of, bool add, struct buf *out)
{
    const char *text = intern_text(core->intern, job->depend);
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    char id[NQS_ID_TEXT_MAX];
    enum depend_type last = DEPEND_ON;
    int64_t on = -(int64_t)add;
    struct depend item;
    enum nqs_code code;

    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key key = {item.id.seq, item.id.index};

        if (item.type == DEPEND_ON)
            on += item.count;
        else if (add || item.type != type || job_key_compare(key, of))
            depend_add(out, &last, item.type, item.text, item.length);
    }
    if (add) {
        core_id_text(core, of, id);
        depend_add(out, &last, type, id, strlen(id));
    }
    if (on <= 0)
        return;
    snprintf(id, sizeof id, "%lld", (long long)on);
    depend_add(out, &last, DEPEND_ON, id, strlen(id));
}

static void named(struct telling *t, const struct job *job, enum depend_type type,
                  struct job_key by)
{
    struct buf text;

    if (job->state != STATE_HELD || !count_on(intern_text(t->core->intern, job->depend)))
        return;
    buf_init(&text);
    rewrite(t->core, job, type, by, true, &text);
    attrs_add_text(&t->attrs, ATTR_depend, buf_text(&text));
    tell_job(t, job_key(job), EVENT_ALTERED, NQS_NEVER);
    buf_done(&text);
}

void await_made(struct telling *t, const struct await *wait, struct job_key key)
{
    const struct job *member;
    enum depend_type after;

    for (size_t i = 0; i < wait->count; i++) {
        const struct job *job = world_job(t->core, wait->items[i].key);

        if (!depend_before(wait->items[i].type, &after))
            continue;
        named(t, job, after, key);
        for (struct job_key at = job_key(job);
             job->array && (member = next_member(t->core, job, at)); at = job_key(member))
            named(t, member, after, key);
    }
}

/* --- What follows from an outcome --- */

static void met(struct telling *t, const struct job *job, const struct gate *gate)
{
    struct job_key key = job_key(job);
    struct buf text;

    buf_init(&text);
    rewrite(t->core, job, gate->type, gate->of, false, &text);
    if (DEFECT(GATE))
        buf_clear(&text);
    attrs_add_text(&t->attrs, ATTR_depend, buf_text(&text));
    if (text.length)
        tell_job(t, key, EVENT_ALTERED, NQS_NEVER);
    else
        set_holds(t, key, job->holds & ~HOLD_DEPEND);
    buf_done(&text);
}

static void refuse(struct telling *t, struct job *job, const struct gate *gate)
{
    char comment[2 * NQS_ID_TEXT_MAX];
    char id[NQS_ID_TEXT_MAX];

    if (is_ending(job))
        return;
    core_id_text(t->core, gate->of, id);
    snprintf(comment, sizeof comment, "dependency: %s:%s can never be met", depend_word(gate->type),
             id);
    attrs_add_text(&t->attrs, ATTR_comment, comment);
    t->end_reason = "dependency";
    delete_job(t, job);
    t->end_reason = "deleted";
}

/* What has BEGUN, and perhaps ended, opens GATE, shuts it for ever, or neither. */
static void pass(struct telling *t, struct gate gate, const struct core_outcome *what)
{
    struct job *job = world_job(t->core, gate.waits);
    enum depend_gate then = depend_gate(gate.type, what->is.begun, what->ended, what->is.ok);

    if (then == DEPEND_MET)
        met(t, job, &gate);
    else if (then == DEPEND_NEVER)
        refuse(t, job, &gate);
}

static bool same(struct job_key a, struct job_key b)
{
    return !job_key_compare(a, b);
}

static void settle_one(struct telling *t, const struct core_outcome *what)
{
    struct gate at = {.of = what->is.key, .waits = {0, NQS_NO_INDEX}, .type = DEPEND_AFTER};
    struct gate *gate;

    while ((gate = gates_after(&t->core->gates, &at)) && same(gate->of, what->is.key)) {
        at = *gate;
        pass(t, at, what);
    }
}

/* The members that were never begun are gone with their array; whoever waits for one learns it. */
static void settle_members(struct telling *t, const struct core_outcome *what)
{
    uint32_t seq = what->is.key.seq;
    struct gate at = {.of = {seq, NQS_NO_INDEX}, .waits = {UINT32_MAX, INT32_MAX}};
    struct core_outcome gone = {.ended = true};
    struct gate *gate;

    while ((gate = gates_after(&t->core->gates, &at)) && gate->of.seq == seq) {
        at = *gate;
        if (!world_job(t->core, at.of))
            pass(t, at, &gone);
    }
}

void await_settle(struct telling *t)
{
    struct core_outcome what;

    while (world_take_outcome(t->core, &what)) {
        if (what.members)
            settle_members(t, &what);
        else
            settle_one(t, &what);
    }
}

/* --- Looking --- */

bool await_first(const struct core *core, const char *text, struct depend *ret, bool *ret_lost)
{
    struct depend_reader reader = {.text = text, .length = strlen(text)};
    enum nqs_code code;
    struct depend item;
    bool any = false;

    *ret_lost = false;
    while (!*ret_lost && depend_next(&reader, &item, &code, NULL)) {
        struct job_key key = {item.id.seq, item.id.index};
        const struct job *job = row_of(core, key);

        if (item.type == DEPEND_ON) {
            if (!any)
                *ret = item;
            continue;
        }
        *ret_lost = !job || (key.index != NQS_NO_INDEX && !job->parent &&
                             !(job->array && array_waits(job->array, key.index)));
        if (!any || *ret_lost)
            *ret = item;
        any = true;
    }
    return any;
}
