/*
 * qsub.c - submit a request.  Source: XCU qsub; reference/queues.md A.5.1, A.5.13.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "manner.h"
#include "mem.h"
#include "nqs_options.h"
#include "qsub.h"
#include "qsub_terminal.h"
#include "str.h"

enum { QSUB_NAME_MAX = 236, QSUB_ARGS_MAX = 4096 };

/* Where the options go that are being read: all words so far, and what is read now. */
struct reading {
    struct qsub_words words;
    const struct directive *directive; /* NULL: the command line */
    struct nqs_options nqs;            /* what the directives of NQS say, in words of POSIX */
};

/* The directives of a script, which its words borrow from. */
struct script_directives {
    struct directives ours;
    struct directives nqs;
};

static struct reading reading;

static enum nqs_code take_word(void *into, const struct cli_given *given, struct nqs_err *err)
{
    struct reading *to = into;
    struct qsub_words *words = &to->words;
    struct qsub_word *word;

    if (words->count == words->room) {
        words->room = words->room ? words->room * 2 : 32;
        words->list = mem_grow(words->list, words->room, sizeof *words->list);
    }
    word = &words->list[words->count++];
    *word = (struct qsub_word){.letter = given->letter,
                               .attached = given->attached,
                               .text = given->text,
                               .directive = to->directive};
    return qsub_misread(word, err);
}

static const struct cli_option options[] = {
#define BOTH(letter, argument, text, apply) {letter, argument, text, .take = take_word},
#define QSUB(letter, argument, text, apply) {letter, argument, text, .take = take_word},
#define QALTER(letter, argument, text, apply)
#include "job_options.def"
#undef BOTH
#undef QSUB
#undef QALTER
    {0},
};

/* -------------------------------------------------------------- options */

/* The last word of the command line with LETTER, or NULL; directives do not count. */
static const struct qsub_word *command_word(char letter)
{
    for (size_t i = reading.words.count; i-- > 0;)
        if (reading.words.list[i].letter == letter && !reading.words.list[i].directive)
            return &reading.words.list[i];
    return NULL;
}

static bool given(char letter)
{
    for (size_t i = 0; i < reading.words.count; i++)
        if (reading.words.list[i].letter == letter)
            return true;
    return false;
}

static const char *directive_prefix(void)
{
    const struct qsub_word *word = command_word('C');
    const char *prefix = getenv("PBS_DPREFIX");

    if (word)
        return word->text;
    return prefix && *prefix ? prefix : DIRECTIVE_PREFIX;
}

/* Read the options of WORDS, which stand in DIRECTIVE, behind those that were read before. */
static enum nqs_code directive_read(const struct directive *directive, int count, char **words,
                                    struct nqs_err *err)
{
    struct cli_end end;
    struct nqs_err why;
    enum nqs_code code;

    reading.directive = directive;
    code = cli_scan(options, qsub_hint, count, words, &reading, &end, &why);
    if (!code && end.first < count)
        code = nqs_fail(&why, NQS_SYNTAX, "'%.80s' is no option", words[end.first]);
    else if (code == NQS_HELP)
        code = nqs_fail(&why, NQS_SYNTAX, "this has no meaning in a script");
    return code ? directive_fail(directive, NQS_SYNTAX, why.text, err) : NQS_OK;
}

static void words_say(const char *text)
{
    cli_say("%s", text);
}

static void nqs_say(const char *text)
{
    cli_say("line %u: %s", reading.directive->line, text);
}

/* The words of one directive of NQS as ours, behind the word that cli_scan() passes over. */
static enum nqs_code nqs_read(const struct directive *directive, struct nqs_err *err)
{
    struct nqs_options *nqs = &reading.nqs;
    int begin = nqs->count;
    struct nqs_err why;
    int end;

    reading.directive = directive;
    nqs->say = nqs_say;
    nqs_options_add(nqs, directive->words[0]);
    if (nqs_options_read(nqs, directive->count - 1, directive->words + 1, &end, &why))
        return directive_fail(directive, NQS_SYNTAX, why.text, err);
    if (end < directive->count - 1) {
        nqs_fail(&why, NQS_SYNTAX, "'%.80s' is no option", directive->words[end + 1]);
        return directive_fail(directive, NQS_SYNTAX, why.text, err);
    }
    return directive_read(directive, nqs->count - begin, nqs->words + begin, err);
}

