/*
 * qmgr_edit.c - lines from a person; see qmgr_edit.h.
 *
 * The only file that knows libedit.
 */
#include "qmgr_edit.h"

#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "mem.h"

enum { HISTORY_LINES = 500, PATH_SIZE = 4096 };

struct qmgr_edit {
    EditLine *line;
    History *history;
    char path[PATH_SIZE]; /* of the history; "" when there is no HOME */
};

static char *edit_prompt(EditLine *line)
{
    static char prompt[] = "Mgr: ";

    (void)line;
    return prompt;
}

static void edit_history(struct qmgr_edit *edit)
{
    const char *home = getenv("HOME");
    HistEvent event;

    edit->history = history_init();
    if (!edit->history)
        return;
    history(edit->history, &event, H_SETSIZE, HISTORY_LINES);
    history(edit->history, &event, H_SETUNIQUE, 1);
    el_set(edit->line, EL_HIST, history, edit->history);
    if (!home || !*home ||
        snprintf(edit->path, PATH_SIZE, "%s/.nqs_qmgr_history", home) >= PATH_SIZE)
        edit->path[0] = '\0';
    else
        history(edit->history, &event, H_LOAD, edit->path);
}

struct qmgr_edit *qmgr_edit_new(void)
{
    struct qmgr_edit *edit = mem_new(sizeof *edit);

    edit->line = el_init("qmgr", stdin, stdout, stderr);
    if (!edit->line) {
        mem_free(edit);
        return NULL;
    }
    el_set(edit->line, EL_PROMPT, edit_prompt);
    el_set(edit->line, EL_EDITOR, "emacs");
    el_set(edit->line, EL_SIGNAL, 1);
    edit_history(edit);
    el_source(edit->line, NULL);
    return edit;
}

void qmgr_edit_free(struct qmgr_edit *edit)
{
    HistEvent event;
    mode_t mask;

    if (!edit)
        return;
    if (edit->history && edit->path[0]) {
        mask = umask(077);
        history(edit->history, &event, H_SAVE, edit->path);
        umask(mask);
    }
    el_end(edit->line);
    if (edit->history)
        history_end(edit->history);
    mem_free(edit);
}

const char *qmgr_edit_line(struct qmgr_edit *edit, size_t *ret_length)
{
    HistEvent event;
    int count = 0;
    const char *line = el_gets(edit->line, &count);

    if (!line || count <= 0)
        return NULL;
    if (edit->history && count > 1)
        history(edit->history, &event, H_ENTER, line);
    *ret_length = (size_t)count;
    return line;
}
