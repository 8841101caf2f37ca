/*
 * str.h - small work on texts: numbers, sizes, nearest words.
 */
#ifndef NQS_STR_H
#define NQS_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read the whole of TEXT as a decimal number within MIN..MAX; false when it is none. */
bool str_number(const char *text, int64_t min, int64_t max, int64_t *ret);

/*
 * Read a size with a unit: N[.f][b|kb|mb|gb|tb] or w, kw, mw, gw, tw (words of
 * 8 bytes), letters of either case, also k m g t alone.  Bytes in *ret.
 * Source: reference/queues.md B.4.
 */
bool str_size(const char *text, int64_t *ret);

/* LENGTH bytes at TEXT are printable (no control character, no NUL) and valid UTF-8. */
bool str_printable(const char *text, size_t length);

/* As str_printable() for LENGTH bytes, but any byte from 128 up passes. */
bool str_no_control(const char *text, size_t length);

/*
 * The word of WORDS (ended by NULL) nearest to TEXT within an edit distance of
 * two and less than half its length, or NULL: for "did you mean".
 */
const char *str_nearest(const char *text, const char *const *words);

/* Copy TEXT into TO of SIZE bytes, cut where it must be; true when it fitted whole. */
bool str_copy(char *to, size_t size, const char *text);

/*
 * Does TEXT of LENGTH bytes match the pattern of GLOB_LENGTH bytes in which `*`
 * stands for any bytes and `?` for any one?
 */
bool str_glob(const char *glob, size_t glob_length, const char *text, size_t length);

/* True when TEXT begins with PREFIX. */
bool str_begins(const char *text, const char *prefix);

#endif
