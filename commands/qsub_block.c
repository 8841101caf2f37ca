/*
 * qsub_block.c - -W block=true: qsub stays until the request has ended.
 *
 * It waits by the server's long poll, as qwait does, and owns nothing: when it
 * is interrupted, or dies, the request goes on.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "follow.h"
#include "qsub.h"

enum { STATUS_FAILED = 255, SIGNAL_STATUS = 128 };

/* Written before the handler is set; a handler may do little more than write. */
static char farewell[NQS_NAME_MAX + 100];

static void on_signal(int number)
{
    ssize_t written = write(STDERR_FILENO, farewell, strlen(farewell));

    (void)written;
    _exit(SIGNAL_STATUS + number);
}

static void signals_take(const char *id)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    snprintf(farewell, sizeof farewell, "qsub: request %s goes on; wait for it with: qwait %s\n",
             id, id);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

int qsub_block(const char *id)
{
    struct client *client;
    struct follow_end end;
    struct nqs_err err;
    enum nqs_code code;

    fflush(stdout);
    signals_take(id);
    code = client_open(NULL, &client, &err);
    if (!code) {
        do
            code = follow_wait(client, id, FOLLOW_POLL_MS, &end, &err);
        while (code == NQS_TIMEOUT);
        client_close(client);
    }
    if (code) {
        cli_fail(&err);
        return STATUS_FAILED;
    }
    if (end.status < 0)
        cli_say("%s: ended by the system: %s", id, *end.reason ? end.reason : "no reason given");
    return follow_status(&end);
}
