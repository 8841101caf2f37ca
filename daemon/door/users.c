/*
 * users.c - one thread that asks, one table of answers; see users.h.
 *
 * Questions and answers pass through two pipes of fixed-size packets, so there
 * is nothing to lock: each side owns what it holds.  A question for which there
 * is no room is asked again with the next answer, when all who wait come back.
 */
#include "users.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "str.h"
#include "tree.h"

enum {
    NAME_ROOM = 256,
    FRESH_S = 300,
    END_S = 1, /* that a look-up may take when the daemon ends */
};

/* What is asked: who has a number, or which number a name has. */
enum question_kind { ASK_UID, ASK_USER, ASK_GROUP };

struct question {
    enum question_kind kind;
    uint32_t number; /* ASK_UID */
    char name[NAME_ROOM];
};

/* Smaller than PIPE_BUF, so that it is written and read whole. */
struct answer {
    struct question question;
    bool found;
    uint32_t number;
    char name[NAME_ROOM];
    char group[NAME_ROOM];
    uint32_t group_count;
    uint32_t groups[USERS_GROUPS_MAX];
};

_Static_assert(sizeof(struct answer) <= PIPE_BUF, "an answer is one packet");

struct user {
    struct tree_node node;
    struct question question;
    bool known; /* there was an answer */
    bool asked;
    bool found;
    nqs_time when;
    uint32_t number;
    char name[NAME_ROOM];
    char group[NAME_ROOM];
    uint32_t group_count;
    uint32_t *groups; /* owned */
};

struct users {
    struct tree known; /* by question; owned */
    int questions[2];
    int answers[2];
    struct event *event;
    pthread_t thread;
    void (*found)(void *context);
    void *context;
};

static int question_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct question *x = &TREE_OF(a, struct user, node)->question;
    const struct question *y = &TREE_OF(b, struct user, node)->question;

    if (x->kind != y->kind)
        return (x->kind > y->kind) - (x->kind < y->kind);
    if (x->number != y->number)
        return (x->number > y->number) - (x->number < y->number);
    return strcmp(x->name, y->name);
}

/* ------------------------------------------------------------- in the thread */

/* Of a user in more groups than there is room for, the first are known. */
static void take_groups(struct answer *answer, const struct passwd *row)
{
    static gid_t groups[65536];
    int count = sizeof groups / sizeof *groups;

    if (getgrouplist(row->pw_name, row->pw_gid, groups, &count) < 0)
        count = 0;
    for (int i = 0; i < count && i < USERS_GROUPS_MAX; i++)
        answer->groups[answer->group_count++] = groups[i];
}

static void take_group(struct answer *answer, gid_t gid)
{
    static char space[65536];
    struct group row;
    struct group *found = NULL;

    if (getgrgid_r(gid, &row, space, sizeof space, &found) || !found ||
        !str_copy(answer->group, sizeof answer->group, found->gr_name))
        answer->group[0] = '\0';
}

static void look_up(struct answer *answer)
{
    static char space[65536];
    const struct question *question = &answer->question;
    struct passwd row;
    struct passwd *found = NULL;
    struct group group;
    struct group *found_group = NULL;

    if (question->kind == ASK_GROUP) {
        answer->found =
            !getgrnam_r(question->name, &group, space, sizeof space, &found_group) && found_group;
        answer->number = answer->found ? group.gr_gid : 0;
        return;
    }
    if (question->kind == ASK_USER)
        answer->found = !getpwnam_r(question->name, &row, space, sizeof space, &found) && found;
    else
        answer->found = !getpwuid_r(question->number, &row, space, sizeof space, &found) && found &&
                        str_copy(answer->name, sizeof answer->name, found->pw_name);
    if (!answer->found)
        return;
    answer->number = row.pw_uid;
    if (question->kind == ASK_UID) {
        take_groups(answer, &row);
        take_group(answer, row.pw_gid);
    }
}

static void *ask(void *context)
{
    struct users *users = context;
    struct question question;

    while (read(users->questions[0], &question, sizeof question) == sizeof question) {
        struct answer answer = {.question = question};

        look_up(&answer);
        if (write(users->answers[1], &answer, sizeof answer) != sizeof answer)
            break;
    }
    return NULL;
}

/* --------------------------------------------------------------- in the loop */

static struct user *find(struct users *users, const struct question *question)
{
    struct user probe = {.question = *question};
    struct user *user = TREE_OF(tree_find(&users->known, &probe.node), struct user, node);

    if (user)
        return user;
    user = mem_new(sizeof *user);
    user->question = *question;
    tree_insert(&users->known, &user->node);
    return user;
}

