/*
 * role.h - who may do what.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_ROLE_H
#define NQS_NQSD_ROLE_H

#include "nqsd.h"

/* The role of UID. */
enum core_role role_of(const struct nqsd *nqsd, uint32_t uid);

/* May CALL's user make such a call?  NQS_PERM with a text that says whose it is. */
enum nqs_code role_check(const struct nqsd *nqsd, const struct call *call, struct nqs_err *err);

#endif
