/*
 * qstat.c - the status of requests, queues and the server.
 *
 * Rows come from the server a page at a time and go out as they come, so a
 * million of them need no more memory than a thousand.  A table asks only for
 * what its columns need.  Operands are taken in their order; ids that stand
 * next to each other are asked for in one call, and everything else is chosen
 * by the server (choice.h).
 *
 * What is printed in which form is a row of `forms`; the dialect has a word in it.
 *
 * Source: XCU qstat; reference/queues.md A.5.11.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "choice.h"
#include "cli.h"
#include "clock.h"
#include "id.h"
#include "manner.h"
#include "qstat_print.h"
#include "str.h"

enum { QSTAT_FLUSH = 64 * 1024, QSTAT_NAME_SIZE = NQS_NAME_MAX + 1 };

static struct qstat_options {
    bool full;
    bool wide;
    bool once; /* -1: a value, or a request with what else is said of it, is one line */
    bool queues;
    bool limits; /* -q */
    bool servers;
    bool history;
    bool only_history;
    bool arrays;
    bool members;
    bool all;
    bool idle;
    bool running;
    bool nodes;
    bool reason;
    bool estimate;
    bool percent;
    bool words; /* -l */
    bool giga;
    bool mega;
    bool json;
    bool dsv;
    const char *delimiter;
    const char *users;
} opt = {.delimiter = "|"};

/* A command in flight. */
struct qstat {
    struct client *client;
    const struct dialect *dialect;
    const struct qstat_printer *printer;
    struct qstat_page page;
    struct attrs attrs;
    char server[QSTAT_NAME_SIZE];
    char version[64];
    int status; /* of the operand that failed last */
};

static const uint16_t job_columns[] = {ATTR_name, ATTR_owner, ATTR_queue, ATTR_used_cput,
                                       ATTR_job_state};
static const uint16_t job_columns_more[] = {
    ATTR_name,     ATTR_owner,    ATTR_queue, ATTR_used_cput,     ATTR_job_state, ATTR_comment,
    ATTR_why,      ATTR_cput,     ATTR_mem,   ATTR_walltime,      ATTR_stime,     ATTR_session_id,
    ATTR_used_mem, ATTR_priority, ATTR_ncpus, ATTR_used_walltime, ATTR_exec_host, ATTR_rerunable};

static void qstat_flush(struct qstat *qstat, size_t least)
{
    struct buf *out = &qstat->page.out;

    if (!out->length || out->length < least)
        return;
    fwrite(out->bytes, 1, out->length, stdout); /* cli.c asks whether it arrived */
    buf_clear(out);
}

/*
 * Texts for codes that programs look for are PBS's.  Some look for the one text
 * about what history alone knows, some for the other, and for status 153.
 */
static void row_refused(struct qstat *qstat, enum nqs_code code, const char *name)
{
    struct nqs_err err;

    if (code == NQS_FINISHED)
        nqs_fail(&err, NQS_NOJOB,
                 "Unknown Job Id %s: Job has finished, use -x to obtain historical job information",
                 name);
    else if (code == NQS_NOQUEUE)
        nqs_fail(&err, code, "Unknown queue %s", name);
    else
        cli_refused(code, name, &err);
    qstat->status = cli_fail(&err);
}

/* The letter of what has ended is the dialect's. */
static void row_in_dialect(const struct dialect *dialect, struct attrs *attrs)
{
    for (size_t i = 0; i < attrs->count; i++)
        if (attrs->list[i].id == ATTR_job_state && attrs->list[i].length == 1 &&
            *attrs->list[i].bytes == 'C')
            attrs->list[i].bytes = &dialect->ended;
}

/* With -Jt only members are wanted; an id says which one it is. */
static bool row_wanted(const char *name)
{
    return !opt.arrays || !opt.members || (strchr(name, '[') && !strstr(name, "[]"));
}

static void qstat_print_rows(struct qstat *qstat, struct client_rows *rows)
{
    const struct nqs_row *row;
    enum nqs_code code;
    struct nqs_err err;

    while ((row = client_rows_next(rows, &qstat->attrs, &code, &err))) {
        row_in_dialect(qstat->dialect, &qstat->attrs);
        if (row->code)
            row_refused(qstat, (enum nqs_code)row->code, row->name);
        else if (row_wanted(row->name))
            qstat->printer->row(&qstat->page, row->name, &qstat->attrs);
        qstat_flush(qstat, QSTAT_FLUSH);
    }
    if (code)
        qstat->status = cli_fail(&err);
    client_rows_free(rows);
}

