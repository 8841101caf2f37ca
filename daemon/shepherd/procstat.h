/*
 * procstat.h - the numbers in /proc/PID/stat.
 */
#ifndef NQS_SHEPHERD_PROCSTAT_H
#define NQS_SHEPHERD_PROCSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Fields are numbered as in proc(5). */
enum procstat_field {
    PROCSTAT_SESSION = 6,
    PROCSTAT_UTIME = 14,
    PROCSTAT_STIME,
    PROCSTAT_CUTIME,
    PROCSTAT_CSTIME,
    PROCSTAT_STARTTIME = 22,
    PROCSTAT_VSIZE,
    PROCSTAT_RSS,
    PROCSTAT_COUNT
};

/* Read PID's fields from 4 on into RET, which has PROCSTAT_COUNT places. */
bool procstat_read(pid_t pid, int64_t *ret);

#endif
