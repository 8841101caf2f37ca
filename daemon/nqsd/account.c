/*
 * account.c - lines of accounting; see account.h.
 *
 * Which record has which keys is a table.  Limits and what was used are added
 * by the names in attributes.def, so that a new limit needs no row here.
 */
#include "account.h"

#include <string.h>
#include <time.h>

#include "str.h"

/* --- which records --- */

static const struct {
    enum event_type event;
    char type;
} types[] = {
    {EVENT_SUBMITTED, 'Q'}, {EVENT_SUBMITTED_HELD, 'Q'}, {EVENT_SUBMITTED_DEFERRED, 'Q'},
    {EVENT_STARTED, 'S'},   {EVENT_RETURNED, 'R'},       {EVENT_RETURNED_HELD, 'R'},
    {EVENT_EXITED, 'E'},    {EVENT_EXITED_OWING, 'E'},   {EVENT_MEMBERS_ENDED, 'E'},
    {EVENT_DELETED, 'D'},   {EVENT_CLOSED, 'D'},         {EVENT_ALTERED, 'a'},
    {EVENT_MOVED, 'a'},     {EVENT_DEFERRED, 'a'},       {EVENT_SUSPENDED, 'z'},
    {EVENT_RESUMED, 'r'},
};

static char type_of(enum event_type event)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].event == event)
            return types[i].type;
    return '\0';
}

bool account_wants(enum event_type type)
{
    return type_of(type) != '\0';
}

static bool is_text(const struct attrs *attrs, uint16_t id, const char *text)
{
    const struct attr *attr = attrs_find(attrs, id);

    return attr && attr->length == strlen(text) && !memcmp(attr->bytes, text, attr->length);
}

/* The end of something that never began: it was deleted, which has a record, or could not begin. */
static const char *end_of_unbegun(const struct followed *followed)
{
    return is_text(followed->attrs, ATTR_exit_reason, "deleted") ? "" : "A";
}

/* The start may have been told with the end only. */
static bool starts_here(const struct followed *followed)
{
    return followed->event->type != EVENT_STARTED && attrs_find(followed->said, ATTR_stime);
}

static const char *end_types(const struct followed *followed)
{
    if (followed->array)
        return "E";
    if (starts_here(followed))
        return "SE";
    return attrs_number(followed->attrs, ATTR_session_id, 0) ? "E" : end_of_unbegun(followed);
}

/* Back in its queue: a record only when something has run. */
static const char *return_types(const struct followed *followed)
{
    if (starts_here(followed))
        return "SR";
    return attrs_find(followed->said, ATTR_used_walltime) ||
                   attrs_find(followed->said, ATTR_spooled)
               ? "R"
               : "";
}

const char *account_types(const struct followed *followed)
{
    switch (type_of(followed->event->type)) {
    case 'Q': return "Q";
    case 'S': return "S";
    case 'E': return end_types(followed);
    case 'R': return return_types(followed);
    case 'D': return is_text(followed->attrs, ATTR_exit_reason, "deleted") ? "D" : "A";
    case 'a': return "a";
    case 'z': return "z";
    case 'r': return "r";
    default: return "";
    }
}

/* --- what a record says --- */

/* Keys with an attribute of their own.  `always`: also when the value is zero. */
static const struct key {
    const char *name;
    uint16_t attr;
    const char *types;
    bool always;
} keys[] = {
    {"account", ATTR_account_name, "QSREDAazr", false},
    {"jobname", ATTR_name, "QSREDAazr", false},
    {"queue", ATTR_queue, "QSREDAazr", true},
    {"ctime", ATTR_ctime, "QSREDA", true},
    {"qtime", ATTR_qtime, "QSREDA", true},
    {"etime", ATTR_etime, "QSRE", true},
    {"start", ATTR_stime, "SRE", true},
    {"array_first", ATTR_array_first, "QE", false},
    {"array_last", ATTR_array_last, "QE", false},
    {"array_step", ATTR_array_step, "QE", false},
    {"array_failed", ATTR_array_failed, "E", false},
    {"session", ATTR_session_id, "SE", false},
    {"Exit_status", ATTR_exit_status, "E", true},
    {"reason", ATTR_exit_reason, "EDA", false},
    {"comment", ATTR_comment, "A", false},
    {"run_count", ATTR_run_count, "SRE", false},
};

/* A writer of one form. */
struct form {
    void (*text)(struct buf *out, const char *name, const char *text, size_t length);
    void (*number)(struct buf *out, const char *name, int64_t number);
    void (*value)(struct buf *out, const char *name, const struct attr *attr);
};

/* One line stays one line, and a blank parts two keys: such bytes as a backslash and three octal
 * digits. */
static void escape_text(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c <= ' ' || c == 0x7f || c == '\\' || c == ';')
            buf_format(out, "\\%03o", (unsigned)c);
        else
            buf_add_char(out, (char)c);
    }
}

static void plain_text(struct buf *out, const char *name, const char *text, size_t length)
{
    buf_format(out, " %s=", name);
    escape_text(out, text, length);
}

static void plain_number(struct buf *out, const char *name, int64_t number)
{
    buf_format(out, " %s=%lld", name, (long long)number);
}

static void plain_value(struct buf *out, const char *name, const struct attr *attr)
{
    struct buf value;

    buf_init(&value);
    attr_print(attr, &value);
    plain_text(out, name, value.bytes, value.length);
    buf_done(&value);
}

