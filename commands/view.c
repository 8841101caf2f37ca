/*
 * view.c - what of a status row is shown; see view.h.
 *
 * Tables say everything: what is never shown (bytes are not either), what is
 * shown in a way of its own, what is shown although it is 0, and the counts
 * that make up state_count.  Any other attribute is shown under its name of
 * attributes.def when it has a value that its row allows: 0 of a limit means
 * that there is none, and nothing is said.
 *
 * A server sends no zeros, so a number that is absent is one.
 */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "utf8.h"

static const uint16_t view_hidden[] =
    {
        ATTR_state,       /* job_state says it */
        ATTR_submit_host, /* part of Job_Owner */
        ATTR_array_next,  /* how the core counts members */
        ATTR_incarnation, /* run_count is what a user asks for */
        ATTR_substate,    /* a word of life.def */
        ATTR_script_name,   ATTR_argv,          ATTR_why,
        ATTR_comment, /* together the comment */
        ATTR_count_queued,  ATTR_count_running, ATTR_count_held,
        ATTR_count_waiting, ATTR_count_transit, ATTR_count_exiting,
};

static struct view_item *view_add(struct view *view, const char *name, enum view_form form)
{
    struct view_item *item;

    if (view->count == view->room) {
        view->room = view->room ? view->room * 2 : 64;
        view->items = mem_grow(view->items, view->room, sizeof *view->items);
    }
    item = &view->items[view->count++];
    *item = (struct view_item){.name = name, .form = form, .offset = view->texts.length};
    return item;
}

static void view_add_number(struct view *view, const char *name, int64_t number)
{
    view_add(view, name, VIEW_NUMBER)->number = number;
}

/* A text item takes what was appended to view->texts since it was added. */
static void view_end_text(struct view *view, struct view_item *item)
{
    item->length = view->texts.length - item->offset;
}

static void view_add_text(struct view *view, const char *name, const char *text)
{
    struct view_item *item = view_add(view, name, VIEW_TEXT);

    buf_add_text(&view->texts, text);
    view_end_text(view, item);
}

const char *view_text(const struct attrs *attrs, uint16_t id, size_t *ret_length)
{
    const struct attr *attr = attrs_find(attrs, id);

    *ret_length = attr ? attr->length : 0;
    return attr && attr->length ? attr->bytes : "";
}

/* Clients know an owner as user@host. */
static void view_owner(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    struct view_item *item = view_add(view, "Job_Owner", VIEW_TEXT);
    size_t length;
    const char *host = view_text(attrs, ATTR_submit_host, &length);

    buf_add(&view->texts, attr->bytes, attr->length);
    if (length && !memchr(attr->bytes, '@', attr->length)) {
        buf_add_char(&view->texts, '@');
        buf_add(&view->texts, host, length);
    }
    view_end_text(view, item);
}

bool view_state_in(const struct attrs *attrs, const char *letters)
{
    size_t length;
    const char *state = view_text(attrs, ATTR_job_state, &length);

    return length && strchr(letters, *state);
}

/* A request that has ended and was ever started, or an array, has a status, be it 0. */
static bool view_has_status(const struct attrs *attrs)
{
    return view_state_in(attrs, "CF") &&
           (attrs_number(attrs, ATTR_run_count, 0) || attrs_number(attrs, ATTR_array_step, 0));
}

/* TORQUE's clients read one name, PBS's the other; a request that runs again has no status yet. */
static void view_exit(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    if (!view_has_status(attrs) && !(attr->number && view_state_in(attrs, "CEFX")))
        return;
    view_add_number(view, "exit_status", attr->number);
    view_add_number(view, "Exit_status", attr->number);
}

void view_exec_host(struct buf *out, const char *host, size_t length)
{
    view_visible(out, host, length);
    if (!memchr(host, '/', length))
        buf_add_text(out, "/0");
}

static void view_where(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    struct view_item *item;

    (void)attrs;
    if (!attr->length)
        return;
    item = view_add(view, "exec_host", VIEW_TEXT);
    view_exec_host(&view->texts, attr->bytes, attr->length);
    view_end_text(view, item);
}

