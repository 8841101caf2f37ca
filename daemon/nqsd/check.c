/*
 * check.c - looking at the host before anything is trusted to it.
 */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"

static int wrong;

static void say(bool good, const char *what, const char *text)
{
    printf("%-5s %-10s %s\n", good ? "ok" : "WRONG", what, text);
    wrong += !good;
}

static void check_directory(const char *what, const char *path, int mode)
{
    char text[4400];
    struct statvfs space;

    if (access(path, mode)) {
        snprintf(text, sizeof text, "%s: %s", path, strerror(errno));
        say(false, what, text);
        return;
    }
    if (statvfs(path, &space)) {
        say(false, what, strerror(errno));
        return;
    }
    snprintf(text, sizeof text, "%s: %.1f GiB free of %.1f GiB", path,
             (double)space.f_bavail * (double)space.f_frsize / (1 << 30),
             (double)space.f_blocks * (double)space.f_frsize / (1 << 30));
    say(space.f_bavail > 0, what, text);
}

/* Where a cgroup2 file system is mounted, or an empty text. */
static void find_cgroup2(char *path, size_t size)
{
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[4096];
    char at[1024];
    char type[64];

    *path = '\0';
    while (mounts && fgets(line, sizeof line, mounts))
        if (sscanf(line, "%*s %1023s %63s", at, type) == 2 && !strcmp(type, "cgroup2"))
            snprintf(path, size, "%s", at);
    if (mounts)
        fclose(mounts);
}

static void check_cgroups(void)
{
    char path[1024];
    char controllers[1100];
    char text[2300];
    char line[512] = "";
    FILE *file;

    find_cgroup2(path, sizeof path);
    if (!*path) {
        say(true, "cgroups", "none: jobs are ended by session and descent, limits are polled");
        return;
    }
    snprintf(controllers, sizeof controllers, "%s/cgroup.controllers", path);
    file = fopen(controllers, "re");
    if (file && !fgets(line, sizeof line, file))
        *line = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    snprintf(text, sizeof text, "version 2 at %s, controllers: %s%s", path, *line ? line : "none",
             strstr(line, "memory") ? "" : "; without memory");
    say(true, "cgroups", text);
}

static void check_clock(void)
{
    char text[CLOCK_TEXT_MAX];
    struct nqs_now now = clock_now();

    clock_stamp(now.wall, text);
    say(now.wall > (nqs_time)1577836800 * NQS_SECOND, "clock", text);
}

static void check_starter(const char *path)
{
    struct stat status;
    char text[4400];
    bool good = !stat(path, &status) && S_ISSOCK(status.st_mode);

    snprintf(text, sizeof text, "%s: %s", path,
             good ? "is there" : "is not there: start nqs-starter");
    say(good, "starter", text);
}

/* What the starter found at its last start. */
static void check_limits(const char *spool)
{
    char text[256];

    bounds_said(spool, text, sizeof text);
    say(true, "limits", *text ? text : "not known: nqs-starter has not been here");
}

int check_host(const struct conf *conf)
{
    say(true, "server", conf->server);
    check_directory("store", conf->store, R_OK | W_OK | X_OK);
    check_directory("spool", conf->spool, X_OK);
    check_starter(conf->starter);
    check_cgroups();
    check_limits(conf->spool);
    check_clock();
    return wrong ? 1 : 0;
}
