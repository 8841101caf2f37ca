/*
 * deliver.h - bringing a spooled output to its final place, as the user.
 */
#ifndef NQS_STARTER_DELIVER_H
#define NQS_STARTER_DELIVER_H

#include <stdbool.h>

#include "order.h"

struct site;

/*
 * Carry out DELIVER for the account USER in a helper.  DONE is called once with
 * KEY and an answer's fields, or NULL if the helper died.  With code DONE the
 * spool file is gone, as it may have been before; with any other it is still
 * there.  False: no helper could be started, try later.  Borrows all until the
 * return.
 */
bool deliver_start(const struct site *site, const struct order *order, const struct order *user,
                   uint64_t key, void (*done)(uint64_t key, const struct order *result));

#endif
