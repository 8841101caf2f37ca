/*
 * turn.c - the daemon's turn, as architecture.md has it; see turn.h.
 *
 * All letters that wait are told to the core, then time is; the outbox is
 * committed whole; only then are the orders released, one by one.  The daemon
 * may die before the commit, behind it and between any two orders: what was
 * not released is lost, and the next daemon has the disk and the node.
 */
#include "turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defect.h"
#include "depend.h"
#include "mem.h"
#include "sim.h"

struct core_rules turn_rules(void)
{
    return (struct core_rules){.server = SIM_SERVER, .min_uid = 1000};
}

void daemon_init(struct daemon *daemon)
{
    *daemon = (struct daemon){0};
    outbox_init(&daemon->out);
}

void daemon_done(struct daemon *daemon)
{
    core_free(daemon->core);
    outbox_done(&daemon->out);
    mem_free(daemon->letters);
}

/* --- What arrives --- */

void turn_soon(struct sim *sim, nqs_time wait)
{
    struct daemon *daemon = &sim->daemon;
    nqs_time at = sim->now + wait;

    if (!daemon->core || (daemon->awaited && daemon->turn_at <= at))
        return;
    daemon->awaited = true;
    daemon->turn_at = at;
    sim_after(sim, wait, (struct happening){.thing = THING_TURN, .epoch = daemon->epoch});
}

static struct letter *new_letter(struct sim *sim)
{
    struct daemon *daemon = &sim->daemon;

    if (daemon->count == daemon->room) {
        daemon->room = daemon->room ? daemon->room * 2 : 16;
        daemon->letters = mem_grow(daemon->letters, daemon->room, sizeof *daemon->letters);
    }
    turn_soon(sim, dice_span(&sim->dice, 0, NQS_SECOND / 50));
    return &daemon->letters[daemon->count++];
}

void turn_request(struct sim *sim, uint32_t call)
{
    if (sim->daemon.core)
        *new_letter(sim) = (struct letter){.call = call};
}

void turn_fact(struct sim *sim, const struct fact *fact)
{
    if (sim->daemon.core)
        *new_letter(sim) = (struct letter){.is_fact = true, .fact = *fact};
}

/* --- Telling --- */

static uint64_t outbox_size(const struct outbox *out)
{
    return out->event_count + out->record_count + out->order_count + out->bytes.length;
}

static void tell_fact(struct sim *sim, const struct fact *fact)
{
    struct outbox *out = &sim->daemon.out;
    size_t events = out->event_count;
    size_t orders = out->order_count;
    bool believed;

    core_hear(sim->daemon.core, sim_now(sim), fact, out);
    believed = out->event_count != events;
    if (fact->kind == FACT_ABSENT) /* it is answered by an order, and by nothing when stray */
        believed |= out->order_count != orders;
    sim_trace(sim, "heard fact %d of %s.%u", (int)fact->kind, sim_key(fact->key),
              fact->incarnation);
    sim->cover->facts[fact->kind][believed]++;
}

/* The request that made the same token before, on disk or in this very turn. */
static bool find_token(const struct sim *sim, const struct attr *token, struct job_key *ret)
{
    const struct outbox *out = &sim->daemon.out;
    const struct entry *entry = disk_find(&sim->disk, RECORD_TOKEN, token->bytes, token->length);

    if (DEFECT(TOKEN))
        return false;
    if (entry) {
        *ret = job_key_unpack(entry->value);
        return true;
    }
    for (size_t i = 0; i < out->record_count; i++) {
        const struct record *record = &out->records[i];

        if (record->kind == RECORD_TOKEN &&
            !memcmp(outbox_bytes(out, record->key), token->bytes, token->length)) {
            *ret = job_key_unpack(outbox_bytes(out, record->value));
            return true;
        }
    }
    return false;
}

static void name_known(const struct sim *sim, struct request *request, char text[NQS_ID_TEXT_MAX])
{
    const struct attr *token = attrs_find(request->attrs, ATTR_token);
    struct nqs_id id = {.server = SIM_SERVER, .index = NQS_NO_INDEX};
    struct job_key key;

    if (request->verb != VERB_QUEUE_JOB || !token || !find_token(sim, token, &key))
        return;
    id.seq = key.seq;
    id.array = attrs_number(request->attrs, ATTR_array_step, 0) != 0;
    id_text(&id, text);
    request->known = text;
}

/* What the disk remembers of the finished requests that REQUEST names. */
static size_t find_finished(const struct sim *sim, const struct attrs *attrs,
                            struct core_finished *list)
{
    const struct attr *depend = attrs_find(attrs, ATTR_depend);
    struct depend_reader reader = {0};
    const struct entry *entry;
    enum nqs_code code;
    struct depend item;
    size_t count = 0;
    char reason[64];

    if (!depend)
        return 0;
    reader.text = depend->bytes;
    reader.length = depend->length;
    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key key = {item.id.seq, item.id.index};
        uint16_t begun = ATTR_session_id;

