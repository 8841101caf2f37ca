/*
 * letter.c - the mails about requests; see letter.h.
 *
 * Whatever a user can shape (names, addresses, comments) is made harmless here:
 * a header has no control character and no byte beyond ASCII from a request,
 * an address no blank, and a line of the text is one line.
 */
#include "letter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ledger.h"
#include "store.h"

static bool is_text(const struct attrs *attrs, uint16_t id, const char *text)
{
    const struct attr *attr = attrs_find(attrs, id);

    return attr && attr->length == strlen(text) && !memcmp(attr->bytes, text, attr->length);
}

/* --- when --- */

bool letter_wants(enum event_type type)
{
    return type == EVENT_STARTED || type == EVENT_EXITED || type == EVENT_DELIVERED ||
           type == EVENT_EXITED_OWING || type == EVENT_UNDELIVERED || type == EVENT_MEMBERS_ENDED ||
           type == EVENT_DELETED || type == EVENT_START_ABANDONED;
}

static bool wants_point(const struct followed *followed, char point)
{
    const struct attr *points = attrs_find(followed->attrs, ATTR_mail_points);

    if (!points || !points->length)
        return point == 'a';
    return memchr(points->bytes, point, points->length) != NULL;
}

/* Deleted by its owner: who did it knows it.  The core's comment says who else it was. */
static bool deleted_by_owner(const struct followed *followed)
{
    const struct attr *comment = attrs_find(followed->attrs, ATTR_comment);

    return is_text(followed->attrs, ATTR_exit_reason, "deleted") &&
           !(comment && comment->length > 11 && !memcmp(comment->bytes, "deleted by ", 11));
}

static enum letter_kind end_kind(const struct followed *followed)
{
    const struct attrs *attrs = followed->attrs;
    bool by_itself = is_text(attrs, ATTR_exit_reason, "exited") ||
                     is_text(attrs, ATTR_exit_reason, "signal") ||
                     is_text(attrs, ATTR_exit_reason, "members_ended");

    if (by_itself && wants_point(followed, 'e'))
        return LETTER_END;
    if (!by_itself && !deleted_by_owner(followed) && wants_point(followed, 'a'))
        return LETTER_ABORT;
    if (!by_itself && wants_point(followed, 'e'))
        return LETTER_ABORT;
    if (followed->event->type == EVENT_UNDELIVERED && !wants_point(followed, 'n'))
        return LETTER_KEPT;
    return LETTER_NONE;
}

static bool begins(const struct followed *followed)
{
    return followed->event->type == EVENT_STARTED || attrs_find(followed->said, ATTR_stime);
}

/* A member has a letter of its own with j only; an array's begin is that of its first member. */
static bool is_its_turn(const struct followed *followed)
{
    bool member = followed->event->key.index != NQS_NO_INDEX;

    if (followed->array)
        return !wants_point(followed, 'j');
    if (!member || wants_point(followed, 'j') || followed->event->type == EVENT_UNDELIVERED)
        return true;
    return begins(followed) &&
           followed->event->key.index == attrs_number(followed->attrs, ATTR_array_first, -1) &&
           attrs_number(followed->attrs, ATTR_run_count, 1) <= 1;
}

static enum letter_kind kind_of(const struct followed *followed)
{
    bool lone = followed->event->key.index == NQS_NO_INDEX || wants_point(followed, 'j');

    switch (followed->event->type) {
    case EVENT_START_ABANDONED: return wants_point(followed, 'a') ? LETTER_KEPT : LETTER_NONE;
    case EVENT_DELETED: /* one that runs ends later, and then there is more to say */
        if (attrs_number(followed->attrs, ATTR_comp_time, 0) != followed->event->wall)
            return LETTER_NONE;
        return end_kind(followed);
    case EVENT_UNDELIVERED: return end_kind(followed);
    case EVENT_EXITED:
    case EVENT_DELIVERED:
    case EVENT_MEMBERS_ENDED: return lone ? end_kind(followed) : LETTER_NONE;
    default: return LETTER_NONE;
    }
}

