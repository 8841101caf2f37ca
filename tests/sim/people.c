/*
 * people.c - random people; see people.h.
 *
 * They submit, delete, hold and so on, to what is theirs and to what is not,
 * with ids that are right, wrong and no ids at all.  Whoever gets no answer to
 * a submission submits again with the same token, until there is one.
 */
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "sim.h"
#include "wishes.h"

enum { USERS = 4, MANAGER_UID = 1099 };

void people_init(struct people *people)
{
    *people = (struct people){0};
}

void people_done(struct people *people)
{
    mem_free(people->submissions);
    mem_free(people->calls);
}

/* --- Calls --- */

struct call *people_call(struct sim *sim, enum core_verb verb, enum core_role role)
{
    struct people *people = &sim->people;
    struct call *call;

    if (people->call_count == people->call_room) {
        people->call_room = people->call_room ? people->call_room * 2 : 64;
        people->calls = mem_grow(people->calls, people->call_room, sizeof *people->calls);
    }
    call = &people->calls[people->call_count++];
    *call = (struct call){.verb = verb, .role = role, .uid = MANAGER_UID};
    if (role == CORE_USER)
        call->uid = 1000 + dice_below(&sim->dice, USERS);
    return call;
}

void people_set(struct call *call, uint16_t attr, int64_t number)
{
    call->attrs[call->attr_count] = attr;
    call->numbers[call->attr_count++] = number;
}

/* The last call goes on its way, to arrive within WAIT; who made it is patient only so long. */
static void send_within(struct sim *sim, nqs_time wait)
{
    uint32_t number = sim->people.call_count - 1;

    sim_after(sim, dice_span(&sim->dice, 0, wait),
              (struct happening){.thing = THING_REQUEST, .number = number});
    sim_after(sim, dice_span(&sim->dice, 30 * NQS_SECOND, 600 * NQS_SECOND),
              (struct happening){.thing = THING_PATIENCE, .number = number});
}

void people_send(struct sim *sim)
{
    send_within(sim, NQS_SECOND / 20);
}

void people_queue(char *name, size_t size, uint32_t number)
{
    snprintf(name, size, "queue%u", number);
}

void people_any_queue(struct sim *sim, char *name, size_t size)
{
    people_queue(name, size, dice_below(&sim->dice, sim->plan.queues));
}

/* --- Submissions --- */

static void draw_submission(struct sim *sim, struct submission *submission, uint32_t number)
{
    struct dice *dice = &sim->dice;

    submission->uid = 1000 + dice_below(dice, USERS);
    submission->role = dice_once_in(dice, 10) ? CORE_MANAGER : CORE_USER;
    if (dice_once_in(dice, 40))
        submission->uid = dice_below(dice, 2) * 500; /* root, a system user */
    if (!dice_once_in(dice, 10))
        people_any_queue(sim, submission->queue, sizeof submission->queue);
    if (dice_once_in(dice, 3))
        submission->priority = (int64_t)dice_below(dice, 2050) - 1025;
    if (dice_once_in(dice, 8))
        submission->holds = dice_once_in(dice, 2) ? HOLD_USER : 1 + dice_below(dice, 7);
    if (dice_once_in(dice, 5))
        submission->execution_time =
            sim_now(sim).wall - NQS_SECOND + dice_span(dice, NQS_SECOND, 12 * 3600 * NQS_SECOND);
    submission->rerunable = (int64_t)dice_below(dice, 3) - 1;
    submission->token[0] = dice_next(dice);
    submission->token[1] = number;
    wishes_array(sim, submission);
    if (dice_once_in(dice, sim->plan.depends))
        wishes_depend(sim, submission);
    wishes_resources(sim, submission);
}

static void submit(struct sim *sim, uint32_t number)
{
    struct submission *submission = &sim->people.submissions[number];
    struct call *call = people_call(sim, VERB_QUEUE_JOB, submission->role);

    call->uid = submission->uid;
    call->submission = number;
    strcpy(call->name, submission->queue);
    people_send(sim);
}