/* A mask means something in octal only, so it is a text. */
static void view_umask(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    char text[24];

    (void)attrs;
    snprintf(text, sizeof text, "%04llo", (unsigned long long)attr->number);
    view_add_text(view, "umask", text);
}

/* The path of [host:]path is a device's, which takes every member's output as it is. */
static bool is_device(const char *text, size_t length)
{
    static const char device[] = "/dev/";
    const char *path = memchr(text, '/', length);

    return path && (size_t)(text + length - path) >= strlen(device) &&
           !memcmp(path, device, strlen(device)) && (path == text || path[-1] == ':');
}

/* A directory, and a member's file, are completed as they will be when the job starts. */
static void view_path(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    struct view_item *item = view_add(view, attr_find(attr->id)->shown, VIEW_TEXT);
    const struct nqs_id *id = &view->id;
    size_t length;
    const char *name = view_text(attrs, ATTR_name, &length);

    buf_add(&view->texts, attr->bytes, attr->length);
    if (!id->array && attr->length && attr->bytes[attr->length - 1] == '/')
        buf_format(&view->texts, "%.*s.%c%u", (int)length, name,
                   attr->id == ATTR_output_path ? 'o' : 'e', (unsigned)id->seq);
    if (!id->array && id->index != NQS_NO_INDEX && !is_device(attr->bytes, attr->length))
        buf_format(&view->texts, "-%d", (int)id->index);
    view_end_text(view, item);
}

static void view_array(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    char text[80];

    if (attr->number < 1)
        return;
    view_add_text(view, "array", "True");
    snprintf(text, sizeof text, "%lld-%lld:%lld",
             (long long)attrs_number(attrs, ATTR_array_first, 0),
             (long long)attrs_number(attrs, ATTR_array_last, 0), (long long)attr->number);
    if (attr->number == 1)
        *strchr(text, ':') = '\0';
    view_add_text(view, "array_indices_submitted", text);
}

/* 0 is a first index like any other, but only an array has one. */
static void view_array_number(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    if (attrs_number(attrs, ATTR_array_step, 0) > 0)
        view_add_number(view, attr_find(attr->id)->shown, attr->number);
}

/*
 * A queue's list of limits, a line each as in PBS: resources_max.mem.  The names
 * of lines that were shown once are kept.
 */
static void view_limits(struct view *view, const struct attrs *attrs, const struct attr *attr)
{
    enum { NAME_SIZE = 40, NAMES_MAX = 128 };
    static char names[NAMES_MAX][NAME_SIZE];
    const char *end = attr->bytes + attr->length;

    (void)attrs;
    for (const char *at = attr->bytes; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        struct view_item *item;
        char name[NAME_SIZE];
        size_t i = 0;

        if (!equals)
            return;
        snprintf(name, sizeof name, "%s.%.*s", attr_find(attr->id)->shown, (int)(equals - at), at);
        while (i < NAMES_MAX - 1 && *names[i] && strcmp(names[i], name) != 0)
            i++;
        memcpy(names[i], name, sizeof name);
        item = view_add(view, names[i], VIEW_TEXT);
        buf_add(&view->texts, equals + 1, (size_t)(stop - equals - 1));
        view_end_text(view, item);
        at = comma ? comma + 1 : end;
    }
}

static const struct view_special {
    uint16_t id;
    void (*show)(struct view *view, const struct attrs *attrs, const struct attr *attr);
} view_specials[] = {
    {ATTR_owner, view_owner},
    {ATTR_exit_status, view_exit},
    {ATTR_umask, view_umask},
    {ATTR_exec_host, view_where},
    {ATTR_output_path, view_path},
    {ATTR_error_path, view_path},
    {ATTR_resources_max, view_limits},
    {ATTR_resources_min, view_limits},
    {ATTR_resources_default, view_limits},
    {ATTR_array_step, view_array},
    {ATTR_array_first, view_array_number},
    {ATTR_array_last, view_array_number},
    {ATTR_array_ended, view_array_number},
    {ATTR_array_failed, view_array_number},
    {ATTR_array_queued, view_array_number},
    {ATTR_array_running, view_array_number},
};

