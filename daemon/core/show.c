/*
 * show.c - looking into a core: finding, listing, and the values to show.
 */
#include <string.h>

#include "access.h"
#include "core.h"
#include "mem.h"
#include "show.h"
#include "tell.h"
#include "why.h"
#include "world.h"

void core_id_text(const struct core *core, struct job_key key, char text[NQS_ID_TEXT_MAX])
{
    const struct job *job = world_job(core, key);
    struct nqs_id id = {.seq = key.seq, .index = key.index, .array = job && job->array};

    memcpy(id.server, core->server, sizeof id.server);
    id_text(&id, text);
}

static enum nqs_code unknown(const char *text, struct nqs_err *err)
{
    return nqs_fail(err, NQS_NOJOB, "Unknown Job Id %.80s", text);
}

enum nqs_code core_find(const struct core *core, const char *text, struct core_look *ret,
                        struct nqs_err *err)
{
    struct nqs_id id;
    enum nqs_code code = id_parse(text, &id, err);
    struct job_key key;
    const struct job *array;

    if (code)
        return code;
    if ((id.server[0] && strcmp(id.server, core->server)) ||
        (id.at[0] && strcmp(id.at, core->server)))
        return unknown(text, err);
    key = (struct job_key){id.seq, id.index};
    array = world_job(core, (struct job_key){id.seq, NQS_NO_INDEX});
    if (id.array && (!array || !array->array))
        return unknown(text, err);
    *ret = (struct core_look){.key = key};
    if (world_job(core, key))
        return NQS_OK;
    if (!array || !array->array || !array_waits(array->array, id.index))
        return unknown(text, err);
    ret->virtual_member = true;
    return NQS_OK;
}

/* The next member of ARRAY behind KEY that has no row, or false. */
static bool next_waiting(const struct job *array, struct job_key key, struct core_look *ret)
{
    int64_t from = key.index == NQS_NO_INDEX ? array->array->array_first : (int64_t)key.index + 1;
    int32_t index = array_waiting_from(array->array, from);

    if (index == NQS_NO_INDEX)
        return false;
    *ret = (struct core_look){{key.seq, index}, true};
    return true;
}

bool core_next(const struct core *core, const struct job_key *after, bool members,
               struct core_look *ret)
{
    static const struct job_key before_all = {0, NQS_NO_INDEX};
    struct job_key key = after ? *after : before_all;
    const struct job *job = world_job_after(core, key);
    const struct job *array;
    struct core_look waiting;

    while (job && !members && job->parent)
        job = world_job_after(core, job_key(job));
    array = members ? world_job(core, (struct job_key){key.seq, NQS_NO_INDEX}) : NULL;
    if (array && array->array && next_waiting(array, key, &waiting) &&
        (!job || job_key_compare(waiting.key, job_key(job)) < 0)) {
        *ret = waiting;
        return true;
    }
    if (!job)
        return false;
    *ret = (struct core_look){.key = job_key(job)};
    return true;
}

/* Append TEXT's bytes to SPACE now, to be named by attrs_add_text() once SPACE does not move. */
static void show_text(struct attrs *attrs, struct buf *space, uint16_t id, const char *text)
{
    struct attr attr = {.id = id, .length = (uint32_t)strlen(text)};

    attr.number = (int64_t)space->length;
    buf_add_text(space, text);
    attrs_add(attrs, &attr);
}

/* SPACE has grown to its end: point the texts of ATTRS from FROM on into it. */
static void point_texts(struct attrs *attrs, size_t from, const struct buf *space)
{
    for (size_t i = from; i < attrs->count; i++)
        if (!attr_numeric(attr_find(attrs->list[i].id)->type))
            attrs->list[i].bytes = space->bytes + attrs->list[i].number;
}

bool core_values(const struct core *core, struct job_key key, struct attrs *attrs)
{
    const struct job *job = world_job(core, key);

    if (job)
        job_values(job, core->intern, attrs);
    return job != NULL;
}

