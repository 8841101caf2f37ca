/*
 * rules_complex.c - what must be true of complexes of queues; see rules.h.
 */
#include <stdio.h>
#include <string.h>

#include "rules.h"
#include "sim.h"

static bool complex_has(const struct seen_complex *complex, const char *queue)
{
    size_t length = strlen(queue);

    for (const char *at = complex->queues; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strcspn(at, ",") == length && !strncmp(at, queue, length))
            return true;
    }
    return false;
}

/* Of what runs, in the queues of COMPLEX; NULL: of one user's in all queues. */
static void check_complex(struct sim *sim, const struct seen *seen,
                          const struct seen_complex *complex)
{
    const struct rules *rules = &sim->rules;
    int64_t user_limit = complex ? complex->user_limit : rules->user_limit;
    int64_t running = 0, of_user = 0;

    if (complex && (!complex->there || !complex_has(complex, seen->queue)))
        return;
    for (uint32_t i = 0; i < rules->open_count; i++) {
        const struct seen *other = rules_seen(rules, rules->open[i]->key);
        bool in = !rules->open[i]->over && (!complex || complex_has(complex, other->queue));

        running += in;
        of_user += in && other->uid == seen->uid;
    }
    if (complex && running > complex->run_limit)
        sim_fail(sim, "a complex runs %lld, at most %lld may", (long long)running,
                 (long long)complex->run_limit);
    if (user_limit && of_user > user_limit)
        sim_fail(sim, "%lld of user %u run, at most %lld may", (long long)of_user, seen->uid,
                 (long long)user_limit);
}

void rules_check_complexes(struct sim *sim, const struct seen *seen)
{
    check_complex(sim, seen, NULL);
    for (int i = 0; i < SEEN_COMPLEXES; i++)
        check_complex(sim, seen, &sim->rules.complexes[i]);
}

void rules_read_complex(struct sim *sim, const struct event *event, const struct attrs *attrs)
{
    struct seen_complex *complex = &sim->rules.complexes[event->queue[5] - '0'];
    const struct attr *queues = attrs_find(attrs, ATTR_complex_queues);

    if (event->type == EVENT_COMPLEX_DELETED) {
        if (!complex->there)
            sim_fail(sim, "complex %s is deleted twice", event->queue);
        *complex = (struct seen_complex){.there = false};
        return;
    }
    complex->there = true;
    complex->run_limit = attrs_number(attrs, ATTR_complex_run_limit, complex->run_limit);
    complex->user_limit = attrs_number(attrs, ATTR_complex_user_limit, complex->user_limit);
    if (queues)
        snprintf(complex->queues, sizeof complex->queues, "%.*s", (int)queues->length,
                 queues->length ? queues->bytes : "");
}