/* Queues, or the server: those of COUNT NAMES, 0 for all. */
static void qstat_rows(struct qstat *qstat, uint32_t procedure, const char *const *names,
                       size_t count)
{
    qstat_print_rows(qstat, client_rows_new(qstat->client, procedure, names, count, 0, NULL, 0));
}

static unsigned job_flags(const struct qstat *qstat)
{
    unsigned flags = 0;

    if (opt.full || opt.words || qstat->printer == &qstat_xml)
        flags |= NQS_STATUS_BODY;
    if (opt.members)
        flags |= NQS_STATUS_MEMBERS;
    if (opt.history || opt.only_history)
        flags |= NQS_STATUS_HISTORY;
    if (qstat->dialect->completed)
        flags |= NQS_STATUS_COMPLETED;
    return flags;
}

/* The rows of requests are asked for with what the printer shows of them. */
static struct client_rows *job_rows(struct qstat *qstat, uint32_t procedure,
                                    const char *const *names, size_t count, unsigned flags)
{
    bool all = opt.full || opt.json || opt.dsv || opt.words || qstat->printer == &qstat_xml;
    const struct attr_def *estimated = attr_named(OF_JOB, "estimated.start_time");
    uint16_t more[sizeof job_columns_more / sizeof *job_columns_more + 1];
    size_t more_count = sizeof job_columns_more / sizeof *job_columns_more;
    bool few = qstat->printer == &qstat_table && !opt.percent;
    size_t few_count = sizeof job_columns / sizeof *job_columns;

    memcpy(more, job_columns_more, sizeof job_columns_more);
    if (estimated)
        more[more_count++] = estimated->id;
    return client_rows_new(qstat->client, procedure, names, count, flags, few ? job_columns : more,
                           all   ? 0
                           : few ? few_count
                                 : more_count);
}

/* All requests that the options choose, of PLACE when it is not NULL. */
static void qstat_chosen(struct qstat *qstat, const char *place)
{
    struct choice choice;
    struct client_rows *rows;
    enum nqs_code code = NQS_OK;
    struct nqs_err err;

    choice_init(&choice);
    if (place)
        code = choice_place(&choice, place, &err);
    if (!code && opt.users)
        code = choice_users(&choice, opt.users, &err);
    if (!code && opt.idle)
        code = choice_states(&choice, "QHWT", &err);
    if (!code && opt.running)
        code = choice_states(&choice, "RSEB", &err);
    if (!code && opt.only_history)
        code = choice_states(&choice, "C", &err);
    if (!code && opt.arrays && !opt.members)
        code = choice_arrays(&choice, &err);
    if (code) {
        qstat->status = cli_fail(&err);
    } else {
        rows = job_rows(qstat, NQS_SELECT_JOBS, NULL, 0, job_flags(qstat));
        choice_apply(&choice, rows);
        qstat_print_rows(qstat, rows);
    }
    choice_done(&choice);
}

/* ---------------------------------------------------------------- operands */

/* Learn who our server is.  False after a message. */
static bool server_ask(struct qstat *qstat)
{
    static const uint16_t only[] = {ATTR_version};
    struct client_rows *rows;
    const struct nqs_row *row;
    const char *version;
    enum nqs_code code;
    struct nqs_err err;
    size_t length;

    if (*qstat->server)
        return true;
    rows = client_rows_new(qstat->client, NQS_STATUS_SERVER, NULL, 0, 0, only, 1);
    row = client_rows_next(rows, &qstat->attrs, &code, &err);
    if (row) {
        str_copy(qstat->server, sizeof qstat->server, row->name);
        version = view_text(&qstat->attrs, ATTR_version, &length);
        snprintf(qstat->version, sizeof qstat->version, "%.*s", (int)length, version);
    } else if (code) {
        qstat->status = cli_fail(&err);
    }
    client_rows_free(rows);
    return row;
}

/* Only our own server can be asked; "" is it.  False after a message. */
static bool server_known(struct qstat *qstat, const char *name)
{
    if (!*name)
        return true;
    if (!server_ask(qstat))
        return false;
    if (!strcasecmp(name, qstat->server))
        return true;
    cli_say("Unknown server %s: this is %s", name, qstat->server);
    qstat->status = nqs_exit_status(NQS_VALUE);
    return false;
}

