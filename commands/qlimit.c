/*
 * qlimit.c - which limits there are, and what enforces each of them here.
 *
 * A limit that nothing enforces is accepted, shown and ignored; this is where
 * one can see which they are.  What bounds memory and processor time depends on
 * the host, and the server says it.
 *
 * Source: reference/queues.md B.4.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "json.h"
#include "limit.h"
#include "str.h"

enum { TEXT_SIZE = 256 };

static struct qlimit {
    const char *queue;  /* of -q */
    const char *format; /* of -F */
    char server[NQS_NAME_MAX + 1];
    char said[TEXT_SIZE];     /* by the server: mem=cgroup_v1,... */
    char strategy[TEXT_SIZE]; /* how a job's shell is chosen; "": not said */
    struct attrs max, min, initial;
} qlimit;

static const char nothing[] = "not enforced";

/* What the server says of NAME: the value in name=value,... */
static const char *said_of(const char *name, char *space, size_t size)
{
    size_t length = strlen(name);

    for (const char *at = qlimit.said; *at; at += strcspn(at, ","), at += *at == ',') {
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        at += length + 1;
        snprintf(space, size, "%.*s", (int)strcspn(at, ","), at);
        return space;
    }
    return "unknown";
}

/* What enforces LIMIT. */
static const char *enforced_by(const struct limit *limit, char *space, size_t size)
{
    static const struct {
        uint16_t attr;
        const char *text;
    } rows[] = {
        {ATTR_walltime, "timer"}, {ATTR_vmem, "polled"},      {ATTR_pf, nothing},
        {ATTR_ws, nothing},       {ATTR_nice, "setpriority"}, {ATTR_ncpus, "scheduler"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].attr == limit->attr)
            return rows[i].text;
    return *limit->rlimit ? "rlimit" : said_of(limit->name, space, size);
}

static const char *scope_word(const struct limit *limit)
{
    return limit->scope == LIMIT_PROCESS ? "process" : "request";
}

/* ------------------------------------------------------------------ asking */

static void copy_text(const struct attrs *attrs, const char *name, char *to, size_t size)
{
    const struct attr_def *def = attr_named(OF_SERVER, name);
    const struct attr *attr = def ? attrs_find(attrs, def->id) : NULL;

    if (attr)
        snprintf(to, size, "%.*s", (int)attr->length, attr->bytes);
}

static enum nqs_code ask_server(struct client *client, struct nqs_err *err)
{
    struct client_rows *rows = client_rows_new(client, NQS_STATUS_SERVER, NULL, 0, 0, NULL, 0);
    const struct nqs_row *row;
    enum nqs_code code;
    struct attrs attrs;