static void act_submit(struct sim *sim)
{
    struct people *people = &sim->people;

    if (people->submission_count == people->submission_room) {
        people->submission_room = people->submission_room ? people->submission_room * 2 : 64;
        people->submissions =
            mem_grow(people->submissions, people->submission_room, sizeof *people->submissions);
    }
    people->submissions[people->submission_count] = (struct submission){0};
    draw_submission(sim, &people->submissions[people->submission_count], people->submission_count);
    submit(sim, people->submission_count++);
}

/* --- Names of requests, right and wrong --- */

static void name_request(struct sim *sim, char *name, size_t size)
{
    static const char *const wrong[] = {"99999",   "0",       "abc", "12[", "7.other",
                                        "7@other", "[1].sim", "",    "5[2", "4294967296"};
    static const char *const tails[] = {"", "." SIM_SERVER, "." SIM_SERVER "@" SIM_SERVER};
    const char *tail = tails[dice_below(&sim->dice, 3)];
    uint32_t count = sim->people.submission_count;
    const struct submission *it;
    uint32_t back = dice_below(&sim->dice, count < 12 ? count : 12);

    if (!count || dice_once_in(&sim->dice, 12)) {
        snprintf(name, size, "%s", wrong[dice_below(&sim->dice, sizeof wrong / sizeof *wrong)]);
        return;
    }
    it = &sim->people.submissions[count - 1 - back];
    if (it->step && dice_once_in(&sim->dice, 2))
        snprintf(name, size, "%u[%lld]%s", it->seq,
                 (long long)(it->first + it->step * dice_below(&sim->dice, 6)), tail);
    else
        snprintf(name, size, "%u%s%s", it->seq, it->step ? "[]" : "", tail);
}

/* Name one of those that hold a slot; false when none does. */
static bool name_running(struct sim *sim, char *name, size_t size)
{
    const struct entry *entry = NULL;
    struct job_key key = {0, NQS_NO_INDEX};
    uint32_t count = 0;

    while ((entry = disk_next(&sim->disk, RECORD_JOB, entry)))
        if (life_state((enum life_state)entry_number(entry, ATTR_state, 0))->slot &&
            dice_once_in(&sim->dice, ++count))
            key = job_key_unpack(entry->key);
    if (key.index == NQS_NO_INDEX)
        snprintf(name, size, "%u", key.seq);
    else
        snprintf(name, size, "%u[%d]", key.seq, key.index);
    return count;
}

static enum core_role draw_role(struct sim *sim)
{
    uint32_t lot = dice_below(&sim->dice, 10);

    return lot < 6 ? CORE_USER : lot < 8 ? CORE_OPERATOR : CORE_MANAGER;
}

/* Some of what may be altered, with values right and wrong. */
static void draw_changes(struct sim *sim, struct call *call)
{
    struct dice *dice = &sim->dice;

    if (dice_once_in(dice, 2))
        people_set(call, ATTR_execution_time,
                   sim_now(sim).wall - 600 * NQS_SECOND + dice_span(dice, 0, 3600 * NQS_SECOND));
    if (dice_once_in(dice, 3))
        people_set(call, ATTR_priority, (int64_t)dice_below(dice, 2050) - 1025);
    if (dice_once_in(dice, 4))
        people_set(call, ATTR_holds, dice_below(dice, 4));
    if (dice_once_in(dice, 3))
        people_set(call, ATTR_umask, dice_below(dice, 520));
    if (dice_once_in(dice, 20))
        people_set(call, ATTR_array_max, dice_below(dice, 4));
}

/* Most of the time it is the owner who asks. */
static void ask(struct sim *sim, enum core_verb verb, const char *name, nqs_time within)
{
    struct call *call = people_call(sim, verb, draw_role(sim));
    const struct seen *seen;

    snprintf(call->name, sizeof call->name, "%s", name);
    seen = rules_seen(&sim->rules,
                      (struct job_key){(uint32_t)strtoul(call->name, NULL, 10), NQS_NO_INDEX});
    if (seen && call->role == CORE_USER && !dice_once_in(&sim->dice, 6))
        call->uid = seen->uid;
    if (verb == VERB_HOLD_JOB || verb == VERB_RELEASE_JOB)
        people_set(call, ATTR_set_holds,
                   dice_once_in(&sim->dice, 2) ? HOLD_USER : 1 + dice_below(&sim->dice, 7));
    if (verb == VERB_SIGNAL_JOB)
        people_set(call, ATTR_signal, dice_once_in(&sim->dice, 2) ? 9 : dice_below(&sim->dice, 20));
    if (verb == VERB_SIGNAL_JOB && !dice_once_in(&sim->dice, 3))
        people_set(call, ATTR_pseudo_signal,
                   dice_once_in(&sim->dice, 4) ? PSEUDO_RESUME : PSEUDO_SUSPEND);
    if (verb == VERB_MODIFY_JOB)
        draw_changes(sim, call);
    if (verb == VERB_MOVE_JOB)
        people_any_queue(sim, call->destination, sizeof call->destination);
    if (verb == VERB_DELETE_JOB)
        rules_condemn(sim, call);
    send_within(sim, within);
}

