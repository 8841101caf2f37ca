/*
 * users.c - one thread that asks, one table of answers; see users.h.
 *
 * Questions and answers pass through two pipes of fixed-size packets, so there
 * is nothing to lock: each side owns what it holds.
 */
#include "users.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
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

struct answer {
    uint32_t uid;
    bool found;
    char name[NAME_ROOM];
};

struct user {
    struct tree_node node;
    uint32_t uid;
    bool known; /* there was an answer */
    bool asked;
    bool found;
    nqs_time when;
    char name[NAME_ROOM];
};

struct users {
    struct tree by_uid; /* owned */
    int questions[2];
    int answers[2];
    struct event *event;
    pthread_t thread;
    void (*found)(void *context);
    void *context;
};

static int uid_compare(const struct tree_node *a, const struct tree_node *b)
{
    uint32_t x = TREE_OF(a, struct user, node)->uid;
    uint32_t y = TREE_OF(b, struct user, node)->uid;

    return (x > y) - (x < y);
}

static void look_up(struct answer *answer)
{
    char space[16384];
    struct passwd row;
    struct passwd *found = NULL;

    answer->found = !getpwuid_r(answer->uid, &row, space, sizeof space, &found) && found &&
                    str_copy(answer->name, sizeof answer->name, found->pw_name);
}

static void *ask(void *context)
{
    struct users *users = context;
    uint32_t uid;

    while (read(users->questions[0], &uid, sizeof uid) == sizeof uid) {
        struct answer answer = {.uid = uid};

        look_up(&answer);
        if (write(users->answers[1], &answer, sizeof answer) != sizeof answer)
            break;
    }
    return NULL;
}

static struct user *find(struct users *users, uint32_t uid)
{
    struct user probe = {.uid = uid};
    struct user *user = TREE_OF(tree_find(&users->by_uid, &probe.node), struct user, node);

    if (user)
        return user;
    user = mem_new(sizeof *user);
    user->uid = uid;
    tree_insert(&users->by_uid, &user->node);
    return user;
}

static void on_answer(evutil_socket_t fd, short what, void *context)
{
    struct users *users = context;
    struct answer answer;

    (void)what;
    while (read(fd, &answer, sizeof answer) == sizeof answer) {
        struct user *user = find(users, answer.uid);

        user->known = true;
        user->asked = false;
        user->found = answer.found;
        user->when = clock_now().steady;
        memcpy(user->name, answer.name, sizeof user->name);
    }
    users->found(users->context);
}

struct users *users_new(struct event_base *base, void (*found)(void *context), void *context)
{
    struct users *users = mem_new(sizeof *users);
    sigset_t all;
    sigset_t before;

    tree_init(&users->by_uid, uid_compare);
    users->found = found;
    users->context = context;
    if (pipe2(users->questions, O_CLOEXEC) || pipe2(users->answers, O_CLOEXEC) ||
        fcntl(users->answers[0], F_SETFL, O_NONBLOCK)) {
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
 * cancelled: getpwuid_r() is a cancellation point wherever it waits.
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
    while ((user = TREE_OF(tree_first(&users->by_uid), struct user, node))) {
        tree_remove(&users->by_uid, &user->node);
        mem_free(user);
    }
    close(users->questions[0]);
    close(users->answers[0]);
    close(users->answers[1]);
    mem_free(users);
}

enum users_state users_name(struct users *users, uint32_t uid, nqs_time now, const char **ret_name)
{
    struct user *user = find(users, uid);
    bool stale = !user->known || now - user->when > FRESH_S * NQS_SECOND;

    if (stale && !user->asked)
        user->asked = write(users->questions[1], &uid, sizeof uid) == sizeof uid;
    if (!user->known)
        return USERS_ASKED;
    *ret_name = user->name;
    return user->found ? USERS_KNOWN : USERS_NOBODY;
}
