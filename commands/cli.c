/*
 * cli.c - main() of every command; see cli.h.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "id.h"
#include "str.h"

enum { CLI_OPTIONS_MAX = 64, CLI_TEXT_COLUMN = 22 };

static const struct cli_option *option_find(const struct cli_option *options, int letter)
{
    for (; options && options->letter; options++)
        if (options->letter == letter)
            return options;
    return NULL;
}

/*
 * What getopt() wants to know.  The plus keeps it from looking for options
 * behind operands; the colon keeps it silent.
 */
static void option_letters(const struct cli_option *options, char letters[2 * CLI_OPTIONS_MAX + 3])
{
    char *to = letters;

    *to++ = '+';
    *to++ = ':';
    for (int i = 0; options && options[i].letter && i < CLI_OPTIONS_MAX; i++) {
        *to++ = options[i].letter;
        if (options[i].argument)
            *to++ = ':';
    }
    *to = '\0';
}

/*
 * Of a table's options with a word, WORD is --WORD, or --WORD=ARGUMENT of one
 * that takes an argument, which is *RET_TEXT; or NULL.
 */
static const struct cli_option *option_word(const struct cli_option *options, const char *word,
                                            const char **ret_text)
{
    size_t length = strcspn(word += 2, "=");

    *ret_text = word[length] ? word + length + 1 : NULL;
    for (; options && options->letter; options++)
        if (options->word && strlen(options->word) == length &&
            !memcmp(options->word, word, length) && !options->argument == !*ret_text)
            return options;
    return NULL;
}

/* --help and --version are every command's; WORD is one of them, or was meant to be. */
static enum nqs_code option_long(const char *(*hint)(char, const char *), const char *word,
                                 struct nqs_err *err)
{
    static const char *const names[] = {"--help", "--version", NULL};
    const char *said;
    const char *near;

    for (const char *const *name = names; *name; name++)
        if (!strcmp(word, *name))
            return nqs_fail(err, NQS_HELP, "%s", word);
    said = hint ? hint('-', word) : NULL;
    near = str_nearest(word, names);
    if (said)
        return nqs_fail(err, NQS_USAGE, "%s", said);
    if (near)
        return nqs_fail(err, NQS_USAGE, "unknown option %s; did you mean %s?", word, near);
    return nqs_fail(err, NQS_USAGE, "unknown option %s", word);
}

static enum nqs_code option_unknown(const struct cli_option *options,
                                    const char *(*hint)(char, const char *), int letter,
                                    const char *word, struct nqs_err *err)
{
    const char *said = hint ? hint((char)letter, word) : NULL;
    const struct cli_option *other = option_find(options, letter ^ ('a' ^ 'A'));

    if (said)
        return nqs_fail(err, NQS_USAGE, "%s", said);
    if (other)
        return nqs_fail(err, NQS_USAGE, "unknown option -%c; did you mean -%c?", letter,
                        other->letter);
    return nqs_fail(err, NQS_USAGE, "unknown option -%c", letter);
}

static enum nqs_code option_take(const struct cli_option *option, const char *text, bool attached,
                                 void *into, struct nqs_err *err)
{
    struct cli_given given = {.letter = option->letter, .text = text, .attached = attached};
    struct nqs_err why;
    enum nqs_code code;

    if (option->flag)
        *option->flag = true;
    if (option->value)
        *option->value = text;
    if (!option->take)
        return NQS_OK;
    code = option->take(into, &given, &why);
    return code ? nqs_fail(err, code, "option -%c: %s", option->letter, why.text) : NQS_OK;
}

/*
 * getopt() tells neither in which word it met a letter nor whether `--` ended
 * the options; both follow from where it stood before and where it stands now.
 */
enum nqs_code cli_scan(const struct cli_option *options, const char *(*hint)(char, const char *),
                       int argc, char **argv, void *into, struct cli_end *ret_end,
                       struct nqs_err *err)
{
    char letters[2 * CLI_OPTIONS_MAX + 3];
    enum nqs_code code = NQS_OK;
    int stood = 1;
    int skipped = 0;

    option_letters(options, letters);
    optind = 0; /* glibc: begin anew */
    while (!code) {
        int letter = getopt(argc, argv, letters);
        const char *word = argv[stood];
        const struct cli_option *option = option_find(options, letter);

        if (letter == -1)
            break;
        if (letter == ':') {
            code = nqs_fail(err, NQS_USAGE, "option -%c needs an argument", optopt);
        } else if (optopt == '-' && letter == '?' && str_begins(word, "--")) {
            const char *text;

            option = option_word(options, word, &text);
            code =
                option ? option_take(option, text, true, into, err) : option_long(hint, word, err);
            skipped += stood; /* getopt() begins anew behind it */
            argc -= stood;
            argv += stood;
            optind = 0;
        } else if (!option) {
            code = option_unknown(options, hint, optopt, word, err);
        } else {
            code = option_take(option, option->argument ? optarg : NULL,
                               option->argument && optarg != argv[optind - 1], into, err);
        }
        stood = optind ? optind : 1;
    }
    *ret_end = (struct cli_end){.first = skipped + optind, .dashes = optind > stood};
    return code;
}