static void act_on_request(struct sim *sim, enum core_verb verb)
{
    char name[64];

    name_request(sim, name, sizeof name);
    ask(sim, verb, name, NQS_SECOND);
}

static void act_alter(struct sim *sim)
{
    act_on_request(sim, dice_once_in(&sim->dice, 3) ? VERB_MOVE_JOB : VERB_MODIFY_JOB);
}

/* Whoever sees that a start failed perhaps puts the next one off. */
void people_saw(struct sim *sim, const struct event *event)
{
    char name[64];

    if (sim->calm || event->type != EVENT_START_FAILED || !dice_once_in(&sim->dice, 3))
        return;
    if (event->key.index == NQS_NO_INDEX)
        snprintf(name, sizeof name, "%u", event->key.seq);
    else
        snprintf(name, sizeof name, "%u[]", event->key.seq);
    ask(sim, VERB_MODIFY_JOB, name, NQS_SECOND / 100);
}

/* Somebody does not know what he wants: one thing after another, at awkward moments. */
static void flurry(struct sim *sim, const char *name, nqs_time within)
{
    static const enum core_verb verbs[] = {VERB_SIGNAL_JOB,  VERB_HOLD_JOB,  VERB_MESSAGE_JOB,
                                           VERB_MESSAGE_JOB, VERB_RERUN_JOB, VERB_SIGNAL_JOB,
                                           VERB_RELEASE_JOB, VERB_DELETE_JOB};

    for (uint32_t left = 1 + dice_below(&sim->dice, 3); left; left--) {
        enum core_verb verb = verbs[dice_below(&sim->dice, 1 + dice_below(&sim->dice, 8))];

        if (dice_once_in(&sim->dice, 8))
            verb = dice_once_in(&sim->dice, 2) ? VERB_MODIFY_JOB : VERB_MOVE_JOB;
        ask(sim, verb, name, within);
    }
}

/* Something that means most to a request that runs. */
static void act_on_running(struct sim *sim, enum core_verb verb)
{
    char name[64];

    if (!name_running(sim, name, sizeof name))
        name_request(sim, name, sizeof name);
    ask(sim, verb, name, NQS_SECOND);
    if (dice_once_in(&sim->dice, 4))
        flurry(sim, name, 100 * NQS_SECOND);
}

static void act_flurry(struct sim *sim)
{
    char name[64];

    name_request(sim, name, sizeof name);
    flurry(sim, name, NQS_SECOND);
}

/* One thing to the members of a small array, each by its own name; then perhaps to all of it. */
static void ask_members(struct sim *sim, const struct submission *it)
{
    static const enum core_verb verbs[] = {VERB_HOLD_JOB, VERB_HOLD_JOB, VERB_RELEASE_JOB,
                                           VERB_DELETE_JOB};
    enum core_verb verb = verbs[dice_below(&sim->dice, 4)];
    bool some = dice_once_in(&sim->dice, 3);
    char name[64];

    if (!it->step || it->last - it->first > 8 * it->step)
        return;
    for (int64_t index = it->first; index <= it->last; index += it->step) {
        snprintf(name, sizeof name, "%u[%lld]", it->seq, (long long)index);
        ask(sim, verb, name, NQS_SECOND);
        if (some && dice_once_in(&sim->dice, 3))
            break;
    }
    snprintf(name, sizeof name, "%u[]", it->seq);
    if (dice_once_in(&sim->dice, 4))
        ask(sim, VERB_DELETE_JOB, name, 10 * NQS_SECOND);
}

