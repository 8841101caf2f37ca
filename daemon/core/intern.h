/*
 * intern.h - texts that many rows share, each kept once.
 *
 * A handle is a small number; 0 is the empty text.  Each holder counts, for a
 * name that nobody uses any more must not stay for ever: this is the one place
 * with counts, because nobody can tell otherwise who is the last.
 */
#ifndef NQS_CORE_INTERN_H
#define NQS_CORE_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *intern);

/* A handle for LENGTH bytes at TEXT, held once more; give it back with intern_drop(). */
uint32_t intern_hold(struct intern *intern, const char *text, size_t length);

/* The handle of a text that somebody holds, or 0. */
uint32_t intern_find(const struct intern *intern, const char *text, size_t length);

/* Hold HANDLE once more, and give it back. */
uint32_t intern_again(struct intern *intern, uint32_t handle);
void intern_drop(struct intern *intern, uint32_t handle);

/* The text of HANDLE, ended by a NUL.  Lent while it is held. */
const char *intern_text(const struct intern *intern, uint32_t handle);

#endif
