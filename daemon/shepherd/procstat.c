/*
 * procstat.c - the numbers in /proc/PID/stat.
 */
#include "procstat.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool procstat_read(pid_t pid, int64_t *ret)
{
    char text[1024];
    ssize_t length;
    char *at;
    int fd;

    snprintf(text, sizeof text, "/proc/%d/stat", (int)pid);
    fd = open(text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';

    /* The second field is a name that may hold anything; only its last ')' is sure. */
    at = strrchr(text, ')');
    if (!at || strlen(at) < 4)
        return false;
    at += 3;
    for (int field = 4; field < PROCSTAT_COUNT; field++)
        ret[field] = strtoll(at, &at, 10);
    return true;
}
