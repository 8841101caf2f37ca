/*
 * failpoint.c - ending the process where a test says; see failpoint.h.
 */
#include "failpoint.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum failpoint_action { ACTION_NONE, ACTION_KILL, ACTION_EXIT, ACTION_EIO, ACTION_ENOSPC };

static struct failpoint {
    const char *name;
    const char *where;
    long left; /* passings until it acts; 0: never */
    enum failpoint_action action;
} points[] = {
#define P(name, kind, where) {name, where, 0, ACTION_NONE},
#include "failpoint.def"
#undef P
};

enum { POINT_COUNT = sizeof points / sizeof points[0] };

static struct failpoint *point_find(const char *name, size_t length)
{
    for (size_t i = 0; i < POINT_COUNT; i++)
        if (strlen(points[i].name) == length && memcmp(points[i].name, name, length) == 0)
            return &points[i];
    return NULL;
}

static enum failpoint_action action_read(const char *text, size_t length)
{
    static const struct {
        const char *word;
        enum failpoint_action action;
    } actions[] = {{"kill", ACTION_KILL},
                   {"exit", ACTION_EXIT},
                   {"eio", ACTION_EIO},
                   {"enospc", ACTION_ENOSPC}};

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strlen(actions[i].word) == length && memcmp(actions[i].word, text, length) == 0)
            return actions[i].action;
    return ACTION_NONE;
}

/* A test that misspells its failpoint would prove nothing, so it must not run. */
static _Noreturn void spec_bad(const char *spec)
{
    fprintf(stderr, "NQS_FAIL: cannot use '%s'\n", spec);
    _exit(64);
}

/* Arm one point by NAME:COUNT[:ACTION] of LENGTH bytes. */
static void spec_take(const char *spec, size_t length)
{
    const char *colon = memchr(spec, ':', length);
    struct failpoint *point = colon ? point_find(spec, (size_t)(colon - spec)) : NULL;
    char *end;

    if (!point)
        spec_bad(spec);
    point->left = strtol(colon + 1, &end, 10);
    point->action = ACTION_KILL;
    if (*end == ':')
        point->action = action_read(end + 1, (size_t)(spec + length - end) - 1);
    else if (end != spec + length)
        point->action = ACTION_NONE;
    if (point->left < 1 || point->action == ACTION_NONE)
        spec_bad(spec);
}

static void specs_read(void)
{
    static bool done;
    const char *at = done ? NULL : getenv("NQS_FAIL");

    done = true;
    while (at && *at) {
        size_t length = strcspn(at, ",");

        spec_take(at, length);
        at += length + (at[length] == ',');
    }
}

int failpoint_errno(const char *name)
{
    struct failpoint *point = point_find(name, strlen(name));

    assert(point);
    specs_read();
    if (point->left == 0 || --point->left > 0)
        return 0;
    switch (point->action) {
    case ACTION_EIO: return EIO;
    case ACTION_ENOSPC: return ENOSPC;
    case ACTION_EXIT: _exit(3);
    case ACTION_KILL: kill(getpid(), SIGKILL); break;
    case ACTION_NONE: break;
    }
    return 0;
}

void failpoint_pass(const char *name)
{
    (void)failpoint_errno(name);
}

const char *failpoint_where(const char *name)
{
    struct failpoint *point = point_find(name, strlen(name));

    assert(point);
    return point->where;
}

const char *failpoint_each(const char *last)
{
    if (!last)
        return points[0].name;
    for (size_t i = 0; i + 1 < POINT_COUNT; i++)
        if (strcmp(points[i].name, last) == 0)
            return points[i + 1].name;
    return NULL;
}
