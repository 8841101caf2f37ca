/*
 * start.c - from a START order to a running shepherd.
 *
 * The shepherd is exec'd by a vforked child that does nothing but move
 * descriptors to the places of handoff.h.  Those places are occupied from the
 * beginning by close-on-exec descriptors, so that no other can land there, and
 * all others are close-on-exec too: nothing leaks by forgetting.
 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cgroup.h"
#include "exitrec.h"
#include "handoff.h"
#include "rundir.h"
#include "site.h"

void start_reserve(void)
{
    int fd;

    close_range(STDERR_FILENO + 1, ~0u, 0);
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    dup2(fd, STDIN_FILENO);
    dup2(fd, STDOUT_FILENO);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    for (int place = fd + 1; place < HANDOFF_END; place++)
        dup3(fd, place, O_CLOEXEC);
}

void start_refuse(int link, int class, const char *text)
{
    unsigned char packet[ORDER_PACKET];
    struct order_out out;
    size_t length;

    order_begin(&out, packet, sizeof packet, ORDER_FAILED, 0);
    order_put_number(&out, ORDER_TAG_class, class);
    order_put_text(&out, ORDER_TAG_text, text);
    length = order_end(&out);
    if (send(link, packet, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        site_log("link-lost error=%s", strerror(errno));
}

/* The PLACE frame: what the shepherd cannot see from its descriptors. */
static size_t place_print(unsigned char *space, size_t size, const struct site *site,
                          const char *name)
{
    struct order_out out;
    char path[4096];

    snprintf(path, sizeof path, "%s/run/%s", site->spool, name);
    order_begin(&out, space, size, ORDER_PLACE, 0);
    order_put_text(&out, ORDER_TAG_run_path, path);
    order_put_text(&out, ORDER_TAG_boot, site->boot);
    order_put_number(&out, ORDER_TAG_daemon_uid, site->daemon_uid);
    order_put_number(&out, ORDER_TAG_daemon_gid, site->daemon_gid);
    return order_end(&out);
}

/* A memory file with the three frames, or -1 with errno. */
static int order_file(const struct site *site, const struct order *start, const struct order *user,
                      const char *name)
{
    unsigned char place[8192];
    size_t length = place_print(place, sizeof place, site, name);
    struct iovec parts[] = {{(void *)(uintptr_t)start->bytes, start->length},
                            {(void *)(uintptr_t)user->bytes, user->length},
                            {place, length}};
    int fd = memfd_create("order", MFD_CLOEXEC);

    if (fd >= 0 && writev(fd, parts, 3) != (ssize_t)(start->length + user->length + length)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Exec the shepherd with FDS at the places of handoff.h; its pid, or -1 with errno. */
static pid_t shepherd_exec(const struct site *site, const int *fds)
{
    char *const argv[] = {(char *)(uintptr_t) "nqs-shepherd", NULL};
    char *const env[] = {NULL};
    volatile int error = 0;
    pid_t pid = vfork();

    if (pid == 0) {
        for (int place = HANDOFF_ORDER; place < HANDOFF_END; place++) {
            if (fds[place] >= 0 && dup2(fds[place], place) < 0)
                break;
        }
        execve(site->shepherd, argv, env);
        error = errno;
        _exit(127);
    }
    errno = error ? error : errno;
    return error ? -1 : pid;
}

/* Hand the job over to a shepherd; NULL or what failed, with errno. */
static const char *shepherd_start(const struct site *site, const struct order *start,
                                  const struct order *user, const struct rundir *rundir, int link)
{
    int fds[HANDOFF_END];
    const char *failed = NULL;
    pid_t pid;

    fds[HANDOFF_ORDER] = order_file(site, start, user, rundir->name);
    fds[HANDOFF_RUN] = rundir->dir;
    fds[HANDOFF_LOCK] = rundir->lock;
    fds[HANDOFF_LINK] = link;
    fds[HANDOFF_OUT] = site->out_dir;
    fds[HANDOFF_CGROUP] = cgroup_make(site, rundir->name);
    if (fds[HANDOFF_ORDER] < 0) {
        failed = "order of the shepherd";
    } else if (fds[HANDOFF_CGROUP] < 0 && site->jobs_dir >= 0) {
        failed = "cgroup";
    } else {
        pid = shepherd_exec(site, fds);
        if (pid < 0)
            failed = "shepherd";
        else
            site_log("shepherd-started job=%s uid=%lld pid=%d", rundir->name,
                     (long long)order_number(start, ORDER_TAG_uid, -1), (int)pid);
    }
    close(fds[HANDOFF_ORDER]);
    close(fds[HANDOFF_CGROUP]);
    return failed;
}

void start_job(const struct site *site, const struct order *start, const struct order *user,
               int script, int link)
{
    struct rundir rundir;
    char text[200];
    const char *failed = rundir_make(&rundir, site, start, script);
    int class = EXIT_CLASS_retry;

    if (!failed) {
        failed = shepherd_start(site, start, user, &rundir, link);
        if (failed) {
            snprintf(text, sizeof text, "%s: %s", failed, strerror(errno));
            cgroup_remove(site, rundir.name);
            rundir_remove(site, rundir.name);
        }
        rundir_close(&rundir);
    } else {
        if (errno == EEXIST)
            class = EXIT_CLASS_exists;
        else if (errno == EINVAL || errno == EFBIG || errno == ENAMETOOLONG)
            class = EXIT_CLASS_abort;
        snprintf(text, sizeof text, "%s: %s", failed, strerror(errno));
    }
    if (failed) {
        site_log("start-failed job=%s.%lld text=\"%s\"", order_text(start, ORDER_TAG_id),
                 (long long)order_number(start, ORDER_TAG_incarnation, 0), text);
        start_refuse(link, class, text);
    }
}
