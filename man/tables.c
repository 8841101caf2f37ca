/*
 * tables.c - the tables of the manual, printed from the .def files.
 *
 *     tables NAME     print table NAME as mdoc
 *     tables          print the names of all tables
 *
 * man/tables puts what this prints between the marks in the pages, so that a
 * table of the program and a table of the manual cannot disagree.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* TEXT as mdoc sees no macro or escape in it; a dot at the beginning is no command. */
static void put(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

/* A line of text.  A sentence ends its line. */
static void put_text(const char *text)
{
    const char *end;

    while ((end = strstr(text, ". "))) {
        char line[1024];

        snprintf(line, sizeof line, "%.*s", (int)(end - text + 1), text);
        put(line);
        putchar('\n');
        text = end + 2;
    }
    put(text);
    putchar('\n');
}

static void put_sentence(const char *text)
{
    printf("%c", *text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
    put(text + 1);
    puts(text[strlen(text) - 1] == '.' ? "" : ".");
}

/* --- nqs.conf(5) --- */

static void put_setting(const char *name, const char *type, const char *initial, int64_t min,
                        int64_t max, const char *text)
{
    static const char *const takes[][2] = {
        {"TEXT", "text"}, {"NUMBER", "number"}, {"FLAG", "yes | no"}, {"UIDS", "uid ..."}};

    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
        if (!strcmp(takes[i][0], type))
            printf(".It Ic %s Ar %s\n", name, takes[i][1]);
    put_text(text);
    if (!strcmp(type, "NUMBER"))
        printf("From %" PRId64 " to %" PRId64 ".\n", min, max);
    if (*initial)
        printf("Default:\n.Li %s .\n", initial);
    else if (!strstr(text, "Default:"))
        puts("Default: nothing.");
}

static void table_config(void)
{
    puts(".Bl -tag -width Ds");
#define C(name, type, initial, min, max, text) \
    put_setting(#name, #type, initial, (int64_t)(min), (int64_t)(max), text);
#include "../daemon/door/config.def"
#undef C
    puts(".El");
}

/* --- nqs_protocol(7) --- */

static void table_requests(void)
{
    puts(".Bl -column \"number\" \"STATUS_QUEUES\" \"nqs_status_args\" \"nqs_status_answer\" "
         "\"OPERATOR\" \"CHANGE\"");
    puts(".It Sy number Ta Sy name Ta Sy takes Ta Sy gives Ta Sy role Ta Sy kind");
#define R(number, name, takes, gives, role, kind, text) \
    puts(".It " #number " Ta " #name " Ta " #takes " Ta " #gives " Ta " #role " Ta " #kind);
#include "../libnqs/requests.def"
#undef R
    puts(".El\n.Pp\n.Bl -tag -width STATUS_QUEUES -compact");
#define R(number, name, takes, gives, role, kind, text) puts(".It Li " #name "\n" text);
#include "../libnqs/requests.def"
#undef R
    puts(".El");
}

/* --- qmgr(8) --- */

static void table_qmgr(void)
{
    puts(".Bl -tag -width Ds");
#define Q(words, shape, does, procedure, attr, value, arguments, text) \
    if (strcmp(text, "not here"))                                      \
        printf(".It Li \"%s%s%s\"\n%s.\n", words, *arguments ? " " : "", arguments, text);
#include "../commands/qmgr_grammar.def"
#undef Q
    puts(".El");
}

/* --- nqs_attributes(7) --- */

struct row {
    int id;
    const char *shown, *type, *of, *initial, *heat, *setter, *alter, *text;
    int64_t min, max;
};

static const struct row rows[] = {
#define A(id, member, shown, type, of, initial, min, max, heat, setter, alter, text) \
    {id, shown, #type, #of, initial, #heat, #setter, #alter, text, (int64_t)(min), (int64_t)(max)},
#include "../libnqs/attributes.def"
#undef A
};

static bool is_number(const char *type)
{
    return !strcmp(type, "INT") || !strcmp(type, "SIZE") || !strcmp(type, "DURATION") ||
           !strcmp(type, "COUNT");
}

static const char *setter_text(const char *setter)
{
    static const char *const texts[][2] = {{"USER", "set by the submitter"},
                                           {"OPERATOR", "set by operators"},
                                           {"MANAGER", "set by managers"},
                                           {"SYSTEM", "set by the server"}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i][0], setter))
            return texts[i][1];
    return setter;
}

/* min and max of what a person sets; of a text they are lengths. */
static void put_bounds(const struct row *row)
{
    if (!strcmp(row->setter, "SYSTEM"))
        return;
    if (is_number(row->type) && row->max == INT64_MAX)
        printf(", from %" PRId64, row->min);
    else if (is_number(row->type))
        printf(", from %" PRId64 " to %" PRId64, row->min, row->max);
    else if (!strcmp(row->type, "TEXT") || !strcmp(row->type, "LIST") ||
             !strcmp(row->type, "BYTES"))
        printf(", at most %" PRId64 " bytes", row->max);
}

static void put_attribute(const struct row *row)
{
    static const char *const kinds[][2] = {
        {"INT", "number"},        {"BOOL", "True or False"}, {"TIME", "date"},
        {"DURATION", "duration"}, {"SIZE", "size"},          {"HOLDS", "hold list"},
        {"TEXT", "text"},         {"BYTES", "bytes"},        {"LIST", "list"},
        {"COUNT", "number or unlimited"}};

    printf(".It Li %s\n", row->shown);
    put_text(row->text);
    printf(".Pq %d: ", row->id);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i][0], row->type))
            fputs(kinds[i][1], stdout);
    put_bounds(row);
    if (!strcmp(row->heat, "MADE") && strcmp(row->of, "CALL"))
        fputs(", computed", stdout);
    else if (strcmp(row->of, "CALL"))
        printf(", %s", setter_text(row->setter));
    if (!strcmp(row->setter, "MANAGER") || !strcmp(row->setter, "OPERATOR"))
        printf(", default %s", *row->initial ? row->initial : "none");
    putchar('\n');
}

