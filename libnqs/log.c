/*
 * log.c - lines on standard error; see log.h.
 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

enum { LOG_LINE_MAX = 1024, LOG_PER_SECOND_MAX = 10 };

static unsigned log_traces;

/* One process, one thread that gathers. */
static char log_gathered[16 * LOG_LINE_MAX];
static size_t log_gathered_length;

static const struct {
    const char *name;
    enum log_trace bit;
} log_names[] = {
    {"wire", LOG_WIRE}, {"store", LOG_STORE}, {"place", LOG_PLACE},
    {"link", LOG_LINK}, {"turn", LOG_TURN},
};

__attribute__((format(printf, 2, 0))) static size_t log_line(char line[LOG_LINE_MAX],
                                                             const char *format, va_list args)
{
    char stamp[CLOCK_TEXT_MAX];
    int head;
    int body;
    size_t length;

    clock_stamp(clock_now().wall, stamp);
    head = snprintf(line, LOG_LINE_MAX, "%s ", stamp);
    body = vsnprintf(line + head, LOG_LINE_MAX - (size_t)head - 1, format, args);
    length = (size_t)head + (size_t)(body < 0 ? 0 : body);
    if (length > LOG_LINE_MAX - 2)
        length = LOG_LINE_MAX - 2;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 127)
            line[i] = '?';
    line[length++] = '\n';
    return length;
}

/* A log that cannot be written is no reason to stop. */
static void log_out(const char *bytes, size_t length)
{
    ssize_t ignored = write(2, bytes, length);

    (void)ignored;
}

__attribute__((format(printf, 1, 0))) static void log_write(const char *format, va_list args)
{
    char line[LOG_LINE_MAX];
    size_t length = log_line(line, format, args);

    log_flush(); /* lines stand in the order in which they were said */
    log_out(line, length);
}

void log_gather(const char *format, ...)
{
    va_list args;

    if (sizeof log_gathered - log_gathered_length < LOG_LINE_MAX)
        log_flush();
    va_start(args, format);
    log_gathered_length += log_line(log_gathered + log_gathered_length, format, args);
    va_end(args);
}

void log_flush(void)
{
    if (log_gathered_length)
        log_out(log_gathered, log_gathered_length);
    log_gathered_length = 0;
}

void log_fact(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_write(format, args);
    va_end(args);
}

void log_limited(const char *format, ...)
{
    static nqs_time second;
    static unsigned written;
    static unsigned dropped;
    nqs_time now = clock_now().steady / NQS_SECOND;
    va_list args;

    if (now != second) {
        unsigned before = dropped;

        second = now;
        written = dropped = 0;
        if (before)
            log_fact("log-limited dropped=%u", before);
    }
    if (written++ >= LOG_PER_SECOND_MAX) {
        dropped++;
        return;
    }
    va_start(args, format);
    log_write(format, args);
    va_end(args);
}

void log_trace(enum log_trace category, const char *format, ...)
{
    va_list args;

    if (!(log_traces & category))
        return;
    va_start(args, format);
    log_write(format, args);
    va_end(args);
}

int log_set_trace(const char *names)
{
    while (*names) {
        size_t length = strcspn(names, ",");
        unsigned bit = 0;

        for (size_t i = 0; i < sizeof log_names / sizeof *log_names; i++)
            if (strlen(log_names[i].name) == length && !strncmp(names, log_names[i].name, length))
                bit = log_names[i].bit;
        if (!bit)
            return -1;
        log_traces |= bit;
        names += length + (names[length] == ',');
    }
    return 0;
}
