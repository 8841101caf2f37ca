/*
 * qmgr_show.c - queues and the server as text; see qmgr_show.h.
 */
#include "qmgr_show.h"

#include <string.h>
#include <strings.h>

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

/* -------------------------------------------------------------------- snap */

void qmgr_snap_queue(const char *name, const struct attrs *attrs, struct buf *out)
{
    buf_format(out, "create batch_queue %s priority=%lld run_limit=%lld user_limit=%lld\n", name,
               number(attrs, ATTR_queue_priority), number(attrs, ATTR_run_limit),
               number(attrs, ATTR_user_limit));
    if (number(attrs, ATTR_enabled))
        buf_format(out, "enable queue %s\n", name);
    if (number(attrs, ATTR_started))
        buf_format(out, "start queue %s\n", name);
}

static void snap_default(const struct attrs *attrs, struct buf *out)
{
    size_t length;
    const char *queue = view_text(attrs, ATTR_default_queue, &length);

    if (length)
        buf_format(out, "set default batch_request queue %.*s\n", (int)length, queue);
    else
        buf_add_text(out, "set no_default batch_request queue\n");
}

void qmgr_snap_server(const char *name, const struct attrs *attrs, struct buf *out)
{
    (void)name;
    snap_default(attrs, out);
    buf_format(out, "set global batch_limit = %lld\n", number(attrs, ATTR_batch_limit));
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def)) {
        struct attr zero = {.id = def->id}; /* a server sends no zeros */
        const struct attr *attr = attrs_find(attrs, def->id);

        if (!qmgr_settable(def) || def->id == ATTR_default_queue || def->id == ATTR_batch_limit)
            continue;
        buf_format(out, "set server %s = %s", def->shown, def->type == TYPE_TEXT ? "\"" : "");
        attr_print(attr ? attr : &zero, out);
        buf_add_text(out, def->type == TYPE_TEXT ? "\"\n" : "\n");
    }
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
