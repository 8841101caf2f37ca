/*
 * qmgr_words.c - commands taken apart; see qmgr_words.h.
 */
#include "qmgr_words.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "str.h"

/* ------------------------------------------------------ scripts to commands */

bool qmgr_continues(const char *line, size_t length)
{
    return length >= 2 && line[length - 1] == '\n' && line[length - 2] == '\\';
}

/* The end of the line that AT is on. */
static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline ? newline : end;
}

/* Where text goes on behind comments, white space, and commands without a word. */
static const char *skip_to_command(const char *at, const char *end, unsigned *line)
{
    while (at < end) {
        if (*at == '#') {
            at = line_end(at, end);
            continue;
        }
        *line += *at == '\n';
        if (*at != ';' && !isspace((unsigned char)*at) &&
            !(*at == '\\' && at + 1 < end && at[1] == '\n'))
            break;
        at++;
    }
    return at;
}

/* A quote ends with its line at the latest: one that was forgotten eats no more than that. */
static void quote_step(char c, char *quote)
{
    if (*quote == c)
        *quote = '\0';
    else if (!*quote && (c == '"' || c == '\''))
        *quote = c;
}

bool qmgr_next(const char **at, const char *end, unsigned *line, unsigned *ret_line,
               struct buf *ret)
{
    const char *c = skip_to_command(*at, end, line);
    bool begun = c < end;
    char quote = '\0';

    buf_clear(ret);
    *ret_line = *line;
    for (; c < end; c++) {
        bool fresh = !ret->length || isspace((unsigned char)ret->bytes[ret->length - 1]);

        if (*c == '\\' && c + 1 < end && c[1] == '\n') {
            buf_add_char(ret, ' ');
            (*line)++;
            c++;
            continue;
        }
        if (*c == '\n' || (!quote && (*c == ';' || (*c == '#' && fresh))))
            break;
        quote_step(*c, &quote);
        buf_add_char(ret, *c ? *c : '?');
    }
    while (ret->length && isspace((unsigned char)ret->bytes[ret->length - 1]))
        ret->length--;
    *at = c;
    return begun;
}

/* -------------------------------------------------------- commands to words */

void qmgr_words_init(struct qmgr_words *words)
{
    *words = (struct qmgr_words){.count = 0};
}

void qmgr_words_done(struct qmgr_words *words)
{
    buf_done(&words->memory);
}

/* How many bytes of AT are a mark: "+=" and "-=" are one, told by their first. */
static size_t mark_length(const char *at)
{
    if ((*at == '+' || *at == '-') && at[1] == '=')
        return 2;
    return *at && strchr("=(),", *at) ? 1 : 0;
}

/* Append the word that begins at *AT.  A quote may stand anywhere in it. */
static bool word_copy(const char **at, struct buf *memory)
{
    char quote = '\0';
    const char *c = *at;

    for (; *c; c++) {
        if (!quote && (isspace((unsigned char)*c) || mark_length(c)))
            break;
        if (*c == quote || (!quote && (*c == '"' || *c == '\'')))
            quote = quote ? '\0' : *c;
        else
            buf_add_char(memory, *c);
    }
    buf_add_char(memory, '\0');
    *at = c;
    return !quote;
}

enum nqs_code qmgr_words_split(struct qmgr_words *words, const char *command, struct nqs_err *err)
{
    size_t length = strlen(command);
    size_t mark;

    words->count = words->at = 0;
    buf_clear(&words->memory);
    if (length > QMGR_TEXT_MAX)
        return nqs_fail(err, NQS_TOOBIG, "a command of more than %d bytes", QMGR_TEXT_MAX);
    buf_reserve(&words->memory, 2 * length + 1); /* the words are lent: it must not move */
    for (const char *at = command; *at;) {
        struct qmgr_word *word = &words->list[words->count];

        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        if (words->count == QMGR_WORDS_MAX)
            return nqs_fail(err, NQS_TOOBIG, "a command of more than %d words", QMGR_WORDS_MAX);
        words->count++;
        mark = mark_length(at);
        *word = (struct qmgr_word){.mark = mark ? *at : '\0'};
        word->text = words->memory.bytes + words->memory.length;
        if (word->mark) {
            buf_add(&words->memory, at, mark);
            buf_add_char(&words->memory, '\0');
            at += mark;
        } else if (!word_copy(&at, &words->memory)) {
            return nqs_fail(err, NQS_SYNTAX, "a quote that does not end: %.80s", word->text);
        }
        if (!str_no_control(word->text, strlen(word->text)))
            return nqs_fail(err, NQS_SYNTAX, "a control character in '%.80s'", word->text);
    }
    return NQS_OK;
}

