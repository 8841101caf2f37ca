/*
 * err.h - a code and a text for everything that can go wrong.
 *
 * A function that can fail for more than one reason returns enum nqs_code and
 * takes struct nqs_err * last.  The code is at once the wire number and, by
 * err.def, the exit status of a command: nothing is translated on the way.
 * errno does not cross a file boundary: it becomes text where it happens.
 */
#ifndef NQS_ERR_H
#define NQS_ERR_H

enum nqs_code {
#define E(name, number, status, title) NQS_##name = number,
#include "err.def"
#undef E
};

enum { NQS_ERR_TEXT_MAX = 512 };

struct nqs_err {
    enum nqs_code code;
    char text[NQS_ERR_TEXT_MAX];
};

/*
 * Fill ERR (NULL is allowed) with CODE and the formatted text and return CODE,
 * so that a caller writes `return nqs_fail(err, NQS_NOQUEUE, "...", name);`.
 * Control characters in the text become `?`.
 */
enum nqs_code nqs_fail(struct nqs_err *err, enum nqs_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As nqs_fail(), with errno's text appended after ": ". */
enum nqs_code nqs_fail_errno(struct nqs_err *err, enum nqs_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The exit status of a command that failed with CODE; 2 for a code unknown here. */
int nqs_exit_status(enum nqs_code code);

/* A title for CODE, never NULL; static storage. */
const char *nqs_code_title(enum nqs_code code);

/* The name of CODE as in err.def ("NOJOB"), never NULL; static storage. */
const char *nqs_code_name(enum nqs_code code);

#endif
