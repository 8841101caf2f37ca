/*
 * qsub_words.c - the words of -W: a row a word.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "depend.h"
#include "mem.h"
#include "qsub.h"
#include "str.h"

/* An octal mask of one to four digits. */
static enum nqs_code apply_umask(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    const char *text = word->text;
    size_t length = strlen(text);
    int64_t mask = 0;

    for (size_t i = 0; i < length && length <= 4; i++)
        mask = 8 * mask + (text[i] - '0');
    if (!length || length > 4 || text[strspn(text, "01234567")] || mask > 0777)
        return nqs_fail(err, NQS_VALUE, "umask: '%.40s' is not an octal mask such as 022", text);
    submission_set_number(submission, ATTR_umask, mask);
    return NQS_OK;
}

static enum nqs_code apply_groups(struct submission *submission, const struct qsub_word *word,
                                  struct nqs_err *err)
{
    struct attr attr;
    enum nqs_code code = attr_parse(attr_find(ATTR_group_list), word->text, &attr, err);

    if (!code)
        submission_set(submission, &attr);
    return code;
}

static enum nqs_code apply_block(struct submission *submission, const struct qsub_word *word,
                                 struct nqs_err *err)
{
    bool yes = !strcasecmp(word->text, "true");

    if (!yes && strcasecmp(word->text, "false") != 0)
        return nqs_fail(err, NQS_VALUE, "block: '%.40s' is neither true nor false", word->text);
    submission->block = yes;
    return NQS_OK;
}

/* What can be said without the server: that it can be read. */
static enum nqs_code apply_depend(struct submission *submission, const struct qsub_word *word,
                                  struct nqs_err *err)
{
    struct depend_reader reader = {.text = word->text, .length = strlen(word->text)};
    struct depend item;
    enum nqs_code code = NQS_OK;

    while (depend_next(&reader, &item, &code, err))
        continue;
    if (!code)
        submission_set_text(submission, ATTR_depend, word->text);
    return code;
}

/*
 * Every word, in the alphabet's order.  `apply` is called with the value as
 * word->text, quotes taken off, which lives as long as the submission.  The
 * text of its failure begins with the word's name.
 */
static const struct {
    const char *name;
    option_apply *apply;
} words[] = {
    {"block", apply_block},   {"depend", apply_depend}, {"group_list", apply_groups},
    {"signal", apply_signal}, {"umask", apply_umask},
};

enum { WORDS_COUNT = sizeof words / sizeof *words };

static enum nqs_code word_unknown(const char *name, struct nqs_err *err)
{
    const char *names[WORDS_COUNT + 1] = {NULL};
    struct nqs_err known = {0};
    size_t length = 0;
    const char *near;

    for (size_t i = 0; i < WORDS_COUNT; i++) {
        names[i] = words[i].name;
        length += (size_t)snprintf(known.text + length, sizeof known.text - length, "%s%s",
                                   i ? ", " : "", names[i]);
    }
    near = str_nearest(name, names);
    if (near)
        return nqs_fail(err, NQS_NOATTR, "unknown attribute '%.60s'; did you mean %s?", name, near);
    return nqs_fail(err, NQS_NOATTR, "unknown attribute '%.60s'; there are: %s", name, known.text);
}

static enum nqs_code word_apply(struct submission *submission, const char *name, const char *value,
                                const struct qsub_word *of, struct nqs_err *err)
{
    struct qsub_word word = *of;

    word.text = value;
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        if (strcmp(words[i].name, name) != 0)
            continue;
        if (!value)
            return nqs_fail(err, NQS_VALUE, "%s needs a value: %s=...", name, name);
        return words[i].apply(submission, &word, err);
    }
    return word_unknown(name, err);
}

/* The value of an entry with all entries behind it that have no `=`. */
struct entry {
    char *name; /* NULL: none yet */
    struct buf value;
    bool has_value;
};

/* Apply what was gathered and begin anew. */
static enum nqs_code entry_end(struct entry *entry, struct submission *submission,
                               const struct qsub_word *of, struct nqs_err *err)
{
    const char *value = NULL;
    enum nqs_code code;

    if (!entry->name)
        return NQS_OK;
    if (entry->has_value)
        value = submission_keep(submission, mem_text(buf_text(&entry->value)));
    code = word_apply(submission, entry->name, value, of, err);
    buf_clear(&entry->value);
    return code;
}

enum nqs_code qsub_words_apply(struct submission *submission, const struct qsub_word *word,
                               struct nqs_err *err)
{
    char *at = submission_keep(submission, mem_text(word->text));
    struct entry entry = {0};
    enum nqs_code code;
    char *value;
    char *name;

    buf_init(&entry.value);
    while (qsub_list_next(&at, &name, &value, &code, err)) {
        if (!value && entry.has_value) {
            buf_format(&entry.value, ",%s", name);
            continue;
        }
        code = entry_end(&entry, submission, word, err);
        if (code)
            break;
        entry.name = name;
        entry.has_value = value;
        if (value)
            buf_add_text(&entry.value, value);
    }
    if (!code)
        code = entry_end(&entry, submission, word, err);
    buf_done(&entry.value);
    return code;
}
