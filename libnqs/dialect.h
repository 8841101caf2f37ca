/*
 * dialect.h - in whose manner commands print; rows of dialect.def.
 *
 * $NQS_DIALECT decides, else the server's attribute `dialect`, else pbs.
 * Source: reference/queues.md, Settled; reference/clients.md, gotcha 1.
 */
#ifndef NQS_DIALECT_H
#define NQS_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

enum dialect_forms { FORMS_PBS, FORMS_NQS };

struct dialect {
    const char *name;
    char ended;
    bool completed;
    bool xml;
    enum dialect_forms forms;
};

/* The dialect of LENGTH bytes of NAME, or NULL. */
const struct dialect *dialect_find(const char *name, size_t length);

/* Their names, for people: "pbs, torque, pbspro or nqs". */
extern const char dialect_names[];

/* The one of a name that is none. */
const struct dialect *dialect_default(void);

/* The word and the three letters that NQS has for a state LETTER of ours. */
const char *dialect_nqs_word(char letter);
const char *dialect_nqs_letters(char letter);

#endif