/* Queues at a destination. */
static void qstat_queues(struct qstat *qstat, const char *operand)
{
    char queue[NQS_NAME_MAX + 1];
    char server[NQS_NAME_MAX + 1];
    const char *name = queue;
    struct nqs_err err;

    if (choice_split(operand, queue, server, &err))
        qstat->status = cli_fail(&err);
    else if (server_known(qstat, server))
        qstat_rows(qstat, NQS_STATUS_QUEUES, &name, *queue ? 1 : 0);
}

/* Take the ids that stand at OPERANDS together; gives how many operands were dealt with. */
static int qstat_ids(struct qstat *qstat, char **operands, int count)
{
    struct nqs_id id;
    struct nqs_err err;
    int taken = 0;

    while (taken < count && isdigit((unsigned char)*operands[taken]) &&
           !id_parse(operands[taken], &id, &err))
        taken++;
    if (taken)
        qstat_print_rows(qstat, job_rows(qstat, NQS_STATUS_JOBS, (const char *const *)operands,
                                         (size_t)taken, job_flags(qstat)));
    else
        qstat->status = cli_fail(&err);
    return taken ? taken : 1;
}

static void qstat_operands(struct qstat *qstat, const struct cli_call *call)
{
    int at = 0;

    while (at < call->count) {
        char *operand = call->operands[at];

        if (opt.servers && server_known(qstat, operand + (*operand == '@')))
            qstat_rows(qstat, NQS_STATUS_SERVER, NULL, 0);
        else if (!opt.servers && (opt.queues || opt.limits))
            qstat_queues(qstat, operand);
        else if (!opt.servers && isdigit((unsigned char)*operand))
            at += qstat_ids(qstat, call->operands + at, call->count - at) - 1;
        else if (!opt.servers)
            qstat_chosen(qstat, operand);
        at++;
    }
}

static void qstat_everything(struct qstat *qstat)
{
    if (opt.servers)
        qstat_rows(qstat, NQS_STATUS_SERVER, NULL, 0);
    else if (opt.queues || opt.limits)
        qstat_rows(qstat, NQS_STATUS_QUEUES, NULL, 0);
    else
        qstat_chosen(qstat, NULL);
}

/* ------------------------------------------------------------- the command */

/* What the options ask for comes first, then what the dialect is used to. */
static const struct qstat_printer *printer_of(const struct dialect *dialect)
{
    bool jobs = !opt.queues && !opt.servers;

    if (opt.json)
        return &qstat_json;
    if (opt.dsv)
        return &qstat_dsv;
    if (opt.limits)
        return &qstat_alt;
    if (opt.history && dialect->xml)
        return &qstat_xml;
    if (opt.full)
        return &qstat_full;
    if (jobs && opt.words)
        return &qstat_long;
    if (jobs && (opt.all || opt.idle || opt.running || opt.only_history || opt.nodes ||
                 opt.reason || opt.users || opt.estimate || opt.giga || opt.mega))
        return &qstat_alt;
    return jobs && dialect->forms == FORMS_NQS ? &qstat_nqs : &qstat_table;
}

static int qstat_print(struct qstat *qstat, const struct cli_call *call)
{
    struct qstat_look look = {
        .of = opt.servers                ? OF_SERVER
              : opt.queues || opt.limits ? OF_QUEUE
                                         : OF_JOB,
        .wide = opt.wide || (opt.once && opt.full),
        .reason = opt.reason,
        .nodes = opt.nodes,
        .once = opt.once,
        .estimate = opt.estimate,
        .percent = opt.percent,
        .unit = opt.giga   ? 'G'
                : opt.mega ? 'M'
                           : '\0',
        .timestamp = clock_now().wall / NQS_SECOND,
        .server = qstat->server,
        .version = qstat->version,
        .delimiter = opt.delimiter,
        .dialect = qstat->dialect,
    };

    qstat->printer = printer_of(qstat->dialect);
    if ((opt.json || qstat->printer == &qstat_alt) && !server_ask(qstat))
        return qstat->status;
    qstat_page_init(&qstat->page, &look);
    qstat->printer->begin(&qstat->page);
    if (call->count)
        qstat_operands(qstat, call);
    else
        qstat_everything(qstat);
    qstat->printer->end(&qstat->page);
    qstat_flush(qstat, 0);
    qstat_page_done(&qstat->page);
    return qstat->status;
}

/* What cannot be meant together. */
static enum nqs_code qstat_check(const struct cli_call *call, struct nqs_err *err)
{
    bool choosing = opt.users || opt.idle || opt.running || opt.only_history;