char show_letter(const struct job *job, bool virtual_member)
{
    if (!virtual_member && job->array && job->state == STATE_QUEUED &&
        (job->array->live || job->array->array_ended))
        return 'B';
    return life_state((enum life_state)job->state)->letter;
}

static void show_made(const struct core *core, const struct job *job, struct nqs_now now,
                      char letter, struct attrs *attrs, struct buf *space)
{
    char text[2] = {letter, '\0'};
    size_t from = attrs->count;
    size_t why_at;
    struct attr why = {.id = ATTR_why};

    show_text(attrs, space, ATTR_job_state, text);
    show_text(attrs, space, ATTR_server, core->server);
    show_text(attrs, space, ATTR_substate, life_state((enum life_state)job->state)->name);
    if (life_state((enum life_state)job->state)->slot)
        show_text(attrs, space, ATTR_exec_host, core->server);
    if (!job->mail_points)
        show_text(attrs, space, ATTR_mail_points, attr_find(ATTR_mail_points)->initial);
    if (!job->mail_users) {
        const char *host = intern_text(core->intern, job->submit_host);
        struct attr attr = {.id = ATTR_mail_users, .number = (int64_t)space->length};

        buf_format(space, "%s%s%s", intern_text(core->intern, job->owner), *host ? "@" : "", host);
        attr.length = (uint32_t)(space->length - (size_t)attr.number);
        attrs_add(attrs, &attr);
    }
    if (job->array) {
        attrs_add_number(attrs, ATTR_array_queued, job->array->todo);
        attrs_add_number(attrs, ATTR_array_running, job->array->active);
    }
    why_at = space->length;
    why_text(core, job, now, space);
    if (space->length > why_at) {
        why.number = (int64_t)why_at;
        why.length = (uint32_t)(space->length - why_at);
        attrs_add(attrs, &why);
    }
    point_texts(attrs, from, space);
}

void core_show(const struct core *core, struct nqs_now now, const struct core_look *look,
               struct attrs *attrs, struct buf *space)
{
    struct job_key key = look->key;
    const struct job *job;

    buf_clear(space);
    if (look->virtual_member)
        key.index = NQS_NO_INDEX;
    job = world_job(core, key);
    if (!job)
        return;
    job_values(job, core->intern, attrs);
    show_made(core, job, now, show_letter(job, look->virtual_member), attrs, space);
}

bool core_holds_text(const struct core *core, const char *text)
{
    return intern_find(core->intern, text, strlen(text)) != 0;
}

bool core_facts(const struct core *core, struct job_key key, struct core_facts *ret)
{
    const struct job *job = world_job(core, key);

    if (!job)
        return false;
    *ret = (struct core_facts){.state = (enum life_state)job->state,
                               .uid = job->uid,
                               .incarnation = job->incarnation,
                               .run_count = job->run_count,
                               .array = job->array != NULL};
    return true;
}

const char *core_queue_next(const struct core *core, const char *after)
{
    struct queue probe;
    struct queue *queue;

    if (strlen(after) > QUEUE_NAME_MAX)
        return NULL;
    strcpy(probe.name, after);
    queue = TREE_OF(tree_after(&core->queues, &probe.by_name), struct queue, by_name);
    return queue ? queue->name : NULL;
}

/* Beside each list of names stands that of its numbers, which is nobody's to see. */
static void hide_numbers(struct attrs *attrs, size_t from)
{
    size_t kept = from;

    for (size_t i = from; i < attrs->count; i++) {
        const struct access_list *row = NULL;

        while ((row = access_list_each(row)) && row->numbers != attrs->list[i].id)
            continue;
        if (!row)
            attrs->list[kept++] = attrs->list[i];
    }
    attrs->count = kept;
}

bool core_lists(const struct core *core, uint16_t list, uint32_t uid)
{
    uint32_t handle =
        list == ATTR_manager_ids ? core->settings.manager_ids : core->settings.operator_ids;

    return access_has(intern_text(core->intern, handle), uid);
}

