/*
 * client.h - calling a server: one blocking connection, one call after another.
 *
 * The commands use nothing else.  Local servers only (a UNIX socket, on which
 * the caller is known by the socket's peer uid).
 */
#ifndef NQS_CLIENT_H
#define NQS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "compare.h"
#include "err.h"
#include "rpc.h"

#define CLIENT_SOCKET_DEFAULT "/run/nqs/nqsd.sock"

struct client;

/*
 * Connect to the server at PATH; NULL means $NQS_SOCKET, else the default.
 * PATH may be longer than a socket's address holds.  NQS_UNREACHABLE with a
 * text that names the path and what to do.  The caller owns *ret_client.
 */
enum nqs_code client_open(const char *path, struct client **ret_client, struct nqs_err *err);

/* Close and free; NULL is allowed. */
void client_close(struct client *client);

/*
 * Call PROCEDURE (NQS_QUEUE_JOB ... of nqs_xdr.h) with ARGS of its shape.  On
 * NQS_OK, RESULT of its shape is filled and the caller gives it back with
 * client_free().  The code is that of the call (NQS_UNREACHABLE when the
 * connection was lost, NQS_TIMEOUT, NQS_TOOBIG, NQS_PROTOCOL ...): what the
 * server decided is in RESULT.  After a failure the next call connects anew.
 */
enum nqs_code client_call(struct client *client, uint32_t procedure, const void *args, void *result,
                          struct nqs_err *err);
void client_free(uint32_t procedure, void *result);

/*
 * The usual call: PROCEDURE changes NAME by ATTRS (NULL: none).  TOKEN is
 * NQS_TOKEN_SIZE bytes or NULL.  What the server refused comes back as its
 * code and text in ERR.  On NQS_OK *ret_name (when not NULL, of NQS_NAME_MAX+1
 * bytes) is the answer's name, and ERR's text is a warning of the server or
 * empty.  A lost connection is tried once again for a call with a token, which
 * cannot be done twice.
 */
enum nqs_code client_change(struct client *client, uint32_t procedure, const char *name,
                            const void *token, const struct attrs *attrs, char *ret_name,
                            struct nqs_err *err);

/*
 * The same for many: PROCEDURE changes each of COUNT names by ATTRS (NULL:
 * none), with many calls on their way at once.  What was decided of each is in
 * its `code` and, when that is not NQS_OK, its `text`, which mem_free() takes.
 * The result is that of the connection; what had no answer then has its code.
 */
struct client_item {
    const char *name; /* borrowed */
    enum nqs_code code;
    char *text;
};
enum nqs_code client_change_many(struct client *client, uint32_t procedure,
                                 const struct attrs *attrs, struct client_item *items, size_t count,
                                 struct nqs_err *err);

/* A new token: milliseconds, then random, so that the store's index grows at its end. */
void client_token(uint8_t token[16]);

/*
 * Walk over the rows of STATUS_JOBS, SELECT_JOBS, STATUS_QUEUES or STATUS_SERVER page by
 * page; memory stays flat.  NAMES are COUNT operands (any number: they are asked
 * for in pieces), 0 for all; their texts are borrowed until client_rows_free().
 * ONLY are ONLY_COUNT attribute ids, at most NQS_ATTRS_MAX, 0 for all.
 */
struct client_rows;
struct client_rows *client_rows_new(struct client *client, uint32_t procedure,
                                    const char *const *names, size_t count, unsigned flags,
                                    const uint16_t *only, size_t only_count);
void client_rows_free(struct client_rows *rows);

/*
 * Of SELECT_JOBS, before the first row: only requests of which OP and VALUE hold
 * (compare.h), and all else that is added; at most NQS_TESTS_MAX.
 */
void client_rows_test(struct client_rows *rows, enum compare_op op, const struct attr *value);

/*
 * The next row, or NULL at the end or after a failure (*ret_code tells; NQS_OK
 * at the end).  ATTRS (cleared first) is filled with the row's values, in
 * ascending order of ids.  All is lent until the next call.
 */
const struct nqs_row *client_rows_next(struct client_rows *rows, struct attrs *attrs,
                                       enum nqs_code *ret_code, struct nqs_err *err);

#endif
