/*
 * qsub.h - the parts of qsub and qalter: what is submitted, and who fills in what.
 *
 * Options come from the command line and from the script's directives as one
 * run of words, directives first; each word is then applied in its turn, so
 * that what comes later wins.  Nothing is sent before everything was read and
 * found good: a submission is whole, or there is none.
 */
#ifndef NQS_QSUB_H
#define NQS_QSUB_H

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "buf.h"
#include "directive.h"
#include "err.h"

/* An option that was given. */
struct qsub_word {
    char letter;
    bool attached;                     /* -ofoo, not -o foo */
    const char *text;                  /* its argument or NULL; borrowed */
    const struct directive *directive; /* where it stands; NULL: the command line */
};

struct qsub_words {
    struct qsub_word *list; /* owned */
    size_t count;
    size_t room;
};

/* The environment that goes along: texts of the form NAME=VALUE, all borrowed. */
struct variables {
    const char **list; /* owned */
    size_t count;
    size_t room;
};

struct submission {
    struct attrs attrs; /* what is sent, each attribute once; borrows its bytes */
    struct variables variables;
    struct buf script;
    struct buf packed;    /* variables and argv as lists, behind one another */
    struct buf arguments; /* of the script, by -F: texts with their NULs */
    bool block;           /* stay until it has ended */
    const char *name;     /* by -N, else NULL */
    const char *queue;    /* by -q, else "" */
    const char *workdir;  /* where qsub was called, absolute */
    char host[64];        /* on which it was called */
    char **texts;         /* owned: what others borrow */
    size_t texts_count;
    uint16_t unset[64]; /* what was taken away with `name=`, for qalter */
    size_t unset_count;
};

/* submission.c: an empty submission from here: host and working directory are found out. */
enum nqs_code submission_init(struct submission *submission, struct nqs_err *err);
void submission_done(struct submission *submission);

/* Keep TEXT, from mem_text() and its like, as long as SUBMISSION.  Takes it, lends it back. */
char *submission_keep(struct submission *submission, char *text);

/* Set an attribute, in the place of an earlier value. */
void submission_set(struct submission *submission, const struct attr *attr);
void submission_set_text(struct submission *submission, uint16_t id, const char *text);
void submission_set_number(struct submission *submission, uint16_t id, int64_t number);

/* Take attribute ID away again. */
void submission_drop(struct submission *submission, uint16_t id);

/* The same, and note it in `unset`. */
void submission_unset(struct submission *submission, uint16_t id);

/* What an option, or a word of -W, does to a submission. */
typedef enum nqs_code option_apply(struct submission *submission, const struct qsub_word *word,
                                   struct nqs_err *err);

/* qsub_options.c: what one option means.  The text of a failure names neither option nor line. */
enum nqs_code qsub_apply(struct submission *submission, const struct qsub_word *word,
                         struct nqs_err *err);

/* qsub_block.c: wait until ID has ended; what to exit with: its own status, as qwait has it. */
int qsub_block(const char *id);

/* qsub_options.c: is LETTER's argument a list, to which a directive and the command line add? */
bool qsub_is_list(char letter);

/*
 * qsub_hints.c: is WORD legal, but of NQS or Grid Engine, where it means
 * something else?  Then NQS_USAGE with the spelling that is meant.
 */
enum nqs_code qsub_misread(const struct qsub_word *word, struct nqs_err *err);

/*
 * qsub_hints.c: what to say of LETTER (`-`: a long option), which qsub does not
 * know, in WORD: others spelt some options differently, and some come later.
 * NULL: nothing special.
 */
const char *qsub_hint(char letter, const char *word);

/* qsub_hints.c: what resource others call NAME, or NULL. */
const char *qsub_resource_hint(const char *name);

/*
 * qsub_nqs.c: the directives of NQS in SCRIPT, if they are wanted here: *ret is
 * empty, perhaps after a warning, where they are not.  HAS_OTHERS: there are
 * directives of ours, and nobody needs a warning.
 */
enum nqs_code qsub_nqs_scan(const struct buf *script, bool has_others, struct directives *ret,
                            struct nqs_err *err);

/*
 * qsub_path.c: read [host:]path of -o and -e into *ret, lent from SUBMISSION.
 * Without a host it is on this one, and relative to the working directory.
 */
enum nqs_code qsub_path(struct submission *submission, const char *text, const char **ret,
                        struct nqs_err *err);

/* qsub_path.c: the working directory as host:path/, under which the default names stand. */
const char *qsub_path_default(struct submission *submission);

/* qsub_path.c: find out host and working directory. */
enum nqs_code qsub_path_here(struct submission *submission, struct nqs_err *err);

/*
 * qsub_list.c: step through a list name[=value],...  *AT is advanced, what it
 * points to is changed.  False at the end, or with *ret_code set.  *ret_value
 * is NULL when there is no `=`.  Source: reference/queues.md A.1.
 */
bool qsub_list_next(char **at, char **ret_name, char **ret_value, enum nqs_code *ret_code,
                    struct nqs_err *err);

/*
 * qsub_words.c: the list of -W, name=value,...  What stands behind a comma and
 * has no `=` belongs to the value before it, as in depend=afterok:1,afterany:2.
 */
option_apply qsub_words_apply;

/* qsub_limits.c: the list of -l, and the signal of -l signal= and -W signal=, SIGNAL[@SECONDS]. */
option_apply apply_resources;
option_apply apply_signal;

/* qsub_limits.c: what to say of NQS's -lLETTER. */
enum nqs_code qsub_limit_misread(char letter, struct nqs_err *err);

/* qsub_variables.c: everything in the environment, for -V. */
void variables_all(struct variables *variables);

/* qsub_variables.c: PBS_O_*, which tell the job where it was submitted from. */
void variables_origin(struct submission *submission);

/* qsub_variables.c: the list of -v. */
enum nqs_code variables_list(struct submission *submission, const char *text, struct nqs_err *err);

/* qsub_script.c: read PATH, or standard input for NULL, and see that it can be a script. */
enum nqs_code script_read(const char *path, struct buf *ret, struct nqs_err *err);

#endif