        entry = item.type == DEPEND_ON ? NULL : disk_job(&sim->disk, RECORD_HISTORY, key);
        if (!entry)
            continue;
        if (entry_number(entry, ATTR_array_step, 0))
            begun = ATTR_stime;
        entry_text(entry, ATTR_exit_reason, reason, sizeof reason);
        list[count++] = (struct core_finished){
            .key = key,
            .uid = (uint32_t)entry_number(entry, ATTR_uid, 0),
            .begun = entry_number(entry, begun, 0) != 0,
            .ok = depend_ended_ok(entry_number(entry, ATTR_exit_status, 0), reason, strlen(reason)),
        };
    }
    return count;
}

/* The body of what is to be altered, as the last commit has it. */
static void name_body(const struct sim *sim, struct request *request, struct attrs *body)
{
    struct job_key key = {(uint32_t)strtoul(request->name, NULL, 10), NQS_NO_INDEX};
    const struct entry *entry = disk_job(&sim->disk, RECORD_BODY, key);

    if (request->verb == VERB_MODIFY_JOB && entry &&
        attrs_unpack(body, entry->value, entry->length))
        request->body = body;
}

static void tell_request(struct sim *sim, uint32_t call)
{
    struct outbox *out = &sim->daemon.out;
    uint64_t before = outbox_size(out);
    struct core_finished finished[8];
    char known[NQS_ID_TEXT_MAX];
    struct request request;
    struct attrs attrs;
    struct attrs body;
    struct nqs_err err;
    enum nqs_code code;

    attrs_init(&attrs);
    attrs_init(&body);
    people_request(sim, call, &request, &attrs);
    name_known(sim, &request, known);
    request.finished = finished;
    request.finished_count = find_finished(sim, &attrs, finished);
    name_body(sim, &request, &body);
    code = core_decide(sim->daemon.core, sim_now(sim), &request, out, &err);
    sim->cover->verbs[request.verb][code == NQS_OK]++;
    sim_trace(sim, "call %u, verb %d of %u on '%s': %s", call, (int)request.verb, request.uid,
              request.name, code ? err.text : "granted");
    if (code && outbox_size(out) != before)
        sim_fail(sim, "verb %d was refused and left something behind", (int)request.verb);
    if (code)
        outbox_answer(out, call, code, err.text, "");
    attrs_done(&body);
    attrs_done(&attrs);
}

/* --- Dying and starting --- */

void turn_crash(struct sim *sim, enum cover_crash where)
{
    struct daemon *daemon = &sim->daemon;

    if (!daemon->core)
        return;
    sim_trace(sim, "the daemon dies");
    sim->cover->crashes[where]++;
    core_free(daemon->core);
    daemon->core = NULL;
    daemon->count = 0;
    daemon->awaited = false;
    sim_after(sim, dice_span(&sim->dice, NQS_SECOND / 100, 300 * NQS_SECOND),
              (struct happening){.thing = THING_BOOT});
}

static bool may_crash(struct sim *sim, enum cover_crash where)
{
    if (sim->calm || !dice_once_in(&sim->dice, sim->plan.crash))
        return false;
    turn_crash(sim, where);
    return true;
}

void turn_boot(struct sim *sim)
{
    struct core_rules rules = turn_rules();
    struct daemon *daemon = &sim->daemon;

    sim_trace(sim, "the daemon starts");
    daemon->core = core_new(&rules);
    daemon->epoch++;
    daemon->fresh = true;
    disk_load(sim, daemon->core);
    turn_soon(sim, 0);
}

/* Which states a start found, for the coverage. */
static void count_states(struct sim *sim)
{
    struct core_facts facts;
    struct core_look look;
    bool more = core_next(sim->daemon.core, NULL, false, &look);

    while (more) {
        struct job_key key = look.key;

        if (core_facts(sim->daemon.core, key, &facts))
            sim->cover->resumed[facts.state]++;
        more = core_next(sim->daemon.core, &key, true, &look);
        while (more && look.virtual_member) {
            key = look.key;
            more = core_next(sim->daemon.core, &key, true, &look);
        }
    }
}

/* Run directories that no request waits for are looked at, so that they go. */
static void sweep(struct sim *sim)
{
    struct run *run = NULL;
    struct core_facts facts;

    while ((run = node_next(&sim->node, run))) {
        if (!run->dir)
            continue;
        if (core_facts(sim->daemon.core, run->key, &facts) &&
            facts.incarnation == run->incarnation && life_state(facts.state)->slot)
            continue;
        if (run->tied != sim->daemon.epoch)
            ties_look(sim, run);
    }
}

/* --- Releasing --- */

static void release(struct sim *sim, const struct core_order *order)
{
    const struct outbox *out = &sim->daemon.out;

    sim->cover->done[order->kind]++;
    if (order->kind == ORDER_TO_ANSWER) {
        people_answered(sim, (uint32_t)order->ref, order->code, outbox_bytes(out, order->name));
        return;
    }
    sim_trace(sim, "order %d for %s.%u, %u", (int)order->kind, sim_key(order->key),
              order->incarnation, order->number);
    ties_order(sim, order);
}

static void release_all(struct sim *sim)
{
    const struct outbox *out = &sim->daemon.out;

    for (size_t i = 0; i < out->order_count; i++) {
        if (may_crash(sim, CRASH_BETWEEN)) {
            for (; i < out->order_count; i++)
                sim->cover->lost[out->orders[i].kind]++;
            return;
        }
        release(sim, &out->orders[i]);
    }
}

