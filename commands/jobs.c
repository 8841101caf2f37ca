/*
 * jobs.c - changing the request that an operand names; see jobs.h.
 */
#include "jobs.h"

#include <string.h>

#include "cli.h"
#include "id.h"
#include "mem.h"
#include "str.h"

/* What WHY, the server's answer, is to say of OPERAND. */
static enum nqs_code refused(enum nqs_code code, const char *operand, const struct nqs_err *why,
                             struct nqs_err *err)
{
    if (code == NQS_NOJOB && !str_begins(why->text, "Unknown Job Id "))
        return cli_refused(code, operand, err);
    if (nqs_exit_status(code) == 1 && !strstr(why->text, operand))
        return nqs_fail(err, code, "%s: %s", operand, why->text);
    *err = *why;
    return code;
}

enum nqs_code jobs_change(struct client *client, uint32_t procedure, const char *operand,
                          const struct attrs *attrs, struct nqs_err *err)
{
    struct nqs_id id;
    struct nqs_err why;
    enum nqs_code code = id_parse(operand, &id, err);

    if (code)
        return code;
    code = cli_change(client, procedure, operand, attrs, &why);
    return refused(code, operand, &why, err);
}

/* Say what became of OPERANDS, of which SENT have an answer in ITEMS; gives the exit status. */
static int say_all(char **operands, size_t count, const struct client_item *items, size_t sent,
                   bool lenient)
{
    const struct client_item *item = items;
    int status = 0;

    for (size_t i = 0; i < count; i++) {
        struct nqs_err why;
        struct nqs_err err;
        struct nqs_id id;

        if (id_parse(operands[i], &id, &err)) {
            status = cli_fail(&err);
            continue;
        }
        if (item == items + sent)
            continue;
        nqs_fail(&why, item->code, "%s", item->text ? item->text : "");
        if (item->code && item->text &&
            !(lenient && (item->code == NQS_NOJOB || item->code == NQS_STATE))) {
            refused(item->code, operands[i], &why, &err);
            status = cli_fail(&err);
        }
        item++;
    }
    return status;
}

enum nqs_code jobs_change_many(struct client *client, uint32_t procedure, char **operands,
                               size_t count, const struct attrs *attrs, bool lenient,
                               int *ret_status, struct nqs_err *err)
{
    struct client_item *items = mem_array(count + 1, sizeof *items);
    struct nqs_id id;
    enum nqs_code code;
    size_t sent = 0;

    for (size_t i = 0; i < count; i++)
        if (!id_parse(operands[i], &id, err))
            items[sent++].name = operands[i];
    code = client_change_many(client, procedure, attrs, items, sent, err);
    *ret_status = say_all(operands, count, items, sent, lenient);
    for (size_t i = 0; i < sent; i++)
        mem_free(items[i].text);
    mem_free(items);
    return code;
}
