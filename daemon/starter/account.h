/*
 * account.h - who a user is: name, home, shell and groups, remembered a minute.
 */
#ifndef NQS_STARTER_ACCOUNT_H
#define NQS_STARTER_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "order.h"

/* UID's USER frame if it is known and fresh, else NULL.  Lent until the next call here. */
const struct order *account_find(uid_t uid);

/*
 * Look UID up without waiting.  ANSWERED is called once: with code DONE if
 * account_find() now knows the user, else with the code and text that an
 * order for this user deserves.  False if no helper could be started.
 */
bool account_ask(uid_t uid, void (*answered)(uid_t uid, enum order_code code, const char *text));

#endif