static const struct view_special *view_special(uint16_t id)
{
    for (size_t i = 0; i < sizeof view_specials / sizeof *view_specials; i++)
        if (view_specials[i].id == id)
            return &view_specials[i];
    return NULL;
}

/* The counts are of queues and of the server alike; their rows say `queue`. */
static bool view_shows(enum attr_of of, const struct attr_def *def)
{
    if (def->type == TYPE_BYTES)
        return false;
    for (size_t i = 0; i < sizeof view_hidden / sizeof *view_hidden; i++)
        if (view_hidden[i] == def->id)
            return false;
    return def->of == of || (of == OF_SERVER && def->id == ATTR_total_jobs);
}

static bool view_has_value(const struct attr_def *def, const struct attr *attr)
{
    if (!attr_numeric(def->type))
        return attr->length > 0;
    return attr->number >= def->min && (def->type != TYPE_TIME || attr->number > 0);
}

static void view_usual(struct view *view, const struct attr_def *def, const struct attr *attr)
{
    struct view_item *item;

    if (!view_has_value(def, attr))
        return;
    if (def->type == TYPE_INT) {
        view_add_number(view, def->shown, attr->number);
    } else if (def->type == TYPE_LIST) {
        item = view_add(view, def->shown, VIEW_LIST);
        item->list = attr->bytes;
        item->length = attr->length;
    } else {
        item = view_add(view, def->shown, VIEW_TEXT);
        attr_print(attr, &view->texts);
        view_end_text(view, item);
    }
}

bool view_reason(const struct attrs *attrs, struct buf *out)
{
    size_t why_length;
    size_t said_length;
    const char *why = view_text(attrs, ATTR_why, &why_length);
    const char *said = view_text(attrs, ATTR_comment, &said_length);

    if (!why_length && !said_length)
        return false;
    view_visible(out, why, why_length);
    if (why_length && said_length && memmem(why, why_length, said, said_length))
        return true;
    if (why_length && said_length)
        buf_add_text(out, "; ");
    view_visible(out, said, said_length);
    return true;
}

static void view_add_comment(struct view *view, const struct attrs *attrs, bool all)
{
    struct view_item *item = view_add(view, "comment", VIEW_TEXT);

    if (view_reason(attrs, &view->texts) || all)
        view_end_text(view, item);
    else
        view->count--;
}

/* PBS's line, its order and its words. */
static void view_add_counts(struct view *view, const struct attrs *attrs)
{
    static const struct {
        const char *word;
        uint16_t id;
    } counts[] = {
        {"Transit", ATTR_count_transit}, {"Queued", ATTR_count_queued},
        {"Held", ATTR_count_held},       {"Waiting", ATTR_count_waiting},
        {"Running", ATTR_count_running}, {"Exiting", ATTR_count_exiting},
    };
    struct view_item *item = view_add(view, "state_count", VIEW_TEXT);

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        buf_format(&view->texts, "%s%s:%lld", i ? " " : "", counts[i].word,
                   (long long)attrs_number(attrs, counts[i].id, 0));
    view_end_text(view, item);
}

void view_init(struct view *view)
{
    *view = (struct view){0};
}

void view_done(struct view *view)
{
    mem_free(view->items);
    mem_free(view->shown);
    buf_done(&view->texts);
    *view = (struct view){0};
}

/* Is a number that is absent, and so 0, to be shown? */
static bool view_zero(const struct attr_def *def, const struct attrs *attrs)
{
    static const uint16_t always[] = {ATTR_priority, ATTR_holds, ATTR_rerunable};
    static const uint16_t ended[] = {ATTR_exit_status, ATTR_used_walltime, ATTR_used_cput,
                                     ATTR_used_mem};

    if (!attr_numeric(def->type))
        return false;
    if (def->of != OF_JOB)
        return def->heat == HEAT_HOT;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (always[i] == def->id)
            return true;
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
        if (ended[i] == def->id)
            return view_has_status(attrs);
    return def->heat == HEAT_ARRAY && attrs_number(attrs, ATTR_array_step, 0);
}

