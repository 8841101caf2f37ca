/*
 * names.c - lists of users and groups, from names to numbers; see names.h.
 *
 * A word is NAME, NAME@HOST, [NUMBER] or *, in a queue's list with '+' or '-'
 * before it.  A name is looked up once, when it is put into a list: who has the
 * number has the right, whatever becomes of the name.
 */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "str.h"
#include "users.h"

enum { WORD_ROOM = 256, REMOVE = 2 };

static const struct {
    uint16_t words;
    uint16_t numbers; /* 0: hosts, which have none */
    enum users_kind kind;
    bool queue; /* signs and * are allowed */
} rows[] = {
    {ATTR_managers, ATTR_manager_ids, USERS_USER, false},
    {ATTR_operators, ATTR_operator_ids, USERS_USER, false},
    {ATTR_acl_users, ATTR_acl_user_ids, USERS_USER, true},
    {ATTR_acl_groups, ATTR_acl_group_ids, USERS_GROUP, true},
    {ATTR_acl_hosts, 0, USERS_USER, true},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* The list that is being read, and what it becomes. */
struct reading {
    struct nqsd *nqsd;
    size_t row;
    bool removing; /* what is not known any more can still be removed */
    struct buf words;
    struct buf numbers;
};

/* Cut a host that is ours, or any, off NAME. */
static enum nqs_code cut_host(const struct reading *r, char *name, struct nqs_err *err)
{
    char *at = strchr(name, '@');
    const char *host = at ? at + 1 : "*";

    if (strcmp(host, "*") && strcmp(host, r->nqsd->conf.server) && strcmp(host, r->nqsd->host))
        return nqs_fail(err, NQS_VALUE,
                        "'%.80s': only users of this host can be listed: write the "
                        "name alone",
                        name);
    if (at)
        *at = '\0';
    return NQS_OK;
}

static enum nqs_code find_number(const struct reading *r, const char *name, uint32_t *ret,
                                 struct nqs_err *err)
{
    enum users_kind kind = rows[r->row].kind;
    enum users_state state = users_number(r->nqsd->users, kind, name, r->nqsd->now.steady, ret);

    if (state == USERS_ASKED)
        return nqs_fail(err, NQS_BUSY, "'%.80s' is being looked up", name);
    if (state == USERS_NOBODY)
        return nqs_fail(err, NQS_NOUSER, "there is no %s '%.80s' on this host",
                        kind == USERS_GROUP ? "group" : "user", name);
    return NQS_OK;
}

/* The number of NAME as text, behind its sign. */
static enum nqs_code put_number(struct reading *r, const char *sign, const char *name,
                                struct nqs_err *err)
{
    size_t length = strlen(name);
    char digits[WORD_ROOM];
    uint32_t number = 0;
    int64_t value;
    enum nqs_code code = NQS_OK;

    if (!strcmp(name, "*") && rows[r->row].queue) {
        buf_format(&r->numbers, "%s*", sign);
        return NQS_OK;
    }
    if (*name == '[' && length > 2 && name[length - 1] == ']') {
        snprintf(digits, sizeof digits, "%.*s", (int)length - 2, name + 1);
        if (!str_number(digits, 0, UINT32_MAX - 1, &value))
            return nqs_fail(err, NQS_VALUE, "'%.80s': a number in brackets is expected", name);
        number = (uint32_t)value;
    } else {
        code = find_number(r, name, &number, err);
    }
    if (!code)
        buf_format(&r->numbers, "%s%u", sign, (unsigned)number);
    return code;
}

static enum nqs_code take_word(struct reading *r, char *word, struct nqs_err *err)
{
    const char *sign = "";
    enum nqs_code code = NQS_OK;

    if (rows[r->row].queue && (*word == '+' || *word == '-'))
        sign = *word++ == '-' ? "-" : "";
    if (!*word)
        return nqs_fail(err, NQS_VALUE, "a name is missing in %s",
                        attr_find(rows[r->row].words)->shown);
    if (rows[r->row].numbers)
        code = cut_host(r, word, err);
    if (code)
        return code;
    if (strpbrk(word, " \t\"'()=;#@+"))
        return nqs_fail(err, NQS_VALUE, "'%.80s' is no name", word);
    if (r->words.length)
        buf_add_char(&r->words, ',');
    buf_format(&r->words, "%s%s", sign, word);
    if (!rows[r->row].numbers || r->removing)
        return NQS_OK;
    if (r->numbers.length)
        buf_add_char(&r->numbers, ',');
    return put_number(r, sign, word, err);
}

static enum nqs_code read_list(struct reading *r, const struct attr *list, struct nqs_err *err)
{
    const char *at = list->length ? list->bytes : "";
    const char *end = at + list->length;
    char word[WORD_ROOM];
    enum nqs_code code = NQS_OK;

    while (!code && at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;

        while (at < stop && *at == ' ')
            at++;
        while (stop > at && stop[-1] == ' ')
            stop--;
        if ((size_t)(stop - at) >= sizeof word)
            return nqs_fail(err, NQS_VALUE, "'%.40s...' is too long for a name", at);
        memcpy(word, at, (size_t)(stop - at));
        word[stop - at] = '\0';
        at = comma ? comma + 1 : end;
        code = take_word(r, word, err);
    }
    return code;
}

/* SPACE may move while it grows, so values are places in it until all are there. */
static void keep(struct reading *r, struct attr *attr, struct attrs *numbers, struct buf *space)
{
    attr->number = (int64_t)space->length;
    attr->length = (uint32_t)r->words.length;
    buf_add(space, r->words.bytes, r->words.length);
    if (!rows[r->row].numbers)
        return;
    attrs_add(numbers, &(struct attr){.id = rows[r->row].numbers,
                                      .number = (int64_t)space->length,
                                      .length = (uint32_t)r->numbers.length});
    buf_add(space, r->numbers.bytes, r->numbers.length);
}

static bool row_of(uint16_t id, size_t *ret)
{
    for (*ret = 0; *ret < ROWS; (*ret)++)
        if (rows[*ret].words == id)
            return true;
    return false;
}

enum nqs_code names_resolve(struct nqsd *nqsd, struct attrs *attrs, struct attrs *numbers,
                            struct buf *space, struct nqs_err *err)
{
    struct reading r = {.nqsd = nqsd,
                        .removing = attrs_number(attrs, ATTR_list_operation, 0) == REMOVE};
    enum nqs_code code = NQS_OK;

    for (size_t i = 0; !code && i < attrs->count; i++) {
        struct attr *attr = &attrs->list[i];

        if (!row_of(attr->id, &r.row))
            continue;
        buf_clear(&r.words);
        buf_clear(&r.numbers);
        code = attr_check(attr, err);
        if (!code)
            code = read_list(&r, attr, err);
        if (!code)
            keep(&r, attr, numbers, space);
    }
    for (size_t i = 0; !code && i < attrs->count; i++)
        if (row_of(attrs->list[i].id, &r.row))
            attrs->list[i].bytes = buf_text(space) + attrs->list[i].number;
    for (size_t i = 0; !code && i < numbers->count; i++)
        numbers->list[i].bytes = buf_text(space) + numbers->list[i].number;
    buf_done(&r.words);
    buf_done(&r.numbers);
    return code;
}
