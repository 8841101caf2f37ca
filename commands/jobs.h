/*
 * jobs.h - changing the request that an operand names.
 */
#ifndef NQS_COMMANDS_JOBS_H
#define NQS_COMMANDS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "client.h"
#include "err.h"

/*
 * Let PROCEDURE change the request OPERAND by ATTRS (NULL: none).  An operand
 * that is no job id is refused here and nothing is sent (NQS_SYNTAX).  The text
 * of any failure names the operand, and that of NQS_NOJOB is the one that
 * programs look for.
 */
enum nqs_code jobs_change(struct client *client, uint32_t procedure, const char *operand,
                          const struct attrs *attrs, struct nqs_err *err);

/*
 * The same for COUNT operands at once, whose calls travel together.  Of each
 * that failed it is said why, in their order; LENIENT: but not of one that has
 * ended meanwhile or is ending.  *ret_status is that of the last that failed,
 * or 0; the result is that of the connection.
 */
enum nqs_code jobs_change_many(struct client *client, uint32_t procedure, char **operands,
                               size_t count, const struct attrs *attrs, bool lenient,
                               int *ret_status, struct nqs_err *err);

#endif
