/*
 * teller.h - telling a core things, for its tests.
 */
#ifndef NQS_UNIT_TELLER_H
#define NQS_UNIT_TELLER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core.h"
#include "mem.h"

enum { ANNA = 1000, BERT = 1001, CLEO = 1002, ROOT = 0 };

struct value {
    uint16_t attr; /* 0 ends a list */
    int64_t number;
};

/* A list of values to ask with: WITH({ATTR_priority, 5}, {ATTR_holds, 1}). */
#define WITH(...) ((const struct value[]){__VA_ARGS__, {0, 0}})
#define NOTHING ((const struct value[]){{0, 0}})

struct teller {
    struct core *core;
    struct outbox out; /* of the last turn */
    struct nqs_now now;
    struct nqs_err err;         /* of the last refusal */
    char name[NQS_ID_TEXT_MAX]; /* in the last answer */
};

static inline void teller_init(struct teller *t)
{
    struct core_rules rules = {.server = "here", .min_uid = 1000};

    *t = (struct teller){.core = core_new(&rules)};
    t->now = (struct nqs_now){.wall = 1700000000 * NQS_SECOND, .steady = 5 * NQS_SECOND};
    outbox_init(&t->out);
}

static inline void teller_done(struct teller *t)
{
    struct buf space;

    buf_init(&space);
    assert_null(core_check(t->core, &space));
    buf_done(&space);
    outbox_done(&t->out);
    core_free(t->core);
}

/* Ask; what the last turn said is forgotten. */
static inline enum nqs_code ask(struct teller *t, enum core_verb verb, uint32_t uid,
                                enum core_role role, const char *name, const struct value *values)
{
    struct attrs attrs;
    struct request request = {.verb = verb,
                              .uid = uid,
                              .user = "somebody",
                              .host = "there",
                              .role = role,
                              .name = name,
                              .attrs = &attrs};
    enum nqs_code code;

    attrs_init(&attrs);
    for (; values->attr; values++)
        attrs_add_number(&attrs, values->attr, values->number);
    outbox_clear(&t->out);
    code = core_decide(t->core, t->now, &request, &t->out, &t->err);
    if (!code)
        strcpy(t->name, outbox_bytes(&t->out, t->out.orders[0].name));
    attrs_done(&attrs);
    return code;
}

/* Time passes by SECONDS, on both clocks, and the core is told. */
static inline void pass(struct teller *t, nqs_time seconds)
{
    t->now.wall += seconds * NQS_SECOND;
    t->now.steady += seconds * NQS_SECOND;
    outbox_clear(&t->out);
    core_tick(t->core, t->now, &t->out);
}

/* Submit to QUEUE; the sequence number. */
static inline uint32_t submit(struct teller *t, uint32_t uid, const char *queue,
                              const struct value *values)
{
    assert_int_equal(ask(t, VERB_QUEUE_JOB, uid, CORE_MANAGER, queue, values), NQS_OK);
    return (uint32_t)strtoul(t->name, NULL, 10);
}

/* A queue that is enabled and started. */
static inline void open_queue(struct teller *t, const char *name, int64_t run_limit)
{
    assert_int_equal(ask(t, VERB_CREATE_QUEUE, ROOT, CORE_MANAGER, name,
                         WITH({ATTR_run_limit, run_limit}, {ATTR_enabled, 1}, {ATTR_started, 1})),
                     NQS_OK);
}

static inline void set_queue(struct teller *t, const char *name, uint16_t attr, int64_t number)
{
    assert_int_equal(ask(t, VERB_SET_QUEUE, ROOT, CORE_MANAGER, name, WITH({attr, number})),
                     NQS_OK);
}

static inline void set_server(struct teller *t, uint16_t attr, int64_t number)
{
    assert_int_equal(ask(t, VERB_SET_SERVER, ROOT, CORE_MANAGER, "", WITH({attr, number})), NQS_OK);
}

static inline struct core_facts facts_of(const struct teller *t, uint32_t seq, int32_t index)
{
    struct core_facts facts = {.state = STATE_NEW};

    core_facts(t->core, (struct job_key){seq, index}, &facts);
    return facts;
}

/* The state; NEW when there is no such row. */
static inline enum life_state state_of(const struct teller *t, uint32_t seq)
{
    return facts_of(t, seq, NQS_NO_INDEX).state;
}

static inline enum life_state member_of(const struct teller *t, uint32_t seq, int32_t index)
{
    return facts_of(t, seq, index).state;
}

static inline void hear(struct teller *t, enum fact_kind kind, uint32_t seq, int32_t index)
{
    struct fact fact = {.kind = kind,
                        .key = {seq, index},
                        .incarnation = facts_of(t, seq, index).incarnation,
                        .text = "no luck",
                        .pid = 4711,
                        .reason = "exited",
                        .spooled = ""};

    outbox_clear(&t->out);
    core_hear(t->core, t->now, &fact, &t->out);
}

/* How many orders of KIND the last telling gave. */
static inline size_t orders(const struct teller *t, enum order_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < t->out.order_count; i++)
        count += t->out.orders[i].kind == kind;
    return count;
}

/* Every record of the core. */
static inline void records(const struct teller *t, struct outbox *out)
{
    outbox_clear(out);
    core_records(t->core, out);
}

/* All that a core holds, byte for byte. */
struct print {
    struct outbox all;
};

static inline void print_take(const struct teller *t, struct print *ret)
{
    outbox_init(&ret->all);
    records(t, &ret->all);
}

static inline void print_compare(const struct teller *t, struct print *before)
{
    struct print now;

    print_take(t, &now);
    assert_int_equal(now.all.record_count, before->all.record_count);
    assert_int_equal(now.all.bytes.length, before->all.bytes.length);
    assert_memory_equal(now.all.bytes.bytes, before->all.bytes.bytes, now.all.bytes.length);
    outbox_done(&now.all);
}

/* Ask and be refused with CODE: neither the core nor the outbox has changed. */
static inline void refused(struct teller *t, enum core_verb verb, uint32_t uid, enum core_role role,
                           const char *name, const struct value *values, enum nqs_code code)
{
    struct print before;

    print_take(t, &before);
    assert_int_equal(ask(t, verb, uid, role, name, values), code);
    assert_int_equal(t->out.event_count + t->out.record_count + t->out.order_count, 0);
    assert_int_equal(t->out.bytes.length, 0);
    assert_true(*t->err.text);
    print_compare(t, &before);
    outbox_done(&before.all);
}

static inline void granted(struct teller *t, enum core_verb verb, uint32_t uid, enum core_role role,
                           const char *name, const struct value *values)
{
    assert_int_equal(ask(t, verb, uid, role, name, values), NQS_OK);
    assert_true(orders(t, ORDER_TO_ANSWER) == 1);
}

#endif
