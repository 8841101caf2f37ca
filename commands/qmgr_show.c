/*
 * qmgr_show.c - queues and the server as text; see qmgr_show.h.
 */
#include "qmgr_show.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "qmgr_take.h"
#include "str.h"
#include "view.h"

static long long number(const struct attrs *attrs, uint16_t id)
{
    return (long long)attrs_number(attrs, id, 0);
}

void qmgr_show_queue(const char *name, const struct attrs *attrs, struct buf *out)
{
    size_t admission_length;
    size_t flow_length;
    const char *admission = view_text(attrs, ATTR_queue_admission, &admission_length);
    const char *flow = view_text(attrs, ATTR_queue_flow, &flow_length);

    buf_format(out, "%s; type=BATCH; [%.*s, %.*s]; pri=%lld\n", name, (int)admission_length,
               admission, (int)flow_length, flow, number(attrs, ATTR_queue_priority));
    buf_format(out, "  run_limit=%lld; user_limit=", number(attrs, ATTR_run_limit));
    if (number(attrs, ATTR_user_limit))
        buf_format(out, "%lld\n", number(attrs, ATTR_user_limit));
    else
        buf_add_text(out, "unlimited\n");
    buf_format(out, "  %lld exit; %lld run; %lld queued; %lld wait; %lld hold; %lld arrive\n",
               number(attrs, ATTR_count_exiting), number(attrs, ATTR_count_running),
               number(attrs, ATTR_count_queued), number(attrs, ATTR_count_waiting),
               number(attrs, ATTR_count_held), number(attrs, ATTR_count_transit));
}

/* A line for each value, as `qstat -f` has them. */
static void show_values(enum attr_of of, const struct attrs *attrs, struct buf *out)
{
    struct view view;

    view_init(&view);
    view_fill(&view, of, "", attrs, false);
    for (size_t i = 0; i < view.count; i++) {
        buf_format(out, "    %s = ", view.items[i].name);
        view_print(&view, &view.items[i], out);
        buf_add_char(out, '\n');
    }
    view_done(&view);
}

void qmgr_show_long(const char *name, const struct attrs *attrs, struct buf *out)
{
    qmgr_show_queue(name, attrs, out);
    show_values(OF_QUEUE, attrs, out);
}

void qmgr_show_server(const char *name, const struct attrs *attrs, struct buf *out)
{
    buf_format(out, "server %s\n", name);
    show_values(OF_SERVER, attrs, out);
}

/* Each word of the list ID on a line of its own, with what it is. */
static void show_list(const struct attrs *attrs, uint16_t id, const char *suffix, struct buf *out)
{
    size_t length;
    const char *at = view_text(attrs, id, &length);
    const char *end = at + length;

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;

        buf_format(out, "    %.*s:%s\n", (int)(stop - at), at, suffix);
        at = stop + 1;
    }
}

void qmgr_show_managers(const char *name, const struct attrs *attrs, struct buf *out)
{
    (void)name;
    show_list(attrs, ATTR_conf_managers, "m (nqs.conf)", out);
    show_list(attrs, ATTR_managers, "m", out);
    show_list(attrs, ATTR_conf_operators, "o (nqs.conf)", out);
    show_list(attrs, ATTR_operators, "o", out);
}

void qmgr_show_complex(const char *name, const struct attrs *attrs, struct buf *out)
{
    size_t length;
    const char *queues = view_text(attrs, ATTR_complex_queues, &length);

    buf_format(out, "%s; type=COMPLEX; run_limit=%lld; user_limit=", name,
               number(attrs, ATTR_complex_run_limit));
    if (number(attrs, ATTR_complex_user_limit))
        buf_format(out, "%lld\n", number(attrs, ATTR_complex_user_limit));
    else
        buf_add_text(out, "unlimited\n");
    buf_format(out, "  queues: %.*s\n  %lld run\n", (int)length, queues,
               number(attrs, ATTR_count_running));
}

/* ------------------------------------------------------------------ PBS's forms */

static void list_values(const char *what, enum attr_of of, const char *name,
                        const struct attrs *attrs, struct buf *out)
{
    buf_format(out, "%s %s\n", what, name);
    show_values(of, attrs, out);
    buf_add_char(out, '\n');
}