static void put_attributes(const char *of)
{
    puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].of, of))
            put_attribute(&rows[i]);
    puts(".El");
}

static void table_job_attributes(void)
{
    put_attributes("JOB");
}

static void table_queue_attributes(void)
{
    put_attributes("QUEUE");
}

static void table_server_attributes(void)
{
    put_attributes("SERVER");
}

static void table_call_attributes(void)
{
    put_attributes("CALL");
}

/* --- nqs_errors(7) --- */

static void table_errors(void)
{
    puts(".Bl -column \"UNREACHABLE\" \"number\" \"exit\" \"queue is not empty\"");
    puts(".It Sy name Ta Sy number Ta Sy exit Ta Sy meaning");
#define E(name, number, status, title) \
    puts(".It " #name " Ta " #number " Ta " #status " Ta " title);
#include "../libnqs/err.def"
#undef E
    puts(".El");
}

static void table_ends(void)
{
    puts(".Bl -tag -width start_failed -compact");
#define R(id, name, text)  \
    puts(".It Li " #name); \
    put_sentence(text);
#include "../libnqs/exitrec.def"
    puts(".El");
}

static void table_failed_starts(void)
{
    puts(".Bl -tag -width exists -compact");
#define K(id, name, text)  \
    puts(".It Li " #name); \
    put_sentence(text);
#include "../libnqs/exitrec.def"
    puts(".El");
}

/* --- nqs_internals(7) --- */

struct state {
    const char *name, *place, *resume, *text;
    char letter;
    int slot;
};

struct step {
    const char *state, *event, *next, *effects;
};

static const struct state states[] = {
#define S(id, name, letter, place, slot, resume, text) {#name, #place, #resume, text, letter, slot},
#include "../daemon/core/life.def"
};

static const struct step steps[] = {
#define T(state, event, next, effects) {#state, #event, #next, #effects},
#include "../daemon/core/life.def"
};

/* "EFFECT_CLEAN | EFFECT_DELIVER" as "clean, deliver"; nothing for 0. */
static void put_effects(const char *effects)
{
    const char *word = effects;

    for (; (word = strstr(word, "EFFECT_")); fputs(strstr(word, "EFFECT_") ? ", " : "", stdout))
        for (word += strlen("EFFECT_"); *word >= 'A' && *word <= 'Z'; word++)
            putchar(*word - 'A' + 'a');
}

static void table_life(void)
{
    puts(".Bd -literal");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        const struct state *state = &states[i];

        printf("%s%s  (%c) %s%s\n", i ? "\n" : "", state->name, state->letter, state->text,
               state->slot ? "; holds a slot" : "");
        for (size_t j = 0; j < sizeof steps / sizeof *steps; j++) {
            const struct step *step = &steps[j];

            if (strcmp(step->state, state->name))
                continue;
            printf("    |-- %-18s --> %s", step->event, step->next);
            if (strcmp(step->effects, "0"))
                printf("%*s", 12 - (int)strlen(step->next), "");
            put_effects(step->effects);
            putchar('\n');
        }
        if (strcmp(state->resume, "0")) {
            fputs("    at start of nqsd:     ", stdout);
            put_effects(state->resume);
            putchar('\n');
        }
    }
    puts(".Ed");
}

static void table_events(void)
{
    puts(".Bl -tag -width SUBMITTED_DEFERRED -compact");
#define E(id, name, subject, text) puts(".It Li " #name "\n" text);
#include "../daemon/core/events.def"
#undef E
    puts(".El");
}

static void table_orders(void)
{
    puts(".Bl -tag -width DELIVER -compact");
#define V(id, name, text)  \
    puts(".It Li " #name); \
    put_text(text);
#include "../libnqs/order.def"
    puts(".El");
}

static void table_store(void)
{
    puts(".Bl -tag -width quarantine -compact");
#define T(id, name, key_min, key_max, what) \
    puts(".It Li " #name);                  \
    put_text(what);
#include "../daemon/door/store_tables.def"
#undef T
    puts(".El");
}

static const struct {
    const char *name;
    void (*print)(void);
} tables[] = {
    {"config", table_config},
    {"requests", table_requests},
    {"qmgr", table_qmgr},
    {"job-attributes", table_job_attributes},
    {"queue-attributes", table_queue_attributes},
    {"server-attributes", table_server_attributes},
    {"call-attributes", table_call_attributes},
    {"errors", table_errors},
    {"ends", table_ends},
    {"failed-starts", table_failed_starts},
    {"life", table_life},
    {"events", table_events},
    {"orders", table_orders},
    {"store", table_store},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (argc < 2)
            puts(tables[i].name);
        else if (!strcmp(argv[1], tables[i].name))
            return tables[i].print(), 0;
    }
    return argc < 2 ? 0 : 1;
}
