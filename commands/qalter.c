/*
 * qalter.c - alter requests.
 *
 * The options are those of qsub (job_options.def) and read by the same code;
 * what they say of one request is done by the server as a whole or not at all.
 * Source: XCU qalter; reference/queues.md A.5.2.
 */
#include <string.h>

#include "cli.h"
#include "jobs.h"
#include "qsub.h"

static struct submission changes;

/* Paths are relative to where qalter is called, which is looked up only when an option is given. */
static enum nqs_code qalter_take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    struct submission *submission = into;
    struct qsub_word word = {
        .letter = given->letter, .attached = given->attached, .text = given->text};
    enum nqs_code code = NQS_OK;

    if (!submission->queue)
        code = submission_init(submission, err);
    return code ? code : qsub_apply(submission, &word, err);
}

static const struct cli_option qalter_options[] = {
#define BOTH(letter, argument, text, apply) {letter, argument, text, .take = qalter_take},
#define QSUB(letter, argument, text, apply)
#define QALTER(letter, argument, text, apply) {letter, argument, text, .take = qalter_take},
#include "job_options.def"
#undef BOTH
#undef QSUB
#undef QALTER
    {0},
};

static const char *qalter_hint(char letter, const char *word)
{
    (void)word;
    switch (letter) {
    case 'q': return "unknown option -q; to another queue a request goes by: qmove queue job";
    case 'v':
    case 'V': return "the environment of a request cannot be altered";
    case 'J': return "the range of an array cannot be altered";
    default: return NULL;
    }
}

static enum nqs_code qalter_act(struct client *client, const char *operand, void *into,
                                struct nqs_err *err)
{
    return jobs_change(client, NQS_MODIFY_JOB, operand, into, err);
}

static enum nqs_code changes_check(struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;

    if (changes.name)
        submission_set_text(&changes, ATTR_name, changes.name);
    for (size_t i = 0; !code && i < changes.attrs.count; i++)
        code = attr_check(&changes.attrs.list[i], err);
    for (size_t i = 0; i < changes.unset_count; i++)
        buf_add_u16(&changes.packed, changes.unset[i]);
    if (changes.unset_count)
        attrs_add_bytes(&changes.attrs, ATTR_unset, changes.packed.bytes, changes.packed.length);
    return code;
}

static int qalter_run(const struct cli_call *call)
{
    struct nqs_err err;
    int status;

    if (changes_check(&err))
        status = cli_fail(&err);
    else
        status = cli_each(call, qalter_act, &changes.attrs);
    submission_done(&changes);
    return status;
}

const struct command command = {
    .name = "qalter",
    .usage = "[-a time] [-A account] [-c interval] [-e path] [-h list] [-j join] [-k keep]\n"
             " [-l list] [-m points] [-M list] [-N name] [-o path] [-p number] [-P project]\n"
             " [-r y|n] [-S shell] [-u list] [-W list] JOB...",
    .text = "Alter requests.  Of what is given for one request all is done or nothing.",
    .options = qalter_options,
    .into = &changes,
    .hint = qalter_hint,
    .operands_min = 1,
    .operands_max = CLI_ANY,
    .run = qalter_run,
};
