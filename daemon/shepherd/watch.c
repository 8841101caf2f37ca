/*
 * watch.c - the limits of the job as a whole; see watch.h.
 *
 * Wall time is a timer.  Processor time is asked for again and again.  Memory
 * is the kernel's where it has a controller: version 2 ends the whole job by
 * itself, version 1 only one process of it, so that we look whether it did;
 * elsewhere, and for address space, we add up what the processes have.
 */
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "records.h"

#define SECOND INT64_C(1000000)
#define MEMORY_POLL_US (SECOND / 20)
#define CPUT_POLL_US (SECOND / 5)

static int64_t limit_of(const struct handoff *handoff, enum order_tag tag)
{
    return order_number(&handoff->start, tag, 0);
}

void watch_none(struct watch *watch)
{
    *watch = (struct watch){.walltime_at = WATCH_NEVER,
                            .warn_at = WATCH_NEVER,
                            .memory_at = WATCH_NEVER,
                            .cput_at = WATCH_NEVER};
}

void watch_arm(struct watch *watch, const struct handoff *handoff)
{
    int64_t walltime = limit_of(handoff, ORDER_TAG_walltime);
    int64_t warn = limit_of(handoff, ORDER_TAG_warn_wall);
    int64_t mem = limit_of(handoff, ORDER_TAG_mem);
    bool whole = mem > 0 && tree_bound_memory(handoff->cgroup, mem);

    watch_none(watch);
    watch->bounded = whole || (mem > 0 && tree_bound_memory_1(handoff->memory, mem));
    if (walltime > 0)
        watch->walltime_at = records_steady() + walltime * SECOND;
    if (warn > 0)
        watch->warn_at = records_steady() + warn * SECOND;
    if ((mem > 0 && !whole) || limit_of(handoff, ORDER_TAG_vmem) > 0)
        watch->memory_at = 0;
    watch->warn_cput = limit_of(handoff, ORDER_TAG_warn_cput);
    if (limit_of(handoff, ORDER_TAG_cput) > 0 || watch->warn_cput > 0)
        watch->cput_at = 0;
}

void watch_delay(struct watch *watch, int64_t us)
{
    if (watch->walltime_at != WATCH_NEVER)
        watch->walltime_at += us;
    if (watch->warn_at != WATCH_NEVER)
        watch->warn_at += us;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t watch_next(const struct watch *watch, bool asleep)
{
    int64_t polls = earlier(watch->memory_at, watch->cput_at);

    return asleep ? polls : earlier(polls, earlier(watch->walltime_at, watch->warn_at));
}

static void warn(const struct handoff *handoff, pid_t leader)
{
    kill(-leader, (int)order_number(&handoff->start, ORDER_TAG_warn_signo, SIGXCPU));
}

bool watch_out_of_memory(const struct handoff *handoff, struct usage *used)
{
    int64_t mem = limit_of(handoff, ORDER_TAG_mem);

    if (mem <= 0 ||
        !(tree_was_out_of_memory(handoff->cgroup) || tree_was_out_of_memory(handoff->memory)))
        return false;
    if (mem > used->maxrss)
        used->maxrss = mem;
    return true;
}

static struct watch_end check_memory(struct watch *watch, const struct handoff *handoff,
                                     int64_t now, struct usage *used)
{
    int64_t mem = limit_of(handoff, ORDER_TAG_mem);
    int64_t vmem = limit_of(handoff, ORDER_TAG_vmem);
    int64_t virtual;
    int64_t resident;

    watch->memory_at = now + MEMORY_POLL_US;
    if (watch->bounded && watch_out_of_memory(handoff, used))
        return (struct watch_end){EXIT_REASON_mem, "over the memory limit"};
    if (watch->bounded && !vmem)
        return (struct watch_end){0, NULL};
    resident = tree_memory(handoff->cgroup, &virtual);
    if (resident > used->maxrss)
        used->maxrss = resident;
    if (mem > 0 && !watch->bounded && resident > mem)
        return (struct watch_end){EXIT_REASON_mem, "over the memory limit"};
    if (vmem > 0 && virtual > vmem)
        return (struct watch_end){EXIT_REASON_mem, "over the virtual memory limit"};
    return (struct watch_end){0, NULL};
}

static struct watch_end check_cput(struct watch *watch, const struct handoff *handoff, int64_t now,
                                   pid_t leader, const struct usage *used)
{
    int64_t limit = limit_of(handoff, ORDER_TAG_cput);
    int64_t cput = tree_cput(handoff->cgroup, used->cput_us);

    watch->cput_at = limit > 0 || watch->warn_cput > 0 ? now + CPUT_POLL_US : WATCH_NEVER;
    if (watch->warn_cput > 0 && cput > watch->warn_cput * SECOND) {
        watch->warn_cput = 0;
        warn(handoff, leader);
    }
    if (limit > 0 && cput > limit * SECOND)
        return (struct watch_end){EXIT_REASON_cput, "over the CPU time limit"};
    return (struct watch_end){0, NULL};
}

struct watch_end watch_look(struct watch *watch, const struct handoff *handoff, int64_t now,
                            bool asleep, pid_t leader, struct usage *used)
{
    struct watch_end end = {0, NULL};

    if (now >= watch->walltime_at && !asleep)
        return (struct watch_end){EXIT_REASON_walltime, "over the wall time limit"};
    if (now >= watch->warn_at && !asleep) {
        watch->warn_at = WATCH_NEVER;
        warn(handoff, leader);
    }
    if (now >= watch->memory_at)
        end = check_memory(watch, handoff, now, used);
    if (now >= watch->cput_at && !end.reason)
        end = check_cput(watch, handoff, now, leader, used);
    return end;
}

/* It was made under a name that only its descriptor tells us. */
void watch_remove(const struct handoff *handoff)
{
    char link[40];
    char path[4096];
    ssize_t length;

    if (handoff->memory < 0)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handoff->memory);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = '\0';
    rmdir(path);
}
