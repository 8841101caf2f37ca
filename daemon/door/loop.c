/*
 * loop.c - libevent, one turn event, two timers; see loop.h.
 *
 * Durations are libevent's own timers, which run on the steady clock.  Dates
 * are a timerfd on the real-time clock with TFD_TIMER_CANCEL_ON_SET, so that a
 * stepped clock is noticed at once and no date is late by the step.
 */
#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"

enum { PRIORITIES = 3, TURN_PRIORITY = 2 };

struct loop {
    struct event_base *base;
    struct event *turn;
    struct event *later;  /* a patient wish for a turn */
    struct event *steady; /* the next duration that ends */
    struct event *wall;   /* the next date */
    struct event *term;
    struct event *interrupt;
    const struct loop_hooks *hooks;
    void *context;
    int wall_fd;
};

static _Noreturn void loop_give_up(const char *what)
{
    log_fact("loop-failed what=%s", what);
    exit(2);
}

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    struct loop *loop = context;

    (void)fd, (void)what;
    event_del(loop->later);
    loop->hooks->turn(loop->context);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    loop_want(context);
}

/* Readable at the date, and with ECANCELED when the clock was set. */
static void on_wall(evutil_socket_t fd, short what, void *context)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);

    (void)what;
    if (got < 0 && errno == ECANCELED)
        log_fact("clock-set");
    loop_want(context);
}

static void on_signal(evutil_socket_t fd, short what, void *context)
{
    struct loop *loop = context;

    (void)fd, (void)what;
    loop->hooks->end(loop->context);
}

static struct event *loop_event(struct loop *loop, evutil_socket_t fd, short what,
                                event_callback_fn call)
{
    struct event *event = event_new(loop->base, fd, what, call, loop);

    if (!event)
        loop_give_up("event_new");
    return event;
}

struct loop *loop_new(const struct loop_hooks *hooks, void *context)
{
    struct loop *loop = mem_new(sizeof *loop);

    loop->hooks = hooks;
    loop->context = context;
    loop->base = event_base_new();
    if (!loop->base || event_base_priority_init(loop->base, PRIORITIES))
        loop_give_up("event_base");
    loop->wall_fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->wall_fd < 0)
        loop_give_up("timerfd");
    signal(SIGPIPE, SIG_IGN);
    loop->turn = loop_event(loop, -1, 0, on_turn);
    loop->later = loop_event(loop, -1, 0, on_timer);
    loop->steady = loop_event(loop, -1, 0, on_timer);
    loop->wall = loop_event(loop, loop->wall_fd, EV_READ | EV_PERSIST, on_wall);
    loop->term = loop_event(loop, SIGTERM, EV_SIGNAL | EV_PERSIST, on_signal);
    loop->interrupt = loop_event(loop, SIGINT, EV_SIGNAL | EV_PERSIST, on_signal);
    event_priority_set(loop->turn, TURN_PRIORITY);
    event_add(loop->wall, NULL);
    event_add(loop->term, NULL);
    event_add(loop->interrupt, NULL);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    event_free(loop->turn);
    event_free(loop->later);
    event_free(loop->steady);
    event_free(loop->wall);
    event_free(loop->term);
    event_free(loop->interrupt);
    event_base_free(loop->base);
    close(loop->wall_fd);
    mem_free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

void loop_run(struct loop *loop)
{
    event_base_dispatch(loop->base);
}

void loop_stop(struct loop *loop)
{
    event_base_loopexit(loop->base, NULL);
}

void loop_want(struct loop *loop)
{
    event_active(loop->turn, EV_TIMEOUT, 0);
}

void loop_want_within(struct loop *loop, unsigned ms)
{
    struct timeval wait = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};

    if (!event_pending(loop->later, EV_TIMEOUT, NULL))
        event_add(loop->later, &wait);
}

static void arm_steady(struct loop *loop, nqs_time now, nqs_time wake)
{
    struct timeval wait = {0, 0};

    if (wake == NQS_NEVER) {
        event_del(loop->steady);
        return;
    }
    if (wake > now) {
        wait.tv_sec = (wake - now) / NQS_SECOND;
        wait.tv_usec = (wake - now) % NQS_SECOND;
    }
    event_add(loop->steady, &wait);
}

/* Without a date the timer is far away, still armed: to hear of a step of the clock is cheap. */
static void arm_wall(struct loop *loop, nqs_time wake)
{
    struct itimerspec when = {.it_value = {.tv_sec = INT32_MAX}};

    if (wake != NQS_NEVER) {
        when.it_value.tv_sec = wake / NQS_SECOND;
        when.it_value.tv_nsec = wake % NQS_SECOND * 1000;
        if (!when.it_value.tv_sec && !when.it_value.tv_nsec)
            when.it_value.tv_nsec = 1; /* all zero would disarm */
    }
    if (timerfd_settime(loop->wall_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL))
        loop_give_up("timerfd_settime");
}

void loop_wake(struct loop *loop, struct nqs_now now, struct nqs_now wake)
{
    arm_steady(loop, now.steady, wake.steady);
    arm_wall(loop, wake.wall);
}
