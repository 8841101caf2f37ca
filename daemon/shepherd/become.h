/*
 * become.h - becoming the user whom a USER frame describes.
 *
 * It is done in two steps: first for files only, so that output files are
 * opened with the user's rights while the process can still turn back, then
 * for good.  A process that is not root can only be who it is.
 */
#ifndef NQS_SHEPHERD_BECOME_H
#define NQS_SHEPHERD_BECOME_H

#include <stdbool.h>
#include <sys/types.h>

#include "order.h"

/* Take USER's groups, and UID for file access.  False with errno. */
bool become_for_files(const struct order *user, uid_t uid);

/* Be root again, if become_for_files() was called by root.  False with errno. */
bool become_root(void);

/* After become_for_files(): be UID in all respects and prove that no way leads back. */
bool become_for_good(uid_t uid);

#endif
