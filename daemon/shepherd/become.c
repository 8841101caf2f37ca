/*
 * become.c - becoming the user whom a USER frame describes.
 *
 * While only the effective uid is the user's, the kernel judges files by it and
 * has taken all capabilities away, but nobody may signal or trace us: the real
 * and the saved uid are still root's.
 */
#include "become.h"

#include <errno.h>
#include <grp.h>
#include <unistd.h>

#define GROUPS_MAX 8192

static bool groups_take(const struct order *user)
{
    static gid_t groups[GROUPS_MAX];
    size_t count = 0;
    size_t cursor = 0;
    int64_t group;

    while (order_each_number(user, ORDER_TAG_group, &cursor, &group)) {
        if (count == GROUPS_MAX) {
            errno = E2BIG;
            return false;
        }
        groups[count++] = (gid_t)group;
    }
    return setgroups(count, groups) == 0;
}

bool become_for_files(const struct order *user, uid_t uid)
{
    int64_t gid = order_number(user, ORDER_TAG_gid, -1);

    if (gid < 0 || order_number(user, ORDER_TAG_uid, -1) != (int64_t)uid) {
        errno = EINVAL;
        return false;
    }
    if (geteuid() != 0) {
        errno = EPERM;
        return geteuid() == uid && getuid() == uid;
    }
    return groups_take(user) && setresgid((gid_t)gid, (gid_t)gid, (gid_t)gid) == 0 &&
           setresuid((uid_t)-1, uid, (uid_t)-1) == 0;
}

bool become_root(void)
{
    return getuid() != 0 || setresuid((uid_t)-1, 0, (uid_t)-1) == 0;
}

bool become_for_good(uid_t uid)
{
    uid_t real;
    uid_t effective;
    uid_t saved;

    if (setresuid(uid, uid, uid) != 0 || getresuid(&real, &effective, &saved) != 0)
        return false;
    errno = EPERM;
    if (real != uid || effective != uid || saved != uid)
        return false;
    return uid == 0 || (setuid(0) != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) != 0);
}
