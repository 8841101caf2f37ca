/*
 * follow.h - followers of the journal.  Private to daemon/nqsd.
 *
 * A follower reads every committed event in order and does something outside
 * with it: a line of accounting, a mail.  It has a name and a durable cursor,
 * so that after a crash it goes on where it was.  It never holds up a turn: it
 * is given a bounded number of events at a time, and may say "not now".  The
 * journal is kept for the slowest of them, within a bound; one that falls behind
 * that loses events, and the log says so.
 */
#ifndef NQS_NQSD_FOLLOW_H
#define NQS_NQSD_FOLLOW_H

#include "attr.h"
#include "nqsd.h"

struct follow;

/* A committed event as a follower sees it.  Everything is lent until the follower returns. */
struct followed {
    const struct event *event;
    const struct attrs *said;  /* what the event itself says */
    const struct attrs *attrs; /* the request's hot values, and behind them what the event says */
    bool array;                /* the request is an array */
    char id[NQS_ID_TEXT_MAX];  /* of the request */
};

/* What a follower is.  CONTEXT is its own. */
struct follower {
    const char *name; /* of its cursor, for ever */
    bool from_now;    /* without a cursor it begins with what comes, not with the journal */
    void *context;
    /* Is an event of TYPE of interest? */
    bool (*wants)(void *context, enum event_type type);
    /* Take one; false: not now, it is offered again. */
    bool (*take)(void *context, const struct followed *followed);
    /* The pass is over; every event up to SEQ has been taken or was of no interest. */
    void (*pass)(void *context, uint64_t seq);
    /* The number up to which everything is done for good. */
    uint64_t (*done)(void *context);
    /* Begin behind SEQ, which the store knows; gives the number really begun behind. */
    uint64_t (*begin)(void *context, uint64_t seq, uint64_t last);
};

struct follow *follow_new(struct nqsd *nqsd);
void follow_free(struct follow *follow);

/* Add FOLLOWER, which is copied.  Once, before the first turn. */
void follow_add(struct follow *follow, const struct follower *follower);

/* After a commit: give everybody what is there, in bounded pieces. */
void follow_run(struct follow *follow);

/* Before a commit: note the cursors in the batch, if it is not empty or ALWAYS. */
void follow_note(struct follow *follow, bool always);

/*
 * What must be kept for those who are behind: no event from *RET_SEQ on, and
 * no request that ended at *RET_WALL or later, may be removed.
 */
void follow_kept(const struct follow *follow, uint64_t *ret_seq, nqs_time *ret_wall);

#endif