bool qmgr_words_ended(const struct qmgr_words *words)
{
    return words->at == words->count;
}

const char *qmgr_words_peek(const struct qmgr_words *words)
{
    if (qmgr_words_ended(words) || words->list[words->at].mark)
        return NULL;
    return words->list[words->at].text;
}

const char *qmgr_words_take(struct qmgr_words *words)
{
    const char *text = qmgr_words_peek(words);

    words->at += text != NULL;
    return text;
}

bool qmgr_words_mark(struct qmgr_words *words, char mark)
{
    if (qmgr_words_ended(words) || words->list[words->at].mark != mark)
        return false;
    words->at++;
    return true;
}

const char *qmgr_words_show(const struct qmgr_words *words)
{
    return qmgr_words_ended(words) ? "" : words->list[words->at].text;
}

/* ---------------------------------------------------------------- keywords */

void qmgr_keywords_add(struct qmgr_keywords *keywords, const char *text, size_t length)
{
    assert(length < QMGR_KEYWORD_SIZE);
    for (size_t i = 0; i < keywords->count; i++)
        if (strlen(keywords->list[i]) == length && !strncasecmp(keywords->list[i], text, length))
            return;
    assert(keywords->count < QMGR_KEYWORDS_MAX);
    memcpy(keywords->list[keywords->count], text, length);
    keywords->list[keywords->count++][length] = '\0';
}

/* How many letters of KEYWORD say that it is meant. */
static size_t keyword_least(const char *keyword)
{
    size_t least = 0;

    while (keyword[least] && !islower((unsigned char)keyword[least]))
        least++;
    return least ? least : 1;
}

static bool keyword_begins(const char *keyword, const char *word)
{
    return *word && !strncasecmp(keyword, word, strlen(word));
}

static enum nqs_code keyword_unknown(const struct qmgr_keywords *keywords, const char *word,
                                     const char *what, struct nqs_err *err)
{
    char lower[QMGR_KEYWORDS_MAX + 1][QMGR_KEYWORD_SIZE];
    const char *texts[QMGR_KEYWORDS_MAX + 1] = {NULL};
    const char *near;

    str_copy(lower[keywords->count], QMGR_KEYWORD_SIZE, word);
    for (size_t i = 0; i < keywords->count; i++) {
        str_copy(lower[i], QMGR_KEYWORD_SIZE, keywords->list[i]);
        texts[i] = lower[i];
    }
    for (size_t i = 0; i <= keywords->count; i++)
        for (char *c = lower[i]; *c; c++)
            *c = (char)tolower((unsigned char)*c);
    near = str_nearest(lower[keywords->count], texts);
    if (near)
        return nqs_fail(err, NQS_SYNTAX, "unknown %s '%.40s'; did you mean %s?", what, word, near);
    if (keywords->count == 1)
        return nqs_fail(err, NQS_SYNTAX, "unknown %s '%.40s': only %s may stand there", what, word,
                        keywords->list[0]);
    return nqs_fail(err, NQS_SYNTAX, "unknown %s '%.40s'%s", what, word,
                    strcmp(what, "setting") ? ": see `help'" : "");
}

static enum nqs_code keyword_ambiguous(const struct qmgr_keywords *keywords, const char *word,
                                       struct nqs_err *err)
{
    char list[NQS_ERR_TEXT_MAX] = "";
    size_t used = 0;

    for (size_t i = 0; i < keywords->count && used < sizeof list; i++)
        if (keyword_begins(keywords->list[i], word))
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                     keywords->list[i]);
    return nqs_fail(err, NQS_AMBIGUOUS, "'%.40s' is ambiguous: %s", word, list);
}

enum nqs_code qmgr_keywords_find(const struct qmgr_keywords *keywords, const char *word,
                                 const char *what, const char **ret_keyword, struct nqs_err *err)
{
    const char *found = NULL;
    const char *only = NULL;
    size_t begin = 0;
    size_t hits = 0;

    for (size_t i = 0; i < keywords->count; i++) {
        const char *keyword = keywords->list[i];

        if (!keyword_begins(keyword, word))
            continue;
        begin++;
        if (strlen(word) == strlen(keyword)) {
            *ret_keyword = keyword;
            return NQS_OK;
        }
        only = keyword;
        if (strlen(word) < keyword_least(keyword))
            continue;
        hits++;
        found = keyword;
    }
    if (!begin)
        return keyword_unknown(keywords, word, what, err);
    if (begin > 1 && hits != 1)
        return keyword_ambiguous(keywords, word, err);
    if (!hits)
        return nqs_fail(err, NQS_AMBIGUOUS, "'%.40s' is too short for %s", word, only);
    *ret_keyword = found;
    return NQS_OK;
}
