/*
 * qmgr_run.c - doing what a command asks for; see qmgr_run.h.
 */
#include "qmgr_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cli.h"
#include "qmgr_show.h"
#include "view.h"

static enum nqs_code qmgr_connect(struct qmgr *qmgr, struct nqs_err *err)
{
    return qmgr->client ? NQS_OK : client_open(NULL, &qmgr->client, err);
}

void qmgr_done(struct qmgr *qmgr)
{
    client_close(qmgr->client);
    qmgr->client = NULL;
}

/* Append what SHOW has to say of each row of PROCEDURE; NAME "" is all of them. */
static enum nqs_code show_rows(struct qmgr *qmgr, uint32_t procedure, const char *name,
                               qmgr_show *show, struct buf *out, struct nqs_err *err)
{
    struct client_rows *rows;
    const struct nqs_row *row;
    struct attrs attrs;
    enum nqs_code code = qmgr_connect(qmgr, err);
    enum nqs_code missing = NQS_OK;

    if (code)
        return code;
    attrs_init(&attrs);
    rows = client_rows_new(qmgr->client, procedure, &name, *name ? 1 : 0, 0, NULL, 0);
    while ((row = client_rows_next(rows, &attrs, &code, err))) {
        if (row->code == NQS_NOQUEUE)
            missing = nqs_fail(err, NQS_NOQUEUE, "%s '%s' does not exist",
                               procedure == NQS_STATUS_COMPLEXES ? "complex" : "queue", row->name);
        else if (row->code)
            missing = cli_refused((enum nqs_code)row->code, row->name, err);
        else
            show(row->name, &attrs, out);
    }
    client_rows_free(rows);
    attrs_done(&attrs);
    return code ? code : missing;
}

/* Ask for what ORDER says, of NAME. */
static enum nqs_code call_one(struct qmgr *qmgr, const struct qmgr_order *order, const char *name,
                              struct nqs_err *err)
{
    enum nqs_code code =
        client_change(qmgr->client, order->row->procedure, name, NULL, &order->attrs, NULL, err);

    return order->lenient && code == NQS_EXISTS ? NQS_OK : code;
}

/* Of several names all are tried; the last error is what is told, others are said at once. */
static enum nqs_code call_each(struct qmgr *qmgr, const struct qmgr_order *order,
                               const char *const *names, size_t count, struct nqs_err *err)
{
    enum nqs_code last = NQS_OK;

    for (size_t i = 0; i < count; i++) {
        struct nqs_err one;
        enum nqs_code code = call_one(qmgr, order, names[i], &one);

        if (code && last)
            cli_say("%s", err->text);
        if (code)
            *err = one;
        last = code ? code : last;
    }
    return last;
}

static enum nqs_code do_call(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                             struct nqs_err *err)
{
    enum nqs_code code = qmgr_connect(qmgr, err);

    if (!code && order->count)
        code = call_each(qmgr, order, order->names, order->count, err);
    else if (!code)
        code = call_one(qmgr, order, order->name, err);
    if (!code && qmgr->talking)
        buf_add_text(out, "done\n");
    return code;
}

/* The names of all queues, each ended by a NUL, into NAMES. */
static void collect_name(const char *name, const struct attrs *attrs, struct buf *out)
{
    (void)attrs;
    buf_add(out, name, strlen(name) + 1);
}

static enum nqs_code all_queues(struct qmgr *qmgr, struct qmgr_order *order, struct nqs_err *err)
{
    struct buf names;
    enum nqs_code code;

    buf_init(&names);
    code = show_rows(qmgr, NQS_STATUS_QUEUES, "", collect_name, &names, err);
    for (size_t at = 0; !code && at < names.length; at += strlen(names.bytes + at) + 1)
        code = call_one(qmgr, order, names.bytes + at, err);
    buf_done(&names);
    return code;
}

/* PBS: names are given, or are those of the `active` before; @default is every queue. */
static enum nqs_code do_call_many(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                  struct nqs_err *err)
{
    enum nqs_code code = qmgr_connect(qmgr, err);

    if (code)
        return code;
    if (!order->count && !*order->name) {
        for (size_t i = 0; i < qmgr->active_count; i++)
            order->names[i] = qmgr->active[i];
        order->count = qmgr->active_count;
    }
    if (order->count == 1 && *order->names[0] == '@')
        return all_queues(qmgr, order, err);
    if (!order->count && !*order->name)
        return nqs_fail(err, NQS_SYNTAX, "no queue is named, and none is active");
    return do_call(qmgr, order, out, err);
}

