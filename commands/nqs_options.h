/*
 * nqs_options.h - the options of NQS's qsub, as those of POSIX.
 *
 * One table serves the directives of NQS in a script and the wrapper nqs/qsub.
 * NQS has options of several letters (-eo, -lT, -mu), none is clustered, and
 * an argument is a word of its own.
 * Source: reference/queues.md B.4, B.11.
 */
#ifndef NQS_COMMANDS_NQS_OPTIONS_H
#define NQS_COMMANDS_NQS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* What was translated so far.  Begin with all zeros. */
struct nqs_options {
    int count;
    char **words; /* of POSIX, NULL behind the last; owned, and each word is */
    int room;
    char mail[4]; /* -mb and -me add to each other, as -ko and -ke do */
    char keep[3];
    bool warned; /* say() was called */

    /* Called with what is left out, and why; NULL: nobody wants to know. */
    void (*say)(const char *text);
};

/*
 * Append the translation of the options in WORDS (COUNT of them) and set
 * *ret_first to the index of the first operand, or COUNT.  NQS_USAGE with a
 * text that names the option.
 */
enum nqs_code nqs_options_read(struct nqs_options *options, int count, char *const *words,
                               int *ret_first, struct nqs_err *err);

/* Append WORD as it is. */
void nqs_options_add(struct nqs_options *options, const char *word);

void nqs_options_done(struct nqs_options *options);

#endif
