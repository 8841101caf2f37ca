/*
 * records.c - the shepherd's side of `begun` and `exit`.
 *
 * `begun` exists before there is a process that could run the job, and gets its
 * pid at once after the fork.  A shepherd that is killed between the two leaves
 * a record without a pid; the parent-death signal has then ended the job.
 */
#include "records.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "handoff.h"
#include "procstat.h"

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t records_wall(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t records_steady(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

static bool begun_write(int fd, const struct begun_record *record)
{
    char text[EXITREC_MAX];
    size_t length = exitrec_print_begun(text, sizeof text, record);

    return length > 0 && pwrite(fd, text, length, 0) == (ssize_t)length;
}

int records_begun(struct begun_record *ret, const struct handoff *handoff)
{
    const char *boot = order_text(&handoff->place, ORDER_TAG_boot);
    int fd;

    memset(ret, 0, sizeof *ret);
    ret->start_us = records_wall();
    ret->uid = order_number(&handoff->start, ORDER_TAG_uid, 0);
    snprintf(ret->boot, sizeof ret->boot, "%s", boot ? boot : "");
    fd = openat(HANDOFF_RUN, "begun", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd >= 0 && !begun_write(fd, ret)) {
        close(fd);
        return -1;
    }
    return fd;
}

void records_begun_pid(int fd, struct begun_record *record, pid_t pid)
{
    int64_t stat[PROCSTAT_COUNT];

    record->pid = pid;
    record->start_ticks = procstat_read(pid, stat) ? stat[PROCSTAT_STARTTIME] : 0;
    begun_write(fd, record);
    close(fd);
}

bool records_exit(const struct exit_record *record)
{
    char text[EXITREC_MAX];
    size_t length = exitrec_print_exit(text, sizeof text, record);
    int fd = openat(HANDOFF_RUN, "exit.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool good = fd >= 0 && length > 0 && write(fd, text, length) == (ssize_t)length;

    if (fd >= 0)
        close(fd);
    return good && renameat(HANDOFF_RUN, "exit.tmp", HANDOFF_RUN, "exit") == 0;
}
