/*
 * view.h - what of a status row is shown, and under which name.
 *
 * The wire carries attributes by number; people and the programs that parse
 * `qstat -f` know a few of them under other names, put together from two, or
 * not at all.  A view is the row after that: every printer prints views, so
 * that text and JSON cannot disagree.
 */
#ifndef NQS_COMMANDS_VIEW_H
#define NQS_COMMANDS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "buf.h"
#include "id.h"

enum view_form {
    VIEW_NUMBER, /* `number`; a number in JSON */
    VIEW_TEXT,   /* bytes of view->texts; a string in JSON */
    VIEW_LIST,   /* name=value items, each ended by a NUL; an object in JSON */
};

struct view_item {
    const char *name; /* static */
    enum view_form form;
    int64_t number;
    size_t offset; /* of a VIEW_TEXT in view->texts */
    size_t length;
    const char *list; /* of a VIEW_LIST; borrowed from the row */
};

struct view {
    struct view_item *items; /* owned */
    size_t count;
    size_t room;
    struct buf texts;
    struct nqs_id id;              /* of the request */
    const struct attr_def **shown; /* owned; what rows of `shown_of` may show, in order */
    size_t shown_count;
    enum attr_of shown_of;
};

void view_init(struct view *view);
void view_done(struct view *view);

/*
 * Fill VIEW, whose memory is used again, with what is shown of ATTRS of the
 * request, queue or server NAME, as OF says.  No name comes twice.  ALL keeps items
 * that have nothing to say but that programs look for (the comment).
 * Borrows ATTRS until the next call.
 */
void view_fill(struct view *view, enum attr_of of, const char *name, const struct attrs *attrs,
               bool all);

/*
 * Why a request waits, or what its last failed step said: appended to OUT, in
 * one line.  False, and nothing appended, when there is nothing to say.
 */
bool view_reason(const struct attrs *attrs, struct buf *out);

/* Is the state of ATTRS one of LETTERS? */
bool view_state_in(const struct attrs *attrs, const char *letters);

/* Append where a request runs, as PBS names a place: host/0. */
void view_exec_host(struct buf *out, const char *host, size_t length);

/* Append ITEM's value as `qstat -f` shows it: in one line, no control character in it. */
void view_print(const struct view *view, const struct view_item *item, struct buf *out);

/*
 * Append LENGTH bytes of TEXT with control characters made visible: `\n`,
 * `\t`, else three octal digits.
 */
void view_visible(struct buf *out, const char *text, size_t length);

/* The text of ID in ATTRS, not ended by a NUL, "" when it is absent. */
const char *view_text(const struct attrs *attrs, uint16_t id, size_t *ret_length);

#endif
