/*
 * quota.h - how many of something each user has.
 */
#ifndef NQS_DOOR_QUOTA_H
#define NQS_DOOR_QUOTA_H

#include <sys/types.h>

#include "tree.h"

struct quota {
    struct tree users;
};

void quota_init(struct quota *quota);
void quota_done(struct quota *quota);

/* How many UID has now. */
unsigned quota_count(const struct quota *quota, uid_t uid);

/* One more, one less; there must be one to take away (asserted). */
void quota_add(struct quota *quota, uid_t uid);
void quota_drop(struct quota *quota, uid_t uid);

#endif
