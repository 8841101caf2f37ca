/*
 * qmgr_words.h - commands of qmgr taken apart: scripts into commands, commands
 * into words, and abbreviated words.
 *
 * Pure work on text.  What a quote holds is one word, whatever is in it;
 * nothing of it is ever given to a shell.
 */
#ifndef NQS_COMMANDS_QMGR_WORDS_H
#define NQS_COMMANDS_QMGR_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "err.h"

enum {
    QMGR_TEXT_MAX = 16384, /* bytes of one command */
    QMGR_WORDS_MAX = 64,   /* words of one command */
    QMGR_KEYWORDS_MAX = 96,
    QMGR_KEYWORD_SIZE = 32,
};

/*
 * Take the next command from *AT (up to END) into RET, which is cleared first:
 * without comment, with continued lines joined.  Commands end with a newline or
 * a semicolon.  False when none is left.  *LINE counts newlines that were
 * passed; *ret_line is the line on which the command began.
 */
bool qmgr_next(const char **at, const char *end, unsigned *line, unsigned *ret_line,
               struct buf *ret);

/* True when LENGTH bytes of LINE, newline included, are continued on the next line. */
bool qmgr_continues(const char *line, size_t length);

struct qmgr_word {
    const char *text; /* lent from the words' own memory */
    char mark;        /* one of = ( ) , or + of "+=", - of "-="; NUL for a word */
};

struct qmgr_words {
    struct qmgr_word list[QMGR_WORDS_MAX];
    size_t count;
    size_t at; /* the next one to take */
    struct buf memory;
};

void qmgr_words_init(struct qmgr_words *words);
void qmgr_words_done(struct qmgr_words *words);

/* Take COMMAND apart.  NQS_SYNTAX: a quote that does not end, a control character; NQS_TOOBIG. */
enum nqs_code qmgr_words_split(struct qmgr_words *words, const char *command, struct nqs_err *err);

/* The next word as text, or NULL when a mark or the end comes. */
const char *qmgr_words_peek(const struct qmgr_words *words);
const char *qmgr_words_take(struct qmgr_words *words);

/* Pass over MARK when it comes next. */
bool qmgr_words_mark(struct qmgr_words *words, char mark);

/* True when all was taken. */
bool qmgr_words_ended(const struct qmgr_words *words);

/* What stands next, to quote it in an error. */
const char *qmgr_words_show(const struct qmgr_words *words);

/* A set of keywords; the leading capitals of each are its least abbreviation. */
struct qmgr_keywords {
    char list[QMGR_KEYWORDS_MAX][QMGR_KEYWORD_SIZE];
    size_t count;
};

/* Add LENGTH bytes of TEXT unless it is there. */
void qmgr_keywords_add(struct qmgr_keywords *keywords, const char *text, size_t length);

/*
 * Which keyword does WORD stand for?  Letters of either case; a whole keyword
 * is always itself.  *ret_keyword is lent from KEYWORDS.  NQS_AMBIGUOUS with
 * the candidates, NQS_SYNTAX with what may have been meant.  WHAT names the
 * kind of word in an error.
 */
enum nqs_code qmgr_keywords_find(const struct qmgr_keywords *keywords, const char *word,
                                 const char *what, const char **ret_keyword, struct nqs_err *err);

#endif
