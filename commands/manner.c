/*
 * manner.c - the dialect in which this command prints; see manner.h.
 */
#include "manner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum nqs_code manner_ask(struct client *client, const struct dialect **ret,
                                struct nqs_err *err)
{
    static const uint16_t only[] = {ATTR_dialect};
    struct client_rows *rows = client_rows_new(client, NQS_STATUS_SERVER, NULL, 0, 0, only, 1);
    const struct attr *name = NULL;
    enum nqs_code code;
    struct attrs attrs;

    attrs_init(&attrs);
    if (client_rows_next(rows, &attrs, &code, err))
        name = attrs_find(&attrs, ATTR_dialect);
    if (name)
        *ret = dialect_find(name->bytes, name->length);
    if (!*ret)
        *ret = dialect_default();
    attrs_done(&attrs);
    client_rows_free(rows);
    return code;
}

enum nqs_code manner_find(struct client *client, const struct dialect **ret, struct nqs_err *err)
{
    const char *name = getenv("NQS_DIALECT");

    *ret = NULL;
    if (!name || !*name)
        return manner_ask(client, ret, err);
    *ret = dialect_find(name, strlen(name));
    return *ret ? NQS_OK
                : nqs_fail(err, NQS_VALUE, "NQS_DIALECT is '%.40s': use %s", name, dialect_names);
}

static void manner_sentence(struct client *client, const char *id)
{
    static const uint16_t only[] = {ATTR_queue};
    struct client_rows *rows =
        client_rows_new(client, NQS_STATUS_JOBS, &id, 1, NQS_STATUS_COMPLETED, only, 1);
    const struct attr *queue = NULL;
    enum nqs_code code;
    struct attrs attrs;
    struct nqs_err err;

    attrs_init(&attrs);
    if (client_rows_next(rows, &attrs, &code, &err))
        queue = attrs_find(&attrs, ATTR_queue);
    printf("Request %s submitted to queue: %.*s.\n", id, queue ? (int)queue->length : 1,
           queue ? queue->bytes : "?");
    attrs_done(&attrs);
    client_rows_free(rows);
}

void manner_submitted(const char *id)
{
    const char *name = getenv("NQS_DIALECT");
    const struct dialect *dialect = name && *name ? dialect_find(name, strlen(name)) : NULL;
    struct client *client = NULL;
    struct nqs_err err;

    if ((!dialect || dialect->forms == FORMS_NQS) && !client_open(NULL, &client, &err) &&
        !manner_find(client, &dialect, &err) && dialect->forms == FORMS_NQS)
        manner_sentence(client, id);
    else
        printf("%s\n", id);
    client_close(client);
}
