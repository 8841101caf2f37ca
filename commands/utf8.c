/*
 * utf8.c - where one character of a text ends; see utf8.h.
 */
#include "utf8.h"

/* Rows are tried in order: a first byte in low..high, `more` bytes after it, at least `min`. */
static const struct utf8_form {
    uint8_t low;
    uint8_t high;
    uint8_t more;
    uint32_t min;
} utf8_forms[] = {
    {0x00, 0x7f, 0, 0x0},
    {0xc2, 0xdf, 1, 0x80},
    {0xe0, 0xef, 2, 0x800},
    {0xf0, 0xf4, 3, 0x10000},
};

static const struct utf8_form *utf8_form(uint8_t first)
{
    for (size_t i = 0; i < sizeof utf8_forms / sizeof *utf8_forms; i++)
        if (first >= utf8_forms[i].low && first <= utf8_forms[i].high)
            return &utf8_forms[i];
    return NULL;
}

size_t utf8_character(const char *text, size_t length, uint32_t *ret_code)
{
    const uint8_t *bytes = (const uint8_t *)text;
    const struct utf8_form *form = utf8_form(bytes[0]);
    uint32_t code;

    if (!form || form->more >= length)
        return 0;
    code = form->more ? bytes[0] & (0x3fu >> form->more) : bytes[0];
    for (size_t i = 1; i <= form->more; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    if (code < form->min || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    if (ret_code)
        *ret_code = code;
    return (size_t)form->more + 1;
}

size_t utf8_plain(const char *text, size_t length)
{
    size_t plain = 0;

    while (plain < length && text[plain] >= ' ' && text[plain] <= '~')
        plain++;
    return plain;
}
