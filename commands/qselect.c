/*
 * qselect.c - the ids of the requests that meet all conditions.
 *
 * The server selects.  Ids come out one a line in the form that qsub prints,
 * because programs compare the two; with POSIXLY_CORRECT in the environment
 * they have three parts, seq.server@server.  Every command takes either.
 *
 * Source: XCU qselect; reference/queues.md A.5.9.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "cli.h"

static struct qselect {
    struct choice choice;
    bool arrays;
    bool members;
    bool history;
    bool only_history;
} qselect;

static enum nqs_code take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    struct choice *choice = &qselect.choice;

    (void)into;
    switch (given->letter) {
    case 'a': return choice_when(choice, "Execution_Time", given->text, err);
    case 'A': return choice_value(choice, "Account_Name", given->text, err);
    case 'c': return choice_value(choice, "Checkpoint", given->text, err);
    case 'h': return choice_holds(choice, given->text, err);
    case 'l': return choice_resources(choice, given->text, err);
    case 'N': return choice_glob(choice, "Job_Name", given->text, err);
    case 'p': return choice_value(choice, "Priority", given->text, err);
    case 'P': return choice_value(choice, "project", given->text, err);
    case 'q': return choice_place(choice, given->text, err);
    case 's': return choice_states(choice, given->text, err);
    default: return choice_users(choice, given->text, err);
    }
}

static enum nqs_code take_rerunable(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    if (strcmp(given->text, "y") && strcmp(given->text, "n"))
        return nqs_fail(err, NQS_VALUE, "'%.40s' is neither y nor n", given->text);
    return choice_value(&qselect.choice, "Rerunable", given->text, err);
}

/* PBS's -t: a letter that names a time, then what -a takes. */
static enum nqs_code take_time(void *into, const struct cli_given *given, struct nqs_err *err)
{
    static const struct {
        char letter;
        const char *name;
    } times[] = {{'a', "Execution_Time"}, {'c', "ctime"}, {'e', "comp_time"}, {'g', "etime"},
                 {'m', "mtime"},          {'q', "qtime"}, {'s', "stime"},     {0, NULL}};

    (void)into;
    for (int i = 0; times[i].letter; i++)
        if (times[i].letter == *given->text)
            return choice_when(&qselect.choice, times[i].name, given->text + 1, err);
    return nqs_fail(err, NQS_VALUE,
                    "'%.40s' names no time: begin with a, c, e, g, m, q or s, as in q.gt.0900",
                    given->text);
}

static void print_id(const char *id, const char *server)
{
    fputs_unlocked(id, stdout);
    if (*server) {
        putchar_unlocked('@');
        fputs_unlocked(server, stdout);
    }
    putchar_unlocked('\n');
}

/* The server's name, for ids of three parts. */
static enum nqs_code server_name(struct client *client, char name[NQS_NAME_MAX + 1],
                                 struct nqs_err *err)
{
    static const uint16_t only[] = {ATTR_version};
    struct client_rows *rows = client_rows_new(client, NQS_STATUS_SERVER, NULL, 0, 0, only, 1);
    enum nqs_code code;
    struct attrs attrs;
    const struct nqs_row *row;

    attrs_init(&attrs);
    row = client_rows_next(rows, &attrs, &code, err);
    if (row)
        snprintf(name, NQS_NAME_MAX + 1, "%s", row->name);
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

static enum nqs_code print_ids(struct client *client, const char *server, struct nqs_err *err)
{
    struct client_rows *rows =
        client_rows_new(client, NQS_SELECT_JOBS, NULL, 0, qselect.choice.flags, NULL, 0);
    enum nqs_code code = NQS_OK;
    const struct nqs_row *row;
    struct attrs attrs;

    attrs_init(&attrs);
    choice_apply(&qselect.choice, rows);
    while ((row = client_rows_next(rows, &attrs, &code, err)))
        print_id(row->name, server);
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

static enum nqs_code more_conditions(struct nqs_err *err)
{
    struct choice *choice = &qselect.choice;
    enum nqs_code code = NQS_OK;

    choice->flags |= NQS_STATUS_IDS;
    if (qselect.members)
        choice->flags |= NQS_STATUS_MEMBERS;
    if (qselect.history || qselect.only_history)
        choice->flags |= NQS_STATUS_HISTORY;
    if (qselect.only_history)
        code = choice_states(choice, "C", err);
    if (!code && qselect.arrays)
        code = choice_arrays(choice, err);
    return code;
}

static int qselect_run(const struct cli_call *call)
{
    char server[NQS_NAME_MAX + 1] = "";
    struct client *client;
    struct nqs_err err;
    enum nqs_code code = more_conditions(&err);

    (void)call;
    if (!code)
        code = client_open(NULL, &client, &err);
    if (code)
        return cli_fail(&err);
    if (getenv("POSIXLY_CORRECT"))
        code = server_name(client, server, &err);
    if (!code)
        code = print_ids(client, server, &err);
    client_close(client);
    choice_done(&qselect.choice);
    return code ? cli_fail(&err) : 0;
}

static const struct cli_option qselect_options[] = {
    {'a', "[op]DATE", "may not start before, at, after DATE", .take = take},
    {'A', "ACCOUNT", "charged to ACCOUNT", .take = take},
    {'c', "[op]KIND", "checkpoints: n, s, c=MINUTES, c or u", .take = take},
    {'h', "HOLDS", "exactly these holds: letters of u, o, s, or n", .take = take},
    {'H', NULL, "only finished requests, as long as history keeps them",
     .flag = &qselect.only_history},
    {'J', NULL, "only arrays", .flag = &qselect.arrays},
    {'l', "RESOURCES", "name.op.value,... such as cput.gt.10,mem.eq.1gb", .take = take},
    {'N', "NAME", "called NAME, in which * and ? stand for others", .take = take},
    {'p', "[op]PRIORITY", "of this priority", .take = take},
    {'P', "PROJECT", "of PROJECT", .take = take},
    {'q', "DESTINATION", "in queue, @server or queue@server", .take = take},
    {'r', "y|n", "may be run again, or not", .take = take_rerunable},
    {'s', "STATES", "in one of these states, letters of either case", .take = take},
    {'t', "TIME[op]DATE", "a time, by letter (a c e g m q s), as -a has it", .take = take_time},
    {'T', NULL, "members of arrays, too", .flag = &qselect.members},
    {'u', "USERS", "of user[@host],...", .take = take},
    {'x', NULL, "finished requests, too", .flag = &qselect.history},
    {0},
};

const struct command command = {
    .name = "qselect",
    .usage = "[-HJTx] [-a [op]DATE] [-A ACCOUNT] [-c [op]KIND] [-h HOLDS]\n"
             " [-l RESOURCES] [-N NAME] [-p [op]PRIORITY] [-P PROJECT]\n"
             " [-q DESTINATION] [-r y|n] [-s STATES] [-t TIME[op]DATE] [-u USERS]",
    .text = "Print the ids of the requests that meet all conditions, one a line.\n"
            "op is .eq. (when left out), .ne., .ge., .gt., .le. or .lt.",
    .options = qselect_options,
    .operands_max = 0,
    .run = qselect_run,
};
