/*
 * str.c - small work on texts; see str.h.
 */
#include "str.h"

#include <ctype.h>
#include <string.h>

bool str_number(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    bool negative = *text == '-';
    const char *at = text + (*text == '-' || *text == '+');
    int64_t value = 0;

    if (!*at)
        return false;
    for (; *at; at++) {
        int digit = *at - '0';

        if (digit < 0 || digit > 9 || value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit; /* negative holds one more than positive */
    }
    if (!negative && value == INT64_MIN)
        return false;
    value = negative ? value : -value;
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

/* The factor of UNIT, or 0. */
static int64_t size_unit(const char *unit)
{
    static const char scales[] = "kmgt";
    int64_t factor = 1;
    const char *scale = *unit ? strchr(scales, tolower((unsigned char)*unit)) : NULL;

    if (scale) {
        factor <<= 10 * (scale - scales + 1);
        unit++;
    }
    if (tolower((unsigned char)*unit) == 'w') {
        factor *= 8;
        unit++;
    } else if (tolower((unsigned char)*unit) == 'b') {
        unit++;
    }
    return *unit ? 0 : factor;
}

bool str_size(const char *text, int64_t *ret)
{
    size_t whole = strspn(text, "0123456789");
    size_t part = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    int64_t factor = size_unit(text + whole + (text[whole] == '.' ? part + 1 : 0));
    int64_t value = 0;
    int64_t scale = 1;
    int64_t rest = 0;

    if (!whole || !factor || whole > 18 || (text[whole] == '.' && !part))
        return false;
    for (size_t i = 0; i < whole; i++)
        value = value * 10 + (text[i] - '0');
    for (size_t i = 0; i < part && i < 6; i++) {
        rest = rest * 10 + (text[whole + 1 + i] - '0');
        scale *= 10;
    }
    if (value > INT64_MAX / 2 / factor)
        return false;
    *ret = value * factor + (factor / scale) * rest + (factor % scale) * rest / scale;
    return true;
}

/* Length of the UTF-8 sequence at TEXT within LEFT bytes, or 0 when it is none. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
    unsigned first = text[0];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (!length || length > left || first > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

bool str_printable(const char *text, size_t length)
{
    size_t step;

    if (!str_no_control(text, length))
        return false;
    for (size_t i = 0; i < length; i += step)
        if (!(step = utf8_length((const unsigned char *)text + i, length - i)))
            return false;
    return true;
}

bool str_no_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return false;
    return true;
}

enum { NEAREST_WORD_MAX = 32, NEAREST_DISTANCE_MAX = 2 };

/* Optimal string alignment distance: a transposition counts as one. */
static int str_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int cost[NEAREST_WORD_MAX + 1][NEAREST_WORD_MAX + 1];

    for (size_t i = 0; i <= a_length; i++) {
        for (size_t j = 0; j <= b_length; j++) {
            int best;

            if (!i || !j) {
                cost[i][j] = (int)(i + j);
                continue;
            }
            best = cost[i - 1][j - 1] +
                   (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            if (cost[i - 1][j] + 1 < best)
                best = cost[i - 1][j] + 1;
            if (cost[i][j - 1] + 1 < best)
                best = cost[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                cost[i - 2][j - 2] + 1 < best)
                best = cost[i - 2][j - 2] + 1;
            cost[i][j] = best;
        }
    }
    return cost[a_length][b_length];
}

const char *str_nearest(const char *text, const char *const *words)
{
    size_t length = strlen(text);
    int limit = NEAREST_DISTANCE_MAX + 1;
    const char *best = NULL;

    if (length > NEAREST_WORD_MAX)
        return NULL;
    for (; *words; words++) {
        size_t word_length = strlen(*words);
        int distance;

        if (word_length > NEAREST_WORD_MAX)
            continue;
        distance = str_distance(text, length, *words, word_length);
        if (distance < limit && (size_t)distance * 2 < word_length) {
            limit = distance;
            best = *words;
        }
    }
    return best;
}

bool str_copy(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    size_t fits = length < size ? length : size - 1;

    memcpy(to, text, fits);
    to[fits] = '\0';
    return fits == length;
}

bool str_begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Of several `*` only the last one met is ever tried again, so time is at most the product. */
bool str_glob(const char *glob, size_t glob_length, const char *text, size_t length)
{
    size_t star = SIZE_MAX;
    size_t again = 0;
    size_t at = 0;
    size_t i = 0;

    while (i < length) {
        if (at < glob_length && glob[at] == '*') {
            star = at++;
            again = i;
        } else if (at < glob_length && (glob[at] == '?' || glob[at] == text[i])) {
            at++;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++again;
        } else {
            return false;
        }
    }
    while (at < glob_length && glob[at] == '*')
        at++;
    return at == glob_length;
}
