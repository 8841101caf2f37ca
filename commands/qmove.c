/*
 * qmove.c - move requests to another queue.
 *
 * What the destination means is for the server to say: it knows its queues and
 * its own name.  Source: XCU qmove.
 */
#include <string.h>

#include "cli.h"
#include "id.h"
#include "jobs.h"

static enum nqs_code qmove_act(struct client *client, const char *operand, void *into,
                               struct nqs_err *err)
{
    return jobs_change(client, NQS_MOVE_JOB, operand, into, err);
}

/* [queue][@server], with one of the two at least. */
static enum nqs_code destination_check(const char *text, struct nqs_err *err)
{
    size_t length = strcspn(text, "@");
    char queue[32] = "";

    if (length < sizeof queue)
        memcpy(queue, text, length);
    if (length ? !id_queue_valid(queue) : !*text)
        return nqs_fail(err, NQS_SYNTAX,
                        "'%.80s' is no destination: queue, queue@server or @server, a queue of 1 "
                        "to 15 letters, digits, '_', '-' and '.', the first a letter",
                        text);
    if (text[length] && !id_server_valid(text + length + 1))
        return nqs_fail(err, NQS_SYNTAX, "'%.80s' is not queue@server", text);
    return NQS_OK;
}

static int qmove_run(const struct cli_call *call)
{
    struct cli_call jobs = *call;
    struct attrs attrs;
    struct nqs_err err;
    int status;

    if (destination_check(*call->operands, &err))
        return cli_fail(&err);
    attrs_init(&attrs);
    attrs_add_text(&attrs, ATTR_destination, *call->operands);
    jobs.operands++;
    jobs.count--;
    status = cli_each(&jobs, qmove_act, &attrs);
    attrs_done(&attrs);
    return status;
}

const struct command command = {
    .name = "qmove",
    .usage = "DESTINATION JOB...",
    .text = "Move requests that wait to another queue; they keep their ids.\n"
            "DESTINATION is queue, queue@server or @server.",
    .operands_min = 2,
    .operands_max = CLI_ANY,
    .run = qmove_run,
};
