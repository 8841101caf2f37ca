/*
 * qcat.c - a request's output, also while it runs.
 *
 * Where the submit host is the job's node, the job writes into its final file
 * from the start, and that is read with the caller's own rights.  What waits
 * in the spool comes through the server, which looks whose it is.
 *
 * Following is no loop that looks again and again: between two looks stands a
 * long poll for the request's end, short while output comes, longer while it
 * does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "follow.h"
#include "id.h"

enum { LOOK_MIN_MS = 100, LOOK_MAX_MS = 2000, COPY_SIZE = 65536, PATH_SIZE = 4096 + 512 };

static bool want_output;
static bool want_error;
static bool want_follow;

static const struct cli_option options[] = {
    {'e', NULL, "standard error", .flag = &want_error},
    {'f', NULL, "follow it until the request has ended", .flag = &want_follow},
    {'o', NULL, "standard output (the default)", .flag = &want_output},
    {0},
};

/* What is shown, and how far that has come. */
struct output {
    char id[NQS_NAME_MAX + 1];
    struct nqs_id parts;
    char stream;          /* 'o' or 'e' */
    char state;           /* job_state */
    bool spooled;         /* it waits in the spool */
    bool found;           /* there was something to read, if only nothing yet */
    char path[PATH_SIZE]; /* of the final file, "" when it is not on this host */
    int fd;               /* of the final file, or -1 */
    int64_t offset;
};

/* -------------------------------------------------------- where it is */

static void text_of(const struct attrs *attrs, uint16_t id, char *text, size_t size)
{
    const struct attr *attr = attrs_find(attrs, id);
    size_t length = attr && attr->length < size ? attr->length : 0;

    if (length)
        memcpy(text, attr->bytes, length);
    text[length] = '\0';
}

/*
 * The final file of SHOWN, host:path, when it is on this host; else "".  A path
 * without a slash in front begins at home.
 */
static void path_local(const char *shown, char path[PATH_SIZE])
{
    const char *colon = strchr(shown, ':');
    const char *home = getenv("HOME");
    char host[64] = "";

    *path = '\0';
    gethostname(host, sizeof host - 1);
    if (!colon || strlen(host) != (size_t)(colon - shown) || memcmp(host, shown, strlen(host)) != 0)
        return;
    if (colon[1] == '/')
        snprintf(path, PATH_SIZE, "%s", colon + 1);
    else if (home)
        snprintf(path, PATH_SIZE, "%s/%s", home, colon + 1);
}

/* In a directory the file is NAME.oSEQ; a member of an array puts its index behind. */
static void path_complete(struct output *output, const char *name)
{
    size_t length = strlen(output->path);
    struct stat status;

    if (!length)
        return;
    if (output->path[length - 1] == '/' ||
        (!stat(output->path, &status) && S_ISDIR(status.st_mode)))
        length += (size_t)snprintf(output->path + length, PATH_SIZE - length, "%s%s.%c%u",
                                   output->path[length - 1] == '/' ? "" : "/", name, output->stream,
                                   (unsigned)output->parts.seq);
    else if (!stat(output->path, &status) && S_ISCHR(status.st_mode))
        return;
    if (output->parts.index != NQS_NO_INDEX && length < PATH_SIZE)
        snprintf(output->path + length, PATH_SIZE - length, "-%d", (int)output->parts.index);
}

static void output_take(struct output *output, const struct nqs_row *row, const struct attrs *attrs)
{
    char name[256];
    char join[4];
    char keep[4];
    char spooled[4];
    char state[2];
    char shown[PATH_SIZE - 512];

    snprintf(output->id, sizeof output->id, "%s", row->name);
    text_of(attrs, ATTR_name, name, sizeof name);
    text_of(attrs, ATTR_join_path, join, sizeof join);
    text_of(attrs, ATTR_spooled, spooled, sizeof spooled);
    text_of(attrs, ATTR_job_state, state, sizeof state);
    if (!strcmp(join, "oe") || !strcmp(join, "eo"))
        output->stream = *join;
    output->state = *state;
    output->spooled = strchr(spooled, output->stream) != NULL;
    text_of(attrs, output->stream == 'o' ? ATTR_output_path : ATTR_error_path, shown, sizeof shown);
    text_of(attrs, ATTR_keep_files, keep, sizeof keep);
    if (strchr(keep, output->stream))
        snprintf(output->path, PATH_SIZE, "%s/", getenv("HOME") ? getenv("HOME") : "");
    else
        path_local(shown, output->path);
    path_complete(output, name);
}

/* Ask the server where the output of NAME is. */
static enum nqs_code output_find(struct client *client, const char *name, struct output *output,
                                 struct nqs_err *err)
{
    static const uint16_t only[] = {ATTR_name,    ATTR_output_path, ATTR_error_path, ATTR_join_path,
                                    ATTR_spooled, ATTR_job_state,   ATTR_keep_files};
    struct client_rows *rows =
        client_rows_new(client, NQS_STATUS_JOBS, &name, 1, NQS_STATUS_HISTORY | NQS_STATUS_BODY,
                        only, sizeof only / sizeof *only);
    const struct nqs_row *row;
    struct attrs attrs;
    enum nqs_code code;