static const struct {
    uint16_t attr;
    char letter;
} shown_counts[] = {
    {ATTR_count_queued, 'Q'},  {ATTR_count_running, 'R'}, {ATTR_count_held, 'H'},
    {ATTR_count_waiting, 'W'}, {ATTR_count_transit, 'T'}, {ATTR_count_exiting, 'E'},
};

enum { SHOWN_COUNTS = sizeof shown_counts / sizeof *shown_counts };

static void show_counts(const int64_t counts[SHOWN_COUNTS], int64_t total, struct attrs *attrs)
{
    attrs_add_number(attrs, ATTR_total_jobs, total);
    for (size_t i = 0; i < SHOWN_COUNTS; i++)
        attrs_add_number(attrs, shown_counts[i].attr, counts[i]);
}

/* A request that is suspended keeps its slot, and counts as running. */
static void add_counts(const struct queue *queue, int64_t counts[SHOWN_COUNTS], int64_t *total)
{
    for (size_t i = 0; i < SHOWN_COUNTS; i++)
        counts[i] += queue_count(queue, shown_counts[i].letter) +
                     (shown_counts[i].letter == 'R' ? queue_count(queue, 'S') : 0);
    *total += queue_total(queue);
}

/* Source: reference/queues.md B.2: two properties, admission and flow. */
static const char *flow_word(const struct queue *queue)
{
    if (queue->started)
        return queue->running ? "RUNNING" : "INACTIVE";
    return queue->running ? "STOPPING" : "STOPPED";
}

bool core_queue_show(const struct core *core, const char *name, struct attrs *attrs,
                     struct buf *space)
{
    const struct queue *queue = world_queue(core, name);
    int64_t counts[SHOWN_COUNTS] = {0};
    int64_t total = 0;
    size_t from;

    buf_clear(space);
    if (!queue)
        return false;
    from = attrs->count;
    queue_values(queue, core->intern, attrs);
    hide_numbers(attrs, from);
    from = attrs->count;
    show_text(attrs, space, ATTR_queue_type, "Execution");
    show_text(attrs, space, ATTR_queue_admission, queue->enabled ? "ENABLED" : "DISABLED");
    show_text(attrs, space, ATTR_queue_flow, flow_word(queue));
    point_texts(attrs, from, space);
    add_counts(queue, counts, &total);
    show_counts(counts, total, attrs);
    return true;
}

const char *core_complex_next(const struct core *core, const char *after)
{
    struct complex probe;
    struct complex *complex;

    if (strlen(after) > QUEUE_NAME_MAX)
        return NULL;
    strcpy(probe.name, after);
    complex = TREE_OF(tree_after(&core->complexes, &probe.by_name), struct complex, by_name);
    return complex ? complex->name : NULL;
}

bool core_complex_show(const struct core *core, const char *name, struct attrs *attrs,
                       struct buf *space)
{
    const struct complex *complex = world_complex(core, name);

    buf_clear(space);
    if (!complex)
        return false;
    complex_values(complex, core->intern, attrs);
    attrs_add_number(attrs, ATTR_count_running, complex->running);
    return true;
}

void core_server_show(const struct core *core, struct attrs *attrs, struct buf *space)
{
    int64_t counts[SHOWN_COUNTS] = {0};
    int64_t total = 0;
    size_t from;

    buf_clear(space);
    from = attrs->count;
    settings_values(core, attrs);
    hide_numbers(attrs, from);
    from = attrs->count;
    show_text(attrs, space, ATTR_server_state, "Active");
    point_texts(attrs, from, space);
    for (struct tree_node *node = tree_first(&core->queues); node;
         node = tree_after(&core->queues, node))
        add_counts(TREE_OF(node, struct queue, by_name), counts, &total);
    show_counts(counts, total, attrs);
}

const char *core_shell_strategy(const struct core *core)
{
    return intern_text(core->intern, core->settings.shell_strategy);
}

int64_t core_setting(const struct core *core, uint16_t attr)
{
    struct attrs attrs;
    int64_t number;

    attrs_init(&attrs);
    settings_values(core, &attrs);
    number = attrs_number(&attrs, attr, 0);
    attrs_done(&attrs);
    return number;
}
