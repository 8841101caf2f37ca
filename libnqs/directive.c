/*
 * directive.c - the options that a script carries; see directive.h.
 */
#include "directive.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "mem.h"

enum { DIRECTIVE_QUOTE_MAX = 160 }; /* how much of a directive an error quotes */

/* A line of the script, lent from it, without its newline. */
struct line {
    const char *text;
    size_t length;
};

struct lines {
    const char *at;
    size_t left;
    unsigned number; /* of the line that was read last */
};

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool lines_next(struct lines *lines, struct line *ret)
{
    const char *end;

    if (!lines->left)
        return false;
    end = memchr(lines->at, '\n', lines->left);
    ret->text = lines->at;
    ret->length = end ? (size_t)(end - lines->at) : lines->left;
    lines->at += ret->length + (end != NULL);
    lines->left -= ret->length + (end != NULL);
    lines->number++;
    return true;
}

/* LINE without the blanks before its text. */
static struct line line_trim(struct line line)
{
    while (line.length && blank(*line.text)) {
        line.text++;
        line.length--;
    }
    return line;
}

/* Does LINE, trimmed, begin with PREFIX and a blank, or is it PREFIX alone? */
static bool line_directive(struct line line, const char *prefix)
{
    size_t length = strlen(prefix);

    return line.length >= length && !memcmp(line.text, prefix, length) &&
           (line.length == length || blank(line.text[length]));
}

/* A blank line, or a comment to the shell. */
static bool line_idle(struct line line)
{
    return !line.length || *line.text == '#' || (line.length == 1 && *line.text == '\r');
}

/*
 * Append LINE and the lines that continue it.  Behind a backslash and newline
 * the next line may begin with the prefix again, as it must for the shell to
 * take it as a comment; the prefix and blanks then say nothing.
 */
static void directive_join(struct lines *lines, struct line line, const char *prefix,
                           struct buf *text)
{
    while (line.length && line.text[line.length - 1] == '\\') {
        struct line next;

        buf_add(text, line.text, line.length - 1);
        if (!lines_next(lines, &next))
            return;
        line = next;
        if (line_directive(line_trim(next), prefix)) {
            line = line_trim(next);
            line.text += strlen(prefix);
            line.length -= strlen(prefix);
            line = line_trim(line);
        }
    }
    buf_add(text, line.text, line.length);
}

/*
 * Copy the word at *AT to *TO, both moved on; false when a quote is not
 * closed.  What is copied is never longer than what is read.
 */
static bool word_copy(const char **at, char **to)
{
    const char *from = *at;
    char last = '\0';

    while (*from && !blank(*from)) {
        char c = *from++;

        if (c == '\\' && *from) {
            *(*to)++ = *from++;
        } else if (c == '\'' || c == '"') {
            bool keep = last == '=';

            if (keep)
                *(*to)++ = c;
            while (*from && *from != c) {
                if (c == '"' && !keep && *from == '\\' && from[1])
                    from++;
                *(*to)++ = *from++;
            }
            if (!*from++)
                return false;
            if (keep)
                *(*to)++ = c;
        } else {
            *(*to)++ = c;
        }
        last = c;
    }
    *(*to)++ = '\0';
    *at = from;
    return true;
}

/*
 * Take the text of DIRECTIVE behind its PREFIX bytes apart.  One piece of memory holds
 * the pointers and behind them the words: a word takes a blank or the prefix'
 * end and a letter at least, and so two bytes of the text.
 */
static bool directive_split(struct directive *directive, size_t prefix)
{
    size_t length = strlen(directive->text);
    size_t room = length / 2 + 3;
    const char *at = directive->text + prefix;
    char *to;

    directive->words = mem_new(room * sizeof *directive->words + length + 2);
    to = (char *)(directive->words + room);
    directive->words[directive->count++] = memcpy(to, directive->text, prefix);
    to[prefix] = '\0';
    for (to += prefix + 1;;) {
        at += strspn(at, " \t");
        if (!*at || (*at == '#' && (!at[1] || blank(at[1]))))
            return true;
        directive->words[directive->count++] = to;
        if (!word_copy(&at, &to))
            return false;
    }
}

static struct directive *directives_add(struct directives *directives, unsigned line,
                                        struct buf *text)
{
    struct directive *last;

    if (directives->count == directives->room) {
        directives->room = directives->room ? directives->room * 2 : 16;
        directives->list = mem_grow(directives->list, directives->room, sizeof *directives->list);
    }
    last = &directives->list[directives->count++];
    *last = (struct directive){.line = line, .text = mem_text(buf_text(text))};
    return last;
}

/*
 * Where the scan has ended, a directive is most likely a mistake; a comment
 * that only talks of the prefix has no option behind it.
 */
