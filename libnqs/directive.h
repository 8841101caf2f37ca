/*
 * directive.h - the options that a script carries in lines of its own.
 *
 * Source: XCU qsub, "Script directives"; reference/queues.md A.5.12.  A line
 * is a directive when its text from the first character that is not blank up
 * to the next blank is the prefix.  A first line that begins with `#!` or `:`
 * is passed over, and so are blank lines and lines that are comments to the
 * shell; the first line of any other kind ends the scan.
 *
 * What stands behind the prefix is taken apart as a shell would: blanks part
 * words, '...' is literal, in "..." and outside of quotes a backslash makes the
 * next character literal, a word `#` begins a comment.  One
 * thing is different: a quote right behind `=` stays, with all up to its match,
 * because there it begins a value of a list (reference A.1), which may hold
 * commas.
 */
#ifndef NQS_DIRECTIVE_H
#define NQS_DIRECTIVE_H

#include <stddef.h>

#include "err.h"

#define DIRECTIVE_PREFIX "#PBS"

struct directive {
    unsigned line; /* of the script, from 1 */
    char *text;    /* the line, with those that continue it; owned */
    int count;
    char **words; /* words[0] is the prefix, NULL stands behind the last; owned */
};

struct directives {
    struct directive *list; /* owned */
    size_t count;
    size_t room;
    unsigned late; /* line of the first directive behind the end of the scan; 0: none */
};

/*
 * Find the directives with PREFIX (empty: there are none) in LENGTH bytes of
 * SCRIPT.  NQS_SYNTAX for a quote that is not closed; the text has line and
 * directive.  On NQS_OK directives_done() gives *ret back.
 */
enum nqs_code directives_scan(const char *script, size_t length, const char *prefix,
                              struct directives *ret, struct nqs_err *err);
void directives_done(struct directives *directives);

/*
 * The same for the directives of NQS: the prefix is `#QSUB`, `# QSUB`, `#@$` or
 * `# @$`, an option may stand right behind it, and the prefix alone ends the
 * scan (then nothing is late).  Source: reference/queues.md B.11.
 */
enum nqs_code directives_scan_nqs(const char *script, size_t length, struct directives *ret,
                                  struct nqs_err *err);

/* Fail with CODE because of WHY in DIRECTIVE: `line 3: #PBS -p x: WHY`. */
enum nqs_code directive_fail(const struct directive *directive, enum nqs_code code, const char *why,
                             struct nqs_err *err);

#endif
