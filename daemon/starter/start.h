/*
 * start.h - from a START order to a running shepherd.
 */
#ifndef NQS_STARTER_START_H
#define NQS_STARTER_START_H

#include "order.h"

struct site;

/* Keep the descriptor that shepherds expect free for them.  Before all others are opened. */
void start_reserve(void);

/*
 * Start the job of START, a judged order whose owner may run, for the account
 * USER.  What fails is told on LINK.  Borrows everything.
 */
void start_job(const struct site *site, const struct order *start, const struct order *user,
               int script, int link);

/* Tell on LINK that the job never ran.  CLASS is an enum exit_class. */
void start_refuse(int link, int class, const char *text);

#endif
