/*
 * nqs_options.c - the options of NQS's qsub; see nqs_options.h.
 */
#include "nqs_options.h"

#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "buf.h"
#include "limit.h"
#include "mem.h"
#include "str.h"

enum nqs_how {
    HOW_SAME,  /* written as `posix`, with its argument if it takes one */
    HOW_FIXED, /* written as `posix` and `value` */
    HOW_MAIL,  /* `value` is a letter of -m */
    HOW_KEEP,  /* of -k */
    HOW_LEFT,  /* has no meaning here; `value` says why, NULL: nothing is lost */
};

struct nqs_row {
    const char *word;
    bool takes; /* an argument */
    enum nqs_how how;
    const char *posix;
    const char *value;
};

static const struct nqs_row rows[] = {
    {"-a", true, HOW_SAME, "-a"},
    {"-A", true, HOW_SAME, "-A"},
    {"-bb", false, HOW_LEFT, NULL, "no message is written to terminals; -mb sends mail"},
    {"-be", false, HOW_LEFT, NULL, "no message is written to terminals; -me sends mail"},
    {"-d", false, HOW_LEFT, NULL, "the script stays where it is"},
    {"-e", true, HOW_SAME, "-e"},
    {"-eo", false, HOW_FIXED, "-j", "oe"},
    {"-h", false, HOW_SAME, "-h"},
    {"-j", true, HOW_SAME, "-j"},
    {"-J", true, HOW_SAME, "-J"},
    {"-k", true, HOW_SAME, "-k"},
    {"-ke", false, HOW_KEEP, "-k", "e"},
    {"-ko", false, HOW_KEEP, "-k", "o"},
    {"-l", true, HOW_SAME, "-l"},
    {"-m", true, HOW_SAME, "-m"},
    {"-M", true, HOW_SAME, "-M"},
    {"-mb", false, HOW_MAIL, "-m", "b"},
    {"-me", false, HOW_MAIL, "-m", "e"},
    {"-mr", false, HOW_LEFT, NULL, "no mail is sent at a restart"},
    {"-mt", false, HOW_LEFT, NULL, "no mail is sent at a transfer"},
    {"-mu", true, HOW_SAME, "-M"},
    {"-N", true, HOW_SAME, "-N"},
    {"-nc", false, HOW_LEFT, NULL, NULL}, /* nothing is checkpointed */
    {"-nr", false, HOW_FIXED, "-r", "n"},
    {"-o", true, HOW_SAME, "-o"},
    {"-p", true, HOW_SAME, "-p"},
    {"-q", true, HOW_SAME, "-q"},
    {"-r", true, HOW_SAME, "-N"},
    {"-re", false, HOW_LEFT, NULL, NULL}, /* output goes to its file while the job runs */
    {"-ro", false, HOW_LEFT, NULL, NULL},
    {"-s", true, HOW_SAME, "-S"},
    {"-S", true, HOW_SAME, "-S"},
    {"-t", true, HOW_SAME, "-J"},
    {"-u", true, HOW_SAME, "-u"},
    {"-v", true, HOW_SAME, "-v"},
    {"-V", false, HOW_SAME, "-V"},
    {"-W", true, HOW_SAME, "-W"},
    {"-x", false, HOW_SAME, "-V"},
    {"-z", false, HOW_SAME, "-z"},
};

/* limit.def has the letters; NQS II's for virtual memory are these. */
static const struct limit *limit_of(char letter)
{
    for (const struct limit *limit = limit_each(NULL); limit; limit = limit_each(limit))
        if (*limit->letter == letter)
            return limit;
    return limit_find(letter == 'v' ? ATTR_pvmem : letter == 'V' ? ATTR_vmem : 0);
}

void nqs_options_add(struct nqs_options *options, const char *word)
{
    if (options->count + 1 >= options->room) {
        options->room = options->room ? 2 * options->room : 16;
        options->words = mem_grow(options->words, (size_t)options->room, sizeof *options->words);
    }
    options->words[options->count++] = mem_text(word);
    options->words[options->count] = NULL;
}

void nqs_options_done(struct nqs_options *options)
{
    for (int i = 0; i < options->count; i++)
        mem_free(options->words[i]);
    mem_free(options->words);
    *options = (struct nqs_options){0};
}

