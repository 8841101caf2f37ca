/*
 * account.h - what an event is in accounting, as lines.  Private to daemon/nqsd.
 *
 * The form of nqs_accounting(5): a record of PBS, one a line, and the same facts
 * as a line of JSON.
 */
#ifndef NQS_NQSD_ACCOUNT_H
#define NQS_NQSD_ACCOUNT_H

#include "buf.h"
#include "follow.h"

/* A record to be: the event, and what the request's row does not know. */
struct account {
    const struct followed *followed;
    const struct attrs *body; /* the request's cold values */
    const char *server;
    const char *group; /* "" when it is not known */
};

/*
 * The letters of the records that FOLLOWED makes, in their order, as a text:
 * "", one or two.
 */
const char *account_types(const struct followed *followed);

/* Does an event of TYPE ever make one? */
bool account_wants(enum event_type type);

/* Append the record of TYPE as a line of text, or of JSON. */
void account_text(const struct account *account, char type, struct buf *out);
void account_json(const struct account *account, char type, struct buf *out);

#endif