static enum nqs_code word_apply(struct submission *submission, const struct qsub_word *word,
                                struct nqs_err *err)
{
    struct nqs_err why;
    struct nqs_err line;
    enum nqs_code code = qsub_apply(submission, word, &why);

    if (!code)
        return NQS_OK;
    nqs_fail(&line, code, "option -%c: %s", word->letter, why.text);
    if (word->directive)
        return directive_fail(word->directive, code, line.text, err);
    return nqs_fail(err, code, "%s", line.text);
}

/*
 * Directives first, then the command line: what comes later wins.  A directive
 * whose letter is on the command line too is ignored, unless both are lists.
 */
static enum nqs_code words_apply(struct submission *submission, struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;

    if (given('V'))
        variables_all(&submission->variables);
    variables_origin(submission);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < reading.words.count && !code; i++) {
            const struct qsub_word *word = &reading.words.list[i];

            if ((word->directive ? 0 : 1) != pass ||
                (word->directive && !qsub_is_list(word->letter) && command_word(word->letter)))
                continue;
            code = word_apply(submission, word, err);
        }
    }
    return code;
}

/* ------------------------------------------------ what no option decides */

/* A name made of a file's: what -N refuses becomes `_`, and what is too long is cut. */
static void name_make(struct submission *submission, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = submission_keep(submission, mem_text(slash && slash[1] ? slash + 1 : path));
    size_t length = strlen(name);

    if (length > QSUB_NAME_MAX) {
        length = QSUB_NAME_MAX;
        while ((name[length] & 0xc0) == 0x80)
            length--;
        name[length] = '\0';
    }
    for (char *at = name; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 127 || *at == '/')
            *at = '_';
    if (!str_printable(name, length))
        for (char *at = name; *at; at++)
            if ((unsigned char)*at > 127)
                *at = '_';
    submission->name = name;
}

/* The words of the command line with blanks between, cut where there are too many. */
static void arguments_set(struct submission *submission, int argc, char **argv)
{
    struct buf text;

    buf_init(&text);
    for (int i = 1; i < argc && text.length < QSUB_ARGS_MAX; i++)
        buf_format(&text, "%s%s", i > 1 ? " " : "", argv[i]);
    buf_text(&text);
    submission_keep(submission, text.bytes);
    if (text.length > QSUB_ARGS_MAX)
        text.bytes[QSUB_ARGS_MAX] = '\0';
    for (char *at = text.bytes; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 127)
            *at = '?';
    submission_set_text(submission, ATTR_submit_args, text.bytes);
}

static void places_set(struct submission *submission)
{
    static const uint16_t paths[] = {ATTR_output_path, ATTR_error_path};
    mode_t mask = umask(0);

    umask(mask);
    if (!attrs_find(&submission->attrs, ATTR_umask))
        submission_set_number(submission, ATTR_umask, mask & 0777);
    submission_set_text(submission, ATTR_workdir, submission->workdir);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (!attrs_find(&submission->attrs, paths[i]))
            submission_set_text(submission, paths[i], qsub_path_default(submission));
}

/*
 * Pack the texts of both lists, each text with its NUL: the environment, and
 * the COUNT WORDS of list ID, which are the script's arguments or a command.
 * The lists lie in one buffer, so their places are known only when all is in it.
 */
static void lists_set(struct submission *submission, uint16_t id, int count, char **words)
{
    struct buf *packed = &submission->packed;
    size_t variables;

    for (size_t i = 0; i < submission->variables.count; i++)
        buf_add(packed, submission->variables.list[i], strlen(submission->variables.list[i]) + 1);
    variables = packed->length;
    for (int i = 0; i < count; i++)
        buf_add(packed, words[i], strlen(words[i]) + 1);
    attrs_add_bytes(&submission->attrs, ATTR_variables, packed->bytes, variables);
    if (count)
        attrs_add_bytes(&submission->attrs, id, packed->bytes + variables,
                        packed->length - variables);
    else if (id == ATTR_script_args && submission->arguments.length)
        attrs_add_bytes(&submission->attrs, id, submission->arguments.bytes,
                        submission->arguments.length);
}

