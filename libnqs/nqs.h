/*
 * nqs.h - the client library of OpenNQS.
 *
 *     #include <nqs.h>                cc x.c $(pkg-config --cflags --libs nqs)
 *
 * All objects are opaque, made by the library and given back to it.  A function
 * that can fail returns 0 or a code of enum nqs_failure and fills *error, which
 * may be NULL.  Attributes go by their names in `qstat -f`, as texts; limits
 * also by their names for `qsub -l`.  nqs_attributes(7) lists them all.
 *
 * A connection serves one call after another and one thread at a time.  When
 * memory runs out the library ends the program.
 */
#ifndef NQS_H
#define NQS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* The interface's version; it grows when something is added. */
#define NQS_LIBRARY_VERSION 1

enum { NQS_ERROR_SIZE = 512, NQS_ID_SIZE = 201 };

/* The codes that a program may want to tell apart; nqs_errors(7) has all. */
enum nqs_failure {
    NQS_FAILED_ID = 1,           /* a malformed id or operand */
    NQS_FAILED_UNKNOWN = 2,      /* no such request, or not yours to see */
    NQS_FAILED_QUEUE = 3,        /* no such queue */
    NQS_FAILED_PERMISSION = 4,   /* not allowed */
    NQS_FAILED_STATE = 5,        /* not in this state of the request */
    NQS_FAILED_VALUE = 6,        /* a value that the attribute may not have */
    NQS_FAILED_ATTRIBUTE = 7,    /* no such attribute */
    NQS_FAILED_READONLY = 8,     /* an attribute that cannot be set */
    NQS_FAILED_FINISHED = 17,    /* the request has ended */
    NQS_FAILED_UNREACHABLE = 31, /* the server does not answer */
    NQS_FAILED_TIMEOUT = 37,     /* not in the given time */
    NQS_FAILED_UNSUPPORTED = 49, /* not by this version */
};

struct nqs_error {
    int code;
    char text[NQS_ERROR_SIZE]; /* for a person to read, one line */
};

/* ------------------------------------------------------------- connections */

struct nqs;

/* Connect to the server at SOCKET; NULL: $NQS_SOCKET, else the usual place. */
int nqs_open(const char *socket, struct nqs **ret, struct nqs_error *error);
void nqs_close(struct nqs *nqs); /* NULL is allowed */

/* The exit status of a command that failed with CODE: 1, 2 or 153. */
int nqs_status_of(int code);

/* ------------------------------------------------- attributes, to be sent */

struct nqs_values;

struct nqs_values *nqs_values_new(void);
void nqs_values_free(struct nqs_values *values); /* NULL is allowed */

/*
 * Set attribute NAME of a request from TEXT, which is copied.  An earlier value
 * is replaced, but a list (Variable_List, Script_Arguments, Submit_Command)
 * grows by one item.
 */
int nqs_values_set(struct nqs_values *values, const char *name, const char *text,
                   struct nqs_error *error);

/* Set the script: LENGTH BYTES, which are copied. */
int nqs_values_script(struct nqs_values *values, const void *bytes, size_t length,
                      struct nqs_error *error);

/* --------------------------------------------------------- what is changed */

/*
 * Submit a request to QUEUE ("" or NULL: the default queue).  VALUES has at
 * least a script, or Submit_Command.  Without Output_Path and Error_Path the
 * output goes to the owner's home directory.  ID gets the new request's id.  It
 * is on disk when this returns, and never made twice.
 */
int nqs_submit(struct nqs *nqs, const char *queue, const struct nqs_values *values,
               char id[NQS_ID_SIZE], struct nqs_error *error);

/* What the commands qdel, qhold, qrls, qrerun, qsig do.  HOLDS: letters of u, o, s. */
int nqs_delete(struct nqs *nqs, const char *id, struct nqs_error *error);
int nqs_hold(struct nqs *nqs, const char *id, const char *holds, struct nqs_error *error);
int nqs_release(struct nqs *nqs, const char *id, const char *holds, struct nqs_error *error);
int nqs_rerun(struct nqs *nqs, const char *id, struct nqs_error *error);
int nqs_signal(struct nqs *nqs, const char *id, int number, struct nqs_error *error);

/* Set attributes of a request anew, and move it to another queue, as qalter and qmove do. */
int nqs_alter(struct nqs *nqs, const char *id, const struct nqs_values *values,
              struct nqs_error *error);
int nqs_move(struct nqs *nqs, const char *id, const char *queue, struct nqs_error *error);

/* ------------------------------------------------------------------ status */

struct nqs_listing;

enum {
    NQS_WITH_HISTORY = 1, /* ended requests, as long as history keeps them */
    NQS_WITH_ENDED = 2,   /* those that ended a short while ago */
    NQS_WITH_MEMBERS = 4, /* each member of an array, too */
    NQS_WITH_ALL = 8,     /* paths and environment, too */
};

/*
 * List requests: the COUNT IDS (borrowed until the listing is freed), or all
 * for 0.  FLAGS are of NQS_WITH_*.  Never NULL; nothing is asked yet.
 */
struct nqs_listing *nqs_jobs(struct nqs *nqs, const char *const *ids, size_t count, unsigned flags);

/* The same for queues, and for the server. */
struct nqs_listing *nqs_queues(struct nqs *nqs, const char *const *names, size_t count);
struct nqs_listing *nqs_server(struct nqs *nqs);

/* Requests whose attributes have exactly these VALUES (borrowed as ids are). */
struct nqs_listing *nqs_select(struct nqs *nqs, const struct nqs_values *values, unsigned flags);

void nqs_listing_free(struct nqs_listing *listing); /* NULL is allowed */

/*
 * Turn to the next row.  1: there it is; 0: there are no more; -1: *error says
 * why not.  A request that was asked for by id and is not there is -1 too, and
 * the next call goes on behind it.
 */
int nqs_listing_next(struct nqs_listing *listing, struct nqs_error *error);

/* The row's id or queue, and an attribute as text, or NULL.  Lent until the next row or value. */
const char *nqs_listing_name(const struct nqs_listing *listing);
const char *nqs_listing_value(struct nqs_listing *listing, const char *attribute);

/* Step through the row's attributes: *AT begins as 0.  0 when there are no more. */
int nqs_listing_each(struct nqs_listing *listing, size_t *at, const char **ret_name,
                     const char **ret_value);

/* ----------------------------------------------------------------- waiting */

struct nqs_end {
    int status;      /* 0-255 of the script; 256+n by signal n; negative by the system */
    char reason[64]; /* why it ended, a word: exited, deleted ... */
};

/*
 * Wait until request ID has ended, at most TIMEOUT_MS milliseconds (negative:
 * for ever), across restarts of the server.
 */
int nqs_wait(struct nqs *nqs, const char *id, int timeout_ms, struct nqs_end *ret,
             struct nqs_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
