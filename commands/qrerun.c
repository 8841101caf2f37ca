/*
 * qrerun.c - end requests that run and queue them again.
 *
 * Source: XCU qrerun: when it exits, the request has been rerun.  The server
 * answers as soon as it has begun to end the job, so we wait until the request
 * has settled: back in its queue, or gone because its end came first.
 */
#include "cli.h"
#include "jobs.h"

enum { QRERUN_WAIT_MS = 30000 };

/* One long poll.  NQS_TIMEOUT: not yet. */
static enum nqs_code qrerun_wait(struct client *client, const char *operand, struct nqs_err *err)
{
    struct nqs_wait_args args = {
        .name = (char *)operand, .until = NQS_WAIT_SETTLED, .timeout_ms = QRERUN_WAIT_MS};
    struct nqs_answer answer = {0};
    enum nqs_code code = client_call(client, NQS_WAIT_JOB, &args, &answer, err);

    if (code)
        return code;
    code = (enum nqs_code)answer.code;
    if (code)
        nqs_fail(err, code, "%s: %s", operand, answer.text);
    client_free(NQS_WAIT_JOB, &answer);
    return code;
}

static enum nqs_code qrerun_act(struct client *client, const char *operand, void *into,
                                struct nqs_err *err)
{
    enum nqs_code code = jobs_change(client, NQS_RERUN_JOB, operand, NULL, err);

    (void)into;
    if (code)
        return code;
    do
        code = qrerun_wait(client, operand, err);
    while (code == NQS_TIMEOUT);
    return code;
}

static int qrerun_run(const struct cli_call *call)
{
    return cli_each(call, qrerun_act, NULL);
}

const struct command command = {
    .name = "qrerun",
    .usage = "JOB...",
    .text = "End requests that run and queue them again, to start from the beginning.",
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qrerun_run,
};