/* --------------------------------------------------------- the submission */

/* Those of NQS come first, so that ours win. */
static enum nqs_code directives_read(const struct script_directives *directives,
                                     struct nqs_err *err)
{
    enum nqs_code code = NQS_OK;

    for (size_t i = 0; i < directives->nqs.count && !code; i++)
        code = nqs_read(&directives->nqs.list[i], err);
    for (size_t i = 0; i < directives->ours.count && !code; i++) {
        const struct directive *directive = &directives->ours.list[i];

        code = directive_read(directive, directive->count, directive->words, err);
    }
    return code;
}

/* Read the script of PATH (NULL: standard input) and its directives. */
static enum nqs_code script_take(struct submission *submission, const char *path,
                                 struct script_directives *directives, struct nqs_err *err)
{
    struct buf *script = &submission->script;
    const char *prefix = directive_prefix();
    enum nqs_code code = script_read(path, script, err);
    unsigned late;

    if (!code)
        code = directives_scan(script->bytes, script->length, prefix, &directives->ours, err);
    if (!code && !strcmp(prefix, DIRECTIVE_PREFIX))
        code = qsub_nqs_scan(script, directives->ours.count, &directives->nqs, err);
    if (!code)
        code = directives_read(directives, err);
    late = directives->ours.late ? directives->ours.late : directives->nqs.late;
    if (!code && late)
        cli_say("line %u: a directive behind the first command is ignored", late);
    return code;
}

/* Everything is in: see that it is legal as far as one can from here. */
static enum nqs_code submission_check(const struct submission *submission, struct nqs_err *err)
{
    const struct attr *variables = attrs_find(&submission->attrs, ATTR_variables);

    if (variables->length > NQS_VALUE_MAX)
        return nqs_fail(err, NQS_TOOBIG,
                        "the variables for the job have %u bytes, %d (1 MiB) are the bound; name "
                        "with -v what is needed",
                        (unsigned)variables->length, NQS_VALUE_MAX);
    for (size_t i = 0; i < submission->attrs.count; i++) {
        enum nqs_code code = attr_check(&submission->attrs.list[i], err);

        if (code)
            return code;
    }
    return NQS_OK;
}

static enum nqs_code submission_send(const struct submission *submission, char id[NQS_NAME_MAX + 1],
                                     struct nqs_err *err)
{
    struct client *client;
    uint8_t token[NQS_TOKEN_SIZE];
    enum nqs_code code = client_open(NULL, &client, err);

    if (code)
        return code;
    client_token(token);
    code =
        client_change(client, NQS_QUEUE_JOB, submission->queue, token, &submission->attrs, id, err);
    client_close(client);
    return code;
}

/* At a terminal: the request has no script, is never run again, and is no array. */
static enum nqs_code interactive_set(struct submission *submission, struct nqs_err *err)
{
    const char *term = getenv("TERM");
    char path[TERMINAL_PATH];
    enum nqs_code code;

    if (attrs_find(&submission->attrs, ATTR_array_step))
        return nqs_fail(err, NQS_VALUE, "an array cannot be at a terminal: -I and -J");
    code = terminal_listen(path, err);
    if (code)
        return code;
    submission_set_text(submission, ATTR_interactive, submission_keep(submission, mem_text(path)));
    submission_set_number(submission, ATTR_rerunable, 0);
    return term && *term ? variables_list(submission, "TERM", err) : NQS_OK;
}

/*
 * Behind `--` stands a command; but a lone operand that begins with `-` can
 * only be a script with such a name, which is what `--` is for elsewhere.
 */
static bool call_is_command(const struct cli_call *call)
{
    return call->dashes && call->count && (call->count > 1 || **call->operands != '-');
}

static enum nqs_code submission_fill(struct submission *submission, const struct cli_call *call,
                                     struct script_directives *directives, struct nqs_err *err)
{
    bool is_command = call_is_command(call);
    const char *path = call->count && strcmp(*call->operands, "-") != 0 ? *call->operands : NULL;
    bool interactive = command_word('I');
    enum nqs_code code = submission_init(submission, err);

