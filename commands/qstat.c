/*
 * qstat.c - the status of requests, queues and the server.
 *
 * Rows come from the server a page at a time and go out as they come, so a
 * million of them need no more memory than a thousand.  The table asks only
 * for what its columns need.  Operands are taken in their order; ids that
 * stand next to each other are asked for in one call.
 *
 * The server knows requests by id.  A queue as an operand is our own doing:
 * all requests are asked for and those of other queues are passed over.
 *
 * Source: XCU qstat; reference/queues.md A.5.11.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "clock.h"
#include "id.h"
#include "qstat_print.h"
#include "str.h"

enum { QSTAT_FLUSH = 64 * 1024, QSTAT_NAME_SIZE = NQS_NAME_MAX + 1 };

static struct qstat_options {
    bool full;
    bool wide;
    bool once; /* -1: a value is one line */
    bool queues;
    bool servers;
    bool history;
    bool members;
    bool reason;
    bool json;
} opt;

/* A command in flight. */
struct qstat {
    struct client *client;
    const struct qstat_printer *printer;
    struct qstat_page page;
    struct attrs attrs;
    char server[QSTAT_NAME_SIZE]; /* "" until it was asked for */
    char version[64];
    int status; /* of the operand that failed last */
};

/* A queue and a server, each "" when left out. */
struct qstat_place {
    char queue[QSTAT_NAME_SIZE];
    char server[QSTAT_NAME_SIZE];
};

static const uint16_t job_columns[] = {ATTR_name, ATTR_owner, ATTR_queue, ATTR_used_cput,
                                       ATTR_job_state};
static const uint16_t job_columns_why[] = {ATTR_name,    ATTR_owner,     ATTR_queue, ATTR_used_cput,
                                           ATTR_comment, ATTR_job_state, ATTR_why};

/* Is a row of ATTRS one of QUEUE's?  "" is any queue. */
static bool row_in_queue(const struct attrs *attrs, const char *queue)
{
    size_t length;
    const char *its = view_text(attrs, ATTR_queue, &length);

    return !*queue || (strlen(queue) == length && !memcmp(queue, its, length));
}

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

/* Ask for COUNT NAMES, 0 for all, and print those in QUEUE. */
static void qstat_rows(struct qstat *qstat, uint32_t procedure, const char *const *names,
                       size_t count, const char *queue, const uint16_t *only, size_t only_count)
{
    unsigned flags = (opt.full ? NQS_STATUS_BODY : 0) | (opt.members ? NQS_STATUS_MEMBERS : 0) |
                     NQS_STATUS_COMPLETED | (opt.history ? NQS_STATUS_HISTORY : 0);
    struct client_rows *rows =
        client_rows_new(qstat->client, procedure, names, count, flags, only, only_count);
    const struct nqs_row *row;
    enum nqs_code code;
    struct nqs_err err;

    while ((row = client_rows_next(rows, &qstat->attrs, &code, &err))) {
        if (row->code)
            row_refused(qstat, (enum nqs_code)row->code, row->name);
        else if (row_in_queue(&qstat->attrs, queue))
            qstat->printer->row(&qstat->page, row->name, &qstat->attrs);
        qstat_flush(qstat, QSTAT_FLUSH);
    }
    if (code)
        qstat->status = cli_fail(&err);
    client_rows_free(rows);
}

static void qstat_jobs(struct qstat *qstat, const char *const *names, size_t count,
                       const char *queue)
{
    bool all = opt.full || opt.json;
    const uint16_t *only = opt.reason ? job_columns_why : job_columns;
    size_t only_count = opt.reason ? sizeof job_columns_why / sizeof *job_columns_why
                                   : sizeof job_columns / sizeof *job_columns;

    qstat_rows(qstat, NQS_STATUS_JOBS, names, count, queue, only, all ? 0 : only_count);
}

/* ---------------------------------------------------------------- operands */

static bool place_parse(const char *text, struct qstat_place *ret, struct nqs_err *err)
{
    const char *at = strchr(text, '@');
    size_t length = at ? (size_t)(at - text) : strlen(text);

    *ret = (struct qstat_place){0};
    if (length < sizeof ret->queue) {
        memcpy(ret->queue, text, length);
        if (!at ||
            (str_copy(ret->server, sizeof ret->server, at + 1) && id_server_valid(ret->server)))
            if (at == text || id_queue_valid(ret->queue))
                return true;
    }
    nqs_fail(err, NQS_SYNTAX,
             "'%.80s' is neither a job id nor a destination: use queue, "
             "@server or queue@server",
             text);
    return false;
}

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