    attrs_init(&attrs);
    row = client_rows_next(rows, &attrs, &code, err);
    if (row && row->code)
        code = cli_refused((enum nqs_code)row->code, name, err);
    else if (row && !(code = id_parse(row->name, &output->parts, err)))
        output_take(output, row, &attrs);
    else if (!row && !code)
        code = cli_refused(NQS_NOJOB, name, err);
    attrs_done(&attrs);
    client_rows_free(rows);
    if (!code && output->parts.array)
        code = nqs_fail(err, NQS_VALUE, "%s is an array; name one of its members, as %u[1]",
                        output->id, (unsigned)output->parts.seq);
    return code;
}

/* ----------------------------------------------------------- copying */

static enum nqs_code copy_out(const char *bytes, size_t length, struct nqs_err *err)
{
    while (length) {
        ssize_t wrote = write(STDOUT_FILENO, bytes, length);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return nqs_fail_errno(err, NQS_SYSTEM, "standard output");
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return NQS_OK;
}

/* Copy what has come to the final file; NQS_FILE when it cannot be read. */
static enum nqs_code copy_file(struct output *output, struct nqs_err *err)
{
    static char bytes[COPY_SIZE];
    struct stat status;
    ssize_t got;

    if (output->fd < 0)
        output->fd = open(output->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (output->fd < 0)
        return nqs_fail_errno(err, NQS_FILE, "%s", output->path);
    if (fstat(output->fd, &status) || !S_ISREG(status.st_mode))
        return nqs_fail(err, NQS_FILE, "%s: is no file: what went there is gone", output->path);
    output->found = true;
    while ((got = pread(output->fd, bytes, sizeof bytes, output->offset)) > 0) {
        enum nqs_code code = copy_out(bytes, (size_t)got, err);

        if (code)
            return code;
        output->offset += got;
    }
    return got < 0 ? nqs_fail_errno(err, NQS_FILE, "%s", output->path) : NQS_OK;
}

/* Copy what has come to the spool. */
static enum nqs_code copy_spool(struct client *client, struct output *output, struct nqs_err *err)
{
    struct nqs_output_args args = {
        .name = output->id, .stream = (unsigned)output->stream, .length_max = NQS_DATA_MAX};
    enum nqs_code code;
    bool more;

    do {
        struct nqs_output_answer answer = {0};

        args.offset = output->offset;
        code = follow_call(client, NQS_OUTPUT, &args, &answer, err);
        if (code)
            return code;
        more = !answer.code && answer.data.data_len;
        code = answer.code ? nqs_fail(err, (enum nqs_code)answer.code, "%s", answer.text)
                           : copy_out(answer.data.data_val, answer.data.data_len, err);
        output->offset += answer.data.data_len;
        client_free(NQS_OUTPUT, &answer);
    } while (!code && more);
    if (!code)
        output->found = true;
    return code;
}

/*
 * The final file, or the spool.  A file that is not there says little: the job
 * may not have begun, or be one whose output goes to the spool.  What is in the
 * spool is not for other users, who are answered as if there were no such job.
 */
static enum nqs_code copy_some(struct client *client, struct output *output, struct nqs_err *err)
{
    bool final = *output->path && !output->spooled;
    enum nqs_code code = NQS_FILE;
    struct nqs_err why;

    if (final)
        code = copy_file(output, &why);
    if (code == NQS_FILE && output->fd < 0)
        code = copy_spool(client, output, err);
    if (!code || output->found)
        return code;
    if (output->state && strchr("QHW", output->state))
        return nqs_fail(err, NQS_STATE, "%s has not started: there is no output yet", output->id);
    if (final)
        return nqs_fail(err, code == NQS_NOJOB ? NQS_FILE : code, "%s", why.text);
    return code == NQS_NOJOB ? cli_refused(code, output->id, err) : code;
}

/* Look, wait a while for the end, and look again until it has come. */
static enum nqs_code output_follow(struct client *client, struct output *output,
                                   struct nqs_err *err)
{
    unsigned pause = LOOK_MIN_MS;
    bool ended = false;

    for (;;) {
        int64_t before = output->offset;
        enum nqs_code code = copy_some(client, output, err);
        struct follow_end end;

        if (code == NQS_SYSTEM || ended)
            return code;
        pause = output->offset > before   ? LOOK_MIN_MS
                : pause * 2 < LOOK_MAX_MS ? pause * 2
                                          : LOOK_MAX_MS;
        code = follow_wait(client, output->id, pause, &end, err);
        if (code && code != NQS_TIMEOUT)
            return code;
        ended = !code;
        if (ended && output->fd < 0 && output_find(client, output->id, output, err))
            return err->code;
    }
}

static int qcat_run(const struct cli_call *call)
{
    struct output output = {.stream = want_error ? 'e' : 'o', .fd = -1};
    struct client *client;
    struct nqs_err err;
    enum nqs_code code;

    if (want_output && want_error) {
        nqs_fail(&err, NQS_USAGE, "-o and -e do not go together");
        return cli_misuse(&err);
    }
    if (client_open(NULL, &client, &err))
        return cli_fail(&err);
    code = output_find(client, *call->operands, &output, &err);
    if (!code)
        code =
            want_follow ? output_follow(client, &output, &err) : copy_some(client, &output, &err);
    client_close(client);
    if (output.fd >= 0)
        close(output.fd);
    return code ? cli_fail(&err) : 0;
}

const struct command command = {
    .name = "qcat",
    .usage = "[-f] [-o | -e] JOB",
    .text = "Print a request's output as far as it has come.",
    .options = options,
    .operands_min = 1,
    .operands_max = 1,
    .run = qcat_run,
};
