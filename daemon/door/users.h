/*
 * users.h - names, groups and numbers of users, without ever blocking the loop.
 *
 * A directory service that is down blocks a lookup for half a minute, so a
 * thread does them; the loop gets what is known, or is told later.
 */
#ifndef NQS_DOOR_USERS_H
#define NQS_DOOR_USERS_H

#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct event_base;
struct users;

/* FOUND is called in the loop whenever lookups have ended. */
struct users *users_new(struct event_base *base, void (*found)(void *context), void *context);
void users_free(struct users *users);

enum users_state { USERS_KNOWN, USERS_NOBODY, USERS_ASKED };

/*
 * The name of UID.  USERS_KNOWN: *ret_name is lent until the next call.
 * USERS_NOBODY: there is no such user.  USERS_ASKED: it is being looked up.
 * An answer older than five minutes is asked again, and used until the new one is there.
 */
enum users_state users_name(struct users *users, uint32_t uid, nqs_time now, const char **ret_name);

/* The name of UID's group, in the same way; "" when it has none. */
enum users_state users_group(struct users *users, uint32_t uid, nqs_time now,
                             const char **ret_name);

/* The groups of UID, at most USERS_GROUPS_MAX of them; *ret is lent until the next call. */
enum { USERS_GROUPS_MAX = 512 };
enum users_state users_groups(struct users *users, uint32_t uid, nqs_time now, const uint32_t **ret,
                              size_t *ret_count);

/* The number of the user, or of the group, called NAME. */
enum users_kind { USERS_USER, USERS_GROUP };
enum users_state users_number(struct users *users, enum users_kind kind, const char *name,
                              nqs_time now, uint32_t *ret);

#endif
