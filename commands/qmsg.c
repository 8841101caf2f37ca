/*
 * qmsg.c - write a line into the output files of requests that run.
 *
 * Source: XCU qmsg.  Where neither -E nor -O is given, the file is that of
 * standard error, as PBS has it.
 */
#include "cli.h"
#include "jobs.h"

enum { TO_OUT = 1, TO_ERR = 2 };

static bool qmsg_out;
static bool qmsg_err;

static enum nqs_code qmsg_act(struct client *client, const char *operand, void *into,
                              struct nqs_err *err)
{
    return jobs_change(client, NQS_MESSAGE_JOB, operand, into, err);
}

static int qmsg_run(const struct cli_call *call)
{
    struct cli_call jobs = *call;
    struct attrs attrs;
    struct nqs_err err;
    int status;

    jobs.operands++;
    jobs.count--;
    attrs_init(&attrs);
    attrs_add_text(&attrs, ATTR_message, *call->operands);
    attrs_add_number(&attrs, ATTR_message_to,
                     (qmsg_out ? TO_OUT : 0) | (qmsg_err || !qmsg_out ? TO_ERR : 0));
    if (attr_check(&attrs.list[0], &err))
        status = cli_fail(&err);
    else
        status = cli_each(&jobs, qmsg_act, &attrs);
    attrs_done(&attrs);
    return status;
}

static const struct cli_option qmsg_options[] = {
    {'E', NULL, "to the file of standard error (default)", .flag = &qmsg_err},
    {'O', NULL, "to the file of standard output", .flag = &qmsg_out},
    {0},
};

const struct command command = {
    .name = "qmsg",
    .usage = "[-EO] MESSAGE JOB...",
    .text = "Write a line into the output files of requests that run.",
    .options = qmsg_options,
    .operands_min = 2,
    .operands_max = CLI_ANY,
    .run = qmsg_run,
};
