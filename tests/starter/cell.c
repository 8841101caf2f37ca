/*
 * cell.c - a starter in a directory of its own, and the driver as its nqsd.
 */
#include "cell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned char answer_bytes[ORDER_PACKET];
static struct order answer;
static pid_t starter_pid; /* not to be left behind when a test gives up */

void give_up(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("Bail out! ");
    vprintf(format, args);
    printf(" (%s)\n", strerror(errno));
    va_end(args);
    fflush(stdout);
    if (starter_pid > 0)
        kill(starter_pid, SIGKILL);
    exit(99);
}

const char *cell_path(const struct cell *cell, const char *format, ...)
{
    static char places[8][600];
    static unsigned turn;
    char *place = places[turn++ % 8];
    size_t used = (size_t)snprintf(place, sizeof places[0], "%s/", cell->dir);
    va_list args;

    va_start(args, format);
    vsnprintf(place + used, sizeof places[0] - used, format, args);
    va_end(args);
    return place;
}

const char *text_of(const char *path)
{
    static char text[1 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

    text[length > 0 ? length : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static void wait_readable(int fd, const char *what)
{
    struct pollfd wait = {fd, POLLIN, 0};

    if (poll(&wait, 1, DEADLINE_MS) != 1)
        give_up("waited too long for %s", what);
}

int cell_connect(const struct cell *cell, const char *path, int type, uid_t as)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    int at = open(path, O_PATH | O_CLOEXEC);
    int result;

    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", at);
    /* A process that changed its uid loses sight of its own /proc/self/fd. */
    if (!cell->personal && (setegid(as) != 0 || seteuid(as) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0))
        give_up("seteuid");
    result = connect(fd, (struct sockaddr *)&address, sizeof address);
    if (!cell->personal && (seteuid(0) != 0 || setegid(0) != 0))
        give_up("seteuid back");
    close(at);
    if (result == 0)
        return fd;
    close(fd);
    return -1;
}

/* The starter leaves the directory above its jobs' cgroups; it is removed with the cell. */
static void remember_cgroup(struct cell *cell, const char *fact)
{
    cell->cgroup[0] = '\0';
    if (fact)
        sscanf(fact, "cgroup-used path=%399s", cell->cgroup);
}

/* Read the starter's log until it listens. */
static void wait_listening(struct cell *cell)
{
    char line[4096];
    size_t used = 0;
    ssize_t got;

    line[0] = '\0';
    while (!strstr(line, "listening")) {
        wait_readable(cell->log, "the starter");
        got = read(cell->log, line + used, sizeof line - used - 1);
        if (got <= 0)
            give_up("the starter ended: %s", line);
        used += (size_t)got;
        line[used] = '\0';
    }
    remember_cgroup(cell, strstr(line, "cgroup-used path="));
}

static void starter_exec(const struct cell *cell, int log)
{
    char uid[16];
    char gid[16];
    const char *argv[20] = {cell->starter,
                            "--socket",
                            cell->socket,
                            "--spool",
                            cell_path(cell, "spool"),
                            "--shepherd",
                            cell->shepherd,
                            "--daemon-uid",
                            uid,
                            "--daemon-gid",
                            gid};
    int count = 11;

    snprintf(uid, sizeof uid, "%u", (unsigned)cell->daemon);
    snprintf(gid, sizeof gid, "%u", cell->personal ? (unsigned)getgid() : (unsigned)cell->daemon);
    if (cell->personal)
        argv[count++] = "--personal";
    if (cell->no_cgroup)
        argv[count++] = "--no-cgroup";
    dup2(log, STDERR_FILENO);
    /* What a careless parent leaves behind: an ignored signal, an open descriptor. */
    signal(SIGUSR2, SIG_IGN);
    fcntl(log, F_SETFD, 0);
    execv(cell->starter, (char *const *)(uintptr_t)argv);
    _exit(127);
}

void cell_up(struct cell *cell)
{
    int pipes[2];

    if (pipe2(pipes, O_CLOEXEC) != 0)
        give_up("pipe");
    fcntl(pipes[1], F_SETPIPE_SZ, 1 << 20);
    fcntl(pipes[1], F_SETFL, O_NONBLOCK);
    cell->pid = fork();
    if (cell->pid == 0)
        starter_exec(cell, pipes[1]);
    starter_pid = cell->pid;
    close(pipes[1]);
    cell->log = pipes[0];
    wait_listening(cell);
    cell->peer = cell_connect(cell, cell->socket, SOCK_STREAM, cell->daemon);
    if (cell->peer < 0)
        give_up("cannot connect");
}

void cell_kill(struct cell *cell, int signo)
{
    kill(cell->pid, signo);
    waitpid(cell->pid, NULL, 0);
    close(cell->peer);
    close(cell->log);
}

void cell_down(struct cell *cell)
{
    pid_t pid;

    cell_kill(cell, SIGKILL);
    pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", cell->dir, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    if (*cell->cgroup) {
        rmdir(cell->cgroup);
        *strrchr(cell->cgroup, '/') = '\0';
        rmdir(cell->cgroup);
    }
}

static void put_text(struct order_out *out, enum order_tag tag, const char *text)
{
    if (text)
        order_put_text(out, tag, text);
}

static void put_list(struct order_out *out, enum order_tag tag, const char *const *list)
{
    for (; list && *list; list++)
        order_put_text(out, tag, *list);
}

static void put_number(struct order_out *out, enum order_tag tag, long value)
{
    if (value != 0)
        order_put_number(out, tag, value == -1 ? 0 : value);
}

static size_t wish_print(unsigned char *space, struct cell *cell, const struct wish *wish)
{
    struct order_out out;

    order_begin(&out, space, ORDER_MAX, ORDER_START, ++cell->serial);
    order_put_text(&out, ORDER_TAG_id, wish->id);
    order_put_number(&out, ORDER_TAG_incarnation, wish->incarnation ? wish->incarnation : 1);
    put_number(&out, ORDER_TAG_uid, wish->uid ? wish->uid : (long)cell->user);
    put_text(&out, ORDER_TAG_shell, wish->shell);
    put_list(&out, ORDER_TAG_arg, wish->args);
    put_text(&out, ORDER_TAG_stdout_path, wish->out);
    put_text(&out, ORDER_TAG_stderr_path, wish->err);
    put_text(&out, ORDER_TAG_stdout_name, wish->out_name);
    put_text(&out, ORDER_TAG_workdir, wish->workdir);
    put_list(&out, ORDER_TAG_env, wish->env);
    put_text(&out, ORDER_TAG_note, wish->note);
    put_number(&out, ORDER_TAG_join, wish->join);
    put_number(&out, ORDER_TAG_umask, wish->umask);
    put_number(&out, ORDER_TAG_nice, wish->nice);
    put_number(&out, ORDER_TAG_walltime, wish->walltime);
    put_number(&out, ORDER_TAG_cput, wish->cput);
    put_number(&out, ORDER_TAG_mem, wish->mem);
    put_number(&out, ORDER_TAG_grace, wish->grace);
    return order_end(&out);
}

/* Send a frame and two descriptors, however many sends that takes. */
static void send_start(const struct cell *cell, const unsigned char *bytes, size_t length,
                       const int fds[2])
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)bytes, length};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(header), fds, 2 * sizeof(int));
    sent = sendmsg(cell->peer, &message, MSG_NOSIGNAL);
    while (sent >= 0 && (size_t)sent < length) {
        bytes += sent;
        length -= (size_t)sent;
        sent = send(cell->peer, bytes, length, MSG_NOSIGNAL);
    }
    if (sent < 0)
        give_up("sending START");
}

