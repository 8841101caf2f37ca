/*
 * qsub_list.c - lists of name=value with commas between them.
 */
#include <string.h>

#include "qsub.h"

/*
 * The value at FROM, which begins with a quote, is put at its own place without
 * the quotes.  *AT is then where a comma or the end must stand.
 */
static enum nqs_code value_quoted(char *from, char **ret_value, char **at, struct nqs_err *err)
{
    char *end = strchr(from + 1, *from);

    if (!end)
        return nqs_fail(err, NQS_SYNTAX, "a quote is not closed: %.100s", from);
    if (end[1] && end[1] != ',')
        return nqs_fail(err, NQS_SYNTAX, "behind a quoted value stands '%.40s' and no comma",
                        end + 1);
    *end = '\0';
    *ret_value = from + 1;
    *at = end + 1;
    return NQS_OK;
}

/* End the value at FROM at its comma; `\,` is a comma that belongs to it. */
static void value_plain(char *from, char **at)
{
    char *to = from;

    for (; *from && *from != ','; from++) {
        if (*from == '\\' && from[1] == ',')
            from++;
        *to++ = *from;
    }
    *at = from;
    if (to < from)
        *to = '\0';
}

bool qsub_list_next(char **at, char **ret_name, char **ret_value, enum nqs_code *ret_code,
                    struct nqs_err *err)
{
    char *name = *at + strspn(*at, ",");
    char *end = name + strcspn(name, "=,");

    *ret_code = NQS_OK;
    *ret_value = NULL;
    if (!*name)
        return false;
    *ret_name = name;
    *at = end;
    if (*end == '=') {
        *end = '\0';
        *ret_value = end + 1;
        if (end[1] == '\'' || end[1] == '"')
            *ret_code = value_quoted(end + 1, ret_value, at, err);
        else
            value_plain(end + 1, at);
    }
    if (!*ret_code && **at)
        *(*at)++ = '\0';
    return !*ret_code;
}
