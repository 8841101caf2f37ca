/*
 * qtop.c - queues and requests on a terminal, kept up to date.
 *
 * What is shown is asked for anew every two seconds, and after each change that
 * was made here.  Rights are the server's business: a key does what the command
 * of that name would, and what the server says of it stands in the last line.
 */
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "qtop.h"
#include "str.h"

enum { REFRESH_MS = 2000, COLUMNS_USUAL = 80, ROWS_USUAL = 24 };

struct top {
    struct client *client;
    struct top_model model;
    struct top_view view;
    struct top_page page;
    char message[NQS_ERR_TEXT_MAX];
    bool keep; /* the message, once: a key's answer outlives the next refresh */
};

static bool once;

static void message(struct top *top, const char *text)
{
    str_copy(top->message, sizeof top->message, text);
    top->view.message = *text ? top->message : NULL;
}

/*
 * A server that is away is told of, and what was last known stays.  Rows change
 * their places; the cursor goes with the one that it is on.
 */
static void refresh_model(struct top *top)
{
    const struct top_queue *queue = top_queue_at(&top->model, &top->view);
    const struct top_job *job = top_job_at(&top->model, &top->view);
    bool is_queue = queue != NULL;
    char name[sizeof job->id];
    struct nqs_err err;

    str_copy(name, sizeof name, queue ? queue->name : job ? job->id : "");
    if (top_model_read(&top->model, top->client, &err))
        message(top, err.text);
    else if (!top->keep)
        message(top, "");
    top->keep = false;
    if (is_queue)
        top_find_queue(&top->model, &top->view, name);
    else
        top_find_job(&top->model, &top->view, name);
}

static void draw(struct top *top)
{
    getmaxyx(stdscr, top->view.rows, top->view.columns);
    top_page_make(&top->model, &top->view, &top->page);
    erase();
    for (int i = 0; i < top->page.count; i++) {
        attr_t look = top->page.looks[i] == TOP_CURSOR  ? A_REVERSE
                      : top->page.looks[i] == TOP_TITLE ? A_BOLD
                                                        : A_NORMAL;

        attrset(look);
        mvaddnstr(i, 0, top->page.lines[i], top->view.columns);
        for (int at = (int)strlen(top->page.lines[i]);
             look == A_REVERSE && at < top->view.columns - 1; at++)
            addch(' ');
    }
    attrset(A_NORMAL);
    refresh();
}

/* Do PROCEDURE to NAME, say how it went, and look again. */
static void change(struct top *top, const char *what, uint32_t procedure, const char *name,
                   const struct attrs *attrs)
{
    char said[NQS_ERR_TEXT_MAX];
    struct nqs_err err;

    if (client_change(top->client, procedure, name, NULL, attrs, NULL, &err))
        snprintf(said, sizeof said, "%s", err.text);
    else
        snprintf(said, sizeof said, "%s %s", name, what);
    message(top, said);
    top->keep = true;
    refresh_model(top);
}

static void change_holds(struct top *top, const char *what, uint32_t procedure, const char *name)
{
    struct attrs attrs = {0};

    attrs_add_number(&attrs, ATTR_set_holds, HOLD_USER);
    change(top, what, procedure, name, &attrs);
    attrs_done(&attrs);
}

static void change_limit(struct top *top, int by)
{
    const struct top_queue *queue = top_queue_at(&top->model, &top->view);
    struct attrs attrs = {0};
    char name[sizeof queue->name];
    char what[60];

    if (!queue) {
        message(top, "a run limit is a queue's: move to one");
        return;
    }
    if (queue->limit + by < 0)
        return;
    memcpy(name, queue->name, sizeof name);
    snprintf(what, sizeof what, "has run limit %lld", (long long)queue->limit + by);
    attrs_add_number(&attrs, ATTR_run_limit, queue->limit + by);
    change(top, what, NQS_SET_QUEUE, name, &attrs);
    attrs_done(&attrs);
}

/* Ask in the last line; anything but y is no. */
static bool confirm(struct top *top, const char *question)
{
    int key;

    message(top, question);
    draw(top);
    timeout(-1);
    do
        key = getch();
    while (key == KEY_RESIZE);
    timeout(REFRESH_MS);
    message(top, "");
    return key == 'y' || key == 'Y';
}

