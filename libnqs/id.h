/*
 * id.h - job identifiers: seq.server, seq[].server, seq[index].server.
 *
 * An id never changes, wherever the request goes; `server` is the server of
 * origin.  Source: XCU 3.1.3 job_identifier; reference/queues.md A.1.
 */
#ifndef NQS_ID_H
#define NQS_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum {
    NQS_SERVER_MAX = 63,   /* letters of a server's name */
    NQS_ID_TEXT_MAX = 112, /* room for any id as text, NUL included */
    NQS_NO_INDEX = -1,     /* not a member of an array */
};

struct nqs_id {
    uint32_t seq;
    int32_t index;                   /* NQS_NO_INDEX, or the member's */
    bool array;                      /* written with empty brackets: the whole array */
    char server[NQS_SERVER_MAX + 1]; /* of origin; "" when left out */
    char at[NQS_SERVER_MAX + 1];     /* behind '@': where to ask; "" when left out */
};

/*
 * Read TEXT as seq[.server][@server], with [] or [index] behind seq.
 * On NQS_OK *ret_id is set; else NQS_SYNTAX and a text that quotes TEXT.
 */
enum nqs_code id_parse(const char *text, struct nqs_id *ret_id, struct nqs_err *err);

/* Write ID without its `at` part. */
void id_text(const struct nqs_id *id, char text[NQS_ID_TEXT_MAX]);

/* A server's name: letters, digits, '-', '_' and '.', at most NQS_SERVER_MAX. */
bool id_server_valid(const char *name);

/* A queue's name: 1 to 15 of letters, digits, '_', '-' and '.', the first a letter. */
bool id_queue_valid(const char *name);

#endif