void qmgr_list_queue(const char *name, const struct attrs *attrs, struct buf *out)
{
    list_values("Queue", OF_QUEUE, name, attrs, out);
}

void qmgr_list_server(const char *name, const struct attrs *attrs, struct buf *out)
{
    list_values("Server", OF_SERVER, name, attrs, out);
}

/* One value as a command can give it: texts stand in quotes, of which they have none. */
static void print_value(const char *before, const struct attr_def *def, const struct attr *attr,
                        struct buf *out)
{
    bool text = def->type == TYPE_TEXT;

    buf_format(out, "%s %s = %s", before, def->shown, text ? "\"" : "");
    attr_print(attr, out);
    buf_add_text(out, text ? "\"\n" : "\n");
}

/* Limits are set one by one, so those that may be there go first. */
static bool is_limits(uint16_t id)
{
    return id == ATTR_resources_max || id == ATTR_resources_min || id == ATTR_resources_default;
}

/* Every value that can be set, also those that nobody has: what is there already must go. */
static void print_values(const char *before, enum attr_of of, const struct attrs *attrs,
                         struct buf *out)
{
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def)) {
        struct attr zero = {.id = def->id, .bytes = ""}; /* a server sends no zeros */
        const struct attr *attr = attrs_find(attrs, def->id);

        if (def->of != of || !qmgr_settable(def))
            continue;
        if (is_limits(def->id) && attr)
            print_value(before, def, &zero, out);
        print_value(before, def, attr ? attr : &zero, out);
    }
}

void qmgr_print_queue(const char *name, const struct attrs *attrs, struct buf *out)
{
    char before[64];

    snprintf(before, sizeof before, "set queue %s", name);
    buf_format(out, "create queue %s if_missing queue_type = Execution\n", name);
    print_values(before, OF_QUEUE, attrs, out);
}

void qmgr_print_complex(const char *name, const struct attrs *attrs, struct buf *out)
{
    size_t length;
    const char *queues = view_text(attrs, ATTR_complex_queues, &length);

    if (length)
        buf_format(out, "create complex = (%.*s) %s if_missing\nset complex queues = (%.*s) %s\n",
                   (int)length, queues, name, (int)length, queues, name);
    buf_format(out, "set complex run_limit = %lld %s\n", number(attrs, ATTR_complex_run_limit),
               name);
    buf_format(out, "set complex user_limit = %lld %s\n", number(attrs, ATTR_complex_user_limit),
               name);
}

void qmgr_print_server(const char *name, const struct attrs *attrs, struct buf *out)
{
    (void)name;
    print_values("set server", OF_SERVER, attrs, out);
}

void qmgr_show_limits(struct buf *out)
{
    static const char prefix[] = "Resource_List.";

    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (def->of == OF_JOB && str_begins(def->shown, prefix))
            buf_format(out, "  %-12s %s\n", def->shown + sizeof prefix - 1, def->text);
}

/* -------------------------------------------------------------------- help */

/* Does WORD begin the next word of *AT?  Moves on to the one behind it. */
static bool help_word(const char **at, const char *word)
{
    size_t length = strcspn(*at, " ");
    size_t given = strlen(word);
    bool begins = given <= length && !strncasecmp(*at, word, given);

    *at += length;
    *at += strspn(*at, " ");
    return begins;
}

static bool help_wants(const struct qmgr_row *row, const struct qmgr_words *words)
{
    const char *at = row->words;

    for (size_t i = words->at; i < words->count; i++)
        if (!*at || !help_word(&at, words->list[i].text))
            return false;
    return true;
}

void qmgr_show_help(struct qmgr_words *words, struct buf *out)
{
    size_t before = out->length;

    for (const struct qmgr_row *row = qmgr_row_each(NULL); row; row = qmgr_row_each(row))
        if (help_wants(row, words))
            buf_format(out, "%s%s%s\n        %s\n", row->words, *row->arguments ? " " : "",
                       row->arguments, row->text);
    if (out->length == before)
        buf_add_text(out, "There is no such command; `help' alone lists all.\n");
    else if (qmgr_words_ended(words))
        buf_add_text(out, "Capitals are the least that must be written of a word.\n");
}
