/*
 * utf8.h - where one character of a text ends, without a locale.
 */
#ifndef NQS_COMMANDS_UTF8_H
#define NQS_COMMANDS_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The number of bytes of the valid UTF-8 character at TEXT of LENGTH bytes
 * (LENGTH > 0), or 0 when there is none.  *ret_code (NULL is allowed) is its
 * code point.  Overlong forms and surrogates are not valid.  Source: RFC 3629.
 */
size_t utf8_character(const char *text, size_t length, uint32_t *ret_code);

/* How many bytes at TEXT are printable ASCII, up to LENGTH: most texts are nothing else. */
size_t utf8_plain(const char *text, size_t length);

#endif