static void act_on_members(struct sim *sim)
{
    uint32_t back = 1 + dice_below(&sim->dice, 8);

    if (back <= sim->people.submission_count)
        ask_members(sim, &sim->people.submissions[sim->people.submission_count - back]);
}

static void act(struct sim *sim)
{
    uint32_t lot = dice_below(&sim->dice, 100);

    if (lot < 40)
        act_submit(sim);
    else if (lot < 49)
        act_on_request(sim, VERB_DELETE_JOB);
    else if (lot < 55)
        act_on_request(sim, VERB_HOLD_JOB);
    else if (lot < 61)
        act_on_request(sim, VERB_RELEASE_JOB);
    else if (lot < 64)
        act_alter(sim);
    else if (lot < 68)
        act_on_request(sim, VERB_RERUN_JOB);
    else if (lot < 71)
        act_on_running(sim, VERB_SIGNAL_JOB);
    else if (lot < 73)
        act_on_running(sim, VERB_MESSAGE_JOB);
    else if (lot < 79)
        act_flurry(sim);
    else if (lot < 84)
        act_on_members(sim);
    else if (lot < 92)
        act_on_queue(sim);
    else if (lot < 94)
        act_on_server(sim);
    else if (lot < 96)
        act_on_complex(sim);
    else if (lot < 99)
        act_on_queues(sim);
    else
        act_purge(sim);
}

/* --- In the beginning and in the end --- */

static void open_queue(struct sim *sim, enum core_verb verb, uint32_t number, int64_t run_limit)
{
    struct call *call = people_call(sim, verb, CORE_MANAGER);

    people_queue(call->name, sizeof call->name, number);
    people_set(call, ATTR_run_limit, run_limit);
    people_set(call, ATTR_user_limit, 0);
    people_set(call, ATTR_started, 1);
    people_set(call, ATTR_enabled, 1);
    people_send(sim);
}

static void begin(struct sim *sim)
{
    struct call *call = people_call(sim, VERB_SET_SERVER, CORE_MANAGER);

    people_set(call, ATTR_start_tries, 2 + dice_below(&sim->dice, 6));
    people_set(call, ATTR_start_wait, dice_span(&sim->dice, 0, 60));
    people_set(call, ATTR_available_ncpus, dice_below(&sim->dice, 2) * 6);
    people_set(call, ATTR_backfill, dice_below(&sim->dice, 2));
    people_send(sim);
    for (uint32_t i = 0; i < sim->plan.queues; i++)
        open_queue(sim, VERB_CREATE_QUEUE, i, 1 + dice_below(&sim->dice, 5));
}

static void name_entry(const struct entry *entry, struct call *call)
{
    struct job_key key = job_key_unpack(entry->key);

    if (key.index == NQS_NO_INDEX)
        snprintf(call->name, sizeof call->name, "%u", key.seq);
    else
        snprintf(call->name, sizeof call->name, "%u[%d]", key.seq, key.index);
}

/* What nobody will name any more would wait for ever. */
static void delete_unnamed(struct sim *sim, const struct entry *entry)
{
    char depend[4096];
    struct call *call;

    entry_text(entry, ATTR_depend, depend, sizeof depend);
    if (!strstr(depend, "on:"))
        return;
    call = people_call(sim, VERB_DELETE_JOB, CORE_MANAGER);
    name_entry(entry, call);
    rules_condemn(sim, call);
    people_send(sim);
}

/* Ask for VERB of the request in ENTRY, with ATTR. */
static void ask_for(struct sim *sim, const struct entry *entry, enum core_verb verb, uint16_t attr,
                    int64_t number)
{
    struct call *call = people_call(sim, verb, CORE_MANAGER);

    name_entry(entry, call);
    people_set(call, attr, number);
    people_send(sim);
}