unsigned letter_kinds(const struct followed *followed, enum letter_kind ret[LETTERS_MAX])
{
    unsigned count = 0;
    enum letter_kind kind;

    if (!is_its_turn(followed))
        return 0;
    if (begins(followed) && wants_point(followed, 'b'))
        ret[count++] = LETTER_BEGIN;
    kind = kind_of(followed);
    if (kind != LETTER_NONE)
        ret[count++] = kind;
    return count;
}

/* --- to whom --- */

/* Nothing that ends a word or a line, and no option. */
static bool is_address(const char *text, size_t length)
{
    if (!length || length > 320 || *text == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c <= ' ' || c >= 0x7f || strchr("\"'<>()\\;|&`$", c))
            return false;
    }
    return true;
}

static void add_address(struct buf *out, const char *text, size_t length)
{
    if (!is_address(text, length))
        return;
    if (out->length)
        buf_add_char(out, ',');
    buf_add(out, text, length);
}

static void add_owner(const struct followed *followed, struct buf *out)
{
    const struct attr *owner = attrs_find(followed->attrs, ATTR_owner);
    const struct attr *host = attrs_find(followed->attrs, ATTR_submit_host);
    struct buf address;

    if (!owner)
        return;
    buf_init(&address);
    buf_add(&address, owner->bytes, owner->length);
    if (host && host->length) {
        buf_add_char(&address, '@');
        buf_add(&address, host->bytes, host->length);
    }
    add_address(out, address.bytes, address.length);
    buf_done(&address);
}

void letter_to(const struct followed *followed, struct buf *out)
{
    const struct attr *users = attrs_find(followed->attrs, ATTR_mail_users);
    const char *at = users ? users->bytes : NULL;
    size_t left = users ? users->length : 0;

    while (left) {
        const char *comma = memchr(at, ',', left);
        size_t length = comma ? (size_t)(comma - at) : left;

        add_address(out, at, length);
        at += length + (comma != NULL);
        left -= length + (comma != NULL);
    }
    if (!users || !users->length)
        add_owner(followed, out);
}

/* --- what --- */

/* BYTES in one line; for a HEADER also without what is not ASCII. */
static void add_line(struct buf *out, const char *bytes, size_t length, bool header)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];

        buf_add_char(out, c < ' ' || c == 0x7f || (header && c & 0x80) ? '?' : (char)c);
    }
}

static void add_value(struct buf *out, const char *label, const struct attrs *attrs, uint16_t id)
{
    const struct attr *attr = attrs_find(attrs, id);
    struct buf text;

    if (!attr)
        return;
    buf_init(&text);
    attr_print(attr, &text);
    if (text.length) {
        buf_format(out, "%-16s ", label);
        add_line(out, text.bytes, text.length, false);
        buf_add_char(out, '\n');
    }
    buf_done(&text);
}

static const char *verb(enum letter_kind kind, enum event_type type)
{
    switch (kind) {
    case LETTER_BEGIN: return "has begun";
    case LETTER_END: return "has ended";
    case LETTER_ABORT: return "was aborted";
    default:
        return type == EVENT_START_ABANDONED ? "is held: it could not be started"
                                             : "has ended, its output could not be placed";
    }
}

static void add_subject(struct buf *out, const struct followed *followed, enum letter_kind kind)
{
    const struct attr *name = attrs_find(followed->attrs, ATTR_name);
    const struct attr *reason = attrs_find(followed->attrs, ATTR_exit_reason);

    buf_format(out, "Subject: NQS: %s", followed->id);
    if (name && name->length) {
        buf_add_text(out, " (");
        add_line(out, name->bytes, name->length, true);
        buf_add_char(out, ')');
    }
    buf_format(out, " %s", verb(kind, followed->event->type));
    if (kind == LETTER_END)
        buf_format(out, " with status %lld",
                   (long long)attrs_number(followed->attrs, ATTR_exit_status, 0));
    if (kind == LETTER_ABORT && reason) {
        buf_add_text(out, ": ");
        add_line(out, reason->bytes, reason->length, true);
    }
    buf_add_char(out, '\n');
}

