/*
 * exitrec.c - printing and parsing the records `begun` and `exit`.
 *
 * A record is read by looking each key up in the text: nothing depends on the
 * order of the lines, and what is unknown is never looked at.
 */
#include "exitrec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The text of a record that is being read. */
struct source {
    const char *bytes;
    size_t length;
};

static const char *const reason_words[] = {
    "unknown",
#define R(id, name, text) [id] = #name,
#include "exitrec.def"
};

static const char *const class_words[] = {
    "none",
#define K(id, name, text) [id] = #name,
#include "exitrec.def"
};

const char *exitrec_reason_word(enum exit_reason reason)
{
    return reason_words[(size_t)reason < COUNT(reason_words) ? (size_t)reason : 0];
}

const char *exitrec_class_word(enum exit_class class)
{
    return class_words[(size_t) class < COUNT(class_words) ? (size_t) class : 0];
}

/* Copy at most SIZE-1 bytes; a line break in a value would be a line of the record. */
static void text_copy(char *to, size_t size, const char *from, size_t length)
{
    if (length >= size)
        length = size - 1;
    for (size_t i = 0; i < length; i++)
        to[i] = (unsigned char)from[i] < ' ' || from[i] == 127 ? '?' : from[i];
    to[length] = '\0';
}

/* Are these whole lines of text that could be a record? */
static bool source_whole(const struct source *from)
{
    return from->length > 0 && from->length <= EXITREC_MAX &&
           from->bytes[from->length - 1] == '\n' && !memchr(from->bytes, '\0', from->length);
}

/* The value of KEY, up to the end of its line; NULL if no line has it. */
static const char *value_find(const struct source *from, const char *key, size_t *ret_length)
{
    const char *end = from->bytes + from->length;
    size_t length = strlen(key);
    const char *stop;

    for (const char *line = from->bytes; line < end; line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        if ((size_t)(stop - line) > length && line[length] == '=' &&
            memcmp(line, key, length) == 0) {
            *ret_length = (size_t)(stop - line) - length - 1;
            return line + length + 1;
        }
    }
    return NULL;
}

static bool number_take(const struct source *from, const char *key, int64_t *ret)
{
    size_t length;
    const char *value = value_find(from, key, &length);
    int64_t number = 0;

    if (!value || length == 0 || length > 18)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        number = number * 10 + (value[i] - '0');
    }
    *ret = number;
    return true;
}

static bool text_take(const struct source *from, const char *key, char *ret, size_t size)
{
    size_t length;
    const char *value = value_find(from, key, &length);

    if (!value || length >= size)
        return false;
    text_copy(ret, size, value, length);
    return true;
}

/* The place of KEY's word in a list, never 0. */
static bool word_take(const struct source *from, const char *key, const char *const *words,
                      size_t count, unsigned *ret)
{
    size_t length;
    const char *value = value_find(from, key, &length);

    for (size_t i = 1; value && i < count; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], value, length) == 0) {
            *ret = (unsigned)i;
            return true;
        }
    }
    return false;
}