static void directives_late(struct directives *directives, struct lines *lines, struct line line,
                            const char *prefix)
{
    do {
        struct line rest = line_trim(line);

        if (!line_directive(rest, prefix))
            continue;
        rest.text += strlen(prefix);
        rest.length -= strlen(prefix);
        rest = line_trim(rest);
        if (rest.length && *rest.text == '-') {
            directives->late = lines->number;
            return;
        }
    } while (lines_next(lines, &line));
}

enum nqs_code directives_scan(const char *script, size_t length, const char *prefix,
                              struct directives *ret, struct nqs_err *err)
{
    struct lines lines = {.at = script, .left = length};
    enum nqs_code code = NQS_OK;
    struct buf text;
    struct line line;

    *ret = (struct directives){0};
    if (!*prefix)
        return NQS_OK;
    buf_init(&text);
    while (!code && lines_next(&lines, &line)) {
        struct line rest = line_trim(line);
        unsigned number = lines.number;

        if (line_directive(rest, prefix)) {
            struct directive *directive;

            buf_clear(&text);
            directive_join(&lines, rest, prefix, &text);
            directive = directives_add(ret, number, &text);
            if (!directive_split(directive, strlen(prefix)))
                code = directive_fail(directive, NQS_SYNTAX, "a quote is not closed", err);
        } else if (!line_idle(rest) && !(number == 1 && *line.text == ':')) {
            directives_late(ret, &lines, line, prefix);
            break;
        }
    }
    buf_done(&text);
    if (code)
        directives_done(ret);
    return code;
}

/*
 * How many bytes of LINE, trimmed, are the prefix of a directive of NQS: `#` and
 * `@$` or `QSUB`, with blanks between if one likes.  0: there is none.
 */
static size_t nqs_prefix(struct line line)
{
    static const char *const marks[] = {"@$", "QSUB"};
    size_t at = 1;

    if (!line.length || *line.text != '#')
        return 0;
    while (at < line.length && blank(line.text[at]))
        at++;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t end = at + strlen(marks[i]);

        if (end <= line.length && !memcmp(line.text + at, marks[i], strlen(marks[i])) &&
            (end == line.length || blank(line.text[end]) || line.text[end] == '-'))
            return end;
    }
    return 0;
}

/* LINE without its first LENGTH bytes, trimmed. */
static struct line line_behind(struct line line, size_t length)
{
    line.text += length;
    line.length -= length;
    return line_trim(line);
}

static enum nqs_code nqs_add(struct directives *ret, unsigned number, struct line line,
                             size_t prefix, struct nqs_err *err)
{
    struct directive *directive;
    enum nqs_code code = NQS_OK;
    struct buf text;

    buf_init(&text);
    buf_add(&text, line.text, line.length);
    directive = directives_add(ret, number, &text);
    if (!directive_split(directive, prefix))
        code = directive_fail(directive, NQS_SYNTAX, "a quote is not closed", err);
    buf_done(&text);
    return code;
}

/* The first directive of NQS behind the end of the scan. */
static void nqs_late(struct directives *directives, struct lines *lines)
{
    struct line line;

    while (!directives->late && lines_next(lines, &line)) {
        struct line rest = line_trim(line);
        size_t prefix = nqs_prefix(rest);
        struct line words = line_behind(rest, prefix);

        if (prefix && words.length && *words.text == '-')
            directives->late = lines->number;
    }
}

enum nqs_code directives_scan_nqs(const char *script, size_t length, struct directives *ret,
                                  struct nqs_err *err)
{
    struct lines lines = {.at = script, .left = length};
    enum nqs_code code = NQS_OK;
    struct line line;

    *ret = (struct directives){0};
    while (!code && lines_next(&lines, &line)) {
        struct line rest = line_trim(line);
        size_t prefix = nqs_prefix(rest);
        struct line words = line_behind(rest, prefix);

        if (prefix && !words.length)
            break;
        if (prefix && *words.text == '-') {
            code = nqs_add(ret, lines.number, rest, prefix, err);
        } else if (!line_idle(rest) && !(lines.number == 1 && *line.text == ':')) {
            nqs_late(ret, &lines);
            break;
        }
    }
    if (code)
        directives_done(ret);
    return code;
}

void directives_done(struct directives *directives)
{
    for (size_t i = 0; i < directives->count; i++) {
        mem_free(directives->list[i].text);
        mem_free(directives->list[i].words);
    }
    mem_free(directives->list);
    *directives = (struct directives){0};
}

enum nqs_code directive_fail(const struct directive *directive, enum nqs_code code, const char *why,
                             struct nqs_err *err)
{
    return nqs_fail(err, code, "line %u: %.*s: %s", directive->line, DIRECTIVE_QUOTE_MAX,
                    directive->text, why);
}
