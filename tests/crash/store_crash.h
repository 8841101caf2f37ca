/*
 * store_crash.h - the parts of the crash test of the store.
 */
#ifndef NQS_TESTS_STORE_CRASH_H
#define NQS_TESTS_STORE_CRASH_H

#include <stdbool.h>
#include <stdint.h>

/* Write TURNS turns into the store in DIR; exits with the code of a commit that failed. */
int crash_write(const char *dir, uint64_t turns);

/* Is the store in DIR sound, and at turn TOLD or the one behind it? */
bool crash_check(const char *dir, uint64_t told);

/* COUNT flipped bits in copies of a store in DIR.  0 when each was found or did no harm. */
int crash_flips(const char *dir, int count);

/* Fill the small disk that DIR is on, and empty it.  0 when all went as promised. */
int crash_full(const char *dir);

/* Batches of more pages than LMDB keeps in memory.  0 when all is there. */
int crash_large(const char *dir);

#endif