    if (!code && !is_command && !(interactive && !path))
        code = script_take(submission, path, directives, err);
    if (!code)
        code = words_apply(submission, err);
    if (!code && interactive)
        code = interactive_set(submission, err);
    if (code)
        return code;
    if (!submission->name)
        name_make(submission, path ? path : "STDIN");
    submission_set_text(submission, ATTR_name, submission->name);
    places_set(submission);
    arguments_set(submission, call->argc, call->argv);
    if (is_command)
        lists_set(submission, ATTR_argv, call->count, call->operands);
    else
        lists_set(submission, ATTR_script_args, call->count ? call->count - 1 : 0,
                  call->operands + 1);
    if (!is_command && !interactive)
        attrs_add_bytes(&submission->attrs, ATTR_script, submission->script.bytes,
                        submission->script.length);
    return submission_check(submission, err);
}

/* What the operands may not be. */
static enum nqs_code operands_check(const struct cli_call *call, struct nqs_err *err)
{
    if (call_is_command(call) && !**call->operands)
        return nqs_fail(err, NQS_USAGE, "an empty name is no command");
    if (!call_is_command(call) && call->count > 1 && command_word('F'))
        return nqs_fail(err, NQS_USAGE,
                        "the script's arguments are given with -F or behind the script, not both");
    return NQS_OK;
}

/* Who writes an option behind the script gets an argument, which few want. */
static void operands_warn(const struct cli_call *call)
{
    for (int i = 1; i < call->count && !call->dashes; i++) {
        const char *word = call->operands[i];

        for (const struct cli_option *option = options; option->letter; option++) {
            if (word[0] != '-' || word[1] != option->letter || word[2])
                continue;
            cli_say("%s stands behind the script and is an argument for it", word);
            return;
        }
    }
}

/* Behind --nqs, which the wrapper nqs/qsub writes, stand the options of NQS. */
static enum nqs_code qsub_words(int *argc, char ***argv, struct nqs_err *err)
{
    static struct nqs_options words; /* as long as the program */
    enum nqs_code code;
    int first;

    if (*argc < 2 || strcmp((*argv)[1], "--nqs") != 0)
        return NQS_OK;
    nqs_options_add(&words, (*argv)[0]);
    words.say = words_say;
    code = nqs_options_read(&words, *argc - 2, *argv + 2, &first, err);
    for (int i = first + 2; !code && i < *argc; i++)
        nqs_options_add(&words, (*argv)[i]);
    if (code)
        return code;
    *argc = words.count;
    *argv = words.words;
    return NQS_OK;
}

static int qsub_run(const struct cli_call *call)
{
    struct submission submission = {0};
    struct script_directives directives = {0};
    char id[NQS_NAME_MAX + 1];
    struct nqs_err err;
    int status = 0;

    if (operands_check(call, &err))
        return cli_misuse(&err);
    operands_warn(call);
    if (submission_fill(&submission, call, &directives, &err) ||
        submission_send(&submission, id, &err))
        status = cli_fail(&err);
    else if (!given('z'))
        manner_submitted(id);
    if (!status && attrs_find(&submission.attrs, ATTR_interactive))
        status = terminal_attend(id);
    else if (!status && submission.block)
        status = qsub_block(id);
    terminal_done();
    submission_done(&submission);
    directives_done(&directives.ours);
    directives_done(&directives.nqs);
    nqs_options_done(&reading.nqs);
    mem_free(reading.words.list);
    return status;
}

const struct command command = {
    .name = "qsub",
    .usage = "[-hIVz] [-a time] [-A account] [-c interval] [-C prefix] [-e path]\n"
             " [-F arguments] [-j join] [-J range] [-k keep] [-l list] [-m points] [-M list]\n"
             " [-N name] [-o path] [-p number] [-P project] [-q queue] [-r y|n] [-S shell]\n"
             " [-t range] [-u list] [-v list] [-W list] [script [argument ...] | -]\n"
             "[option ...] -- command [argument ...]",
    .text = "Submit a script (or standard input), or a command, and print the request's id.",
    .options = options,
    .into = &reading,
    .hint = qsub_hint,
    .words = qsub_words,
    .operands_max = CLI_ANY,
    .run = qsub_run,
};
