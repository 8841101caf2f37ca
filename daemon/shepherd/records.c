/*
 * records.c - the shepherd's side of `begun` and `exit`.
 *
 * Both are further names of the lock file.  Each record is written first and
 * gets its name then, so that a name always has a whole record behind it; and
 * as the first one has its block on the disk, a full disk cannot keep the last
 * one from being written.  (New files are also what costs a file system most.)
 *
 * `begun` exists before there is a process that could run the job, and gets its
 * pid at once after the fork.  A shepherd that is killed between the two leaves
 * a record without a pid; the parent-death signal has then ended the job.
 */
#include "records.h"

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

int64_t records_ticks(void)
{
    return clock_us(CLOCK_BOOTTIME) / (1000000 / sysconf(_SC_CLK_TCK));
}

/* Write what there is to say so far; the end of the job is added to its beginning. */
static bool write_whole(const struct begun_record *begun, const struct exit_record *record)
{
    char text[EXITREC_MAX];
    size_t length = exitrec_print_begun(text, sizeof text, begun);
    size_t more = record ? exitrec_print_exit(text + length, sizeof text - length, record) : 0;

    return length > 0 && (!record || more > 0) &&
           pwrite(HANDOFF_LOCK, text, length + more, 0) == (ssize_t)(length + more);
}

static bool give_name(const char *name)
{
    return linkat(HANDOFF_RUN, "lock", HANDOFF_RUN, name, 0) == 0;
}

bool records_begun(struct begun_record *ret, const struct handoff *handoff)
{
    const char *boot = order_text(&handoff->place, ORDER_TAG_boot);
    const char *name = strrchr(order_text(&handoff->place, ORDER_TAG_run_path), '/');

    memset(ret, 0, sizeof *ret);
    ret->start_us = records_wall();
    ret->job = name ? name + 1 : NULL;
    ret->uid = order_number(&handoff->start, ORDER_TAG_uid, 0);
    snprintf(ret->boot, sizeof ret->boot, "%s", boot ? boot : "");
    return write_whole(ret, NULL) && give_name("begun");
}

/* The kernel need not be asked for a birth that began and ended in one tick. */
void records_begun_pid(struct begun_record *record, pid_t pid, int64_t before)
{
    int64_t stat[PROCSTAT_COUNT];

    record->pid = pid;
    record->start_ticks = before;
    if (records_ticks() != before)
        record->start_ticks = procstat_read(pid, stat) ? stat[PROCSTAT_STARTTIME] : 0;
    write_whole(record, NULL);
}

bool records_exit(const struct begun_record *begun, const struct exit_record *record)
{
    return write_whole(begun, record) && give_name("exit");
}
