/*
 * terminal.c - the terminal of an interactive job.
 *
 * The job's leader is a relay: it holds the terminal's master, and the shell is
 * its child.  So nothing that the shell wrote last is lost when it ends, and the
 * relay ends as the shell did.  What is signalled to the job's process group
 * the relay passes on.  When qsub is gone the terminal hangs up, as any does.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET, MASTER, CHUNK = 4096, ANSWER_SECONDS = 30 };

struct relay {
    pid_t shell;
    int signals; /* a signalfd */
    bool hung;   /* qsub is gone */
};

static int connect_qsub(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    errno = ENAMETOOLONG;
    if (strlen(path) < sizeof address.sun_path) {
        strcpy(address.sun_path, path);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
            return fd;
    }
    close(fd);
    return -1;
}

/* Take a packet of 'w', four bytes of rows and columns. */
static void take_size(int master, const unsigned char *bytes, ssize_t length)
{
    struct winsize size = {0};

    if (length < 5)
        return;
    size.ws_row = (unsigned short)(bytes[1] << 8 | bytes[2]);
    size.ws_col = (unsigned short)(bytes[3] << 8 | bytes[4]);
    ioctl(master, TIOCSWINSZ, &size);
}

static bool first_packet(int socket, int master)
{
    struct pollfd wait = {socket, POLLIN, 0};
    unsigned char packet[64];
    ssize_t length;

    errno = ETIMEDOUT;
    if (poll(&wait, 1, ANSWER_SECONDS * 1000) != 1)
        return false;
    length = recv(socket, packet, sizeof packet, 0);
    errno = EPROTO;
    if (length < 1 || packet[0] != 'w')
        return false;
    take_size(master, packet, length);
    return true;
}

static void write_all(int fd, const unsigned char *bytes, size_t length)
{
    struct pollfd ready = {fd, POLLOUT, 0};

    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno != EAGAIN && errno != EINTR)
            return;
        if (done > 0) {
            bytes += done;
            length -= (size_t)done;
        } else if (poll(&ready, 1, 1000) == 0) {
            return; /* nobody reads what is typed: it is lost, as on any terminal */
        }
    }
}

/* The shell writes on, and nobody reads: it waits, as long as qsub is there. */
static void send_packet(struct relay *relay, const unsigned char *packet, size_t length)
{
    struct pollfd ready = {SOCKET, POLLOUT, 0};

    while (!relay->hung && send(SOCKET, packet, length, MSG_NOSIGNAL) < 0) {
        if (errno != EAGAIN && errno != EINTR)
            relay->hung = true;
        else
            poll(&ready, 1, -1);
    }
}

/* False when there is no more to come. */
static bool pass_output(struct relay *relay)
{
    unsigned char packet[1 + CHUNK] = {'d'};
    ssize_t length = read(MASTER, packet + 1, CHUNK);

    if (length <= 0)
        return length < 0 && errno == EINTR;
    send_packet(relay, packet, 1 + (size_t)length);
    return true;
}

static void pass_input(struct relay *relay)
{
    unsigned char packet[1 + CHUNK];
    ssize_t length = recv(SOCKET, packet, sizeof packet, 0);

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0) {
        relay->hung = true;
        kill(-relay->shell, SIGHUP);
        kill(-relay->shell, SIGCONT);
    } else if (packet[0] == 'd') {
        write_all(MASTER, packet + 1, (size_t)length - 1);
    } else if (packet[0] == 'w') {
        take_size(MASTER, packet, length);
    }
}

/* End as the shell did, once all that it wrote has been sent. */
_Noreturn static void end_like(struct relay *relay, int status)
{
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    unsigned char packet[2] = {'x', (unsigned char)code};
    struct pollfd more = {MASTER, POLLIN, 0};

    while (poll(&more, 1, 0) > 0 && (more.revents & POLLIN) && pass_output(relay))
        continue;
    send_packet(relay, packet, sizeof packet);
    if (WIFSIGNALED(status)) {
        sigset_t none;

        signal(WTERMSIG(status), SIG_DFL);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        kill(getpid(), WTERMSIG(status));
    }
    _exit(code);
}

static void pass_signal(struct relay *relay)
{
    struct signalfd_siginfo info;
    int status;

    if (read(relay->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    if (info.ssi_signo != SIGCHLD)
        kill(-relay->shell, (int)info.ssi_signo);
    else if (waitpid(relay->shell, &status, WNOHANG) == relay->shell)
        end_like(relay, status);
}

_Noreturn static void relay_run(struct relay *relay)
{
    struct pollfd fds[] = {{SOCKET, POLLIN, 0}, {MASTER, POLLIN, 0}, {relay->signals, POLLIN, 0}};

    while (true) {
        if (poll(fds, 3, -1) < 0)
            continue;
        if (fds[2].revents)
            pass_signal(relay);
        if (fds[1].revents && !pass_output(relay))
            fds[1].fd = -1;
        if (fds[0].revents)
            pass_input(relay);
        if (relay->hung)
            fds[0].fd = -1;
    }
}

/* Become the relay: nothing stays open but what it needs. */
_Noreturn static void become_relay(pid_t shell, int socket, int master)
{
    struct relay relay = {.shell = shell};
    sigset_t all;

    dup2(socket, SOCKET);
    dup2(master, MASTER);
    syscall(SYS_close_range, 3u, ~0u, 0u);
    if (open("/dev/null", O_RDWR) >= 0)
        dup2(3, STDERR_FILENO);
    fcntl(MASTER, F_SETFL, O_NONBLOCK);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    relay.signals = signalfd(-1, &all, SFD_CLOEXEC);
    relay_run(&relay);
}

static bool take_terminal(const char *name)
{
    int fd;

    if (setsid() < 0)
        return false;
    fd = open(name, O_RDWR);
    return fd >= 0 && (ioctl(fd, TIOCSCTTY, 0) == 0 || errno == EPERM) && dup2(fd, 0) == 0 &&
           dup2(fd, 1) == 1 && dup2(fd, 2) == 2 && (fd <= 2 || close(fd) == 0);
}

const char *terminal_enter(const char *path)
{
    int socket = connect_qsub(path);
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];
    pid_t pid;

    if (socket < 0)
        return "connecting to the waiting qsub";
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, name, sizeof name) != 0)
        return "terminal";
    if (!first_packet(socket, master))
        return "the waiting qsub";
    pid = fork();
    if (pid < 0)
        return "fork";
    if (pid > 0)
        become_relay(pid, socket, master);
    return take_terminal(name) ? NULL : "terminal";
}
