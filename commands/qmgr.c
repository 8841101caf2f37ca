/*
 * qmgr.c - managing queues and the server.
 *
 * A command comes as arguments; a text of one command or many comes with -c, on
 * standard input, or from a person.  All ways end in qmgr_command().  Standard input
 * is taken line by line, so that a program may write a command, read what came
 * of it, and write the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "buf.h"
#include "cli.h"
#include "qmgr_edit.h"
#include "qmgr_run.h"

static struct {
    bool abort;  /* at the first error */
    bool echo;   /* print each command before it is done */
    bool syntax; /* look at the syntax only */
    const char *command;
} opt;

/* Commands on their way. */
struct reading {
    struct qmgr qmgr;
    struct qmgr_order order;
    struct buf command;
    bool numbered; /* a script: errors name the line */
    unsigned line; /* of the next text */
    int status;    /* of the command that failed last */
};

/* Do the command in reading->command.  False when it failed and no more are wanted. */
static bool qmgr_command(struct reading *reading, unsigned line)
{
    const char *text = buf_text(&reading->command);
    struct nqs_err err;
    enum nqs_code code;

    if (opt.echo) {
        printf("%s\n", text);
        fflush(stdout);
    }
    code = qmgr_parse(text, &reading->order, &err);
    if (!code && (!opt.syntax || reading->order.row->does == DOES_EXIT))
        code = qmgr_run(&reading->qmgr, &reading->order, &err);
    if (!code)
        return true;
    if (reading->numbered)
        cli_say("line %u: %s", line, err.text);
    else
        cli_say("%s", err.text);
    reading->status = nqs_exit_status(code);
    return !opt.abort;
}

/* Do all commands of LENGTH bytes of TEXT.  False when no more are wanted. */
static bool qmgr_text(struct reading *reading, const char *text, size_t length)
{
    const char *end = text + length;
    unsigned line;
    bool more = true;

    while (more && qmgr_next(&text, end, &reading->line, &line, &reading->command))
        more = qmgr_command(reading, line) && !reading->qmgr.left;
    return more;
}

/* Where lines come from. */
typedef const char *line_source(void *from, size_t *ret_length);

static const char *line_edited(void *from, size_t *ret_length)
{
    return qmgr_edit_line(from, ret_length);
}

struct line_file {
    char *line; /* owned; getline()'s */
    size_t room;
};

static const char *line_read(void *from, size_t *ret_length)
{
    struct line_file *file = from;
    ssize_t got = getline(&file->line, &file->room, stdin);

    if (got < 0)
        return NULL;
    *ret_length = (size_t)got;
    return file->line;
}

/* Lines that are continued are one text. */
static void qmgr_lines(struct reading *reading, line_source *next, void *from)
{
    struct buf text;
    const char *line;
    size_t length;
    bool more = true;

    buf_init(&text);
    while (more && (line = next(from, &length))) {
        buf_add(&text, line, length);
        if (qmgr_continues(line, length) && text.length < QMGR_TEXT_MAX)
            continue;
        more = qmgr_text(reading, text.bytes, text.length);
        buf_clear(&text);
    }
    if (more && text.length)
        qmgr_text(reading, text.bytes, text.length);
    buf_done(&text);
}

static void qmgr_person(struct reading *reading)
{
    struct qmgr_edit *edit = qmgr_edit_new();

    if (!edit) {
        cli_say("this terminal cannot be used; give commands with -c");
        reading->status = nqs_exit_status(NQS_SYSTEM);
        return;
    }
    reading->qmgr.talking = true;
    qmgr_lines(reading, line_edited, edit);
    if (!reading->qmgr.left)
        putchar('\n');
    reading->status = 0; /* a person has seen what failed */
    qmgr_edit_free(edit);
}

static void qmgr_script(struct reading *reading)
{
    struct line_file file = {0};

    reading->numbered = true;
    qmgr_lines(reading, line_read, &file);
    free(file.line);
    if (ferror(stdin)) {
        cli_say("standard input cannot be read");
        reading->status = nqs_exit_status(NQS_FILE);
    }
}

/*
 * The operands are the words of one command: what stands in a script's variable
 * can never begin another.
 */
static void qmgr_operands(struct reading *reading, const struct cli_call *call)
{
    buf_clear(&reading->command);
    for (int i = 0; i < call->count; i++) {
        if (i)
            buf_add_char(&reading->command, ' ');
        buf_add_text(&reading->command, call->operands[i]);
    }
    qmgr_command(reading, 0);
}

static int qmgr_main(const struct cli_call *call)
{
    struct reading reading = {.line = 1};
    struct nqs_err err;

    if (opt.command && call->count) {
        nqs_fail(&err, NQS_USAGE, "a command with -c and another as operands");
        return cli_misuse(&err);
    }
    qmgr_order_init(&reading.order);
    if (opt.command)
        qmgr_text(&reading, opt.command, strlen(opt.command));
    else if (call->count)
        qmgr_operands(&reading, call);
    else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        qmgr_person(&reading);
    else
        qmgr_script(&reading);
    qmgr_order_done(&reading.order);
    qmgr_done(&reading.qmgr);
    buf_done(&reading.command);
    return reading.status;
}

static const struct cli_option qmgr_options[] = {
    {'a', NULL, "stop at the first command that fails", .flag = &opt.abort},
    {'c', "COMMAND", "do COMMAND; several are parted by `;'", .value = &opt.command},
    {'e', NULL, "print each command before it is done", .flag = &opt.echo},
    {'n', NULL, "do nothing, look at the syntax only", .flag = &opt.syntax},
    {0},
};

const struct command command = {
    .name = "qmgr",
    .usage = "[-aen]\n[-aen] -c COMMAND\n[-aen] WORD...",
    .text = "Manage queues and the server.  Commands are the operands, -c's argument, or\n"
            "lines of standard input; `qmgr help' lists them.",
    .options = qmgr_options,
    .operands_max = CLI_ANY,
    .run = qmgr_main,
};