/* Bytes that are no UTF-8 become the replacement character, each. */
static void json_escaped(struct buf *out, const char *text, size_t length)
{
    bool sound = true;

    for (size_t i = 0; sound && i < length; i++)
        sound = !((unsigned char)text[i] & 0x80) || str_printable(text, length);
    buf_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\')
            buf_format(out, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            buf_format(out, "\\u%04x", (unsigned)c);
        else if (c & 0x80 && !sound)
            buf_add_text(out, "\\ufffd");
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static void json_text(struct buf *out, const char *name, const char *text, size_t length)
{
    buf_format(out, ",\"%s\":", name);
    json_escaped(out, text, length);
}

static void json_number(struct buf *out, const char *name, int64_t number)
{
    buf_format(out, ",\"%s\":%lld", name, (long long)number);
}

static void json_value(struct buf *out, const char *name, const struct attr *attr)
{
    if (attr_numeric(attr_find(attr->id)->type) && attr_find(attr->id)->type != TYPE_HOLDS)
        json_number(out, name, attr->number);
    else if (attr_numeric(attr_find(attr->id)->type)) {
        struct buf value;

        buf_init(&value);
        attr_print(attr, &value);
        json_text(out, name, value.bytes, value.length);
        buf_done(&value);
    } else
        json_text(out, name, attr->bytes, attr->length);
}

static const struct form plain = {plain_text, plain_number, plain_value};
static const struct form json = {json_text, json_number, json_value};

/* Times are seconds since the epoch, as PBS has them. */
static void add_value(const struct form *form, struct buf *out, const char *name,
                      const struct attr *attr)
{
    enum attr_type type = attr_find(attr->id)->type;

    if (type == TYPE_TIME)
        form->number(out, name, attr->number / NQS_SECOND);
    else if (type == TYPE_INT)
        form->number(out, name, attr->number);
    else
        form->value(out, name, attr);
}

static void add_keys(const struct account *account, const struct form *form, char type,
                     struct buf *out)
{
    const struct attrs *attrs = account->followed->attrs;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct attr zero = {.id = keys[i].attr, .bytes = ""};
        const struct attr *attr = attrs_find(attrs, keys[i].attr);

        if (!strchr(keys[i].types, type) || (!attr && !keys[i].always))
            continue;
        attr = attr ? attr : &zero;
        if (keys[i].always || attr->number || attr->length)
            add_value(form, out, keys[i].name, attr);
    }
}

/* Every value of a request whose name begins with PREFIX. */
static void add_prefixed(const struct account *account, const struct form *form, const char *prefix,
                         struct buf *out)
{
    const struct attr_def *def = NULL;

    while ((def = attr_each(def))) {
        const struct attr *attr;

        if (def->of != OF_JOB || def->heat == HEAT_MADE || !str_begins(def->shown, prefix))
            continue;
        attr =
            attrs_find(def->heat == HEAT_COLD ? account->body : account->followed->attrs, def->id);
        if (attr)
            form->value(out, def->shown, attr);
    }
}

/* What was changed, by the names that qstat shows. */
static void add_altered(const struct account *account, const struct form *form, struct buf *out)
{
    const struct attrs *said = account->followed->said;

    for (size_t i = 0; i < said->count; i++) {
        const struct attr_def *def = attr_find(said->list[i].id);

        if (def && def->type != TYPE_BYTES && def->type != TYPE_LIST && def->heat != HEAT_COLD &&
            def->id != ATTR_name && def->id != ATTR_account_name && def->id != ATTR_queue)
            add_value(form, out, def->shown, &said->list[i]);
    }
}

static void add_all(const struct account *account, const struct form *form, char type,
                    struct buf *out)
{
    const struct attr *owner = attrs_find(account->followed->attrs, ATTR_owner);

    form->text(out, "user", owner ? owner->bytes : "", owner ? owner->length : 0);
    if (*account->group)
        form->text(out, "group", account->group, strlen(account->group));
    add_keys(account, form, type, out);
    if (strchr("SRE", type) && !account->followed->array)
        form->text(out, "exec_host", account->server, strlen(account->server));
    if (strchr("QSRE", type))
        add_prefixed(account, form, "Resource_List.", out);
    if (type == 'E')
        form->number(out, "end", account->followed->event->wall / NQS_SECOND);
    if (strchr("RE", type))
        add_prefixed(account, form, "resources_used.", out);
    if (type == 'a')
        add_altered(account, form, out);
    form->number(out, "seq", (int64_t)account->followed->event->seq);
}

static void add_stamp(nqs_time wall, struct buf *out)
{
    time_t seconds = (time_t)(wall / NQS_SECOND);
    char text[32];
    struct tm tm;

    localtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%m/%d/%Y %H:%M:%S", &tm);
    buf_add_text(out, text);
}

void account_text(const struct account *account, char type, struct buf *out)
{
    size_t at;

    add_stamp(account->followed->event->wall, out);
    buf_format(out, ";%c;%s;", type, account->followed->id);
    at = out->length;
    add_all(account, &plain, type, out);
    memmove(out->bytes + at, out->bytes + at + 1, out->length - at - 1); /* the first blank */
    out->bytes[out->length - 1] = '\n';
}

void account_json(const struct account *account, char type, struct buf *out)
{
    buf_format(out, "{\"time\":%lld,\"type\":\"%c\",\"id\":\"%s\",\"uid\":%lld",
               (long long)(account->followed->event->wall / NQS_SECOND), type,
               account->followed->id,
               (long long)attrs_number(account->followed->attrs, ATTR_uid, 0));
    add_all(account, &json, type, out);
    buf_add_text(out, "}\n");
}
