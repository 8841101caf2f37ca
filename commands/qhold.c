/*
 * qhold.c - put holds on requests.
 *
 * Source: XCU qhold.  A letter given twice means what it means once; `n` goes
 * with no other.
 */
#include "cli.h"
#include "jobs.h"

static int64_t qhold_holds = HOLD_USER;

static enum nqs_code qhold_take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    return attr_parse_holds(given->text, &qhold_holds, err);
}

static enum nqs_code qhold_act(struct client *client, const char *operand, void *into,
                               struct nqs_err *err)
{
    return jobs_change(client, NQS_HOLD_JOB, operand, into, err);
}

static int qhold_run(const struct cli_call *call)
{
    struct attrs attrs;
    int status;

    attrs_init(&attrs);
    attrs_add_number(&attrs, ATTR_set_holds, qhold_holds);
    status = cli_each(call, qhold_act, &attrs);
    attrs_done(&attrs);
    return status;
}

static const struct cli_option qhold_options[] = {
    {'h', "LIST", "holds: letters of u, o, s, or n alone (default u)", .take = qhold_take},
    {0},
};

const struct command command = {
    .name = "qhold",
    .usage = "[-h LIST] JOB...",
    .text = "Keep requests from being started.",
    .options = qhold_options,
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qhold_run,
};
