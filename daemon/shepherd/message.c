/*
 * message.c - a line of somebody else's in the job's output files.
 *
 * The job may have closed its outputs, or put others in their place; they are
 * opened anew as they were for the job, with the user's rights for files.  The
 * child never runs anything of the user's, so it need not give up the way back,
 * without which nobody can signal or trace it.
 */
#include "message.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "become.h"
#include "handoff.h"
#include "output.h"

enum { MESSAGE_SECONDS = 10, TO_OUT = 1, TO_ERR = 2 };

static bool enter_directory(const struct handoff *handoff)
{
    const char *home = order_text(&handoff->user, ORDER_TAG_home);
    const char *directory = order_text(&handoff->start, ORDER_TAG_workdir);

    if (directory)
        return chdir(directory) == 0;
    return (home && chdir(home) == 0) || chdir("/") == 0;
}

/* Append to the file of STREAM; nobody hears of an error. */
static void append(const struct handoff *handoff, const char *spooled, char stream,
                   const char *text)
{
    const struct iovec parts[] = {{(char *)(uintptr_t)text, strlen(text)},
                                  {(char *)(uintptr_t) "\n", 1}};
    int fd = output_again(&handoff->start, &handoff->user, &handoff->place, stream,
                          strchr(spooled, stream) != NULL, HANDOFF_OUT);

    if (fd < 0 || writev(fd, parts, 2) < 0)
        _exit(1);
    close(fd);
}

_Noreturn static void write_as_user(const struct handoff *handoff, const char *spooled,
                                    const struct order *message)
{
    int64_t to = order_number(message, ORDER_TAG_outputs, TO_ERR);
    const char *text = order_text(message, ORDER_TAG_message);
    int64_t join = order_number(&handoff->start, ORDER_TAG_join, ORDER_JOIN_NONE);
    sigset_t none;

    alarm(MESSAGE_SECONDS);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (join != ORDER_JOIN_NONE)
        to = join == ORDER_JOIN_OE ? TO_OUT : TO_ERR;
    if (!text ||
        !become_for_files(&handoff->user, (uid_t)order_number(&handoff->start, ORDER_TAG_uid, -1)))
        _exit(1);
    umask((mode_t)order_number(&handoff->start, ORDER_TAG_umask, 077));
    if (!enter_directory(handoff))
        _exit(1);
    if (to & TO_OUT)
        append(handoff, spooled, 'o', text);
    if (to & TO_ERR)
        append(handoff, spooled, 'e', text);
    _exit(0);
}

void message_write(const struct handoff *handoff, const char *spooled, const struct order *message)
{
    if (fork() == 0)
        write_as_user(handoff, spooled, message);
}