static void view_attr(struct view *view, const struct attr_def *def, const struct attrs *attrs,
                      const struct attr *attr)
{
    const struct view_special *special = view_special(def->id);

    if (special)
        special->show(view, attrs, attr);
    else
        view_usual(view, def, attr);
}

/* Which attributes these are is the same for every row. */
static void view_find_shown(struct view *view, enum attr_of of)
{
    size_t count = 0;

    if (view->shown && view->shown_of == of)
        return;
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        count += view_shows(of, def);
    mem_free(view->shown);
    view->shown = mem_array(count, sizeof(struct attr_def *));
    view->shown_of = of;
    view->shown_count = 0;
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (view_shows(of, def))
            view->shown[view->shown_count++] = def;
}

void view_fill(struct view *view, enum attr_of of, const char *name, const struct attrs *attrs,
               bool all)
{
    const struct attr *present[ATTR_IDS] = {NULL};

    if (of != OF_JOB || id_parse(name, &view->id, NULL))
        view->id = (struct nqs_id){.array = true};
    view->count = 0;
    buf_clear(&view->texts);
    buf_reserve(&view->texts, 1); /* so that an empty text stands somewhere */
    for (size_t i = 0; i < attrs->count; i++)
        if (attrs->list[i].id < ATTR_IDS)
            present[attrs->list[i].id] = &attrs->list[i];
    view_find_shown(view, of);
    for (size_t i = 0; i < view->shown_count; i++) {
        const struct attr_def *def = view->shown[i];
        struct attr zero = {.id = def->id};

        if (present[def->id])
            view_attr(view, def, attrs, present[def->id]);
        else if (view_zero(def, attrs))
            view_attr(view, def, attrs, &zero);
    }
    if (of == OF_JOB)
        view_add_comment(view, attrs, all);
    else
        view_add_counts(view, attrs);
}

/* Append the character of SIZE bytes at TEXT, escaped if it would move a cursor. */
static void view_character(struct buf *out, const char *text, size_t size, uint32_t code)
{
    if (code == '\n')
        buf_add_text(out, "\\n");
    else if (code == '\t')
        buf_add_text(out, "\\t");
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        for (size_t i = 0; i < size; i++)
            buf_format(out, "\\%03o", (unsigned)(unsigned char)text[i]);
    else
        buf_add(out, text, size);
}

void view_visible(struct buf *out, const char *text, size_t length)
{
    size_t at = 0;

    while (at < length) {
        uint32_t code = 0;
        size_t plain = utf8_plain(text + at, length - at);
        size_t size;

        buf_add(out, text + at, plain);
        at += plain;
        if (at == length)
            break;
        size = utf8_character(text + at, length - at, &code);
        if (size)
            view_character(out, text + at, size, code);
        else
            buf_add_char(out, text[at]);
        at += size ? size : 1;
    }
}

/* Items are joined by commas; a comma or backslash inside an item has a backslash before it. */
static void view_print_list(const struct view_item *item, struct buf *out)
{
    const char *at = item->list;
    const char *end = at + item->length;

    while (at < end) {
        const char *stop = memchr(at, '\0', (size_t)(end - at));

        stop = stop ? stop : end;
        if (at > item->list)
            buf_add_char(out, ',');
        while (at < stop) {
            size_t plain = 0;

            while (at + plain < stop && at[plain] != ',' && at[plain] != '\\')
                plain++;
            view_visible(out, at, plain);
            at += plain;
            if (at < stop) {
                buf_add_char(out, '\\');
                buf_add_char(out, *at++);
            }
        }
        at = stop + 1;
    }
}

void view_print(const struct view *view, const struct view_item *item, struct buf *out)
{
    if (item->form == VIEW_NUMBER)
        buf_format(out, "%lld", (long long)item->number);
    else if (item->form == VIEW_LIST)
        view_print_list(item, out);
    else
        view_visible(out, view->texts.bytes + item->offset, item->length);
}