int job_send(struct cell *cell, const struct wish *wish)
{
    static unsigned char frame[ORDER_MAX];
    const char *script = wish->script ? wish->script : "";
    size_t length = wish_print(frame, cell, wish);
    int link[2];
    int fds[2];

    fds[0] = memfd_create("script", MFD_CLOEXEC);
    if (length == 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) != 0 ||
        write(fds[0], script, strlen(script)) != (ssize_t)strlen(script))
        give_up("START cannot be made");
    fds[1] = link[1];
    send_start(cell, frame, length, fds);
    close(fds[0]);
    close(link[1]);
    return link[0];
}

static void receive_all(int fd, unsigned char *bytes, size_t length)
{
    ssize_t got;

    while (length > 0) {
        wait_readable(fd, "an answer");
        got = read(fd, bytes, length);
        if (got <= 0)
            give_up("the starter closed the connection");
        bytes += got;
        length -= (size_t)got;
    }
}

int answer_take(struct cell *cell)
{
    long length;

    receive_all(cell->peer, answer_bytes, ORDER_HEADER);
    length = order_measure(answer_bytes, ORDER_HEADER);
    if (length < 0 || (size_t)length > sizeof answer_bytes)
        give_up("not an answer");
    receive_all(cell->peer, answer_bytes + ORDER_HEADER, (size_t)length - ORDER_HEADER);
    if (order_open(&answer, answer_bytes, (size_t)length) || answer.verb != ORDER_ANSWER)
        give_up("not an answer");
    return (int)order_number(&answer, ORDER_TAG_code, -1);
}

const char *answer_text(void)
{
    return order_text(&answer, ORDER_TAG_text);
}

int job_start(struct cell *cell, const struct wish *wish)
{
    int link = job_send(cell, wish);

    if (answer_take(cell) != ORDER_CODE_DONE || answer.serial != cell->serial)
        give_up("START %s was not accepted: %s", wish->id, answer_text());
    return link;
}

const struct order *link_next(int link)
{
    static unsigned char packet[ORDER_PACKET];
    static struct order order;
    ssize_t length;

    wait_readable(link, "the link");
    length = recv(link, packet, sizeof packet, 0);
    memset(&order, 0, sizeof order);
    if (length > 0 && order_open(&order, packet, (size_t)length))
        give_up("rubbish on the link");
    return &order;
}

