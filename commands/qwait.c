/*
 * qwait.c - wait until requests have ended, and exit as they did.
 *
 * Source: reference/queues.md, "Settled".  The exit status is all that a
 * script sees, so every way to end has its own: the request's own status,
 * 128 and the signal that killed it, 3 when it was deleted before it ran, 125
 * when the system ended it, 254 for an id that nobody knows and 255 for a
 * failure of qwait itself.
 */
#include "cli.h"
#include "follow.h"

enum { STATUS_UNKNOWN = 254, STATUS_FAILED = 255 };

static int wait_one(struct client *client, const char *name)
{
    struct follow_end end;
    struct nqs_err err;
    enum nqs_code code;

    do
        code = follow_wait(client, name, FOLLOW_POLL_MS, &end, &err);
    while (code == NQS_TIMEOUT);
    if (!code && end.status < 0)
        cli_say("%s: ended by the system: %s", name, *end.reason ? end.reason : "no reason given");
    if (!code)
        return follow_status(&end);
    cli_fail(&err);
    return code == NQS_NOJOB ? STATUS_UNKNOWN : STATUS_FAILED;
}

static int qwait_run(const struct cli_call *call)
{
    struct client *client;
    struct nqs_err err;
    int largest = 0;

    if (client_open(NULL, &client, &err)) {
        cli_fail(&err);
        return STATUS_FAILED;
    }
    for (int i = 0; i < call->count; i++) {
        int status = wait_one(client, call->operands[i]);

        if (status > largest)
            largest = status;
    }
    client_close(client);
    return largest;
}

const struct command command = {
    .name = "qwait",
    .usage = "JOB...",
    .text = "Wait until the requests have ended; exit with the largest of their statuses.\n"
            "128+n: killed by signal n.  3: deleted before it ran.  125: ended by the system.\n"
            "254: unknown id.  255: qwait itself failed.",
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .misuse_status = STATUS_FAILED,
    .run = qwait_run,
};
