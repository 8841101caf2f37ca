/*
 * limit.c - the table of limit.def, and lists of limits as text; see limit.h.
 */
#include "limit.h"

#include <string.h>

#include "str.h"

static const struct limit rows[] = {
#define L(name, soft, scope, rlimit, letter, keyword, text) \
    {ATTR_##name, soft, #name, LIMIT_##scope, rlimit, letter, keyword, text},
#include "limit.def"
#undef L
};

enum { ROWS = sizeof rows / sizeof *rows, ENTRY_MAX = 128, NONE = 1 };

const struct limit *limit_each(const struct limit *last)
{
    if (!last)
        return rows;
    return last + 1 < rows + ROWS ? last + 1 : NULL;
}

const struct limit *limit_find(uint16_t id)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].attr == id)
            return &rows[i];
    return NULL;
}

bool limit_is_none(uint16_t attr, int64_t number)
{
    const struct attr_def *def = attr_find(attr);

    return def->max >= INT32_MAX && number == def->max;
}

static enum nqs_code name_unknown(const char *name, struct nqs_err *err)
{
    const char *names[ROWS + 1];
    const char *near;

    for (size_t i = 0; i < ROWS; i++)
        names[i] = rows[i].name;
    names[ROWS] = NULL;
    near = str_nearest(name, names);
    if (near)
        return nqs_fail(err, NQS_NOATTR, "no limit is called '%.40s': did you mean %s?", name,
                        near);
    return nqs_fail(err, NQS_NOATTR, "no limit is called '%.40s'; qsub(1) lists all", name);
}

/* ENTRY is name=value, to be taken apart. */
static enum nqs_code entry_read(char *entry, struct attrs *ret, struct nqs_err *err)
{
    char *value = strchr(entry, '=');
    const struct attr_def *def;
    struct attr attr = {0};
    enum nqs_code code = NQS_OK;

    if (!value)
        return nqs_fail(err, NQS_VALUE, "'%.40s' is not name=value", entry);
    *value++ = '\0';
    def = attr_resource(entry);
    if (!def || !limit_find(def->id))
        return name_unknown(entry, err);
    attr.id = def->id;
    if (*value)
        code = attr_parse(def, value, &attr, err);
    else
        attr.length = NONE;
    if (!code)
        attrs_add(ret, &attr);
    return code;
}

enum nqs_code limits_read(const char *text, size_t length, struct attrs *ret, struct nqs_err *err)
{
    const char *end = text + length;
    enum nqs_code code = NQS_OK;
    char entry[ENTRY_MAX];

    while (text < end && !code) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        size_t size = (size_t)((comma ? comma : end) - text);

        if (size >= sizeof entry)
            return nqs_fail(err, NQS_VALUE, "'%.40s' is too long for a limit", text);
        memcpy(entry, text, size);
        entry[size] = '\0';
        if (size)
            code = entry_read(entry, ret, err);
        text = comma ? comma + 1 : end;
    }
    return code;
}

void limits_write(const struct attrs *list, struct buf *out)
{
    size_t before = out->length;

    for (size_t i = 0; i < ROWS; i++) {
        const struct attr *attr = attrs_find(list, rows[i].attr);

        if (!attr || attr->length == NONE)
            continue;
        buf_format(out, "%s%s=", out->length > before ? "," : "", rows[i].name);
        attr_print_amount(attr, out);
    }
}

enum nqs_code limits_merge(const char *old, size_t length, const struct attr *change,
                           struct buf *out, struct nqs_err *err)
{
    struct attrs list;
    enum nqs_code code = NQS_OK;

    if (!change->length)
        return NQS_OK;
    attrs_init(&list);
    code = limits_read(old, length, &list, err);
    if (!code)
        code = limits_read(change->bytes, change->length, &list, err);
    if (!code)
        limits_write(&list, out);
    attrs_done(&list);
    return code;
}