static void release_answers(struct sim *sim)
{
    const struct outbox *out = &sim->daemon.out;

    for (size_t i = 0; i < out->order_count; i++)
        if (out->orders[i].kind == ORDER_TO_ANSWER)
            release(sim, &out->orders[i]);
}

/* --- The turn --- */

static uint64_t mix(uint64_t digest, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < length; i++)
        digest = (digest ^ at[i]) * 0x100000001b3u;
    return digest;
}

/* All that is said in the outbox, leaving out what only pads structs. */
static void digest(struct sim *sim)
{
    const struct outbox *out = &sim->daemon.out;
    uint64_t sum = mix(sim->digest, out->bytes.bytes, out->bytes.length);

    for (size_t i = 0; i < out->event_count; i++) {
        sum = mix(sum, &out->events[i].seq, sizeof out->events[i].seq);
        sum = mix(sum, &out->events[i].type, sizeof out->events[i].type);
        sum = mix(sum, &out->events[i].key, sizeof out->events[i].key);
    }
    for (size_t i = 0; i < out->record_count; i++)
        sum = mix(sum, &out->records[i], sizeof out->records[i]);
    for (size_t i = 0; i < out->order_count; i++) {
        sum = mix(sum, &out->orders[i].kind, sizeof out->orders[i].kind);
        sum = mix(sum, &out->orders[i].ref, sizeof out->orders[i].ref);
        sum = mix(sum, &out->orders[i].key, sizeof out->orders[i].key);
        sum = mix(sum, &out->orders[i].incarnation, sizeof out->orders[i].incarnation);
        sum = mix(sum, &out->orders[i].number, sizeof out->orders[i].number);
    }
    sim->digest = sum;
}

static void check(struct sim *sim)
{
    const struct daemon *daemon = &sim->daemon;
    struct buf space;
    const char *wrong;

    buf_init(&space);
    wrong = core_check(daemon->core, &space);
    if (wrong)
        sim_fail(sim, "%s", wrong);
    buf_done(&space);
    if (dice_once_in(&sim->dice, 4) && sim->disk.events)
        disk_compare(sim, daemon->core);
    if (dice_once_in(&sim->dice, 100) && sim->disk.events)
        disk_replay(sim, daemon->core);
}

static void arm(struct sim *sim)
{
    struct nqs_now wake = core_wake(sim->daemon.core);
    struct nqs_now now = sim_now(sim);

    if (wake.steady != NQS_NEVER)
        turn_soon(sim, wake.steady > now.steady ? wake.steady - now.steady : 0);
    if (wake.wall != NQS_NEVER)
        turn_soon(sim, wake.wall > now.wall ? wake.wall - now.wall : 0);
}

static void tell_all(struct sim *sim)
{
    struct daemon *daemon = &sim->daemon;

    outbox_clear(&daemon->out);
    for (size_t i = 0; i < daemon->count; i++) {
        if (daemon->letters[i].is_fact)
            tell_fact(sim, &daemon->letters[i].fact);
        else
            tell_request(sim, daemon->letters[i].call);
    }
    daemon->count = 0;
    core_tick(daemon->core, sim_now(sim), &daemon->out);
    digest(sim);
}

/* What the core orders again is released at once: there is nothing in it to commit. */
static void resume(struct sim *sim)
{
    struct daemon *daemon = &sim->daemon;

    daemon->fresh = false;
    count_states(sim);
    outbox_clear(&daemon->out);
    core_resume(daemon->core, sim_now(sim), &daemon->out);
    if (daemon->out.event_count || daemon->out.record_count)
        sim_fail(sim, "a resume has something to remember");
    digest(sim);
    release_all(sim);
    if (daemon->core)
        sweep(sim);
}

static void turn(struct sim *sim)
{
    struct daemon *daemon = &sim->daemon;

    tell_all(sim);
    daemon->turns++;
    if (DEFECT(ANSWER))
        release_answers(sim);
    if (may_crash(sim, CRASH_BEFORE))
        return;
    disk_commit(sim, &daemon->out);
    rules_committed(sim, &daemon->out);
    for (size_t i = 0; i < daemon->out.event_count; i++)
        people_saw(sim, &daemon->out.events[i]);
    if (sim->plan.check_all || dice_once_in(&sim->dice, 16))
        check(sim);
    if (may_crash(sim, CRASH_AFTER)) {
        for (size_t i = 0; i < daemon->out.order_count; i++)
            sim->cover->lost[daemon->out.orders[i].kind]++;
        return;
    }
    release_all(sim);
    if (daemon->core)
        arm(sim);
}

void turn_happen(struct sim *sim, const struct happening *happening)
{
    struct daemon *daemon = &sim->daemon;

    if (!daemon->core || happening->epoch != daemon->epoch || !daemon->awaited ||
        happening->at != daemon->turn_at)
        return;
    daemon->awaited = false;
    if (daemon->fresh)
        resume(sim);
    if (daemon->core)
        turn(sim);
}