/* The id of a request that does not run, and its queue. */
static void collect_waiting(const char *name, const struct attrs *attrs, struct buf *out)
{
    size_t length;
    const char *state = view_text(attrs, ATTR_job_state, &length);

    if (!length || !strchr("QHWT", *state))
        return;
    buf_add(out, name, strlen(name) + 1);
    state = view_text(attrs, ATTR_queue, &length);
    buf_add(out, state, length);
    buf_add_char(out, '\0');
}

static enum nqs_code do_move_queue(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                   struct nqs_err *err)
{
    struct buf ids;
    enum nqs_code code;

    buf_init(&ids);
    code = show_rows(qmgr, NQS_STATUS_JOBS, "", collect_waiting, &ids, err);
    attrs_add_text(&order->attrs, ATTR_destination, order->target);
    for (size_t at = 0; !code && at < ids.length;) {
        const char *id = ids.bytes + at;
        const char *queue = id + strlen(id) + 1;

        if (!strcmp(queue, order->name))
            code = call_one(qmgr, order, id, err);
        at += strlen(id) + strlen(queue) + 2;
    }
    if (!code && qmgr->talking)
        buf_add_text(out, "done\n");
    buf_done(&ids);
    return code;
}

static enum nqs_code do_active(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                               struct nqs_err *err)
{
    (void)err;
    for (size_t i = 0; i < order->count && i < QMGR_ACTIVE_MAX; i++)
        snprintf(qmgr->active[i], sizeof qmgr->active[i], "%s", order->names[i]);
    if (order->count)
        qmgr->active_count = order->count < QMGR_ACTIVE_MAX ? order->count : QMGR_ACTIVE_MAX;
    for (size_t i = 0; !order->count && i < qmgr->active_count; i++)
        buf_format(out, "%s\n", qmgr->active[i]);
    return NQS_OK;
}

static enum nqs_code do_not_here(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                 struct nqs_err *err)
{
    (void)qmgr;
    (void)out;
    return nqs_fail(err, NQS_UNSUPPORTED, "not here: %s", order->row->value);
}

/* SHOW for each of the order's names, for all when there are none or one of them is @SERVER. */
static enum nqs_code show_named(struct qmgr *qmgr, const struct qmgr_order *order, qmgr_show *show,
                                struct buf *out, struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;

    if (!order->count)
        return show_rows(qmgr, NQS_STATUS_QUEUES, "", show, out, err);
    for (size_t i = 0; !code && i < order->count; i++)
        code =
            show_rows(qmgr, NQS_STATUS_QUEUES,
                      strcmp(order->names[i], "@default") ? order->names[i] : "", show, out, err);
    return code;
}

static enum nqs_code do_list_queue(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                   struct nqs_err *err)
{
    return show_named(qmgr, order, qmgr_list_queue, out, err);
}

static enum nqs_code do_list_server(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                    struct nqs_err *err)
{
    (void)order;
    return show_rows(qmgr, NQS_STATUS_SERVER, "", qmgr_list_server, out, err);
}

static enum nqs_code do_print_queue(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                    struct nqs_err *err)
{
    return show_named(qmgr, order, qmgr_print_queue, out, err);
}

static enum nqs_code do_print_server(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                     struct nqs_err *err)
{
    enum nqs_code code;

    (void)order;
    buf_add_text(out, "#\n# Create queues and set their attributes.\n#\n");
    code = show_rows(qmgr, NQS_STATUS_QUEUES, "", qmgr_print_queue, out, err);
    if (!code)
        code = show_rows(qmgr, NQS_STATUS_COMPLEXES, "", qmgr_print_complex, out, err);
    if (!code)
        buf_add_text(out, "#\n# Set server attributes.\n#\n");
    if (!code)
        code = show_rows(qmgr, NQS_STATUS_SERVER, "", qmgr_print_server, out, err);
    return code;
}

static enum nqs_code do_show_limits(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                    struct nqs_err *err)
{
    (void)qmgr;
    (void)order;
    (void)err;
    qmgr_show_limits(out);
    return NQS_OK;
}

/* The server writes the copy and knows nothing of our directory. */
static enum nqs_code do_backup(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                               struct nqs_err *err)
{
    char *here = *order->name == '/' ? NULL : getcwd(NULL, 0);
    struct buf path;
    enum nqs_code code;

    buf_init(&path);
    buf_format(&path, "%s%s%s", here ? here : "", here ? "/" : "", order->name);
    free(here);
    order->name = buf_text(&path);
    if (path.length > NQS_NAME_MAX)
        code = nqs_fail(err, NQS_TOOBIG, "a path of more than %d bytes: %.80s...", NQS_NAME_MAX,
                        order->name);
    else
        code = do_call(qmgr, order, out, err);
    order->name = "";
    buf_done(&path);
    return code;
}

