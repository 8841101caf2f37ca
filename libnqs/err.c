/*
 * err.c - codes and texts; see err.h.
 */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
    enum nqs_code code;
    int status;
    const char *name;
    const char *title;
};

static const struct err_row err_rows[] = {
#define E(name, number, status, title) {NQS_##name, status, #name, title},
#include "err.def"
#undef E
};

static const struct err_row *err_find(enum nqs_code code)
{
    for (size_t i = 0; i < sizeof err_rows / sizeof *err_rows; i++)
        if (err_rows[i].code == code)
            return &err_rows[i];
    return NULL;
}

/* A text may quote what a stranger sent: no control character survives. */
static void err_clean(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
}

__attribute__((format(printf, 3, 0))) static void err_set(struct nqs_err *err, enum nqs_code code,
                                                          const char *format, va_list args)
{
    err->code = code;
    vsnprintf(err->text, sizeof err->text, format, args);
}

enum nqs_code nqs_fail(struct nqs_err *err, enum nqs_code code, const char *format, ...)
{
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    err_set(err, code, format, args);
    va_end(args);
    err_clean(err->text);
    return code;
}

enum nqs_code nqs_fail_errno(struct nqs_err *err, enum nqs_code code, const char *format, ...)
{
    const char *why = strerror(errno);
    va_list args;
    size_t used;

    if (!err)
        return code;
    va_start(args, format);
    err_set(err, code, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", why);
    err_clean(err->text);
    return code;
}

int nqs_exit_status(enum nqs_code code)
{
    const struct err_row *row = err_find(code);

    return row ? row->status : 2;
}

const char *nqs_code_title(enum nqs_code code)
{
    const struct err_row *row = err_find(code);

    return row ? row->title : "unknown error";
}

const char *nqs_code_name(enum nqs_code code)
{
    const struct err_row *row = err_find(code);

    return row ? row->name : "UNKNOWN";
}
