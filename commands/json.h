/*
 * json.h - a writer of JSON that holds nothing but the depth it is at.
 *
 * Text goes to a buffer that the caller empties when it likes, so a million
 * requests are written in the memory of one.  What a writer puts out is always
 * valid UTF-8 and valid JSON, whatever bytes it is given: see json_string().
 */
#ifndef NQS_COMMANDS_JSON_H
#define NQS_COMMANDS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct json {
    struct buf *out; /* borrowed */
    unsigned depth;
    bool first; /* nothing has been written at this depth yet */
};

/* Begin a document, which is an object, in OUT. */
void json_begin(struct json *json, struct buf *out);

/* End the document with a newline.  Every json_open() has met its json_close(). */
void json_end(struct json *json);

/* A member of LENGTH bytes of KEY that is an object, and its end. */
void json_open(struct json *json, const char *key, size_t length);
void json_close(struct json *json);

/* Members of the object that is open.  The caller sees to it that no key comes twice. */
void json_number(struct json *json, const char *key, int64_t number);
void json_text(struct json *json, const char *key, size_t key_length, const char *text,
               size_t length);

/* A member that is an array of strings: LENGTH bytes of TEXTS, each ended by a NUL. */
void json_array(struct json *json, const char *key, const char *texts, size_t length);

/*
 * Append LENGTH bytes of TEXT as a JSON string with its quotes.  Control
 * characters (also those from U+0080 to U+009F, which move the cursor of a
 * terminal) become \uXXXX; each byte that is not part of valid UTF-8 becomes
 * \ufffd, the replacement character.
 */
void json_string(struct buf *out, const char *text, size_t length);

#endif
