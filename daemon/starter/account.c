/*
 * account.c - who a user is: name, home, shell and groups, remembered a minute.
 *
 * The frame that a helper makes of the user database is kept as it is and
 * handed to the shepherd as it is.  Users share places in a small table; that
 * two of them take turns in one costs a look-up and nothing else.
 */
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "helper.h"

#define FRESH_SECONDS 60
#define LOOKUP_SECONDS 30
#define PLACES 1024
#define GROUPS_MAX 8192

struct account {
    unsigned char *bytes; /* NULL: an empty place */
    struct order user;
    time_t until;
};

static struct account accounts[PLACES];
static void (*tell)(uid_t uid, enum order_code code, const char *text);

static time_t steady_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

const struct order *account_find(uid_t uid)
{
    struct account *account = &accounts[uid % PLACES];

    if (account->bytes && order_number(&account->user, ORDER_TAG_uid, -1) == (int64_t)uid &&
        steady_seconds() < account->until)
        return &account->user;
    return NULL;
}

/* In the helper: why there is no such account. */
static void lookup_failed(struct order_out *result, enum order_code code, const char *text)
{
    order_put_number(result, ORDER_TAG_code, code);
    order_put_text(result, ORDER_TAG_text, text);
}

/* In the helper: ask the user database, whatever stands behind it. */
static void lookup(const void *arg, struct order_out *result)
{
    static char buffer[65536];
    static gid_t groups[GROUPS_MAX];
    int count = GROUPS_MAX;
    struct passwd entry;
    struct passwd *found;
    uid_t uid = *(const uid_t *)arg;
    int error = getpwuid_r(uid, &entry, buffer, sizeof buffer, &found);

    if (error) {
        lookup_failed(result, ORDER_CODE_RETRY, strerror(error));
        return;
    }
    if (!found) {
        lookup_failed(result, ORDER_CODE_REFUSED, "no such user");
        return;
    }
    if (getgrouplist(entry.pw_name, entry.pw_gid, groups, &count) < 0) {
        lookup_failed(result, ORDER_CODE_REFUSED, "user is in too many groups");
        return;
    }
    order_put_number(result, ORDER_TAG_uid, uid);
    order_put_number(result, ORDER_TAG_gid, entry.pw_gid);
    order_put_text(result, ORDER_TAG_user, entry.pw_name);
    order_put_text(result, ORDER_TAG_home, entry.pw_dir);
    order_put_text(result, ORDER_TAG_login_shell, entry.pw_shell);
    for (int i = 0; i < count; i++)
        order_put_number(result, ORDER_TAG_group, groups[i]);
}

/* Keep a copy of the frame; false if there is no memory for it. */
static bool account_keep(uid_t uid, const struct order *user)
{
    struct account *account = &accounts[uid % PLACES];
    unsigned char *bytes = malloc(user->length);

    if (!bytes)
        return false;
    free(account->bytes);
    memcpy(bytes, user->bytes, user->length);
    account->bytes = bytes;
    account->user = *user;
    account->user.bytes = bytes;
    account->until = steady_seconds() + FRESH_SECONDS;
    return true;
}

static void looked_up(uint64_t key, const struct order *result)
{
    const char *text = result ? order_text(result, ORDER_TAG_text) : "user lookup timed out";
    uid_t uid = (uid_t)key;

    if (text)
        tell(uid,
             result ? (enum order_code)order_number(result, ORDER_TAG_code, 0) : ORDER_CODE_RETRY,
             text);
    else if (account_keep(uid, result))
        tell(uid, ORDER_CODE_DONE, "");
    else
        tell(uid, ORDER_CODE_RETRY, strerror(ENOMEM));
}

bool account_ask(uid_t uid, void (*answered)(uid_t uid, enum order_code code, const char *text))
{
    static const struct helper_kind kind = {LOOKUP_SECONDS, lookup, looked_up};

    tell = answered;
    return helper_start(&kind, &uid, uid, HELPER_RESULT);
}
