/*
 * crash_model.h - what a store must hold after turn N, whatever was killed.
 *
 * Turn after turn writes to every table, changes and deletes, and leaves its
 * number; from the number alone everything else follows.  So a store that is
 * opened after a crash can be judged whole: it holds turn N and nothing else.
 */
#ifndef NQS_TESTS_CRASH_MODEL_H
#define NQS_TESTS_CRASH_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "spool.h"
#include "store.h"

enum { MODEL_JOBS = 50, MODEL_BODIES = 20 };

extern const struct store_words model_words;

/* Settings for a store in DIR/store; lent until the next call. */
const struct store_settings *model_settings(const char *dir);

/* Put turn N into the batch.  SPOOL may be NULL: no scripts then. */
void model_turn(struct store *store, struct spool *spool, uint64_t n);

/* The number of the last turn that STORE holds. */
uint64_t model_last(struct store *store);

/*
 * Does STORE hold turn N, whole, and nothing of a later one?  Says on stderr
 * what does not fit.  *RET_MISSING counts what is not there, if it is not NULL;
 * then what is missing is no fault, but what is wrong is.
 */
bool model_check(struct store *store, struct spool *spool, uint64_t n, uint64_t *ret_missing);

#endif
