/*
 * qmgr_run.c - doing what a command asks for; see qmgr_run.h.
 */
#include "qmgr_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "cli.h"
#include "qmgr_show.h"

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

static enum nqs_code do_call(struct qmgr *qmgr, struct qmgr_order *order, struct buf *out,
                             struct nqs_err *err)
{
    enum nqs_code code = qmgr_connect(qmgr, err);

    if (!code)
        code = client_change(qmgr->client, order->row->procedure, order->name, NULL, &order->attrs,
                             NULL, err);
    if (!code && qmgr->talking)
        buf_add_text(out, "done\n");
    return code;
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

    return code ? code : do_show_queue(qmgr, order, out, err);
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
    buf_add_text(&text, "# Commands for qmgr that make this configuration again.\n");
    code = show_rows(qmgr, NQS_STATUS_QUEUES, "", qmgr_snap_queue, &text, err);
    if (!code)
        code = show_rows(qmgr, NQS_STATUS_SERVER, "", qmgr_snap_server, &text, err);
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