static void add_headers(struct nqsd *nqsd, const struct followed *followed, enum letter_kind kind,
                        const char *from, const char *to, struct buf *out)
{
    const uint8_t *uuid = store_uuid(nqsd->store);
    time_t seconds = (time_t)(followed->event->wall / NQS_SECOND);
    char date[64];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    buf_format(out, "From: %s\nTo: ", from);
    for (const char *c = to; *c; c++)
        buf_format(out, *c == ',' ? ",\n %c" : "%c", *c == ',' ? ' ' : *c);
    buf_add_char(out, '\n');
    add_subject(out, followed, kind);
    buf_format(out, "Date: %s\n", date);
    buf_format(out, "Message-ID: <nqs.%02x%02x%02x%02x.%llu%s@%s>\n", uuid[0], uuid[1], uuid[2],
               uuid[3], (unsigned long long)followed->event->seq,
               kind == LETTER_BEGIN ? ".begin" : "", nqsd->conf.server);
    buf_add_text(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                      "Content-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n");
}

/* Where each output should have gone, and where it is. */
static void add_kept(struct nqsd *nqsd, const struct followed *followed, struct buf *out)
{
    const struct attr *kept = attrs_find(followed->attrs, ATTR_undelivered);
    struct attrs body;

    if (!kept || !kept->length)
        return;
    attrs_init(&body);
    ledger_body(nqsd->store, followed->event->key, &body);
    buf_add_text(out, "\nOutput could not be placed and is kept.\n");
    for (uint32_t i = 0; i < kept->length; i++) {
        bool error = kept->bytes[i] == 'e';

        add_value(out, error ? "Errors to:" : "Output to:", &body,
                  error ? ATTR_error_path : ATTR_output_path);
        buf_format(out, "%-16s %s:%s/out/%s.%c\n", "Kept as:", nqsd->host, nqsd->conf.spool,
                   followed->id, kept->bytes[i]);
        buf_format(out, "%-16s qcat %s%s\n", "Shown by:", error ? "-e " : "", followed->id);
    }
    attrs_done(&body);
}

static void add_used(const struct followed *followed, struct buf *out)
{
    add_value(out, "Exit status:", followed->attrs, ATTR_exit_status);
    add_value(out, "Time:", followed->attrs, ATTR_used_walltime);
    add_value(out, "Processor time:", followed->attrs, ATTR_used_cput);
    add_value(out, "Memory:", followed->attrs, ATTR_used_mem);
    add_value(out, "Members failed:", followed->attrs, ATTR_array_failed);
}

void letter_write(struct nqsd *nqsd, const struct followed *followed, enum letter_kind kind,
                  const char *from, const char *to, struct buf *out)
{
    const struct attrs *attrs = followed->attrs;
    struct buf owner;

    add_headers(nqsd, followed, kind, from, to, out);
    buf_format(out, "Request %s %s.\n\n", followed->id, verb(kind, followed->event->type));
    buf_format(out, "%-16s %s\n", "Request:", followed->id);
    add_value(out, "Name:", attrs, ATTR_name);
    add_value(out, "Queue:", attrs, ATTR_queue);
    buf_format(out, "%-16s %s\n", "Server:", nqsd->conf.server);
    buf_init(&owner);
    add_owner(followed, &owner);
    buf_format(out, "%-16s %s\n", "Owner:", buf_text(&owner));
    buf_done(&owner);
    add_value(out, "Account:", attrs, ATTR_account_name);
    add_value(out, "Submitted:", attrs, ATTR_ctime);
    add_value(out, "Begun:", attrs, ATTR_stime);
    if (kind != LETTER_BEGIN) {
        add_value(out, "Reason:", attrs, ATTR_exit_reason);
        add_value(out, "Comment:", attrs, ATTR_comment);
    }
    if (kind != LETTER_BEGIN && followed->event->type != EVENT_START_ABANDONED) {
        add_used(followed, out);
        add_kept(nqsd, followed, out);
    }
}