/* What snprintf() said, as a length that is 0 unless all of it fitted. */
static size_t printed(int length, size_t size)
{
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

size_t exitrec_print_begun(char *space, size_t size, const struct begun_record *record)
{
    int length =
        snprintf(space, size, "job=%s\nboot=%s\nstart_us=%" PRId64 "\nuid=%" PRId64 "\n",
                 record->job ? record->job : "", record->boot, record->start_us, record->uid);
    size_t used = printed(length, size);

    if (used == 0 || record->pid == 0)
        return used;
    length = snprintf(space + used, size - used, "pid=%" PRId64 "\nstart_ticks=%" PRId64 "\n",
                      record->pid, record->start_ticks);
    return printed(length, size - used) ? used + (size_t)length : 0;
}

bool exitrec_is_of(const char *job, const char *bytes, size_t length)
{
    struct source from = {bytes, length};
    const char *value = source_whole(&from) ? value_find(&from, "job", &length) : NULL;

    return !value || length == 0 || (length == strlen(job) && memcmp(value, job, length) == 0);
}

bool exitrec_parse_begun(struct begun_record *ret, const char *bytes, size_t length)
{
    struct source from = {bytes, length};
    struct begun_record record = {0};

    if (!source_whole(&from) || !text_take(&from, "boot", record.boot, sizeof record.boot) ||
        !number_take(&from, "start_us", &record.start_us) ||
        !number_take(&from, "uid", &record.uid))
        return false;
    if (number_take(&from, "pid", &record.pid) &&
        !number_take(&from, "start_ticks", &record.start_ticks))
        return false;
    *ret = record;
    return true;
}

size_t exitrec_print_exit(char *space, size_t size, const struct exit_record *record)
{
    char text[sizeof record->text];
    int length;

    text_copy(text, sizeof text, record->text, strlen(record->text));
    length = snprintf(space, size,
                      "status=%" PRId64 "\nreason=%s\nclass=%s\nstart_us=%" PRId64
                      "\nend_us=%" PRId64 "\nwalltime_us=%" PRId64 "\ncput_us=%" PRId64
                      "\nmaxrss=%" PRId64 "\npid=%" PRId64 "\nspooled=%s\ntext=%s\n",
                      record->status, exitrec_reason_word(record->reason),
                      exitrec_class_word(record->class), record->start_us, record->end_us,
                      record->walltime_us, record->cput_us, record->maxrss, record->pid,
                      record->spooled, text);
    return printed(length, size);
}

bool exitrec_parse_exit(struct exit_record *ret, const char *bytes, size_t length)
{
    struct source from = {bytes, length};
    struct exit_record record = {0};
    unsigned reason;
    unsigned class = 0;

    if (!source_whole(&from) || !number_take(&from, "status", &record.status) ||
        !word_take(&from, "reason", reason_words, COUNT(reason_words), &reason) ||
        !number_take(&from, "start_us", &record.start_us) ||
        !number_take(&from, "end_us", &record.end_us) ||
        !number_take(&from, "walltime_us", &record.walltime_us) ||
        !number_take(&from, "cput_us", &record.cput_us) ||
        !number_take(&from, "maxrss", &record.maxrss) || !number_take(&from, "pid", &record.pid) ||
        !text_take(&from, "spooled", record.spooled, sizeof record.spooled) ||
        !text_take(&from, "text", record.text, sizeof record.text))
        return false;
    word_take(&from, "class", class_words, COUNT(class_words), &class);
    if (record.status > 511 || (reason == EXIT_REASON_start_failed) != (class != 0))
        return false;
    record.reason = (enum exit_reason)reason;
    record.class = (enum exit_class) class;
    *ret = record;
    return true;
}

void exitrec_put(struct order_out *out, const struct exit_record *record)
{
    order_put_number(out, ORDER_TAG_status, record->status);
    order_put_number(out, ORDER_TAG_reason, (int64_t)record->reason);
    order_put_number(out, ORDER_TAG_class, (int64_t)record->class);
    order_put_number(out, ORDER_TAG_start_us, record->start_us);
    order_put_number(out, ORDER_TAG_end_us, record->end_us);
    order_put_number(out, ORDER_TAG_walltime_us, record->walltime_us);
    order_put_number(out, ORDER_TAG_cput_us, record->cput_us);
    order_put_number(out, ORDER_TAG_maxrss, record->maxrss);
    order_put_number(out, ORDER_TAG_pid, record->pid);
    order_put_text(out, ORDER_TAG_spooled, record->spooled);
    order_put_text(out, ORDER_TAG_text, record->text);
}

/* The text of a field, cut to its room. */
static void field_take(const struct order *order, enum order_tag tag, char *ret, size_t size)
{
    const char *text = order_text(order, tag);

    text_copy(ret, size, text ? text : "", text ? strlen(text) : 0);
}

void exitrec_take(struct exit_record *ret, const struct order *ended)
{
    ret->status = order_number(ended, ORDER_TAG_status, 0);
    ret->reason = (enum exit_reason)order_number(ended, ORDER_TAG_reason, 0);
    ret->class = (enum exit_class)order_number(ended, ORDER_TAG_class, 0);
    ret->start_us = order_number(ended, ORDER_TAG_start_us, 0);
    ret->end_us = order_number(ended, ORDER_TAG_end_us, 0);
    ret->walltime_us = order_number(ended, ORDER_TAG_walltime_us, 0);
    ret->cput_us = order_number(ended, ORDER_TAG_cput_us, 0);
    ret->maxrss = order_number(ended, ORDER_TAG_maxrss, 0);
    ret->pid = order_number(ended, ORDER_TAG_pid, 0);
    field_take(ended, ORDER_TAG_spooled, ret->spooled, sizeof ret->spooled);
    field_take(ended, ORDER_TAG_text, ret->text, sizeof ret->text);
}
