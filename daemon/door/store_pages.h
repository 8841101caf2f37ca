/*
 * store_pages.h - the structure of an LMDB file, judged without LMDB.
 */
#ifndef NQS_DOOR_STORE_PAGES_H
#define NQS_DOOR_STORE_PAGES_H

#include <stdint.h>
#include <stdio.h>

#include "err.h"

struct store_pages_sum {
    uint64_t pages;    /* that the file says it has */
    uint64_t used;     /* reached from a root */
    uint64_t free;     /* listed as free */
    uint64_t problems; /* found, lesser ones too */
};

/*
 * Check every page that the newest commit in FD reaches, and the list of free
 * pages: afterwards LMDB can follow each number in the file without leaving it.
 * What only a checksum can tell, damage within a record, is left to those
 * who read records.  The descriptor stays open and is only read.
 *
 * With OUT NULL the first problem ends it.  With OUT each one gets a line, lesser
 * ones too, such as a wrong count.  RET_SUM may be NULL.  NQS_OK or NQS_DAMAGED;
 * PATH is for texts.
 */
enum nqs_code store_pages_check(int fd, const char *path, FILE *out,
                                struct store_pages_sum *ret_sum, struct nqs_err *err);

#endif
