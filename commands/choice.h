/*
 * choice.h - which requests a command is to show, put together from its options.
 *
 * The server chooses: an option becomes a test (compare.h) that SELECT_JOBS
 * carries.  What an option means is the same for every command that has it.
 */
#ifndef NQS_COMMANDS_CHOICE_H
#define NQS_COMMANDS_CHOICE_H

#include "client.h"

struct choice_test {
    enum compare_op op;
    struct attr value; /* its bytes stand in an own text */
};

struct choice {
    struct choice_test tests[NQS_TESTS_MAX];
    size_t count;
    unsigned flags;   /* NQS_STATUS_... */
    char *texts[128]; /* owned */
    size_t text_count;
};

void choice_init(struct choice *choice);
void choice_done(struct choice *choice);

/*
 * Each adds what TEXT, an option's argument, means, or says in ERR what is wrong
 * with it: NQS_VALUE, NQS_SYNTAX, NQS_UNSUPPORTED.
 *
 *   states     letters of either case; those of requests that have ended ask for them too
 *   users      user[@host],...
 *   place      queue, @server, queue@server
 *   resources  name.op.value,...
 *   holds      letters of u, o, s, or n: exactly these
 *   when       [op]date of the attribute NAME
 *   value      [op]value of the attribute NAME
 *   glob       the attribute NAME matches a pattern
 */
enum nqs_code choice_states(struct choice *choice, const char *text, struct nqs_err *err);
enum nqs_code choice_users(struct choice *choice, const char *text, struct nqs_err *err);
enum nqs_code choice_place(struct choice *choice, const char *text, struct nqs_err *err);
enum nqs_code choice_resources(struct choice *choice, const char *text, struct nqs_err *err);
enum nqs_code choice_holds(struct choice *choice, const char *text, struct nqs_err *err);
enum nqs_code choice_when(struct choice *choice, const char *name, const char *text,
                          struct nqs_err *err);
enum nqs_code choice_value(struct choice *choice, const char *name, const char *text,
                           struct nqs_err *err);
enum nqs_code choice_glob(struct choice *choice, const char *name, const char *text,
                          struct nqs_err *err);

/* Only arrays as a whole. */
enum nqs_code choice_arrays(struct choice *choice, struct nqs_err *err);

/* Give the tests to ROWS, which are of SELECT_JOBS. */
void choice_apply(const struct choice *choice, struct client_rows *rows);

/* Cut TEXT, queue, @server or queue@server, into its parts, "" for one that is left out. */
enum nqs_code choice_split(const char *text, char queue[NQS_NAME_MAX + 1],
                           char server[NQS_NAME_MAX + 1], struct nqs_err *err);

#endif
