/*
 * mem.h - memory that is there, or the process is not.
 *
 * Running out of memory ends the process: the disk is truth, shepherds live
 * on, the successor resumes.  Sizes that a peer chooses are bounded before
 * they come here (buf.h, the bounds of nqs.x).
 */
#ifndef NQS_MEM_H
#define NQS_MEM_H

#include <stddef.h>

/* SIZE zeroed bytes, owned by the caller, given back with mem_free(). */
void *mem_new(size_t size);

/* COUNT zeroed elements of SIZE bytes; exits when the product overflows. */
void *mem_array(size_t count, size_t size);

/* Resize AT (NULL is allowed) to COUNT elements of SIZE bytes; new bytes are not zeroed. */
void *mem_grow(void *at, size_t count, size_t size);

/* A copy of TEXT, owned by the caller. */
char *mem_text(const char *text);

/* A copy of LENGTH bytes at BYTES and a NUL behind them, owned by the caller. */
char *mem_copy(const void *bytes, size_t length);

/* Give AT back; NULL is allowed. */
void mem_free(void *at);

#endif
