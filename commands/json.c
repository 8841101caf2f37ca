/*
 * json.c - a writer of JSON; see json.h.
 */
#include "json.h"

#include <assert.h>
#include <string.h>

#include "utf8.h"

enum { JSON_INDENT = 4 };

static void json_indent(struct json *json)
{
    size_t width = (size_t)json->depth * JSON_INDENT;

    memset(buf_reserve(json->out, width), ' ', width);
    json->out->length += width;
}

/* Begin a member: the comma of the one before it, the key and the colon. */
static void json_key(struct json *json, const char *key, size_t length)
{
    buf_add_text(json->out, json->first ? "\n" : ",\n");
    json->first = false;
    json_indent(json);
    json_string(json->out, key, length);
    buf_add_char(json->out, ':');
}

void json_begin(struct json *json, struct buf *out)
{
    *json = (struct json){.out = out, .depth = 1, .first = true};
    buf_add_char(out, '{');
}

void json_end(struct json *json)
{
    json_close(json);
    assert(!json->depth);
    buf_add_char(json->out, '\n');
}

void json_open(struct json *json, const char *key, size_t length)
{
    json_key(json, key, length);
    buf_add_char(json->out, '{');
    json->depth++;
    json->first = true;
}

void json_close(struct json *json)
{
    assert(json->depth);
    json->depth--;
    if (!json->first) {
        buf_add_char(json->out, '\n');
        json_indent(json);
    }
    buf_add_char(json->out, '}');
    json->first = false;
}

void json_number(struct json *json, const char *key, int64_t number)
{
    json_key(json, key, strlen(key));
    buf_format(json->out, "%lld", (long long)number);
}

void json_text(struct json *json, const char *key, size_t key_length, const char *text,
               size_t length)
{
    json_key(json, key, key_length);
    json_string(json->out, text, length);
}

void json_array(struct json *json, const char *key, const char *texts, size_t length)
{
    json_key(json, key, strlen(key));
    buf_add_char(json->out, '[');
    for (size_t at = 0; at < length; at += strlen(texts + at) + 1) {
        if (at)
            buf_add_char(json->out, ',');
        json_string(json->out, texts + at, strlen(texts + at));
    }
    buf_add_char(json->out, ']');
}

/* The letter that JSON has for the control character CODE behind a backslash, or NUL. */
static char json_short(uint32_t code)
{
    switch (code) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return '\0';
    }
}

/* Append the character CODE, whose SIZE bytes are at TEXT. */
static void json_character(struct buf *out, uint32_t code, const char *text, size_t size)
{
    char letter = json_short(code);

    if (letter) {
        buf_add_char(out, '\\');
        buf_add_char(out, letter);
    } else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        buf_format(out, "\\u%04x", (unsigned)code);
    } else {
        buf_add(out, text, size);
    }
}

/* How many bytes at TEXT stand for themselves. */
static size_t json_plain(const char *text, size_t length)
{
    size_t plain = 0;

    while (plain < length && text[plain] >= ' ' && text[plain] <= '~' && text[plain] != '"' &&
           text[plain] != '\\')
        plain++;
    return plain;
}

void json_string(struct buf *out, const char *text, size_t length)
{
    size_t at = 0;

    buf_add_char(out, '"');
    while (at < length) {
        uint32_t code;
        size_t plain = json_plain(text + at, length - at);
        size_t size;

        buf_add(out, text + at, plain);
        at += plain;
        if (at == length)
            break;
        size = utf8_character(text + at, length - at, &code);
        if (size)
            json_character(out, code, text + at, size);
        else
            buf_add_text(out, "\\ufffd");
        at += size ? size : 1;
    }
    buf_add_char(out, '"');
}
