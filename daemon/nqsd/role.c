/*
 * role.c - roles by the lists of nqs.conf, and those that qmgr has set.
 */
#include "role.h"

enum core_role role_of(const struct nqsd *nqsd, uint32_t uid)
{
    if (conf_has_uid(&nqsd->conf.managers, uid) || core_lists(nqsd->core, ATTR_manager_ids, uid))
        return CORE_MANAGER;
    if (conf_has_uid(&nqsd->conf.operators, uid) || core_lists(nqsd->core, ATTR_operator_ids, uid))
        return CORE_OPERATOR;
    return CORE_USER;
}

enum nqs_code role_check(const struct nqsd *nqsd, const struct call *call, struct nqs_err *err)
{
    enum core_role role = role_of(nqsd, call->uid);

    if (call->row->role == ROLE_MANAGER && role < CORE_MANAGER)
        return nqs_fail(err, NQS_PERM, "only managers may %s", call->row->text);
    if (call->row->role == ROLE_OPERATOR && role < CORE_OPERATOR)
        return nqs_fail(err, NQS_PERM, "only operators and managers may %s", call->row->text);
    return NQS_OK;
}