static enum nqs_code do_show_queue(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                   struct nqs_err *err)
{
    return show_rows(qmgr, NQS_STATUS_QUEUES, order->name, qmgr_show_queue, out, err);
}

static enum nqs_code do_show_long(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                  struct nqs_err *err)
{
    return show_rows(qmgr, NQS_STATUS_QUEUES, order->name, qmgr_show_long, out, err);
}

static enum nqs_code do_show_parameters(struct qmgr *qmgr, struct qmgr_order *order,
                                        struct buf *out, struct nqs_err *err)
{
    (void)order;
    return show_rows(qmgr, NQS_STATUS_SERVER, "", qmgr_show_server, out, err);
}

static enum nqs_code do_show_managers(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                      struct nqs_err *err)
{
    (void)order;
    return show_rows(qmgr, NQS_STATUS_SERVER, "", qmgr_show_managers, out, err);
}

static enum nqs_code do_show_complex(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                     struct nqs_err *err)
{
    return show_rows(qmgr, NQS_STATUS_COMPLEXES, order->name, qmgr_show_complex, out, err);
}

static enum nqs_code do_show_all(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                                 struct nqs_err *err)
{
    enum nqs_code code = do_show_parameters(qmgr, order, out, err);

    if (!code)
        code = do_show_queue(qmgr, order, out, err);
    return code ? code : do_show_complex(qmgr, order, out, err);
}

/* Written beside the file first, so that a snapshot that failed replaces nothing. */
static enum nqs_code write_file(const char *path, const struct buf *text, struct nqs_err *err)
{
    char beside[4096];
    FILE *file;
    bool good;

    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return nqs_fail(err, NQS_TOOBIG, "the path is too long: %.80s...", path);
    file = fopen(beside, "we");
    if (!file)
        return nqs_fail_errno(err, NQS_FILE, "cannot write %s", beside);
    good = fwrite(text->bytes, 1, text->length, file) == text->length;
    good = !fclose(file) && good && !rename(beside, path);
    if (good)
        return NQS_OK;
    nqs_fail_errno(err, NQS_FILE, "cannot write %s", path);
    unlink(beside);
    return NQS_FILE;
}

static enum nqs_code do_snap(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                             struct nqs_err *err)
{
    struct buf text;
    enum nqs_code code;

    buf_init(&text);
    code = do_print_server(qmgr, order, &text, err);
    if (!code && *order->name)
        code = write_file(order->name, &text, err);
    else if (!code)
        buf_add(out, text.bytes, text.length);
    buf_done(&text);
    return code;
}

static enum nqs_code do_help(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                             struct nqs_err *err)
{
    (void)qmgr;
    (void)err;
    qmgr_show_help(&order->words, out);
    return NQS_OK;
}

static enum nqs_code do_exit(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                             struct nqs_err *err)
{
    (void)order;
    (void)out;
    (void)err;
    qmgr->left = true;
    return NQS_OK;
}

static enum nqs_code (*const doings[DOES_COUNT])(struct qmgr *qmgr, struct qmgr_order *order,
                                                 struct buf *out, struct nqs_err *err) = {
    [DOES_CALL] = do_call,
    [DOES_SHOW_ALL] = do_show_all,
    [DOES_SHOW_QUEUE] = do_show_queue,
    [DOES_SHOW_LONG] = do_show_long,
    [DOES_SHOW_PARAMETERS] = do_show_parameters,
    [DOES_SHOW_MANAGERS] = do_show_managers,
    [DOES_SHOW_COMPLEX] = do_show_complex,
    [DOES_CALL_MANY] = do_call_many,
    [DOES_ACTIVE] = do_active,
    [DOES_MOVE_QUEUE] = do_move_queue,
    [DOES_NOT_HERE] = do_not_here,
    [DOES_SHOW_LIMITS] = do_show_limits,
    [DOES_LIST_QUEUE] = do_list_queue,
    [DOES_LIST_SERVER] = do_list_server,
    [DOES_PRINT_QUEUE] = do_print_queue,
    [DOES_PRINT_SERVER] = do_print_server,
    [DOES_SNAP] = do_snap,
    [DOES_BACKUP] = do_backup,
    [DOES_HELP] = do_help,
    [DOES_EXIT] = do_exit,
};

enum nqs_code qmgr_run(struct qmgr *qmgr, struct qmgr_order *order, struct nqs_err *err)
{
    struct buf out;
    enum nqs_code code;

    buf_init(&out);
    code = doings[order->row->does](qmgr, order, &out, err);
    if (!code && out.length)
        fwrite(out.bytes, 1, out.length, stdout);
    fflush(stdout); /* cli.c asks whether it arrived */
    buf_done(&out);
    return code;
}
