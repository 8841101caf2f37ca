/*
 * id.c - job identifiers as text; see id.h.
 */
#include "id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { QUEUE_NAME_MAX = 15 };

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

bool id_server_valid(const char *name)
{
    size_t length = strlen(name);

    if (!length || length > NQS_SERVER_MAX || name[0] == '.' || name[0] == '-')
        return false;
    for (; *name; name++)
        if (!name_char(*name))
            return false;
    return true;
}

bool id_queue_valid(const char *name)
{
    size_t length = strlen(name);

    if (!length || length > QUEUE_NAME_MAX || !isalpha((unsigned char)name[0]))
        return false;
    for (; *name; name++)
        if (!name_char(*name))
            return false;
    return true;
}

/* Read decimal digits up to MAX; false when there are none or too many. */
static bool id_number(const char **at, uint32_t max, uint32_t *ret)
{
    uint64_t value = 0;

    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); (*at)++) {
        value = value * 10 + (uint64_t)(**at - '0');
        if (value > max)
            return false;
    }
    *ret = (uint32_t)value;
    return true;
}

static bool id_brackets(const char **at, struct nqs_id *id)
{
    uint32_t index;

    if (**at != '[')
        return true;
    (*at)++;
    if (**at == ']') {
        id->array = true;
    } else {
        if (!id_number(at, INT32_MAX, &index))
            return false;
        id->index = (int32_t)index;
    }
    if (**at != ']')
        return false;
    (*at)++;
    return true;
}

/* Copy a server's name up to STOP or the end. */
static bool id_server(const char **at, char stop, char name[NQS_SERVER_MAX + 1])
{
    const char *end = stop ? strchr(*at, stop) : NULL;
    size_t length = end ? (size_t)(end - *at) : strlen(*at);

    if (length > NQS_SERVER_MAX)
        return false;
    memcpy(name, *at, length);
    name[length] = '\0';
    *at += length;
    return id_server_valid(name);
}

static bool id_scan(const char *at, struct nqs_id *id)
{
    if (!id_number(&at, UINT32_MAX, &id->seq) || !id->seq || !id_brackets(&at, id))
        return false;
    if (*at == '.') {
        at++;
        if (!id_server(&at, '@', id->server))
            return false;
    }
    if (*at == '@') {
        at++;
        if (!id_server(&at, '\0', id->at))
            return false;
    }
    return !*at;
}

enum nqs_code id_parse(const char *text, struct nqs_id *ret_id, struct nqs_err *err)
{
    struct nqs_id id = {.index = NQS_NO_INDEX};

    if (!id_scan(text, &id))
        return nqs_fail(err, NQS_SYNTAX,
                        "'%.80s' is not a job id: use 12, 12.server, 12[].server or 12[3].server",
                        text);
    *ret_id = id;
    return NQS_OK;
}

void id_text(const struct nqs_id *id, char text[NQS_ID_TEXT_MAX])
{
    char member[16] = "";

    if (id->index != NQS_NO_INDEX)
        snprintf(member, sizeof member, "[%d]", (int)id->index);
    else if (id->array)
        snprintf(member, sizeof member, "[]");
    snprintf(text, NQS_ID_TEXT_MAX, "%u%s%s%s", (unsigned)id->seq, member, id->server[0] ? "." : "",
             id->server);
}
