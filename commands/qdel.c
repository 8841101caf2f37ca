/*
 * qdel.c - delete requests: those that are named, or those that meet conditions.
 *
 * The server answers when it is true: a request that waited is gone, one that
 * ran is on its way out.  However many there are, their calls travel together.
 * Source: XCU qdel.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "choice.h"
#include "cli.h"
#include "clock.h"
#include "jobs.h"
#include "mem.h"
#include "str.h"

static struct qdel {
    struct choice choice;
    bool chosen; /* by a condition, and so no operands */
    bool users;  /* by -u */
    bool all;
    bool dry_run;
    int64_t grace; /* -1: the server's kill_delay */
} qdel = {.grace = -1};

static enum nqs_code take(void *into, const struct cli_given *given, struct nqs_err *err)
{
    struct choice *choice = &qdel.choice;

    (void)into;
    qdel.chosen = true;
    switch (given->letter) {
    case 'N': return choice_glob(choice, "Job_Name", given->text, err);
    case 'q': return choice_place(choice, given->text, err);
    case 's': return choice_states(choice, given->text, err);
    default: qdel.users = true; return choice_users(choice, given->text, err);
    }
}

/* force, delay=SECONDS, and TORQUE's SECONDS alone. */
static enum nqs_code take_word(void *into, const struct cli_given *given, struct nqs_err *err)
{
    const char *text = given->text;

    (void)into;
    if (!strcmp(text, "force")) {
        qdel.grace = 0;
        return NQS_OK;
    }
    if (str_begins(text, "delay="))
        text += strlen("delay=");
    if (clock_parse_duration(text, &qdel.grace, NULL) || qdel.grace < 0 || qdel.grace > 3600)
        return nqs_fail(err, NQS_VALUE,
                        "'%.60s' is neither force nor delay=SECONDS with at most 3600",
                        given->text);
    return NQS_OK;
}

static enum nqs_code delete_all(struct client *client, char **names, size_t count, int *ret_status,
                                struct nqs_err *err)
{
    struct attrs attrs;
    enum nqs_code code;

    attrs_init(&attrs);
    if (qdel.grace >= 0)
        attrs_add_number(&attrs, ATTR_kill_grace, qdel.grace);
    code = jobs_change_many(client, NQS_DELETE_JOB, names, count, &attrs, qdel.chosen, ret_status,
                            err);
    attrs_done(&attrs);
    return code;
}

/* The ids of what meets the conditions; the caller owns the list and the texts. */
static enum nqs_code find(struct client *client, char ***ret_names, size_t *ret_count,
                          struct nqs_err *err)
{
    struct client_rows *rows = client_rows_new(client, NQS_SELECT_JOBS, NULL, 0,
                                               qdel.choice.flags | NQS_STATUS_IDS, NULL, 0);
    enum nqs_code code = NQS_OK;
    const struct nqs_row *row;
    struct attrs attrs;
    size_t room = 0;

    attrs_init(&attrs);
    choice_apply(&qdel.choice, rows);
    while ((row = client_rows_next(rows, &attrs, &code, err))) {
        if (*ret_count == room) {
            room = room ? 2 * room : 64;
            *ret_names = mem_grow(*ret_names, room, sizeof **ret_names);
        }
        (*ret_names)[(*ret_count)++] = mem_text(row->name);
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

/* Whoever names nobody means himself; root means everybody. */
static enum nqs_code choose_owner(struct nqs_err *err)
{
    char uid[24];

    if (qdel.users || getuid() == 0)
        return NQS_OK;
    snprintf(uid, sizeof uid, "%u", (unsigned)getuid());
    return choice_value(&qdel.choice, "euid", uid, err);
}

static enum nqs_code delete_chosen(struct client *client, int *ret_status, struct nqs_err *err)
{
    char **names = NULL;
    size_t count = 0;
    enum nqs_code code = choose_owner(err);

    if (!code)
        code = find(client, &names, &count, err);
    for (size_t i = 0; !code && qdel.dry_run && i < count; i++)
        puts(names[i]);
    if (!code && !qdel.dry_run)
        code = delete_all(client, names, count, ret_status, err);
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
    return code;
}

static int qdel_run(const struct cli_call *call)
{
    struct client *client;
    struct nqs_err err;
    enum nqs_code code;
    int status = 0;

    qdel.chosen |= qdel.all;
    if (!qdel.chosen && (!call->count || qdel.dry_run)) {
        nqs_fail(&err, NQS_USAGE, "%s",
                 call->count ? "--dry-run goes with -u, -N, -q, -s or --all" : "no operand given");
        return cli_misuse(&err);
    }
    if (qdel.chosen && call->count) {
        nqs_fail(&err, NQS_USAGE, "name requests, or give conditions: not both");
        return cli_misuse(&err);
    }
    code = client_open(NULL, &client, &err);
    if (code)
        return cli_fail(&err);
    if (qdel.chosen)
        code = delete_chosen(client, &status, &err);
    else
        code = delete_all(client, call->operands, (size_t)call->count, &status, &err);
    client_close(client);
    choice_done(&qdel.choice);
    return code ? cli_fail(&err) : status;
}

static const struct cli_option qdel_options[] = {
    {'a', NULL, "all of yours (of root: everybody's); --all", .flag = &qdel.all, .word = "all"},
    {'n', NULL, "only print the ids; --dry-run", .flag = &qdel.dry_run, .word = "dry-run"},
    {'N', "NAME", "that are called NAME, a pattern with * and ?", .take = take},
    {'q', "QUEUE", "in QUEUE", .take = take},
    {'s', "STATES", "in one of these states: letters as in qstat", .take = take},
    {'u', "USERS", "of these users", .take = take},
    {'W', "HOW", "force: KILL at once; delay=SECONDS: from TERM to KILL", .take = take_word},
    {0},
};

const struct command command = {
    .name = "qdel",
    .usage = "[-W HOW] JOB...\n"
             "[-an|--all|--dry-run] [-N NAME] [-q QUEUE] [-s STATES] [-u USERS] [-W HOW]",
    .text = "Delete requests; a request that runs is ended first.\n"
            "JOB is 12, 12.server, 12[].server (a whole array) or 12[3].server.",
    .options = qdel_options,
    .operands_max = CLI_ANY,
    .run = qdel_run,
};
