/*
 * start.c - from a START order to a job in a shepherd's hands.
 *
 * The one place that a new shepherd's descriptor has is occupied from the
 * beginning by a close-on-exec descriptor, so that no other can land there, and
 * all others are close-on-exec too: nothing leaks by forgetting.
 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cgroup.h"
#include "exitrec.h"
#include "hand.h"
#include "nodes.h"
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
    if (fd != HANDOFF_HAND)
        dup3(fd, HANDOFF_HAND, O_CLOEXEC);
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

/* Hand the job over to a shepherd; NULL or what failed, with errno. */
static const char *shepherd_start(const struct site *site, const struct order *start,
                                  const struct order *user, const struct rundir *rundir, int link)
{
    unsigned char place[8192];
    const struct order frames[HANDOFF_FRAMES] = {
        *start,
        *user,
        {.bytes = place, .length = place_print(place, sizeof place, site, rundir->name)}};
    const int fds[HANDOFF_MORE - HANDOFF_RUN] = {rundir->dir, rundir->lock, link, site->out_dir};
    int cgroup = cgroup_make(site, rundir->name);
    int memory = -1;
    pid_t pid;

    if (cgroup < 0 && site->jobs_dir >= 0)
        return "cgroup";
    if (order_number(start, ORDER_TAG_mem, 0) > 0)
        memory = cgroup_make_memory(site, rundir->name); /* without it the shepherd polls */
    pid = hand_over(site, frames, fds, cgroup, memory);
    if (pid >= 0)
        site_log("shepherd-started job=%s uid=%lld pid=%d", rundir->name,
                 (long long)order_number(start, ORDER_TAG_uid, -1), (int)pid);
    if (cgroup >= 0)
        close(cgroup);
    if (memory >= 0)
        close(memory);
    return pid < 0 ? "shepherd" : NULL;
}

void start_job(const struct site *site, const struct order *start, const struct order *user,
               int script, int link)
{
    struct rundir rundir;
    char text[200];
    int64_t slots = order_number(start, ORDER_TAG_slots, 0);
    const char *failed = slots && !nodes_make(site, slots) ? "file of nodes" : NULL;
    int class = EXIT_CLASS_retry;

    if (!failed)
        failed = rundir_make(&rundir, site, start, script);
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