static void say_left(struct nqs_options *options, const char *word, const char *why)
{
    char text[160];

    if (!options->say)
        return;
    snprintf(text, sizeof text, "%s is left out: %s", word, why);
    options->say(text);
}

/* Add LETTER to SET, once, and write `posix SET`: the last one that is written counts. */
static void add_letter(struct nqs_options *options, const struct nqs_row *row, char *set)
{
    if (!strchr(set, *row->value))
        strcat(set, row->value); /* each letter once, and the set has room for all */
    nqs_options_add(options, row->posix);
    nqs_options_add(options, set);
}

static void row_apply(struct nqs_options *options, const struct nqs_row *row, const char *argument)
{
    switch (row->how) {
    case HOW_SAME:
        nqs_options_add(options, row->posix);
        if (row->takes)
            nqs_options_add(options, argument);
        break;
    case HOW_FIXED:
        nqs_options_add(options, row->posix);
        nqs_options_add(options, row->value);
        break;
    case HOW_MAIL: add_letter(options, row, options->mail); break;
    case HOW_KEEP: add_letter(options, row, options->keep); break;
    case HOW_LEFT:
        if (row->value)
            say_left(options, row->word, row->value);
        break;
    }
}

/*
 * A limit is a value, and behind a comma perhaps the one at which a warning is
 * sent, both perhaps in parentheses; `unlimited` takes an earlier limit away.
 */
static void limit_apply(struct nqs_options *options, const char *word, const struct limit *limit,
                        const char *text)
{
    size_t length;
    struct buf out;

    text += strspn(text, "( ");
    length = strcspn(text, ",) ");
    buf_init(&out);
    buf_format(&out, "%s=", limit->name);
    if (text[length] == ',' && limit->soft) {
        size_t second = strcspn(text, ") ");

        buf_format(&out, "\"%.*s\"", (int)second, text);
    } else if (length != strlen("unlimited") || strncmp(text, "unlimited", length) != 0) {
        buf_add(&out, text, length);
    }
    if (text[length] == ',' && !limit->soft)
        say_left(options, word, "its second value, at which NQS warned");
    nqs_options_add(options, "-l");
    nqs_options_add(options, buf_text(&out));
    buf_done(&out);
}

/* Is WORD a limit, -lT or -lT60?  *ret_value is what is attached, or NULL. */
static const struct limit *word_limit(const char *word, const char **ret_value)
{
    if (!str_begins(word, "-l") || !word[2] || strchr(word, '='))
        return NULL;
    *ret_value = word[3] ? word + 3 : NULL;
    return limit_of(word[2]);
}

static const struct nqs_row *row_find(const char *word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].word, word))
            return &rows[i];
    return NULL;
}

static enum nqs_code unknown(const char *word, struct nqs_err *err)
{
    const char *names[sizeof rows / sizeof *rows + 1] = {NULL};
    const char *near;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        names[i] = rows[i].word;
    if (str_begins(word, "-l") && word[2])
        return nqs_fail(err, NQS_USAGE, "NQS's limit %.40s has no counterpart", word);
    near = strlen(word) > 2 ? str_nearest(word, names) : NULL;
    if (near)
        return nqs_fail(err, NQS_USAGE, "'%.40s' is no option of NQS; did you mean %s?", word,
                        near);
    return nqs_fail(err, NQS_USAGE, "'%.40s' is no option of NQS that has a counterpart", word);
}

enum nqs_code nqs_options_read(struct nqs_options *options, int count, char *const *words,
                               int *ret_first, struct nqs_err *err)
{
    int at;

    for (at = 0; at < count && *words[at] == '-' && words[at][1]; at++) {
        const char *word = words[at];
        const struct nqs_row *row = row_find(word);
        const char *value = NULL;
        const struct limit *limit = row ? NULL : word_limit(word, &value);

        if (!strcmp(word, "--")) {
            at++;
            break;
        }
        if (!row && !limit)
            return unknown(word, err);
        if ((row ? row->takes : !value) && ++at == count)
            return nqs_fail(err, NQS_USAGE, "NQS's %s needs an argument", word);
        if (row)
            row_apply(options, row, row->takes ? words[at] : NULL);
        else
            limit_apply(options, word, limit, value ? value : words[at]);
    }
    *ret_first = at;
    return NQS_OK;
}
