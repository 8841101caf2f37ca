/*
 * signals.c - signals by their names; see signals.h.
 */
#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "str.h"

static const struct signal_row {
    const char *name;
    int number;
} signal_rows[] = {
    {"NULL", 0},       {"HUP", SIGHUP},       {"INT", SIGINT},   {"QUIT", SIGQUIT},
    {"ILL", SIGILL},   {"TRAP", SIGTRAP},     {"ABRT", SIGABRT}, {"IOT", SIGIOT},
    {"BUS", SIGBUS},   {"FPE", SIGFPE},       {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2},     {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
    {"TERM", SIGTERM}, {"STKFLT", SIGSTKFLT}, {"CHLD", SIGCHLD}, {"CONT", SIGCONT},
    {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},     {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},
    {"URG", SIGURG},   {"XCPU", SIGXCPU},     {"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF}, {"WINCH", SIGWINCH},   {"IO", SIGIO},     {"PWR", SIGPWR},
    {"SYS", SIGSYS},
};

enum { SIGNALS_MAX = 64, SIGNALS_COUNT = sizeof signal_rows / sizeof *signal_rows };

/* A real-time signal, counted from either end: RTMIN, RTMIN+3, RTMAX-1. */
static bool signal_realtime(const char *name, int64_t *ret)
{
    bool low = !strncasecmp(name, "RTMIN", 5);
    const char *rest = name + 5;
    int64_t step = 0;

    if (!low && strncasecmp(name, "RTMAX", 5))
        return false;
    if (*rest &&
        (*rest != (low ? '+' : '-') || !str_number(rest + 1, 0, SIGRTMAX - SIGRTMIN, &step)))
        return false;
    *ret = low ? SIGRTMIN + step : SIGRTMAX - step;
    return true;
}

static enum nqs_code signal_unknown(const char *text, const char *name, struct nqs_err *err)
{
    const char *names[SIGNALS_COUNT + 1] = {NULL};
    char upper[16];
    const char *near;

    for (size_t i = 0; i < SIGNALS_COUNT; i++)
        names[i] = signal_rows[i].name;
    str_copy(upper, sizeof upper, name);
    for (char *at = upper; *at; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    near = str_nearest(upper, names);
    if (near)
        return nqs_fail(err, NQS_SIGNAL, "unknown signal '%.40s'; did you mean %s?", text, near);
    return nqs_fail(err, NQS_SIGNAL, "unknown signal '%.40s'", text);
}

enum nqs_code signals_parse(const char *text, int64_t *ret, struct nqs_err *err)
{
    const char *name = strncasecmp(text, "SIG", 3) ? text : text + 3;

    if (str_number(text, 0, SIGNALS_MAX, ret) || signal_realtime(name, ret))
        return NQS_OK;
    for (size_t i = 0; i < SIGNALS_COUNT; i++) {
        if (!strcasecmp(name, signal_rows[i].name)) {
            *ret = signal_rows[i].number;
            return NQS_OK;
        }
    }
    return signal_unknown(text, name, err);
}

enum nqs_code signals_parse_pseudo(const char *text, int64_t *ret, struct nqs_err *err)
{
    *ret = PSEUDO_NONE;
    if (!strcasecmp(text, "suspend"))
        *ret = PSEUDO_SUSPEND;
    else if (!strcasecmp(text, "resume"))
        *ret = PSEUDO_RESUME;
    else if (!strcasecmp(text, "admin-suspend") || !strcasecmp(text, "admin-resume"))
        return nqs_fail(err, NQS_UNSUPPORTED,
                        "'%.20s' is about a node's maintenance, which there is not; use %s", text,
                        strchr("sS", text[6]) ? "suspend" : "resume");
    return NQS_OK;
}
