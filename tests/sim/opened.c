/*
 * opened.c - what must have happened before a request may start; see opened.h.
 */
#include "opened.h"

#include <string.h>

#include "sim.h"

static bool has_gate(const struct seen *seen, enum depend_type type, struct job_key key)
{
    for (uint32_t i = 0; i < seen->gate_count; i++)
        if (seen->gates[i].type == type && seen->gates[i].key.seq == key.seq &&
            seen->gates[i].key.index == key.index)
            return true;
    return false;
}

void opened_read(struct sim *sim, struct seen *seen, const struct attr *attr)
{
    struct depend_reader reader = {.text = attr->bytes, .length = attr->length};
    enum nqs_code code;
    struct depend item;

    seen->on = 0;
    while (depend_next(&reader, &item, &code, NULL)) {
        struct job_key key = {item.id.seq, item.id.index};

        if (item.type == DEPEND_ON) {
            seen->on += item.count;
        } else if (!has_gate(seen, item.type, key)) {
            if (seen->gate_count == SEEN_GATES)
                sim_fail(sim, "%s waits for too many", sim_key(seen->key));
            seen->gates[seen->gate_count++] = (struct seen_gate){item.type, key};
        }
    }
    if (code)
        sim_fail(sim, "the dependencies of %s cannot be read", sim_key(seen->key));
}

static enum depend_gate look_at_gate(const struct rules *rules, const struct seen_gate *gate,
                                     bool ever)
{
    const struct seen *of = rules_seen(rules, gate->key);
    const struct seen *array = rules_seen(rules, (struct job_key){gate->key.seq, NQS_NO_INDEX});

    if (of)
        return depend_gate(gate->type, ever ? of->begun_ever : of->begun, of->state == STATE_ENDED,
                           of->ended_ok);
    return depend_gate(gate->type, false, array && array->state == STATE_ENDED, false);
}

void opened_check(struct sim *sim, const struct seen *seen)
{
    if (seen->on)
        sim_fail(sim, "%s is placed and waits to be named", sim_key(seen->key));
    for (uint32_t i = 0; i < seen->gate_count; i++)
        if (look_at_gate(&sim->rules, &seen->gates[i], true) != DEPEND_MET)
            sim_fail(sim, "%s is placed before %s has come to %s", sim_key(seen->key),
                     sim_key(seen->gates[i].key), depend_word(seen->gates[i].type));
    sim->cover->gates += seen->gate_count;
}

bool opened_never(const struct rules *rules, const struct seen *seen)
{
    for (uint32_t i = 0; i < seen->gate_count; i++) {
        const struct seen_gate *gate = &seen->gates[i];
        const struct seen *array = rules_seen(rules, (struct job_key){gate->key.seq, NQS_NO_INDEX});

        if (look_at_gate(rules, gate, false) == DEPEND_NEVER)
            return true;
        if (!rules_seen(rules, gate->key) && array && array->state == STATE_CLOSING &&
            depend_gate(gate->type, false, true, false) == DEPEND_NEVER)
            return true;
    }
    return false;
}

void opened_note_end(struct rules *rules, struct seen *seen, const struct attrs *attrs)
{
    const struct attr *reason = attrs_find(attrs, ATTR_exit_reason);
    struct seen *array = rules_seen(rules, (struct job_key){seen->key.seq, NQS_NO_INDEX});

    seen->exit_status = attrs_number(attrs, ATTR_exit_status, seen->exit_status);
    if (reason && reason->length < sizeof seen->exit_reason) {
        memcpy(seen->exit_reason, reason->bytes, reason->length);
        seen->exit_reason[reason->length] = '\0';
    }
    for (size_t i = 0; i < attrs->count; i++)
        if (attrs->list[i].id == ATTR_session_id)
            seen->begun = attrs->list[i].number != 0;
    if (seen->begun)
        seen->begun_ever = array->begun = array->begun_ever = true;
    seen->ended_ok =
        depend_ended_ok(seen->exit_status, seen->exit_reason, strlen(seen->exit_reason));
}
