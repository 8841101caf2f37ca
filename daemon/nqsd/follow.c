/*
 * follow.c - giving the journal to its followers; see follow.h.
 *
 * An event says what has changed, not what it was of, so the request's values
 * are put before it: from the core while it lives, else from history, which is
 * kept as long as a follower may ask for it.
 */
#include "follow.h"

#include <string.h>

#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "status.h"

enum { FOLLOWERS_MAX = 4, SCANNED_AT_ONCE = 2048 };

struct place {
    struct follower of;
    uint64_t seq;   /* of the last event that was taken */
    uint64_t noted; /* what the store has as its cursor */
    nqs_time wall;  /* of the last event that was taken */
};

struct follow {
    struct nqsd *nqsd;
    struct place places[FOLLOWERS_MAX];
    size_t count;
    uint64_t last; /* number of the last event that is committed */
    struct attrs said;
    struct attrs attrs;
};

struct follow *follow_new(struct nqsd *nqsd)
{
    struct follow *follow = mem_new(sizeof *follow);

    follow->nqsd = nqsd;
    attrs_init(&follow->said);
    attrs_init(&follow->attrs);
    return follow;
}

void follow_free(struct follow *follow)
{
    if (!follow)
        return;
    attrs_done(&follow->said);
    attrs_done(&follow->attrs);
    mem_free(follow);
}

void follow_add(struct follow *follow, const struct follower *follower)
{
    struct place *place = &follow->places[follow->count++];
    struct store *store = follow->nqsd->store;
    uint64_t last = (uint64_t)core_setting(follow->nqsd->core, ATTR_event_seq);
    uint64_t seq = follower->from_now ? last : 0;
    bool known = ledger_cursor(store, follower->name, &seq);

    *place = (struct place){.of = *follower, .noted = seq};
    if (seq > last) {
        log_fact("follower-ahead name=%s cursor=%llu journal=%llu", follower->name,
                 (unsigned long long)seq, (unsigned long long)last);
        seq = last; /* the store was brought back from a backup */
    }
    place->seq = follower->begin(follower->context, seq, last);
    follow->last = last;
    if (!known)
        ledger_note_cursor(store, follower->name, seq);
    store_turn_end(store);
}

/* The request's values, then what the event says, so that the later wins. */
static void gather(struct follow *follow, const struct event *event, struct followed *ret)
{
    struct nqsd *nqsd = follow->nqsd;

    attrs_clear(&follow->attrs);
    if (!core_values(nqsd->core, event->key, &follow->attrs))
        ledger_history(nqsd->store, event->key, &follow->attrs);
    for (size_t i = 0; i < follow->said.count; i++)
        attrs_add(&follow->attrs, &follow->said.list[i]);
    ret->array =
        event->key.index == NQS_NO_INDEX && attrs_number(&follow->attrs, ATTR_array_step, 0) > 0;
    status_id(nqsd, event->key, &follow->attrs, ret->id);
}

/* True when EVENT has been dealt with. */
static bool offer(struct follow *follow, struct place *place, const struct event *event,
                  const char *packed)
{
    struct followed followed = {
        .event = event, .said = &follow->said, .attrs = &follow->attrs, .id = ""};
    enum event_subject subject = event_find(event->type)->subject;

    if ((subject != SUBJECT_LIFE && subject != SUBJECT_JOB) ||
        !place->of.wants(place->of.context, event->type))
        return true;
    attrs_clear(&follow->said);
    if (!attrs_unpack(&follow->said, packed, event->attrs.length)) {
        log_limited("event-damaged seq=%llu", (unsigned long long)event->seq);
        return true;
    }
    gather(follow, event, &followed);
    return place->of.take(place->of.context, &followed);
}

static void note_gap(const struct place *place, uint64_t seq)
{
    log_fact("follower-resync name=%s lost=%llu", place->of.name,
             (unsigned long long)(seq - place->seq - 1));
}

/* False when there is more that PLACE would take now. */
static bool give(struct follow *follow, struct place *place)
{
    unsigned scanned = 0;
    struct event event;
    const char *packed;

    while (place->seq < follow->last) {
        if (scanned++ == SCANNED_AT_ONCE)
            return false;
        if (!ledger_next_event(follow->nqsd->store, place->seq, &event, &packed)) {
            place->seq = follow->last;
            break;
        }
        if (event.seq != place->seq + 1 && place->seq)
            note_gap(place, event.seq);
        if (!offer(follow, place, &event, packed))
            break;
        place->seq = event.seq;
        place->wall = event.wall;
    }
    return true;
}

void follow_run(struct follow *follow)
{
    struct nqsd *nqsd = follow->nqsd;
    bool all = true;

    follow->last = (uint64_t)core_setting(nqsd->core, ATTR_event_seq);
    for (size_t i = 0; i < follow->count; i++) {
        struct place *place = &follow->places[i];

        all &= give(follow, place);
        place->of.pass(place->of.context, place->seq);
    }
    if (!all)
        loop_want(nqsd->loop);
}

void follow_note(struct follow *follow, bool always)
{
    struct store *store = follow->nqsd->store;

    if (!always && !store_pending(store))
        return;
    for (size_t i = 0; i < follow->count; i++) {
        struct place *place = &follow->places[i];
        uint64_t done = place->of.done(place->of.context);

        if (done == place->noted)
            continue;
        ledger_note_cursor(store, place->of.name, done);
        place->noted = done;
    }
}

void follow_kept(const struct follow *follow, uint64_t *ret_seq, nqs_time *ret_wall)
{
    uint64_t last = (uint64_t)core_setting(follow->nqsd->core, ATTR_event_seq);
    uint64_t bound = (uint64_t)follow->nqsd->conf.journal_events;

    *ret_seq = last + 1;
    *ret_wall = NQS_NEVER;
    for (size_t i = 0; i < follow->count; i++) {
        const struct place *place = &follow->places[i];
        uint64_t done = place->of.done(place->of.context);

        if (done + 1 < *ret_seq)
            *ret_seq = done + 1;
        if (place->seq < last && place->wall < *ret_wall)
            *ret_wall = place->wall;
    }
    if (last > bound && *ret_seq <= last - bound) {
        *ret_seq = last - bound + 1;
        *ret_wall = NQS_NEVER;
    }
}