static void keep(struct users *users, const struct answer *answer)
{
    struct user *user = find(users, &answer->question);

    user->known = true;
    user->asked = false;
    user->found = answer->found;
    user->when = clock_now().steady;
    user->number = answer->number;
    memcpy(user->name, answer->name, sizeof user->name);
    memcpy(user->group, answer->group, sizeof user->group);
    mem_free(user->groups);
    user->groups = NULL;
    user->group_count = answer->group_count;
    if (answer->group_count) {
        size_t length = answer->group_count * sizeof *answer->groups;

        user->groups = (uint32_t *)(void *)mem_copy(answer->groups, length);
    }
}

static void on_answer(evutil_socket_t fd, short what, void *context)
{
    struct users *users = context;
    struct answer answer;

    (void)what;
    while (read(fd, &answer, sizeof answer) == sizeof answer)
        keep(users, &answer);
    users->found(users->context);
}

struct users *users_new(struct event_base *base, void (*found)(void *context), void *context)
{
    struct users *users = mem_new(sizeof *users);
    sigset_t all;
    sigset_t before;

    tree_init(&users->known, question_compare);
    users->found = found;
    users->context = context;
    if (pipe2(users->questions, O_CLOEXEC) || pipe2(users->answers, O_CLOEXEC) ||
        fcntl(users->answers[0], F_SETFL, O_NONBLOCK) ||
        fcntl(users->questions[1], F_SETFL, O_NONBLOCK)) {
        log_fact("users-failed why=%s", strerror(errno));
        exit(2);
    }
    users->event = event_new(base, users->answers[0], EV_READ | EV_PERSIST, on_answer, users);
    event_add(users->event, NULL);
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&users->thread, NULL, ask, users)) {
        log_fact("users-failed why=thread");
        exit(2);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return users;
}

/*
 * Without questions the thread returns.  One that hangs in a look-up is
 * cancelled: such a look-up is a cancellation point wherever it waits.
 */
static void thread_end(struct users *users)
{
    struct timespec until;

    close(users->questions[1]);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += END_S;
    if (!pthread_timedjoin_np(users->thread, NULL, &until))
        return;
    pthread_cancel(users->thread);
    pthread_join(users->thread, NULL);
}

void users_free(struct users *users)
{
    struct user *user;

    if (!users)
        return;
    thread_end(users);
    event_free(users->event);
    while ((user = TREE_OF(tree_first(&users->known), struct user, node))) {
        tree_remove(&users->known, &user->node);
        mem_free(user->groups);
        mem_free(user);
    }
    close(users->questions[0]);
    close(users->answers[0]);
    close(users->answers[1]);
    mem_free(users);
}

/* What is known of QUESTION; asked when that is nothing, or old. */
static struct user *known(struct users *users, const struct question *question, nqs_time now)
{
    struct user *user = find(users, question);
    bool stale = !user->known || now - user->when > FRESH_S * NQS_SECOND;

    if (stale && !user->asked)
        user->asked = write(users->questions[1], question, sizeof *question) == sizeof *question;
    return user;
}

static enum users_state state_of(const struct user *user)
{
    if (!user->known)
        return USERS_ASKED;
    return user->found ? USERS_KNOWN : USERS_NOBODY;
}

enum users_state users_name(struct users *users, uint32_t uid, nqs_time now, const char **ret_name)
{
    const struct user *user = known(users, &(struct question){ASK_UID, uid, ""}, now);

    *ret_name = user->name;
    return state_of(user);
}

enum users_state users_group(struct users *users, uint32_t uid, nqs_time now, const char **ret_name)
{
    const struct user *user = known(users, &(struct question){ASK_UID, uid, ""}, now);

    *ret_name = user->group;
    return state_of(user);
}

enum users_state users_groups(struct users *users, uint32_t uid, nqs_time now, const uint32_t **ret,
                              size_t *ret_count)
{
    const struct user *user = known(users, &(struct question){ASK_UID, uid, ""}, now);

    *ret = user->groups;
    *ret_count = user->group_count;
    return state_of(user);
}

enum users_state users_number(struct users *users, enum users_kind kind, const char *name,
                              nqs_time now, uint32_t *ret)
{
    struct question question = {kind == USERS_GROUP ? ASK_GROUP : ASK_USER, 0, ""};
    const struct user *user;

    if (!str_copy(question.name, sizeof question.name, name))
        return USERS_NOBODY;
    user = known(users, &question, now);
    *ret = user->number;
    return state_of(user);
}
