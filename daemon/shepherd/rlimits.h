/*
 * rlimits.h - the kernel's limits of each process.
 */
#ifndef NQS_SHEPHERD_RLIMITS_H
#define NQS_SHEPHERD_RLIMITS_H

#include <stdbool.h>

#include "order.h"

/*
 * Set what START asks for, for this process and those that it starts.  Nobody
 * gets more than the node allows: a hard limit is never raised.  False with
 * errno and *RET_WHAT if one cannot be set.
 */
bool rlimits_set(const struct order *start, const char **ret_what);

#endif
