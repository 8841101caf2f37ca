/*
 * qdel.c - delete requests.
 *
 * The server answers when it is true: a request that waited is gone, one that
 * ran is on its way out.  Source: XCU qdel.
 */
#include "cli.h"
#include "jobs.h"

static enum nqs_code qdel_act(struct client *client, const char *operand, void *into,
                              struct nqs_err *err)
{
    (void)into;
    return jobs_change(client, NQS_DELETE_JOB, operand, NULL, err);
}

static int qdel_run(const struct cli_call *call)
{
    return cli_each(call, qdel_act, NULL);
}

const struct command command = {
    .name = "qdel",
    .usage = "JOB...",
    .text = "Delete requests; a request that runs is ended first.\n"
            "JOB is 12, 12.server, 12[].server (a whole array) or 12[3].server.",
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qdel_run,
};