const struct order *link_wait(int link, enum order_verb verb)
{
    const struct order *order = link_next(link);

    while (order->verb != 0 && order->verb != (unsigned)verb)
        order = link_next(link);
    if (order->verb == 0)
        give_up("the link closed without verb %d", (int)verb);
    return order;
}

struct exit_record record_wait(const struct cell *cell, const char *name)
{
    int watch = inotify_init1(IN_CLOEXEC);
    const char *dir = cell_path(cell, "spool/run/%s", name);
    struct exit_record record;
    const char *text;
    char event[4096];

    inotify_add_watch(watch, dir, IN_CREATE);
    text = text_of(cell_path(cell, "spool/run/%s/exit", name));
    while (!*text) {
        wait_readable(watch, "the exit record");
        if (read(watch, event, sizeof event) <= 0)
            give_up("inotify");
        text = text_of(cell_path(cell, "spool/run/%s/exit", name));
    }
    close(watch);
    if (!exitrec_parse_exit(&record, text, strlen(text)))
        give_up("exit record: %s", text);
    return record;
}

struct exit_record job_run(struct cell *cell, const struct wish *wish)
{
    int link = job_start(cell, wish);
    const struct order *order = link_next(link);
    struct exit_record told;
    struct exit_record record;
    char name[256];

    while (order->verb != ORDER_ENDED && order->verb != ORDER_FAILED) {
        if (order->verb == 0)
            give_up("%s: the link closed before the end", wish->id);
        order = link_next(link);
    }
    memset(&told, 0, sizeof told);
    exitrec_take(&told, order);
    if (link_next(link)->verb != 0)
        give_up("something after the end");
    close(link);
    snprintf(name, sizeof name, "%s.%d", wish->id, wish->incarnation ? wish->incarnation : 1);
    record = record_wait(cell, name);
    if (told.status != record.status || told.reason != record.reason ||
        told.cput_us != record.cput_us || strcmp(told.spooled, record.spooled) != 0)
        give_up("the record and the message differ");
    return record;
}

static void link_send(int link, struct order_out *out)
{
    size_t length = order_end(out);

    if (send(link, out->space, length, MSG_NOSIGNAL) != (ssize_t)length)
        give_up("sending on the link");
}

void link_kill(int link, long grace)
{
    unsigned char packet[200];
    struct order_out out;

    order_begin(&out, packet, sizeof packet, ORDER_KILL, 0);
    order_put_number(&out, ORDER_TAG_grace, grace);
    order_put_text(&out, ORDER_TAG_text, "deleted by the test");
    link_send(link, &out);
}

void link_raise(int link, int signo)
{
    unsigned char packet[200];
    struct order_out out;

    order_begin(&out, packet, sizeof packet, ORDER_RAISE, 0);
    order_put_number(&out, ORDER_TAG_signo, signo);
    link_send(link, &out);
}

void link_order(int link, enum order_verb verb)
{
    unsigned char packet[200];
    struct order_out out;

    order_begin(&out, packet, sizeof packet, verb, 0);
    link_send(link, &out);
}

static int order_ask(struct cell *cell, struct order_out *out)
{
    size_t length = order_end(out);

    if (send(cell->peer, out->space, length, MSG_NOSIGNAL) != (ssize_t)length)
        give_up("sending an order");
    return answer_take(cell);
}

static void about(struct cell *cell, struct order_out *out, unsigned char *space, size_t size,
                  enum order_verb verb, const char *id)
{
    order_begin(out, space, size, verb, ++cell->serial);
    order_put_text(out, ORDER_TAG_id, id);
}

int order_clean(struct cell *cell, const char *id, int incarnation)
{
    unsigned char space[1000];
    struct order_out out;

    about(cell, &out, space, sizeof space, ORDER_CLEAN, id);
    order_put_number(&out, ORDER_TAG_incarnation, incarnation);
    return order_ask(cell, &out);
}

int order_signal(struct cell *cell, const char *id, int incarnation)
{
    unsigned char space[1000];
    struct order_out out;

    about(cell, &out, space, sizeof space, ORDER_SIGNAL, id);
    order_put_number(&out, ORDER_TAG_incarnation, incarnation);
    return order_ask(cell, &out);
}

int order_deliver(struct cell *cell, const char *id, const char *stream, const char *path,
                  const char *name)
{
    unsigned char space[8192];
    struct order_out out;

    about(cell, &out, space, sizeof space, ORDER_DELIVER, id);
    order_put_number(&out, ORDER_TAG_uid, cell->user);
    order_put_text(&out, ORDER_TAG_stream, stream);
    order_put_text(&out, ORDER_TAG_path, path);
    put_text(&out, ORDER_TAG_name, name);
    return order_ask(cell, &out);
}

void wait_gone(pid_t pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd < 0)
        return;
    wait_readable(fd, "the end of a process");
    close(fd);
}
