/*
 * why.h - why a request waits.  Private to daemon/core.
 */
#ifndef NQS_CORE_WHY_H
#define NQS_CORE_WHY_H

#include "world.h"

enum why_reason {
#define W(name, word) WHY_##name,
#include "why.def"
#undef W
    WHY_COUNT,
    WHY_NOTHING, /* it does not wait */
};

/* The first reason that keeps JOB from being placed. */
enum why_reason why_find(const struct core *core, const struct job *job);

/* The reason's word. */
const char *why_word(enum why_reason reason);

/* Append "word: sentence" for JOB; nothing when it does not wait. */
void why_text(const struct core *core, const struct job *job, struct nqs_now now, struct buf *out);

#endif