void cli_say(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", command.name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

int cli_fail(const struct nqs_err *err)
{
    cli_say("%s", err->text);
    return nqs_exit_status(err->code);
}

/* Every form of the synopsis begins a line; one that begins with a blank goes on with its form. */
static void usage_print(FILE *to)
{
    const char *lead = "usage:";

    for (const char *line = command.usage; line; lead = "      ") {
        size_t length = strcspn(line, "\n");

        if (*line == ' ')
            fprintf(to, "%s %*s%.*s\n", lead, (int)strlen(command.name), "", (int)length, line);
        else
            fprintf(to, "%s %s%s%.*s\n", lead, command.name, length ? " " : "", (int)length, line);
        line = line[length] ? line + length + 1 : NULL;
    }
}

int cli_misuse(const struct nqs_err *err)
{
    cli_say("%s", err->text);
    usage_print(stderr);
    return command.misuse_status ? command.misuse_status : nqs_exit_status(NQS_USAGE);
}

static void help_row(const char *option, const char *text)
{
    printf("  %-*s%s\n", CLI_TEXT_COLUMN - 2, option, text);
}

static void help_print(void)
{
    usage_print(stdout);
    printf("%s\n", command.text);
    for (const struct cli_option *row = command.options; row && row->letter; row++) {
        char option[40];

        if (row->letter < ' ')
            continue; /* only a long one; the text of another row has it */
        snprintf(option, sizeof option, "-%c%s%s", row->letter, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        help_row(option, row->text);
    }
    help_row("--help, --version", "print this text, or the version");
}

/*
 * What completion in a shell asks for: a line for each option, `-x TAB what its
 * argument is called TAB text`, or `name TAB text` for each name that -l takes.
 */
static bool complete_print(const char *what)
{
    if (!strcmp(what, "--complete-options")) {
        for (const struct cli_option *row = command.options; row && row->letter; row++)
            if (row->letter > ' ')
                printf("-%c\t%s\t%s\n", row->letter, row->argument ? row->argument : "", row->text);
        return true;
    }
    if (strcmp(what, "--complete-resources") != 0)
        return false;
    for (const struct attr_def *def = attr_each(NULL); def; def = attr_each(def))
        if (def->of == OF_JOB && str_begins(def->shown, "Resource_List."))
            printf("%s\t%s\n", strchr(def->shown, '.') + 1, def->text);
    return true;
}

enum nqs_code cli_refused(enum nqs_code code, const char *name, struct nqs_err *err)
{
    struct nqs_id id;

    if (code == NQS_NOJOB)
        return nqs_fail(err, code, "Unknown Job Id %s", name);
    if (code == NQS_SYNTAX && id_parse(name, &id, err))
        return code;
    return nqs_fail(err, code, "%s: %s", name, nqs_code_title(code));
}

enum nqs_code cli_change(struct client *client, uint32_t procedure, const char *operand,
                         const struct attrs *attrs, struct nqs_err *err)
{
    return client_change(client, procedure, operand, NULL, attrs, NULL, err);
}

int cli_each(const struct cli_call *call, cli_act *act, void *into)
{
    struct client *client;
    struct nqs_err err;
    int status = 0;

    if (client_open(NULL, &client, &err))
        return cli_fail(&err);
    for (int i = 0; i < call->count; i++) {
        enum nqs_code code = act(client, call->operands[i], into, &err);

        if (code)
            status = cli_fail(&err);
        if (code == NQS_UNREACHABLE)
            break;
    }
    client_close(client);
    return status;
}

/*
 * A caller may have closed descriptors 0 to 2.  Were they left free, the
 * socket to the server would become one of them and the next text for a
 * person would go to the server.
 */
static void descriptors_fill(void)
{
    for (int i = 0; i < 3; i++)
        if (fcntl(i, F_GETFD) < 0 && open("/dev/null", i ? O_WRONLY : O_RDONLY) != i)
            _exit(nqs_exit_status(NQS_SYSTEM));
}

/* What was printed must have arrived, or the exit status says so. */
static int output_end(int status)
{
    struct nqs_err err;

    if (!ferror(stdout) && !fflush(stdout))
        return status;
    nqs_fail_errno(&err, NQS_SYSTEM, "standard output");
    return cli_fail(&err);
}

static int main_run(int argc, char **argv, const struct cli_end *end)
{
    struct cli_call call = {.argc = argc,
                            .argv = argv,
                            .count = argc - end->first,
                            .operands = argv + end->first,
                            .dashes = end->dashes};
    struct nqs_err err;

    if (call.count < command.operands_min)
        nqs_fail(&err, NQS_USAGE, call.count ? "an operand is missing" : "no operand given");
    else if (command.operands_max != CLI_ANY && call.count > command.operands_max)
        nqs_fail(&err, NQS_USAGE, "operand '%.80s' is one too many",
                 call.operands[command.operands_max]);
    else
        return command.run(&call);
    return cli_misuse(&err);
}

int cli_main(int argc, char **argv)
{
    struct cli_end end;
    struct nqs_err err;
    int status = 0;

    descriptors_fill();
    if (argc == 2 && complete_print(argv[1]))
        return output_end(0);
    if (command.words && command.words(&argc, &argv, &err))
        return cli_misuse(&err);
    switch (cli_scan(command.options, command.hint, argc, argv, command.into, &end, &err)) {
    case NQS_OK: status = main_run(argc, argv, &end); break;
    case NQS_HELP:
        if (!strcmp(err.text, "--help"))
            help_print();
        else if (command.version)
            command.version();
        else
            printf("%s (OpenNQS) %s\n", command.name, PACKAGE_VERSION);
        break;
    case NQS_USAGE: status = cli_misuse(&err); break;
    default: status = cli_fail(&err);
    }
    return output_end(status);
}

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
