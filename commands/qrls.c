/*
 * qrls.c - take holds from requests.
 *
 * Source: XCU qrls.  A letter given twice means what it means once; `n` goes
 * with no other.
 */
#include "cli.h"
#include "jobs.h"

static int64_t qrls_holds = HOLD_USER;

static enum nqs_code qrls_take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    return attr_parse_holds(given->text, &qrls_holds, err);
}

static enum nqs_code qrls_act(struct client *client, const char *operand, void *into,
                              struct nqs_err *err)
{
    return jobs_change(client, NQS_RELEASE_JOB, operand, into, err);
}

static int qrls_run(const struct cli_call *call)
{
    struct attrs attrs;
    int status;

    attrs_init(&attrs);
    attrs_add_number(&attrs, ATTR_set_holds, qrls_holds);
    status = cli_each(call, qrls_act, &attrs);
    attrs_done(&attrs);
    return status;
}

static const struct cli_option qrls_options[] = {
    {'h', "LIST", "holds: letters of u, o, s, or n alone (default u)", .take = qrls_take},
    {0},
};

const struct command command = {
    .name = "qrls",
    .usage = "[-h LIST] JOB...",
    .text = "Take holds from requests; one without any may start.",
    .options = qrls_options,
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qrls_run,
};
