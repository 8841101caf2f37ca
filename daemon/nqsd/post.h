/*
 * post.h - the follower that sends mail.  Private to daemon/nqsd.
 *
 * A mail is sent at least once: the cursor stands before the oldest that has
 * not gone, and the same event makes the same Message-ID.
 */
#ifndef NQS_NQSD_POST_H
#define NQS_NQSD_POST_H

#include "follow.h"

struct post;

/* Add it to FOLLOW; NULL when nqs.conf names no mailer. */
struct post *post_new(struct nqsd *nqsd, struct follow *follow);
void post_free(struct post *post);

/* All that there was to send has gone since this was asked last: time to note the cursor. */
bool post_settled(struct post *post);

#endif
