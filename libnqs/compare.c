/*
 * compare.c - tests on an attribute's value; see compare.h.
 */
#include "compare.h"

#include <string.h>
#include <strings.h>

#include "str.h"

static const char *const compare_words[] = {
    [COMPARE_EQ] = ".eq.", [COMPARE_NE] = ".ne.", [COMPARE_GE] = ".ge.",
    [COMPARE_GT] = ".gt.", [COMPARE_LE] = ".le.", [COMPARE_LT] = ".lt.",
};

enum { COMPARE_WORDS = sizeof compare_words / sizeof *compare_words, COMPARE_WORD_LENGTH = 4 };

bool compare_read(const char **text, enum compare_op *ret)
{
    for (unsigned i = 0; i < COMPARE_WORDS; i++) {
        if (strncasecmp(*text, compare_words[i], COMPARE_WORD_LENGTH))
            continue;
        *text += COMPARE_WORD_LENGTH;
        *ret = (enum compare_op)i;
        return true;
    }
    return false;
}

/* The one text with an order: n, s, c=minutes, c from most to least; u stands outside of it. */
static bool is_checkpoint(const struct attr_def *def)
{
    return !strcmp(def->shown, "Checkpoint");
}

static bool op_ordered(enum compare_op op)
{
    return op >= COMPARE_GE && op <= COMPARE_LT;
}

static bool op_fits(const struct attr_def *def, enum compare_op op)
{
    if (attr_numeric(def->type))
        return op <= COMPARE_LT;
    if (def->type != TYPE_TEXT)
        return false;
    return !op_ordered(op) || is_checkpoint(def);
}

enum nqs_code compare_init(struct compare *compare, uint32_t id, uint32_t op, const void *bytes,
                           size_t length, struct nqs_err *err)
{
    const struct attr_def *def = id <= UINT16_MAX ? attr_find((uint16_t)id) : NULL;

    if (!def || def->of != OF_JOB)
        return nqs_fail(err, NQS_NOATTR, "requests cannot be chosen by attribute %u", (unsigned)id);
    if (op >= COMPARE_OPS || !op_fits(def, (enum compare_op)op))
        return nqs_fail(err, NQS_VALUE, "%s cannot be compared in this way", def->shown);
    *compare = (struct compare){.def = def, .op = (enum compare_op)op};
    if (op == COMPARE_IN || op == COMPARE_LETTER || op == COMPARE_GLOB) {
        compare->value = (struct attr){.id = def->id, .bytes = bytes, .length = (uint32_t)length};
        return NQS_OK;
    }
    if (!attr_unpack_value(def->id, bytes, length, &compare->value))
        return nqs_fail(err, NQS_VALUE, "the value to compare %s with is damaged", def->shown);
    return NQS_OK;
}

static bool order_holds(enum compare_op op, int order)
{
    switch (op) {
    case COMPARE_EQ: return order == 0;
    case COMPARE_NE: return order != 0;
    case COMPARE_GE: return order >= 0;
    case COMPARE_GT: return order > 0;
    case COMPARE_LE: return order <= 0;
    default: return order < 0;
    }
}

static bool text_equals(const struct attr *attr, const char *text, size_t length)
{
    return attr->length == length && (!length || !memcmp(attr->bytes, text, length));
}

/* Minutes of c=MINUTES count within its rank: the longer, the fewer checkpoints are asked for. */
static int64_t checkpoint_rank(const struct attr *attr)
{
    char text[24] = "";
    int64_t minutes;

    if (attr->length < sizeof text)
        memcpy(text, attr->bytes ? attr->bytes : "", attr->length);
    if (!strcmp(text, "n"))
        return (int64_t)INT32_MAX + 2;
    if (!strcmp(text, "s"))
        return (int64_t)INT32_MAX + 1;
    if (str_begins(text, "c=") && str_number(text + 2, 0, INT32_MAX, &minutes))
        return minutes;
    return !strcmp(text, "c") ? 0 : -1; /* u */
}

static bool checkpoint_holds(const struct compare *compare, const struct attr *attr)
{
    int64_t a = checkpoint_rank(attr);
    int64_t b = checkpoint_rank(&compare->value);

    if (op_ordered(compare->op) && (a < 0 || b < 0))
        return false;
    return order_holds(compare->op, (a > b) - (a < b));
}

static bool list_has(const struct attr *list, const struct attr *attr)
{
    for (uint32_t at = 0; at < list->length;) {
        uint32_t item = (uint32_t)strnlen(list->bytes + at, list->length - at);

        if (text_equals(attr, list->bytes + at, item))
            return true;
        at += item + 1;
    }
    return false;
}

static bool text_holds(const struct compare *compare, const struct attr *attr)
{
    const struct attr *value = &compare->value;

    switch (compare->op) {
    case COMPARE_EQ: return text_equals(attr, value->bytes, value->length);
    case COMPARE_NE: return !text_equals(attr, value->bytes, value->length);
    case COMPARE_GLOB: return str_glob(value->bytes, value->length, attr->bytes, attr->length);
    case COMPARE_LETTER: return attr->length && memchr(value->bytes, *attr->bytes, value->length);
    case COMPARE_IN: return list_has(value, attr);
    default: return false;
    }
}

static bool number_holds(const struct compare *compare, const struct attr *attr)
{
    const struct attr_def *def = compare->def;
    int64_t number = attr ? attr->number : 0;

    if (!number && (def->min > 0 || def->type == TYPE_TIME))
        return compare->op == COMPARE_NE;
    return order_holds(compare->op,
                       (number > compare->value.number) - (number < compare->value.number));
}

bool compare_holds(const struct compare *compare, const struct attr *value)
{
    struct attr initial = {.bytes = compare->def->initial,
                           .length = (uint32_t)strlen(compare->def->initial)};

    if (attr_numeric(compare->def->type))
        return number_holds(compare, value);
    if (!value || !value->length)
        value = &initial;
    return is_checkpoint(compare->def) ? checkpoint_holds(compare, value)
                                       : text_holds(compare, value);
}

bool compare_owner_holds(const struct compare *compare, const struct attr *owner,
                         const struct attr *host)
{
    char text[2 * 256 + 1];
    struct attr whole = {.bytes = text, .length = owner->length + 1 + host->length};

    if (compare_holds(compare, owner))
        return true;
    if (!compare->value.length || !memchr(compare->value.bytes, '@', compare->value.length) ||
        !owner->length || !host->length || whole.length > sizeof text)
        return false;
    memcpy(text, owner->bytes, owner->length);
    text[owner->length] = '@';
    memcpy(text + owner->length + 1, host->bytes, host->length);
    return compare_holds(compare, &whole);
}
