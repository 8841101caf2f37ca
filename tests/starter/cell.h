/*
 * cell.h - a starter in a directory of its own, and the driver as its nqsd.
 *
 * Everything here ends the test program with a message when it cannot go on;
 * waiting is done on descriptors, with a deadline that no working system meets.
 */
#ifndef NQS_TESTS_STARTER_CELL_H
#define NQS_TESTS_STARTER_CELL_H

#include <stdbool.h>
#include <sys/types.h>

#include "exitrec.h"
#include "order.h"

#define DEADLINE_MS 30000

struct cell {
    const char *starter; /* programs */
    const char *shepherd;
    bool personal;
    bool no_cgroup;
    uid_t daemon; /* who nqsd is */
    uid_t user;   /* who jobs are */
    uid_t other;
    char dir[200]; /* all of it lives here */
    char socket[400];
    char cgroup[400];
    pid_t pid; /* the starter's */
    int log;   /* its standard error */
    int peer;  /* our connection */
    unsigned serial;
};

/* What a START says; NULL and 0 leave a field out; -1 is sent as 0. */
struct wish {
    const char *id;
    int incarnation; /* left out: 1 */
    const char *script;
    const char *const *args;
    const char *shell;
    const char *out;
    const char *err;
    const char *out_name;
    const char *workdir;
    const char *const *env;
    const char *note;
    int join;
    int umask;
    int nice;
    long walltime;
    long cput;
    long mem;
    long grace;
    long uid; /* left out: the cell's user */
};

#define WISH(...) ((struct wish){__VA_ARGS__})

_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

void cell_up(struct cell *cell);              /* start the starter and connect */
void cell_kill(struct cell *cell, int signo); /* end the starter only */
void cell_down(struct cell *cell);            /* end it, remove the directory */
int cell_connect(const struct cell *cell, const char *path, int type, uid_t as);

/* Paths in the cell, in one of eight places that are used in turns. */
const char *cell_path(const struct cell *cell, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Send START; returns our end of the link.  The answer is still to come. */
int job_send(struct cell *cell, const struct wish *wish);

/* The same, and see it accepted. */
int job_start(struct cell *cell, const struct wish *wish);

/* The next answer's code; its text goes into a static place. */
int answer_take(struct cell *cell);
const char *answer_text(void);

/* The next message on a link, in a static place; verb 0 when it has closed. */
const struct order *link_next(int link);

/* Read messages until one is VERB. */
const struct order *link_wait(int link, enum order_verb verb);

/* Start, wait for the end, see that record and message agree; takes the link's end. */
struct exit_record job_run(struct cell *cell, const struct wish *wish);

/* The record on disk, waiting for it to appear. */
struct exit_record record_wait(const struct cell *cell, const char *name);

void link_kill(int link, long grace);
void link_raise(int link, int signo);
void link_order(int link, enum order_verb verb); /* one without fields */
int order_clean(struct cell *cell, const char *id, int incarnation);
int order_signal(struct cell *cell, const char *id, int incarnation);
int order_deliver(struct cell *cell, const char *id, const char *stream, const char *path,
                  const char *name);

/* A file's text, in a static place; "" if there is none. */
const char *text_of(const char *path);

/* Wait for a process that is not ours to vanish. */
void wait_gone(pid_t pid);

#endif
