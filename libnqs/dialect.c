/*
 * dialect.c - in whose manner commands print; see dialect.h.
 */
#include "dialect.h"

#include <string.h>

static const struct dialect dialects[] = {
#define D(name, ended, completed, xml, forms) {#name, ended, completed, xml, FORMS_##forms},
#include "dialect.def"
#undef D
};

const char dialect_names[] = "pbs, torque, pbspro or nqs";

const struct dialect *dialect_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (strlen(dialects[i].name) == length && !memcmp(dialects[i].name, name, length))
            return &dialects[i];
    return NULL;
}

const struct dialect *dialect_default(void)
{
    return &dialects[0];
}

/* Source: reference/queues.md B.2; the short ones are those of NQSII. */
static const struct {
    char letter;
    const char *word;
    const char *letters;
} nqs_states[] = {
    {'Q', "QUEUED", "QUE"},    {'B', "RUNNING", "RUN"}, {'R', "RUNNING", "RUN"},
    {'H', "HOLDING", "HLD"},   {'W', "WAITING", "WAT"}, {'E', "EXITING", "EXT"},
    {'S', "SUSPENDED", "SUS"}, {'T', "ROUTING", "TRS"}, {'C', "EXITED", "EXD"},
    {'F', "EXITED", "EXD"},
};

enum { NQS_STATES = sizeof nqs_states / sizeof *nqs_states };

const char *dialect_nqs_word(char letter)
{
    for (size_t i = 0; i < NQS_STATES; i++)
        if (nqs_states[i].letter == letter)
            return nqs_states[i].word;
    return "ARRIVING";
}

const char *dialect_nqs_letters(char letter)
{
    for (size_t i = 0; i < NQS_STATES; i++)
        if (nqs_states[i].letter == letter)
            return nqs_states[i].letters;
    return "ARR";
}
