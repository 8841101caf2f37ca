/*
 * site.c - the places that the starter works in.
 *
 * SPOOL/run has the set-group-id bit: whatever is made in it belongs to the
 * daemon's group without a call for each file.  SPOOL/out belongs to root, so
 * that no user can rename or link anything in it.
 */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

void site_log(const char *format, ...)
{
    char line[1024];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (length < 0)
        return;
    if ((size_t)length > sizeof line - 2)
        length = sizeof line - 2;
    for (int i = 0; i < length; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 127)
            line[i] = '?';
    }
    line[length] = '\n';
    if (write(STDERR_FILENO, line, (size_t)length + 1) < 0)
        return; /* Nobody reads the log: no reason to stop. */
}

static int directory_open(const struct site *site, const char *name, mode_t mode)
{
    char path[4096];
    int fd;

    snprintf(path, sizeof path, "%s/%s", site->spool, name);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return -1;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 &&
        ((!site->personal && fchown(fd, 0, site->daemon_gid) != 0) || fchmod(fd, mode) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void boot_read(struct site *site)
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, site->boot, sizeof site->boot - 1) : 0;

    site->boot[length > 0 ? length : 0] = '\0';
    site->boot[strcspn(site->boot, "\n")] = '\0';
    close(fd);
}

/*
 * One starter a spool.  A child of one that was just killed can hold the claim
 * for a moment, until it has closed what it inherited.
 */
static bool spool_claim(const struct site *site)
{
    for (int tries = 0; tries < 500; tries++) {
        if (flock(site->run_dir, LOCK_EX | LOCK_NB) == 0)
            return true;
        poll(NULL, 0, 10);
    }
    return false;
}

bool site_open(struct site *site)
{
    site->run_dir = directory_open(site, "run", 02751);
    site->out_dir = directory_open(site, "out", 0750);
    if (site->run_dir < 0 || site->out_dir < 0) {
        site_log("spool-unusable path=%s error=%s", site->spool, strerror(errno));
        return false;
    }
    if (!spool_claim(site)) {
        site_log("spool-in-use path=%s", site->spool);
        return false;
    }
    boot_read(site);
    return true;
}

bool site_may_run(const struct site *site, int64_t uid)
{
    if (site->personal)
        return uid == (int64_t)getuid();
    if (uid == 0)
        return site->allow_root;
    return uid >= (int64_t)site->min_uid && uid != NOBODY && uid != (int64_t)site->daemon_uid;
}
