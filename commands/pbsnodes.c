/*
 * pbsnodes.c - the nodes on which requests run, for programs that ask PBS so.
 *
 * For now there is one, the server's own host.  It is as large as the server says
 * and has the jobs that the asking user may see.
 *
 * Source: reference/clients.md (pbsnodes -a, -av, -x, -aSj -F json).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "cli.h"
#include "clock.h"
#include "json.h"
#include "manner.h"

static struct pbsnodes_options {
    bool all;
    bool vnodes;
    bool list;
    bool xml;
    bool summary;
    bool jobs;
    bool json;
} opt;

struct node {
    char name[NQS_NAME_MAX + 1];
    char version[64];
    const char *state;
    int64_t ncpus, mem;
    int64_t used_ncpus, used_mem;
    int64_t running, suspended;
    struct buf jobs; /* ids, each ended by a NUL */
};

static bool of_pbspro(const struct dialect *dialect)
{
    return dialect->ended == 'F';
}

static enum nqs_code node_ask(struct client *client, struct node *node, struct nqs_err *err)
{
    struct client_rows *rows = client_rows_new(client, NQS_STATUS_SERVER, NULL, 0, 0, NULL, 0);
    const struct nqs_row *row;
    const struct attr *version;
    enum nqs_code code;
    struct attrs attrs;

