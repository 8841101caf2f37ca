/*
 * manner.h - the dialect in which this command prints.
 */
#ifndef NQS_COMMANDS_MANNER_H
#define NQS_COMMANDS_MANNER_H

#include "client.h"
#include "dialect.h"

/*
 * The dialect that $NQS_DIALECT names (NQS_VALUE when there is none such), else
 * the server's: it is asked.  A server that says none has the usual one.
 */
enum nqs_code manner_find(struct client *client, const struct dialect **ret, struct nqs_err *err);

/*
 * Print what qsub says of the new request ID: the id alone in a line, or in the
 * forms of NQS its sentence.  A server that has gone meanwhile leaves the id.
 */
void manner_submitted(const char *id);

#endif