/* A queue must be there, or a misspelt one would be taken for an empty one. */
static bool queue_known(struct qstat *qstat, const char *name)
{
    static const uint16_t only[] = {ATTR_queue_type};
    struct client_rows *rows;
    const struct nqs_row *row;
    enum nqs_code code;
    struct nqs_err err;

    if (!*name)
        return true;
    rows = client_rows_new(qstat->client, NQS_STATUS_QUEUES, &name, 1, 0, only, 1);
    row = client_rows_next(rows, &qstat->attrs, &code, &err);
    if (code)
        qstat->status = cli_fail(&err);
    else if (!row || row->code)
        row_refused(qstat, row ? (enum nqs_code)row->code : NQS_NOQUEUE, name);
    code = row ? (enum nqs_code)row->code : NQS_NOQUEUE;
    client_rows_free(rows);
    return !code;
}

/* Jobs at a destination, or the destination itself with -Q. */
static void qstat_place(struct qstat *qstat, const char *operand)
{
    struct qstat_place place;
    struct nqs_err err;
    const char *name = place.queue;

    if (!place_parse(operand, &place, &err))
        qstat->status = cli_fail(&err);
    else if (!server_known(qstat, place.server))
        return;
    else if (opt.queues)
        qstat_rows(qstat, NQS_STATUS_QUEUES, &name, *name ? 1 : 0, "", NULL, 0);
    else if (queue_known(qstat, name))
        qstat_jobs(qstat, NULL, 0, name);
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
        qstat_jobs(qstat, (const char *const *)operands, (size_t)taken, "");
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
            qstat_rows(qstat, NQS_STATUS_SERVER, NULL, 0, "", NULL, 0);
        if (!opt.servers && !opt.queues && isdigit((unsigned char)*operand)) {
            at += qstat_ids(qstat, call->operands + at, call->count - at);
            continue;
        }
        if (!opt.servers)
            qstat_place(qstat, operand);
        at++;
    }
}

static void qstat_everything(struct qstat *qstat)
{
    if (opt.servers)
        qstat_rows(qstat, NQS_STATUS_SERVER, NULL, 0, "", NULL, 0);
    else if (opt.queues)
        qstat_rows(qstat, NQS_STATUS_QUEUES, NULL, 0, "", NULL, 0);
    else
        qstat_jobs(qstat, NULL, 0, "");
}

/* ------------------------------------------------------------- the command */

static int qstat_print(struct qstat *qstat, const struct cli_call *call)
{
    struct qstat_look look = {
        .of = opt.servers  ? OF_SERVER
              : opt.queues ? OF_QUEUE
                           : OF_JOB,
        .wide = opt.wide || (opt.once && opt.full),
        .reason = opt.reason,
        .timestamp = clock_now().wall / NQS_SECOND,
        .server = qstat->server,
        .version = qstat->version,
    };

    qstat->printer = opt.json ? &qstat_json : opt.full ? &qstat_full : &qstat_table;
    if (opt.json && !server_ask(qstat))
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

static int qstat_run(const struct cli_call *call)
{
    struct qstat qstat = {0};
    struct nqs_err err;
    int status;

    if (opt.queues && opt.servers) {
        nqs_fail(&err, NQS_USAGE, "-Q and -B do not go together");
        return cli_misuse(&err);
    }
    if (client_open(NULL, &qstat.client, &err))
        return cli_fail(&err);
    attrs_init(&qstat.attrs);
    status = qstat_print(&qstat, call);
    attrs_done(&qstat.attrs);
    client_close(qstat.client);
    return status;
}

static enum nqs_code take_format(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    if (strcmp(given->text, "json"))
        return nqs_fail(err, NQS_USAGE, "'%.40s' is no format that is known here; use json",
                        given->text);
    opt.json = true;
    return NQS_OK;
}

static const struct cli_option qstat_options[] = {
    {'f', NULL, "all that is known, a line for each value", .flag = &opt.full},
    {'s', NULL, "below each request, why it waits", .flag = &opt.reason},
    {'t', NULL, "each member of an array, too", .flag = &opt.members},
    {'w', NULL, "wide columns; with -f, values are not folded", .flag = &opt.wide},
    {'x', NULL, "finished requests too, as long as history keeps them", .flag = &opt.history},
    {'1', NULL, "with -f, values are not folded", .flag = &opt.once},
    {'F', "FORMAT", "json: print a JSON document", .take = take_format},
    {'Q', NULL, "queues", .flag = &opt.queues},
    {'B', NULL, "the server", .flag = &opt.servers},
    {0},
};

const struct command command = {
    .name = "qstat",
    .usage = "[-fstwx1] [-F FORMAT] [JOB|DESTINATION...]\n"
             "-Q [-fw1] [-F FORMAT] [DESTINATION...]\n"
             "-B [-fw1] [-F FORMAT] [SERVER...]",
    .text = "Show requests, queues or the server.\n"
            "DESTINATION is queue, @server or queue@server.",
    .options = qstat_options,
    .operands_max = CLI_ANY,
    .run = qstat_run,
};