    attrs_init(&attrs);
    row = client_rows_next(rows, &attrs, &code, err);
    if (row) {
        str_copy(qlimit.server, sizeof qlimit.server, row->name);
        copy_text(&attrs, "limits_enforced", qlimit.said, sizeof qlimit.said);
        copy_text(&attrs, "shell_strategy", qlimit.strategy, sizeof qlimit.strategy);
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

static enum nqs_code read_list(const struct attrs *attrs, uint16_t id, struct attrs *ret,
                               struct nqs_err *err)
{
    const struct attr *list = attrs_find(attrs, id);

    return list ? limits_read(list->bytes, list->length, ret, err) : NQS_OK;
}

static enum nqs_code ask_queue(struct client *client, struct nqs_err *err)
{
    static const uint16_t only[] = {ATTR_resources_max, ATTR_resources_min, ATTR_resources_default};
    struct client_rows *rows =
        client_rows_new(client, NQS_STATUS_QUEUES, &qlimit.queue, 1, 0, only, 3);
    const struct nqs_row *row;
    enum nqs_code code;
    struct attrs attrs;

    attrs_init(&attrs);
    row = client_rows_next(rows, &attrs, &code, err);
    if (row && row->code)
        code = nqs_fail(err, NQS_NOQUEUE, "queue '%.40s' does not exist", qlimit.queue);
    if (!code)
        code = read_list(&attrs, ATTR_resources_max, &qlimit.max, err);
    if (!code)
        code = read_list(&attrs, ATTR_resources_min, &qlimit.min, err);
    if (!code)
        code = read_list(&attrs, ATTR_resources_default, &qlimit.initial, err);
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

/* ---------------------------------------------------------------- printing */

/* What LIST says of LIMIT, or "". */
static const char *value_text(const struct attrs *list, const struct limit *limit,
                              struct buf *space)
{
    const struct attr *attr = attrs_find(list, limit->attr);

    buf_clear(space);
    if (attr)
        attr_print(attr, space);
    return buf_text(space);
}

static void print_table(struct buf *space)
{
    static const struct attrs *const lists[] = {&qlimit.max, &qlimit.min, &qlimit.initial};
    char by[TEXT_SIZE];
    int width = 0;

    printf("%s\n%-9s %-8s %-13s NQS%s\n", qlimit.server, "Limit", "Of a", "Enforced by",
           qlimit.queue ? " Maximum        Minimum        Default" : "");
    for (const struct limit *limit = limit_each(NULL); limit; limit = limit_each(limit)) {
        printf("%-9s %-8s %-13s %s%s", limit->name, scope_word(limit),
               enforced_by(limit, by, sizeof by), *limit->letter ? "-l" : "-", limit->letter);
        for (size_t i = 0; qlimit.queue && i < sizeof lists / sizeof *lists; i++) {
            const char *text = value_text(lists[i], limit, space);

            printf("%*s%s", i ? 15 - width : *limit->letter ? 1 : 3, "", *text ? text : "-");
            width = *text ? (int)strlen(text) : 1;
        }
        putchar('\n');
    }
    if (*qlimit.strategy)
        printf("Shell strategy: %s\n", qlimit.strategy);
}

static void put_text(struct json *json, const char *key, const char *text)
{
    if (*text)
        json_text(json, key, strlen(key), text, strlen(text));
}

static void print_json(struct buf *space)
{
    char by[TEXT_SIZE];
    struct json json;
    struct buf out;

    buf_init(&out);
    json_begin(&json, &out);
    put_text(&json, "server", qlimit.server);
    put_text(&json, "shell_strategy", qlimit.strategy);
    json_open(&json, "limits", strlen("limits"));
    for (const struct limit *limit = limit_each(NULL); limit; limit = limit_each(limit)) {
        json_open(&json, limit->name, strlen(limit->name));
        put_text(&json, "of", scope_word(limit));
        put_text(&json, "what", limit->text);
        put_text(&json, "enforced_by", enforced_by(limit, by, sizeof by));
        put_text(&json, "nqs", limit->letter);
        put_text(&json, "max", value_text(&qlimit.max, limit, space));
        put_text(&json, "min", value_text(&qlimit.min, limit, space));
        put_text(&json, "default", value_text(&qlimit.initial, limit, space));
        json_close(&json);
    }
    json_close(&json);
    json_end(&json);
    fwrite(out.bytes, 1, out.length, stdout);
    buf_done(&out);
}

/* HOST is the only one that there is. */
static enum nqs_code check_host(const char *host, struct nqs_err *err)
{
    if (*host == '@')
        host++;
    if (strcmp(host, qlimit.server) != 0)
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "'%.60s': this is %s; other hosts can be asked in a later release", host,
                        qlimit.server);
    return NQS_OK;
}

static int qlimit_run(const struct cli_call *call)
{
    bool as_json = qlimit.format && !strcmp(qlimit.format, "json");
    struct client *client;
    struct nqs_err err;
    struct buf space;
    enum nqs_code code;

    if (qlimit.format && !as_json) {
        nqs_fail(&err, NQS_USAGE, "option -F: '%.20s' is not json", qlimit.format);
        return cli_misuse(&err);
    }
    code = client_open(NULL, &client, &err);
    if (code)
        return cli_fail(&err);
    code = ask_server(client, &err);
    if (!code && call->count)
        code = check_host(*call->operands, &err);
    if (!code && qlimit.queue)
        code = ask_queue(client, &err);
    client_close(client);
    if (code)
        return cli_fail(&err);
    buf_init(&space);
    if (as_json)
        print_json(&space);
    else
        print_table(&space);
    buf_done(&space);
    return 0;
}

/* --json is -F json, as other commands write it. */
static enum nqs_code qlimit_words(int *argc, char ***argv, struct nqs_err *err)
{
    static char json[] = "-Fjson";

    (void)err;
    for (int i = 1; i < *argc && strcmp((*argv)[i], "--") != 0; i++)
        if (!strcmp((*argv)[i], "--json"))
            (*argv)[i] = json;
    return NQS_OK;
}

static const struct cli_option qlimit_options[] = {
    {'F', "json", "print JSON; --json is the same", .value = &qlimit.format},
    {'q', "QUEUE", "what this queue allows of each limit, too", .value = &qlimit.queue},
    {0},
};

const struct command command = {
    .name = "qlimit",
    .usage = "[-F json] [-q QUEUE] [HOST]",
    .text = "Show the limits that a request may have, and what enforces each of them.",
    .options = qlimit_options,
    .words = qlimit_words,
    .operands_max = 1,
    .run = qlimit_run,
};
