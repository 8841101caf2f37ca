/*
 * qsub_terminal.h - qsub -I: the user's terminal is the request's.
 */
#ifndef NQS_COMMANDS_QSUB_TERMINAL_H
#define NQS_COMMANDS_QSUB_TERMINAL_H

#include "err.h"

enum { TERMINAL_PATH = 104 };

/*
 * Listen in a directory of our own, before the request is submitted; fills the
 * PATH that it is to be told.  NQS_USAGE without a terminal, NQS_SYSTEM.
 */
enum nqs_code terminal_listen(char path[TERMINAL_PATH], struct nqs_err *err);

/* Wait for the request ID and be its terminal until it ends; gives the exit status. */
int terminal_attend(const char *id);

/* Remove what terminal_listen() made.  Harmless when there is nothing. */
void terminal_done(void);

#endif
