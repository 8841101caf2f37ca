/*
 * output.h - the files that a job's standard output and error go to.
 */
#ifndef NQS_SHEPHERD_OUTPUT_H
#define NQS_SHEPHERD_OUTPUT_H

#include <stdbool.h>

#include "order.h"

struct outputs {
    int out; /* descriptors; the same one when the streams are joined */
    int err;
    char spooled[3]; /* "", "o", "e", "oe": which of them are in the spool */
};

/*
 * Open the outputs that START asks for, while the process is the user for
 * files only; whatever cannot be opened goes to a spool file in OUT_DIR, made
 * as root and given to the user.  On false errno says why and the process may
 * be root for files; nothing else may follow then but its end.
 */
bool output_open(struct outputs *ret, const struct order *start, const struct order *user,
                 const struct order *place, int out_dir);

/*
 * Open the stream LETTER, o or e, of a job that runs as it was opened for it, by a
 * process that is the user for files: in the spool if it is SPOOLED.  -1 with
 * errno; nothing else may follow then but its end.
 */
int output_again(const struct order *start, const struct order *user, const struct order *place,
                 char letter, bool spooled, int out_dir);

#endif
