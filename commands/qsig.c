/*
 * qsig.c - send a signal to requests that run.
 *
 * Source: XCU qsig.  The signal goes to the process group of the session's
 * leader; signal 0 (NULL) only asks whether there is one.  PBS's words suspend
 * and resume are no signals, but are sent by the same request.
 */
#include "cli.h"
#include "jobs.h"
#include "signals.h"

static int64_t qsig_signal = 15; /* TERM */
static int64_t qsig_pseudo = PSEUDO_NONE;

static enum nqs_code qsig_take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    enum nqs_code code = signals_parse_pseudo(given->text, &qsig_pseudo, err);

    (void)into;
    return code || qsig_pseudo ? code : signals_parse(given->text, &qsig_signal, err);
}

static enum nqs_code qsig_act(struct client *client, const char *operand, void *into,
                              struct nqs_err *err)
{
    return jobs_change(client, NQS_SIGNAL_JOB, operand, into, err);
}

static int qsig_run(const struct cli_call *call)
{
    struct attrs attrs;
    int status;

    attrs_init(&attrs);
    if (qsig_pseudo)
        attrs_add_number(&attrs, ATTR_pseudo_signal, qsig_pseudo);
    else
        attrs_add_number(&attrs, ATTR_signal, qsig_signal);
    status = cli_each(call, qsig_act, &attrs);
    attrs_done(&attrs);
    return status;
}

static const struct cli_option qsig_options[] = {
    {'s', "SIGNAL", "USR1, SIGUSR1 or 10; 0 only probes; suspend, resume (default TERM)",
     .take = qsig_take},
    {0},
};

const struct command command = {
    .name = "qsig",
    .usage = "[-s SIGNAL] JOB...",
    .text = "Send a signal to requests that run.",
    .options = qsig_options,
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qsig_run,
};