    if (opt.queues + opt.servers + opt.limits > 1)
        return nqs_fail(err, NQS_USAGE, "-Q, -q and -B do not go together");
    if (opt.json && opt.dsv)
        return nqs_fail(err, NQS_USAGE, "only one format");
    if (opt.idle + opt.running + opt.only_history > 1)
        return nqs_fail(err, NQS_USAGE, "-i, -r and -H do not go together");
    if (!*opt.delimiter || strchr(opt.delimiter, '\n'))
        return nqs_fail(err, NQS_USAGE, "the delimiter of -D is some characters of one line");
    if (choosing && call->count && isdigit((unsigned char)**call->operands))
        return nqs_fail(err, NQS_USAGE,
                        "-u, -i, -r and -H choose requests; do not name requests as well");
    return NQS_OK;
}

static int qstat_run(const struct cli_call *call)
{
    struct qstat qstat = {0};
    struct nqs_err err;
    int status;

    if (qstat_check(call, &err))
        return cli_misuse(&err);
    if (client_open(NULL, &qstat.client, &err))
        return cli_fail(&err);
    attrs_init(&qstat.attrs);
    if (manner_find(qstat.client, &qstat.dialect, &err))
        status = cli_fail(&err);
    else
        status = qstat_print(&qstat, call);
    attrs_done(&qstat.attrs);
    client_close(qstat.client);
    return status;
}

static enum nqs_code take_format(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    if (!strcmp(given->text, "json"))
        opt.json = true;
    else if (!strcmp(given->text, "dsv"))
        opt.dsv = opt.full = true;
    else
        return nqs_fail(err, NQS_USAGE, "'%.40s' is no format that is known here; use json or dsv",
                        given->text);
    return NQS_OK;
}

static const struct cli_option qstat_options[] = {
    {'a', NULL, "all requests, in PBS's wider form", .flag = &opt.all},
    {'B', NULL, "the server", .flag = &opt.servers},
    {'D', "DELIMITER", "what stands between values of -F dsv; without it |",
     .value = &opt.delimiter},
    {'f', NULL, "all that is known, a line for each value", .flag = &opt.full},
    {'F', "FORMAT", "json, also as --json: a document; dsv: a line for each", .take = take_format},
    {'G', NULL, "memory in gigabytes; the form of -a", .flag = &opt.giga},
    {'H', NULL, "only finished requests; the form of -a", .flag = &opt.only_history},
    {'i', NULL, "only requests that wait; the form of -a", .flag = &opt.idle},
    {'J', NULL, "only arrays; with -t, only their members", .flag = &opt.arrays},
    {'l', NULL, "the long form of NQS, with its words for states", .flag = &opt.words},
    {'M', NULL, "memory in megawords; the form of -a", .flag = &opt.mega},
    {'n', NULL, "below each request, where it runs; the form of -a", .flag = &opt.nodes},
    {'p', NULL, "how much of its time has passed, in percent", .flag = &opt.percent},
    {'q', NULL, "queues, their limits and loads", .flag = &opt.limits},
    {'Q', NULL, "queues", .flag = &opt.queues},
    {'r', NULL, "only requests that run; the form of -a", .flag = &opt.running},
    {'s', NULL, "below each request, why it waits; the form of -a", .flag = &opt.reason},
    {'t', NULL, "each member of an array, too", .flag = &opt.members},
    {'T', NULL, "when each will start, as far as that is known; the form of -a",
     .flag = &opt.estimate},
    {'u', "USERS", "only requests of user[@host],...; the form of -a", .value = &opt.users},
    {'w', NULL, "wide columns; with -f, values are not folded", .flag = &opt.wide},
    {'x', NULL, "finished requests too, as long as history keeps them", .flag = &opt.history},
    {'1', NULL, "with -f, values are not folded; with -n and -s, one line", .flag = &opt.once},
    {'\1', NULL, "the same as -F json", .flag = &opt.json, .word = "json"},
    {0},
};

const struct command command = {
    .name = "qstat",
    .usage = "[-afGHiJlMnprstTwx1] [-F FORMAT] [--json] [-D DELIMITER] [-u USERS]\n"
             " [JOB|DESTINATION...]\n"
             "-Q [-fwx1] [-F FORMAT] [--json] [-D DELIMITER] [DESTINATION...]\n"
             "-q [DESTINATION...]\n"
             "-B [-fwx1] [-F FORMAT] [--json] [-D DELIMITER] [SERVER...]",
    .text = "Show requests, queues or the server.\n"
            "DESTINATION is queue, @server or queue@server.",
    .options = qstat_options,
    .operands_max = CLI_ANY,
    .run = qstat_run,
};
