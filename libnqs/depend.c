/*
 * depend.c - dependencies as text; see depend.h.
 */
#include "depend.h"

#include <assert.h>
#include <string.h>

#include "str.h"

static const struct {
    const char *word;
    enum depend_type type;
} words[] = {
#define D(name, word, begun, ok, failed) {word, DEPEND_##name},
#define B(name, word, after) {word, DEPEND_##name},
#define ALIAS(word, name) {word, DEPEND_##name},
#include "depend.def"
#undef D
#undef B
#undef ALIAS
    {"on", DEPEND_ON},
};

enum { WORDS = sizeof words / sizeof *words, TYPE_LENGTH_MAX = 40 };

static const struct {
    bool is_gate;
    enum depend_gate begun, ok, failed;
} gates[] = {
#define D(name, word, begun, ok, failed) \
    [DEPEND_##name] = {true, DEPEND_##begun, DEPEND_##ok, DEPEND_##failed},
#include "depend.def"
#undef D
    [DEPEND_ON] = {false, DEPEND_WAIT, DEPEND_WAIT, DEPEND_WAIT},
};

static const struct {
    bool is_before;
    enum depend_type after;
} befores[] = {
#define B(name, word, after) [DEPEND_##name] = {true, DEPEND_##after},
#include "depend.def"
#undef B
    [DEPEND_ON] = {false, DEPEND_ON},
};

const char *depend_word(enum depend_type type)
{
    for (size_t i = 0; i < WORDS; i++)
        if (words[i].type == type)
            return words[i].word;
    assert(!"a type without a word");
    return "";
}

bool depend_before(enum depend_type type, enum depend_type *ret)
{
    *ret = befores[type].after;
    return befores[type].is_before;
}

enum depend_gate depend_gate(enum depend_type type, bool begun, bool ended, bool ok)
{
    if (!gates[type].is_gate)
        return DEPEND_WAIT;
    if (begun && gates[type].begun == DEPEND_MET)
        return DEPEND_MET;
    if (!ended)
        return DEPEND_WAIT;
    return ok ? gates[type].ok : gates[type].failed;
}

bool depend_ended_ok(int64_t status, const char *reason, size_t length)
{
    static const char *const bad[] = {"deleted", "dependency"}; /* of those that never ran */

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (length == strlen(bad[i]) && !memcmp(reason, bad[i], length))
            return false;
    return status == 0;
}

static enum nqs_code unknown_type(const char *word, struct nqs_err *err)
{
    const char *names[WORDS + 1] = {NULL};
    const char *near;

    for (size_t i = 0; i < WORDS; i++)
        names[i] = words[i].word;
    near = str_nearest(word, names);
    if (near)
        return nqs_fail(err, NQS_SYNTAX, "depend: unknown type '%s'; did you mean %s?", word, near);
    return nqs_fail(err, NQS_SYNTAX,
                    "depend: unknown type '%s'; there are after, afterok, afternotok, afterany, "
                    "before, beforeok, beforenotok, beforeany and on",
                    word);
}

static enum nqs_code read_type(struct depend_reader *reader, const char *from, size_t length,
                               struct nqs_err *err)
{
    char word[TYPE_LENGTH_MAX + 1];
    size_t cut = length < TYPE_LENGTH_MAX ? length : TYPE_LENGTH_MAX;

    memcpy(word, from, cut);
    word[cut] = '\0';
    for (size_t i = 0; i < WORDS; i++)
        if (!strcmp(word, words[i].word)) {
            reader->type = words[i].type;
            return NQS_OK;
        }
    return unknown_type(word, err);
}

static enum nqs_code read_item(const struct depend_reader *reader, const char *from, size_t length,
                               struct depend *ret, struct nqs_err *err)
{
    char text[2 * NQS_ID_TEXT_MAX];

    if (length >= sizeof text)
        return nqs_fail(err, NQS_SYNTAX, "depend: '%.60s' is no id", from);
    memcpy(text, from, length);
    text[length] = '\0';
    *ret = (struct depend){.type = reader->type, .text = from, .length = length};
    if (reader->type != DEPEND_ON)
        return id_parse(text, &ret->id, err);
    if (!str_number(text, 1, DEPEND_MAX, &ret->count))
        return nqs_fail(err, NQS_SYNTAX, "depend: on:%.40s is not on:COUNT, 1 to %d", text,
                        DEPEND_MAX);
    return NQS_OK;
}

/* The length of what stands up to the next `:` or `,`. */
static size_t piece(const struct depend_reader *reader)
{
    size_t length = 0;

    while (reader->at + length < reader->length && reader->text[reader->at + length] != ':' &&
           reader->text[reader->at + length] != ',')
        length++;
    return length;
}

static enum nqs_code next(struct depend_reader *reader, struct depend *ret, struct nqs_err *err)
{
    const char *from = reader->text + reader->at;
    size_t length = piece(reader);
    enum nqs_code code;

    if (!reader->within) {
        code = read_type(reader, from, length, err);
        if (code)
            return code;
        if (reader->at + length == reader->length || from[length] != ':')
            return nqs_fail(err, NQS_SYNTAX, "depend: %s needs an id: %s:ID",
                            depend_word(reader->type), depend_word(reader->type));
        reader->at += length + 1;
        from = reader->text + reader->at;
        length = piece(reader);
    }
    if (++reader->read > DEPEND_MAX)
        return nqs_fail(err, NQS_LIMIT, "depend: at most %d ids are allowed", DEPEND_MAX);
    code = read_item(reader, from, length, ret, err);
    if (code)
        return code;
    reader->at += length;
    reader->within = reader->at < reader->length && reader->text[reader->at] == ':';
    if (reader->at == reader->length)
        return NQS_OK;
    if (++reader->at == reader->length)
        return nqs_fail(err, NQS_SYNTAX, "depend: nothing stands behind the last '%c'",
                        reader->text[reader->at - 1]);
    return NQS_OK;
}

bool depend_next(struct depend_reader *reader, struct depend *ret, enum nqs_code *ret_code,
                 struct nqs_err *err)
{
    *ret_code = NQS_OK;
    if (reader->at == reader->length)
        return false;
    *ret_code = next(reader, ret, err);
    return !*ret_code;
}

void depend_add(struct buf *out, enum depend_type *last, enum depend_type type, const char *id,
                size_t length)
{
    if (!out->length)
        buf_add_text(out, depend_word(type));
    else if (*last != type)
        buf_format(out, ",%s", depend_word(type));
    buf_add_char(out, ':');
    buf_add(out, id, length);
    *last = type;
}
