/*
 * jobs.c - changing the request that an operand names; see jobs.h.
 */
#include "jobs.h"

#include <string.h>

#include "cli.h"
#include "id.h"
#include "str.h"

enum nqs_code jobs_change(struct client *client, uint32_t procedure, const char *operand,
                          const struct attrs *attrs, struct nqs_err *err)
{
    struct nqs_id id;
    struct nqs_err why;
    enum nqs_code code = id_parse(operand, &id, err);

    if (code)
        return code;
    code = cli_change(client, procedure, operand, attrs, &why);
    if (code == NQS_NOJOB && !str_begins(why.text, "Unknown Job Id "))
        return cli_refused(code, operand, err);
    if (nqs_exit_status(code) == 1 && !strstr(why.text, operand))
        return nqs_fail(err, code, "%s: %s", operand, why.text);
    *err = why;
    return code;
}
