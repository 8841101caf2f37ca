/*
 * signals.h - signals by their names.
 */
#ifndef NQS_COMMANDS_SIGNALS_H
#define NQS_COMMANDS_SIGNALS_H

#include <stdint.h>

#include "attr.h"
#include "err.h"

/*
 * Read TEXT as a signal: USR1, SIGUSR1 (letters of either case), RTMIN+n,
 * RTMAX-n, or a number; 0 and NULL are the signal that only probes.
 * NQS_SIGNAL with a text that may name the one that was meant.
 */
enum nqs_code signals_parse(const char *text, int64_t *ret, struct nqs_err *err);

/*
 * Read TEXT as one of PBS's words that are no signals: suspend and resume as an
 * enum attr_pseudo, all else as PSEUDO_NONE; NQS_UNSUPPORTED for admin-suspend
 * and admin-resume.
 */
enum nqs_code signals_parse_pseudo(const char *text, int64_t *ret, struct nqs_err *err);

#endif
