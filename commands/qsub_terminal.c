/*
 * qsub_terminal.c - qsub -I: the user's terminal is the request's.
 *
 * qsub listens on a socket in a directory that nobody else may enter, and the
 * job's leader, who is the same user, connects to it
 * (daemon/shepherd/terminal.c).  Both ways go packets: a byte that says what it
 * is and what there is to say; 'd' data, 'w' rows and columns, 'x' the end.
 */
#include "qsub_terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"

enum { CHUNK = 4096, LOOK_MS = 1000, LOST_STATUS = 2, PLACE_MAX = 72 };

static struct {
    char directory[TERMINAL_PATH - 8];
    char path[TERMINAL_PATH];
    int door;
    struct termios before;
    bool raw;
    volatile sig_atomic_t ended;   /* by a signal */
    volatile sig_atomic_t resized; /* the window is */
} terminal = {.door = -1};

static void on_signal(int signo)
{
    if (signo == SIGWINCH)
        terminal.resized = 1;
    else
        terminal.ended = signo;
}

static void catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
    struct sigaction action = {.sa_handler = on_signal};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

void terminal_done(void)
{
    if (terminal.raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.before);
    terminal.raw = false;
    if (terminal.door >= 0)
        close(terminal.door);
    terminal.door = -1;
    if (*terminal.directory) {
        unlink(terminal.path);
        rmdir(terminal.directory);
        *terminal.directory = '\0';
    }
}

enum nqs_code terminal_listen(char path[TERMINAL_PATH], struct nqs_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *place = getenv("TMPDIR");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return nqs_fail(err, NQS_USAGE, "-I is for a terminal: standard input and output are none");
    place = place && *place == '/' && strlen(place) < PLACE_MAX ? place : "/tmp";
    snprintf(terminal.directory, sizeof terminal.directory, "%s/nqs-qsub.XXXXXX", place);
    if (!mkdtemp(terminal.directory)) {
        *terminal.directory = '\0';
        return nqs_fail_errno(err, NQS_SYSTEM, "cannot make a directory in %s", place);
    }
    snprintf(terminal.path, sizeof terminal.path, "%s/tty", terminal.directory);
    strcpy(address.sun_path, terminal.path);
    terminal.door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (terminal.door < 0 || bind(terminal.door, (struct sockaddr *)&address, sizeof address) ||
        listen(terminal.door, 1)) {
        nqs_fail_errno(err, NQS_SYSTEM, "cannot listen at %s", terminal.path);
        terminal_done();
        return NQS_SYSTEM;
    }
    strcpy(path, terminal.path);
    catch_signals();
    return NQS_OK;
}

/* --- until it runs --- */

/* Has the request ended without a word to us?  That the server is away is no answer. */
static bool has_ended(const char *id)
{
    static const uint16_t only[] = {ATTR_job_state};
    struct client_rows *rows;
    const struct nqs_row *row;
    const struct attr *state;
    struct client *client;
    struct attrs attrs;
    struct nqs_err err;
    enum nqs_code code;
    bool ended = false;

    if (client_open(NULL, &client, &err))
        return false;
    attrs_init(&attrs);
    rows = client_rows_new(client, NQS_STATUS_JOBS, &id, 1, NQS_STATUS_HISTORY, only, 1);
    row = client_rows_next(rows, &attrs, &code, &err);
    if (row) {
        state = attrs_find(&attrs, ATTR_job_state);
        ended = row->code || (state && state->length && *state->bytes == 'C');
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    client_close(client);
    return ended;
}

/* Only the job, which is ourselves, can come in; who knows of another way does not. */
static int accept_job(void)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int fd = accept4(terminal.door, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0 && (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) ||
                    (peer.uid != getuid() && peer.uid != geteuid()))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The connection, or -1 when there will be none. */
static int wait_for_job(const char *id)
{
    struct pollfd door = {terminal.door, POLLIN, 0};
    int fd = -1;

    while (fd < 0 && !terminal.ended) {
        int ready = poll(&door, 1, LOOK_MS);

        if (ready > 0)
            fd = accept_job();
        else if (ready == 0 && has_ended(id))
            break;
    }
    return fd;
}

static int give_up(const char *id)
{
    struct client *client;
    struct nqs_err err;

    if (!terminal.ended) {
        cli_say("%s has ended before it could be attended: see qstat -x -f %s", id, id);
        return 1;
    }
    if (!client_open(NULL, &client, &err)) {
        cli_change(client, NQS_DELETE_JOB, id, NULL, &err);
        client_close(client);
    }
    cli_say("%s is deleted", id);
    return 128 + terminal.ended;
}

/* --- while it runs --- */

static void send_size(int fd)
{
    unsigned char packet[5] = {'w'};
    struct winsize size = {0};

    ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    packet[1] = (unsigned char)(size.ws_row >> 8);
    packet[2] = (unsigned char)size.ws_row;
    packet[3] = (unsigned char)(size.ws_col >> 8);
    packet[4] = (unsigned char)size.ws_col;
    send(fd, packet, sizeof packet, MSG_NOSIGNAL);
}

static void be_raw(void)
{
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &terminal.before))
        return;
    raw = terminal.before;
    cfmakeraw(&raw);
    terminal.raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/* Pass on what is typed; false when no more will be. */
static bool pass_typed(int fd)
{
    unsigned char packet[1 + CHUNK] = {'d'};
    ssize_t length = read(STDIN_FILENO, packet + 1, CHUNK);

    if (length > 0)
        return send(fd, packet, 1 + (size_t)length, MSG_NOSIGNAL) > 0;
    return length < 0 && errno == EINTR;
}

/* Print what the job says; false at the end, with *ret_status. */
static bool pass_shown(int fd, int *ret_status)
{
    unsigned char packet[1 + CHUNK];
    ssize_t length = recv(fd, packet, sizeof packet, 0);

    if (length < 0 && errno == EINTR)
        return true;
    if (length == 2 && packet[0] == 'x')
        *ret_status = packet[1];
    if (length <= 0 || packet[0] == 'x')
        return false;
    for (ssize_t at = 1; packet[0] == 'd' && at < length;) {
        ssize_t done = write(STDOUT_FILENO, packet + at, (size_t)(length - at));

        if (done < 0 && errno != EINTR)
            return false;
        at += done > 0 ? done : 0;
    }
    return true;
}

/* The exit status of the job's shell, or -1. */
static int relay(int fd)
{
    struct pollfd fds[] = {{fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    int status = -1;

    while (!terminal.ended) {
        int ready = poll(fds, 2, -1);

        if (terminal.resized) {
            terminal.resized = 0;
            send_size(fd);
        }
        if (ready <= 0)
            continue;
        if (fds[0].revents && !pass_shown(fd, &status))
            break;
        if (fds[1].revents && !pass_typed(fd))
            fds[1].fd = -1;
    }
    return status;
}

int terminal_attend(const char *id)
{
    int status;
    int fd;

    cli_say("waiting for %s to start", id);
    fd = wait_for_job(id);
    if (fd < 0) {
        status = give_up(id);
        terminal_done();
        return status;
    }
    cli_say("%s runs", id);
    send_size(fd);
    be_raw();
    status = relay(fd);
    close(fd);
    terminal_done();
    if (status < 0)
        cli_say("the terminal of %s is closed: see qstat -x -f %s", id, id);
    else
        cli_say("%s has ended", id);
    return status < 0 ? LOST_STATUS : status;
}