    attrs_init(&attrs);
    row = client_rows_next(rows, &attrs, &code, err);
    if (row) {
        snprintf(node->name, sizeof node->name, "%s", row->name);
        version = attrs_find(&attrs, ATTR_version);
        if (version)
            snprintf(node->version, sizeof node->version, "%.*s", (int)version->length,
                     version->bytes);
        node->ncpus = attrs_number(&attrs, ATTR_available_ncpus, 0);
        node->mem = attrs_number(&attrs, ATTR_available_mem, 0);
        if (!node->ncpus)
            node->ncpus = attrs_number(&attrs, ATTR_node_ncpus, 1);
        if (!node->mem)
            node->mem = attrs_number(&attrs, ATTR_node_mem, 0);
        node->state = attrs_number(&attrs, ATTR_batch_limit, 0) ? "free" : "offline";
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

static void node_take_job(struct node *node, const char *id, const struct attrs *attrs)
{
    const struct attr *state = attrs_find(attrs, ATTR_job_state);

    if (strstr(id, "[]"))
        return; /* an array has no slot; its members have */
    buf_add(&node->jobs, id, strlen(id) + 1);
    node->used_ncpus += attrs_number(attrs, ATTR_ncpus, 1);
    node->used_mem += attrs_number(attrs, ATTR_mem, 0);
    if (state && state->length && *state->bytes == 'S')
        node->suspended++;
    else
        node->running++;
}

static enum nqs_code node_ask_jobs(struct client *client, struct node *node, struct nqs_err *err)
{
    static const uint16_t only[] = {ATTR_job_state, ATTR_ncpus, ATTR_mem};
    struct client_rows *rows = client_rows_new(client, NQS_SELECT_JOBS, NULL, 0, NQS_STATUS_MEMBERS,
                                               only, sizeof only / sizeof *only);
    struct choice choice;
    const struct nqs_row *row;
    struct attrs attrs;
    enum nqs_code code;

    attrs_init(&attrs);
    choice_init(&choice);
    code = choice_states(&choice, "RSE", err);
    choice_apply(&choice, rows);
    while (!code && (row = client_rows_next(rows, &attrs, &code, err)))
        node_take_job(node, row->name, &attrs);
    choice_done(&choice);
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

/* ---------------------------------------------------------------- the forms */

/* The jobs with the slot of each, in the order that the dialect is used to. */
static void jobs_text(const struct node *node, bool pro, const char *between, struct buf *out)
{
    const char *end = node->jobs.bytes + node->jobs.length;
    int slot = 0;

    for (const char *id = node->jobs.bytes; id && id < end; id += strlen(id) + 1, slot++) {
        if (slot)
            buf_add_text(out, between);
        if (pro)
            buf_format(out, "%s/%d", id, slot);
        else
            buf_format(out, "%d/%s", slot, id);
    }
}

static void print_full(const struct node *node, bool pro, struct buf *out)
{
    buf_format(out, "%s\n     Mom = %s\n     ntype = %s\n     state = %s\n", node->name, node->name,
               pro ? "PBS" : "cluster", node->state);
    buf_format(out, "     np = %" PRId64 "\n     pcpus = %" PRId64 "\n", node->ncpus, node->ncpus);
    if (node->jobs.length) {
        buf_add_text(out, "     jobs = ");
        jobs_text(node, pro, ", ", out);
        buf_add_char(out, '\n');
    }
    buf_format(out,
               "     resources_available.host = %s\n"
               "     resources_available.mem = %" PRId64 "kb\n"
               "     resources_available.ncpus = %" PRId64 "\n"
               "     resources_assigned.mem = %" PRId64 "kb\n"
               "     resources_assigned.ncpus = %" PRId64 "\n\n",
               node->name, node->mem / 1024, node->ncpus, node->used_mem / 1024, node->used_ncpus);
}

/* Names and ids have no character that XML would take for its own. */
static void print_xml(const struct node *node, struct buf *out)
{
    buf_format(out,
               "<Data><Node><name>%s</name><state>%s</state><np>%" PRId64
               "</np><ntype>cluster</ntype>",
               node->name, node->state, node->ncpus);
    if (node->jobs.length) {
        buf_add_text(out, "<jobs>");
        jobs_text(node, false, ",", out);
        buf_add_text(out, "</jobs>");
    }
    buf_add_text(out, "</Node></Data>\n");
}

static void free_of(char text[64], int64_t used, int64_t all, const char *unit)
{
    snprintf(text, 64, "%" PRId64 "%s/%" PRId64 "%s", all > used ? all - used : 0, unit, all, unit);
}

static void print_summary(const struct node *node, struct buf *out)
{
    const char *end = node->jobs.bytes + node->jobs.length;
    char mem[64];
    char ncpus[64];

    free_of(mem, node->used_mem >> 30, node->mem >> 30, "gb");
    free_of(ncpus, node->used_ncpus, node->ncpus, "");
    buf_add_text(
        out,
        "                                                        mem       ncpus   nmics   ngpus\n"
        "vnode           state           njobs   run   susp      f/t        f/t     f/t     f/t"
        "   jobs\n"
        "--------------- --------------- ------ ----- ------ ------------ ------- ------- -------"
        " -------\n");
    buf_format(out, "%-15s %-15s %6" PRId64 " %5" PRId64 " %6" PRId64 " %12s %7s %7s %7s ",
               node->name, node->state, node->running + node->suspended, node->running,
               node->suspended, mem, ncpus, "0/0", "0/0");
    if (!node->jobs.length)
        buf_add_text(out, "--");
    for (const char *id = node->jobs.bytes; id && id < end; id += strlen(id) + 1)
        buf_format(out, "%s%.*s", id == node->jobs.bytes ? "" : ",", (int)strcspn(id, "."), id);
    buf_add_char(out, '\n');
}

static void json_word(struct json *json, const char *key, const char *text)
{
    json_text(json, key, strlen(key), text, strlen(text));
}

static void json_node_summary(const struct node *node, struct json *json)
{
    char text[64];

    json_word(json, "State", node->state);
    json_number(json, "Total Jobs", node->running + node->suspended);
    json_number(json, "Running Jobs", node->running);
    json_number(json, "Suspended Jobs", node->suspended);
    free_of(text, node->used_mem >> 30, node->mem >> 30, "gb");
    json_word(json, "mem f/t", text);
    free_of(text, node->used_ncpus, node->ncpus, "");
    json_word(json, "ncpus f/t", text);
    json_word(json, "nmics f/t", "0/0");
    json_word(json, "ngpus f/t", "0/0");
}

static void json_node_full(const struct node *node, struct json *json)
{
    char text[64];

    json_word(json, "Mom", node->name);
    json_word(json, "ntype", "PBS");
    json_word(json, "state", node->state);
    json_number(json, "pcpus", node->ncpus);
    json_open(json, "resources_available", strlen("resources_available"));
    json_word(json, "host", node->name);
    snprintf(text, sizeof text, "%" PRId64 "kb", node->mem / 1024);
    json_word(json, "mem", text);
    json_number(json, "ncpus", node->ncpus);
    json_close(json);
    json_open(json, "resources_assigned", strlen("resources_assigned"));
    snprintf(text, sizeof text, "%" PRId64 "kb", node->used_mem / 1024);
    json_word(json, "mem", text);
    json_number(json, "ncpus", node->used_ncpus);
    json_close(json);
}

static void print_json(const struct node *node, struct buf *out)
{
    struct json json;

    json_begin(&json, out);
    json_number(&json, "timestamp", clock_now().wall / NQS_SECOND);
    json_word(&json, "pbs_version", node->version);
    json_word(&json, "pbs_server", node->name);
    json_open(&json, "nodes", strlen("nodes"));
    json_open(&json, node->name, strlen(node->name));
    if (opt.summary || opt.jobs)
        json_node_summary(node, &json);
    else
        json_node_full(node, &json);
    json_array(&json, "jobs", node->jobs.bytes, node->jobs.length);
    json_close(&json);
    json_close(&json);
    json_end(&json);
}

/* ------------------------------------------------------------- the command */

static void node_print(const struct node *node, const struct dialect *dialect)
{
    struct buf out;

    if (opt.list && strcmp(node->state, "offline"))
        return; /* only what cannot be used */
    buf_init(&out);
    if (opt.list)
        buf_format(&out, "%-20s %s\n", node->name, node->state);
    else if (opt.json)
        print_json(node, &out);
    else if (opt.xml)
        print_xml(node, &out);
    else if (opt.summary || opt.jobs)
        print_summary(node, &out);
    else
        print_full(node, of_pbspro(dialect), &out);
    fwrite(out.bytes, 1, out.length, stdout);
    buf_done(&out);
}

static int nodes_show(const struct cli_call *call, struct node *node, const struct dialect *dialect)
{
    struct nqs_err err;
    int status = 0;

    if (node->used_ncpus >= node->ncpus && strcmp(node->state, "offline"))
        node->state = of_pbspro(dialect) ? "job-busy" : "job-exclusive";
    if (!call->count || opt.all)
        node_print(node, dialect);
    for (int i = 0; i < call->count; i++) {
        if (!strcmp(call->operands[i], node->name)) {
            if (!opt.all)
                node_print(node, dialect);
            continue;
        }
        nqs_fail(&err, NQS_VALUE, "Unknown node %.80s", call->operands[i]);
        status = cli_fail(&err);
    }
    return status;
}

static int pbsnodes_run(const struct cli_call *call)
{
    const struct dialect *dialect;
    struct node node = {.state = "free"};
    struct client *client;
    struct nqs_err err;
    enum nqs_code code = client_open(NULL, &client, &err);
    int status;

    if (code)
        return cli_fail(&err);
    buf_init(&node.jobs);
    code = manner_find(client, &dialect, &err);
    if (!code)
        code = node_ask(client, &node, &err);
    if (!code)
        code = node_ask_jobs(client, &node, &err);
    status = code ? cli_fail(&err) : nodes_show(call, &node, dialect);
    buf_done(&node.jobs);
    client_close(client);
    return status;
}

static enum nqs_code take_format(void *into, const struct cli_given *given, struct nqs_err *err)
{
    (void)into;
    opt.json = !strcmp(given->text, "json");
    return opt.json ? NQS_OK
                    : nqs_fail(err, NQS_USAGE, "'%.40s' is no format that is known here; use json",
                               given->text);
}

/* Programs tell TORQUE from PBS Pro by this line. */
static void pbsnodes_version(void)
{
    const char *name = getenv("NQS_DIALECT");
    const struct dialect *dialect = name ? dialect_find(name, strlen(name)) : NULL;

    if (dialect && of_pbspro(dialect))
        printf("pbs_version = %s (OpenNQS in the manner of PBSPro)\n", PACKAGE_VERSION);
    else
        printf("Version: %s (OpenNQS)\n", PACKAGE_VERSION);
}

static const struct cli_option pbsnodes_options[] = {
    {'a', NULL, "all nodes, which is usual", .flag = &opt.all},
    {'F', "FORMAT", "json: print a JSON document", .take = take_format},
    {'j', NULL, "a line for each node, with its jobs", .flag = &opt.jobs},
    {'l', NULL, "only nodes that cannot be used, and their states", .flag = &opt.list},
    {'S', NULL, "a line for each node", .flag = &opt.summary},
    {'v', NULL, "virtual nodes, which are the nodes", .flag = &opt.vnodes},
    {'x', NULL, "print an XML document", .flag = &opt.xml},
    {0},
};

const struct command command = {
    .name = "pbsnodes",
    .usage = "[-ajlSvx] [-F FORMAT] [NODE...]",
    .text = "Show the nodes on which requests run.",
    .options = pbsnodes_options,
    .operands_max = CLI_ANY,
    .version = pbsnodes_version,
    .run = pbsnodes_run,
};
