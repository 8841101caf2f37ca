/*
 * spool.h - the files that are too large for the store, and the jobs' outputs.
 *
 *     SPOOL/scripts/HEX      large scripts, named by a hash of their content; ours
 *     SPOOL/out/ID.o, ID.e   outputs on their way; made by the shepherd, only read here
 *     SPOOL/run/ID.N/        run directories; made by the starter (rundir.h)
 *
 * `out` and `run` belong to root and may be missing until the starter has run.
 */
#ifndef NQS_DOOR_SPOOL_H
#define NQS_DOOR_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

struct spool; /* opaque */

enum {
    SPOOL_SCRIPT_MIN = 16 * 1024, /* a script of more bytes than this belongs here */
    SPOOL_NAME_MAX = 65,          /* room for a script's name: 64 hex digits and a NUL */
};

/*
 * Open the spool at PATH, which must be there; makes `scripts` (0700) when it is
 * missing.  On NQS_OK *ret_spool is owned by the caller.  NQS_FILE.
 */
enum nqs_code spool_open(const char *path, struct spool **ret_spool, struct nqs_err *err);

/* Close and free SPOOL; NULL is allowed. */
void spool_close(struct spool *spool);

/* The descriptor of the directory SPOOL itself, lent. */
int spool_fd(const struct spool *spool);

/*
 * Keep a script of LENGTH BYTES and say under which NAME.  On NQS_OK it is on
 * disk, name and all, and may be named in the batch.  The same content has the
 * same name and is kept once.  NQS_NOSPACE, or NQS_SYSTEM: nothing is kept.
 */
enum nqs_code spool_script_put(struct spool *spool, const void *bytes, size_t length,
                               char name[SPOOL_NAME_MAX], struct nqs_err *err);

/*
 * Open the script NAME for reading, from its beginning, after a look at its
 * hash.  The caller owns *ret_fd.  NQS_FILE: it is not there; NQS_DAMAGED: it
 * is no longer what its name says; NQS_SYSTEM: it cannot be opened now.
 */
enum nqs_code spool_script_open(struct spool *spool, const char *name, int *ret_fd,
                                struct nqs_err *err);

/*
 * Remove every script that WANTED does not want, and what a crash left half
 * made; returns how many.  At start, or between turns: there must be no script
 * that was put and is in no batch yet.
 */
size_t spool_sweep(struct spool *spool, bool (*wanted)(void *context, const char *name),
                   void *context);

/*
 * Append to OUT at most MAX bytes from OFFSET on of STREAM ('o' or 'e') of the
 * job ID.  *ret_size is the size of the file at this moment; an offset behind
 * it appends nothing.  Only a regular file is read.  NQS_FILE: there is none.
 */
enum nqs_code spool_output_read(struct spool *spool, const char *id, char stream, uint64_t offset,
                                size_t max, struct buf *out, uint64_t *ret_size,
                                struct nqs_err *err);

#endif