static void change_job(struct top *top, int key)
{
    const struct top_job *job = top_job_at(&top->model, &top->view);
    char name[sizeof job->id];
    char question[160];

    if (!job) {
        message(top, "that is done to a request: move to one");
        return;
    }
    memcpy(name, job->id, sizeof name);
    if (key == 'h')
        change_holds(top, "is held", NQS_HOLD_JOB, name);
    if (key == 'r')
        change_holds(top, "is released", NQS_RELEASE_JOB, name);
    if (key != 'd')
        return;
    snprintf(question, sizeof question, "delete %s (%s)? y or n", name, job->name);
    if (confirm(top, question))
        change(top, "is deleted", NQS_DELETE_JOB, name, NULL);
}

static void move_by(struct top *top, long by)
{
    long all = (long)(top->model.queues_count + top->model.jobs_count);
    long at = (long)top->view.cursor + by;

    top->view.cursor = (size_t)(at < 0 || !all ? 0 : at >= all ? all - 1 : at);
}

/* To the first of the other list. */
static void change_list(struct top *top)
{
    bool in_queues = top_queue_at(&top->model, &top->view);

    top->view.cursor = in_queues ? top->model.queues_count : 0;
}

/* False when KEY ends it. */
static bool key_take(struct top *top, int key)
{
    switch (key) {
    case 'q':
    case 'Q': return false;
    case KEY_UP:
    case 'k': move_by(top, -1); break;
    case KEY_DOWN:
    case 'j': move_by(top, 1); break;
    case KEY_PPAGE: move_by(top, -10); break;
    case KEY_NPAGE: move_by(top, 10); break;
    case KEY_HOME: top->view.cursor = 0; break;
    case KEY_END: move_by(top, INT32_MAX); break;
    case '\t': change_list(top); break;
    case 'h':
    case 'r':
    case 'd': change_job(top, key); break;
    case '+': change_limit(top, 1); break;
    case '-': change_limit(top, -1); break;
    case ERR: refresh_model(top); break;
    default: break; /* KEY_RESIZE: only drawn again */
    }
    return true;
}

static int screen_run(struct top *top)
{
    SCREEN *screen;

    if (!isatty(0) || !isatty(1)) {
        cli_say("this is no terminal; --once prints one screen as text");
        return 1;
    }
    screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        cli_say("the terminal of TERM is not known; --once prints one screen as text");
        return 1;
    }
    cbreak();
    noecho();
    keypad(stdscr, TRUE);
    curs_set(0);
    timeout(REFRESH_MS);
    do
        draw(top);
    while (key_take(top, getch()));
    endwin();
    delscreen(screen);
    return 0;
}

/* The number in the environment's NAME, within 20 to MAX, or USUAL. */
static int size_of(const char *name, int max, int usual)
{
    const char *text = getenv(name);
    int64_t number;

    return text && str_number(text, 5, max, &number) ? (int)number : usual;
}

static void print_once(struct top *top)
{
    top->view.columns = size_of("COLUMNS", TOP_COLUMNS_MAX, COLUMNS_USUAL);
    top->view.rows = size_of("LINES", TOP_ROWS_MAX, ROWS_USUAL);
    top->view.message = "";
    top_page_make(&top->model, &top->view, &top->page);
    for (int i = 0; i < top->page.count - 1; i++)
        printf("%s\n", top->page.lines[i]);
}

static int qtop_run(const struct cli_call *call)
{
    static struct top top;
    struct nqs_err err;
    int status = 0;

    (void)call;
    if (client_open(NULL, &top.client, &err))
        return cli_fail(&err);
    if (top_model_read(&top.model, top.client, &err))
        status = cli_fail(&err);
    else if (once)
        print_once(&top);
    else
        status = screen_run(&top);
    top_model_done(&top.model);
    client_close(top.client);
    return status;
}

static enum nqs_code qtop_words(int *argc, char ***argv, struct nqs_err *err)
{
    (void)err;
    for (int i = 1; i < *argc; i++)
        if (!strcmp((*argv)[i], "--once"))
            (*argv)[i] = (char *)(uintptr_t) "-1";
    return NQS_OK;
}

static const struct cli_option options[] = {
    {'1', NULL, "also --once: print one screen as text, and end", .flag = &once},
    {0},
};

const struct command command = {
    .name = "qtop",
    .usage = "[-1 | --once]",
    .text = "Show queues and requests on the terminal, and keep that up to date.\n"
            "Keys: arrows, tab; h hold, r release, d delete a request; + - a queue's limit; q.",
    .options = options,
    .words = qtop_words,
    .run = qtop_run,
};
