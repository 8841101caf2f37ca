/*
 * cli.h - the skeleton that every command hangs on.
 *
 * A command is a file with one `const struct command command`: its options as
 * a table, how many operands it takes, and one function.  main() stands in
 * cli.c: it reads the options, answers --help and --version, counts the
 * operands and calls the function, whose result is the exit status.
 *
 * Options follow the utility syntax guidelines of XBD 12.2: before all
 * operands, clustered (-hz), their arguments attached or separate (-Nfoo,
 * -N foo), `--` ends them.
 *
 * `--complete-options` alone prints the table for completion in shells
 * (scripts/completion), `--complete-resources` the names that -l takes.
 *
 * Standard output is data; whatever is said to a person goes to standard
 * error as `name: text`.  Exit statuses are those of err.def: 0, 1 the
 * caller's error, 2 the server's, 153 an id that nobody knows.
 */
#ifndef NQS_CLI_H
#define NQS_CLI_H

#include <stdbool.h>

#include "client.h"
#include "err.h"

/* An option as it was met. */
struct cli_given {
    char letter;
    const char *text; /* its argument, borrowed from the words; NULL when it takes none */
    bool attached;    /* -Nfoo, not -N foo */
};

/*
 * Take an option; INTO is what the scan was given.  The text of a failure need
 * not name the option: `option -N: ` is put before it.
 */
typedef enum nqs_code cli_take(void *into, const struct cli_given *given, struct nqs_err *err);

/*
 * A row of an options table, which a row of zeros ends.  What is set of `flag`,
 * `value` and `take` is done each time that the option is met, in this order.
 */
struct cli_option {
    char letter;
    const char *argument; /* what the help calls its argument; NULL: it takes none */
    const char *text;     /* what it does, for the help */
    bool *flag;           /* becomes true */
    const char **value;   /* becomes the argument, borrowed from the words */
    cli_take *take;
    const char *word; /* NULL, or the same as a long option: --json, --since=DATE */
};

/* What a command's function is called with.  All is borrowed. */
struct cli_call {
    int argc; /* the words as they came, argv[0] is the command */
    char **argv;
    int count; /* of operands */
    char **operands;
    bool dashes; /* `--` stood before the operands */
};

enum { CLI_ANY = 9999 }; /* operands_max of a command that takes any number */

struct command {
    const char *name;
    const char *usage;                /* the synopsis behind the name; `\n` parts several forms */
    const char *text;                 /* what it does: a line or two for the help */
    const struct cli_option *options; /* NULL: none but --help and --version */
    void *into;                       /* for the options' `take` */

    /*
     * What to say of an unknown LETTER (`-`: a long option), met in WORD; NULL or a
     * result of NULL: the usual.
     */
    const char *(*hint)(char letter, const char *word);
    /* Put other words in the place of *ARGV before they are read; NULL: never. */
    enum nqs_code (*words)(int *argc, char ***argv, struct nqs_err *err);
    int operands_min;
    int operands_max;
    int misuse_status;                       /* of wrong usage; 0: that of NQS_USAGE */
    void (*version)(void);                   /* prints the answer to --version; NULL: the usual */
    int (*run)(const struct cli_call *call); /* gives the exit status */
};

/* The one of this program. */
extern const struct command command;

/* main() of every command; by this name for the tests. */
int cli_main(int argc, char **argv);

/* How far cli_scan() came. */
struct cli_end {
    int first;   /* index of the first operand; argc when there is none */
    bool dashes; /* `--` stood before it */
};

/*
 * Read the options of ARGV[1] and on by the table OPTIONS, up to the first
 * operand.  NQS_USAGE with a text; NQS_HELP for --help and --version, which
 * the text then names; else what an option's `take` said, after its name.
 */
enum nqs_code cli_scan(const struct cli_option *options,
                       const char *(*hint)(char letter, const char *word), int argc, char **argv,
                       void *into, struct cli_end *ret_end, struct nqs_err *err);

/* Say `name: text` on standard error. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Say ERR's text; gives the exit status of its code. */
int cli_fail(const struct nqs_err *err);

/* Say ERR's text and how the command is used; gives the exit status of misuse. */
int cli_misuse(const struct nqs_err *err);

/*
 * A code without a text is all that a row of status says of a name that was
 * asked for: fill ERR with what a person should read, `Unknown Job Id NAME`
 * for NQS_NOJOB.  Gives CODE.
 */
enum nqs_code cli_refused(enum nqs_code code, const char *name, struct nqs_err *err);

/* Do the command's work on one OPERAND. */
typedef enum nqs_code cli_act(struct client *client, const char *operand, void *into,
                              struct nqs_err *err);

/*
 * Connect to the server and do ACT to each operand of CALL in its order.  One
 * that fails is said and does not stop the rest, unless the server is gone.
 * Gives the exit status: 0 when all went well, else that of the operand that
 * failed last, as PBS has it.
 */
int cli_each(const struct cli_call *call, cli_act *act, void *into);

/* An act's usual body: PROCEDURE with ATTRS (NULL: none) upon OPERAND. */
enum nqs_code cli_change(struct client *client, uint32_t procedure, const char *operand,
                         const struct attrs *attrs, struct nqs_err *err);

#endif
