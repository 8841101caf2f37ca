/*
 * qsub_variables.c - the environment that goes along with a request.
 *
 * Three layers, the later ones on top: all of the environment (-V), the
 * PBS_O_* that say where the request comes from, and what -v names.  A
 * qsub inside a job must not hand on what belongs to that job, so PBS_O_* and
 * the indices of an array are left out of the first layer.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mem.h"
#include "qsub.h"
#include "str.h"

static void variables_add(struct variables *variables, const char *text)
{
    if (variables->count == variables->room) {
        variables->room = variables->room ? variables->room * 2 : 64;
        variables->list = mem_grow(variables->list, variables->room, sizeof *variables->list);
    }
    variables->list[variables->count++] = text;
}

/* Put TEXT in the place of an earlier value of the same name. */
static void variables_set(struct variables *variables, const char *text)
{
    size_t length = strcspn(text, "=") + 1;

    for (size_t i = 0; i < variables->count; i++) {
        if (!strncmp(variables->list[i], text, length)) {
            variables->list[i] = text;
            return;
        }
    }
    variables_add(variables, text);
}

void variables_all(struct variables *variables)
{
    for (char **entry = environ; *entry; entry++)
        if (**entry != '=' && strchr(*entry, '=') && !str_begins(*entry, "PBS_O_") &&
            !str_begins(*entry, "PBS_ARRAY"))
            variables_add(variables, *entry);
}

/* NAME=VALUE, kept by SUBMISSION. */
static const char *variable_text(struct submission *submission, const char *before,
                                 const char *name, const char *value)
{
    size_t size = strlen(before) + strlen(name) + strlen(value) + 2;
    char *text = mem_new(size);

    strcat(strcat(strcat(strcpy(text, before), name), "="), value);
    return submission_keep(submission, text);
}

void variables_origin(struct submission *submission)
{
    static const char *const names[] = {"HOME", "LANG",  "LOGNAME", "PATH",
                                        "MAIL", "SHELL", "TZ",      NULL};
    struct variables *variables = &submission->variables;

    for (const char *const *name = names; *name; name++) {
        const char *value = getenv(*name);

        if (value)
            variables_add(variables, variable_text(submission, "PBS_O_", *name, value));
    }
    variables_add(variables, variable_text(submission, "PBS_O_", "WORKDIR", submission->workdir));
    variables_add(variables, variable_text(submission, "PBS_O_", "HOST", submission->host));
}

enum nqs_code variables_list(struct submission *submission, const char *text, struct nqs_err *err)
{
    char *at = submission_keep(submission, mem_text(text));
    enum nqs_code code;
    char *value;
    char *name;

    while (qsub_list_next(&at, &name, &value, &code, err)) {
        if (!*name || !str_no_control(name, strlen(name)))
            return nqs_fail(err, NQS_VALUE, "'%.100s' is not the name of a variable", name);
        if (!value && !getenv(name))
            cli_say("option -v: %.100s is not in the environment and is left out", name);
        else
            variables_set(&submission->variables,
                          variable_text(submission, "", name, value ? value : getenv(name)));
    }
    return code;
}
