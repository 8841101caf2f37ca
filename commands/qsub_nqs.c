/*
 * qsub_nqs.c - are the directives of NQS read here?
 *
 * To POSIX they are comments, so a script may carry both kinds.  The user says
 * by NQS_DIRECTIVES what is done with those of NQS, else the server's setting
 * nqs_directives does; which is asked for only when a script has such lines.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "qsub.h"
#include "str.h"

enum mode { MODE_OFF, MODE_WARN, MODE_ON };

static bool mode_parse(const char *text, size_t length, enum mode *ret)
{
    static const struct {
        const char *word;
        enum mode mode;
    } words[] = {{"off", MODE_OFF}, {"warn", MODE_WARN}, {"warn-only", MODE_WARN}, {"on", MODE_ON}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == length && !memcmp(words[i].word, text, length)) {
            *ret = words[i].mode;
            return true;
        }
    }
    return false;
}

/* What the server says; a server that does not answer will be met again by who submits. */
static enum mode mode_of_server(void)
{
    static const uint16_t only[] = {ATTR_nqs_directives};
    enum mode mode = MODE_WARN;
    struct client_rows *rows;
    struct client *client;
    struct attrs attrs;
    enum nqs_code code;
    struct nqs_err err;

    if (client_open(NULL, &client, &err))
        return MODE_WARN;
    rows = client_rows_new(client, NQS_STATUS_SERVER, NULL, 0, 0, only, 1);
    attrs_init(&attrs);
    if (client_rows_next(rows, &attrs, &code, &err)) {
        const struct attr *attr = attrs_find(&attrs, ATTR_nqs_directives);

        if (attr)
            mode_parse(attr->bytes, attr->length, &mode);
    }
    attrs_done(&attrs);
    client_rows_free(rows);
    client_close(client);
    return mode;
}

static enum nqs_code mode_find(enum mode *ret, struct nqs_err *err)
{
    const char *text = getenv("NQS_DIRECTIVES");

    if (!text || !*text)
        *ret = mode_of_server();
    else if (!mode_parse(text, strlen(text), ret))
        return nqs_fail(err, NQS_VALUE, "NQS_DIRECTIVES is off, warn or on, not '%.40s'", text);
    return NQS_OK;
}

enum nqs_code qsub_nqs_scan(const struct buf *script, bool has_others, struct directives *ret,
                            struct nqs_err *err)
{
    enum mode mode = MODE_OFF;
    struct directives found;
    enum nqs_code code = directives_scan_nqs(script->bytes, script->length, &found, err);

    *ret = (struct directives){0};
    if (code || !found.count)
        return code;
    code = mode_find(&mode, err);
    if (!code && mode == MODE_ON) {
        *ret = found;
        return NQS_OK;
    }
    if (!code && mode == MODE_WARN && !has_others)
        cli_say("line %u: directives of NQS are not read here; NQS_DIRECTIVES=on makes it so",
                found.list[0].line);
    directives_done(&found);
    return code;
}
