/*
 * message.h - a line of somebody else's in the job's output files.
 */
#ifndef NQS_SHEPHERD_MESSAGE_H
#define NQS_SHEPHERD_MESSAGE_H

#include "job.h"

/*
 * Append what MESSAGE says to the outputs of HANDOFF's job, of which SPOOLED (as
 * in struct outputs) are in the spool.  A child does it, so that a file system
 * that hangs is no concern of ours; that it failed is told nobody.
 */
void message_write(const struct handoff *handoff, const char *spooled, const struct order *message);

#endif
