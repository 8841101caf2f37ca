/*
 * check.h - `nqsd --check`: what this host offers, and what is wrong with it.
 */
#ifndef NQS_NQSD_CHECK_H
#define NQS_NQSD_CHECK_H

#include "conf.h"

/* Print a line a finding on standard output; the exit status: 0 when nothing is wrong. */
int check_host(const struct conf *conf);

#endif