/* The operator lets everything go. */
static void calm(struct sim *sim)
{
    const struct entry *entry = NULL;
    struct call *call = people_call(sim, VERB_SET_SERVER, CORE_MANAGER);

    people_set(call, ATTR_batch_limit, 1000);
    people_set(call, ATTR_global_user_limit, 0);
    people_set(call, ATTR_available_ncpus, 0);
    people_set(call, ATTR_available_mem, 0);
    people_send(sim);
    while ((entry = disk_next(&sim->disk, RECORD_COMPLEX, entry))) {
        call = people_call(sim, VERB_DELETE_COMPLEX, CORE_MANAGER);
        snprintf(call->name, sizeof call->name, "%.*s", (int)entry->key_length, entry->key);
        people_send(sim);
    }
    while ((entry = disk_next(&sim->disk, RECORD_QUEUE, entry)))
        open_queue(sim, VERB_SET_QUEUE, (uint32_t)strtoul(entry->key + 5, NULL, 10), 1000);
    while ((entry = disk_next(&sim->disk, RECORD_JOB, entry))) {
        if (entry_number(entry, ATTR_holds, 0)) {
            ask_for(sim, entry, VERB_RELEASE_JOB, ATTR_set_holds, 7);
            delete_unnamed(sim, entry);
        }
        if (entry_number(entry, ATTR_state, 0) == STATE_SUSPENDED)
            ask_for(sim, entry, VERB_SIGNAL_JOB, ATTR_pseudo_signal, PSEUDO_RESUME);
    }
}

static void lose_patience(struct sim *sim, uint32_t number)
{
    const struct call *call = &sim->people.calls[number];

    if (!call->answered && call->verb == VERB_QUEUE_JOB &&
        !sim->people.submissions[call->submission].seq)
        submit(sim, call->submission);
}

void people_happen(struct sim *sim, const struct happening *what)
{
    if (what->thing == THING_PATIENCE) {
        lose_patience(sim, what->number);
        return;
    }
    if (what->thing == THING_CALM) {
        calm(sim);
        return;
    }
    if (!sim->people.acted++)
        begin(sim);
    else
        act(sim);
    if (sim->people.acted < sim->plan.actions)
        sim_after(sim, dice_span(&sim->dice, NQS_SECOND / 1000, sim->plan.pace),
                  (struct happening){.thing = THING_CLIENT});
}

/* --- What the daemon reads, and what it says --- */

void people_request(const struct sim *sim, uint32_t number, struct request *request,
                    struct attrs *attrs)
{
    static const char *const users[] = {"anna", "bert", "cleo", "dora"};
    const struct call *call = &sim->people.calls[number];

    *request = (struct request){.verb = call->verb,
                                .ref = number,
                                .uid = call->uid,
                                .user = users[call->uid % USERS],
                                .host = "here",
                                .role = call->role,
                                .name = call->name,
                                .attrs = attrs};
    if (call->verb == VERB_QUEUE_JOB)
        wishes_attrs(&sim->people.submissions[call->submission], attrs);
    if (*call->destination)
        attrs_add_text(attrs, ATTR_destination, call->destination);
    for (uint32_t i = 0; i < call->attr_count; i++)
        attrs_add_number(attrs, call->attrs[i], call->numbers[i]);
    if (*call->list)
        attrs_add_text(attrs, ATTR_complex_queues, call->list);
}

void people_answered(struct sim *sim, uint32_t number, enum nqs_code code, const char *name)
{
    struct call *call = &sim->people.calls[number];
    struct submission *it = &sim->people.submissions[call->submission];
    uint32_t seq = (uint32_t)strtoul(name, NULL, 10);

    rules_answered(sim, call, code, seq);
    if (!sim->calm && dice_once_in(&sim->dice, sim->plan.loss))
        return;
    call->answered = true;
    if (call->verb != VERB_QUEUE_JOB)
        return;
    if (it->seq && !code && it->seq != seq)
        sim_fail(sim, "one submission was answered with %u and %u", it->seq, seq);
    it->refused |= code != NQS_OK;
    if (code)
        return;
    it->seq = seq;
    if (sim->calm || !dice_once_in(&sim->dice, 4))
        return;
    flurry(sim, name, dice_span(&sim->dice, NQS_SECOND / 10, 100 * NQS_SECOND));
    ask_members(sim, it);
}

bool people_content(const struct sim *sim)
{
    for (uint32_t i = 0; i < sim->people.submission_count; i++)
        if (!sim->people.submissions[i].seq && !sim->people.submissions[i].refused)
            return false;
    return true;
}
