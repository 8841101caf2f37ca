/*
 * log.h - one line per fact on standard error, `key=value`, the event's name first.
 *
 * Floors 0 to 2 never log; floor 3 logs.  Whatever a peer can cause goes
 * through log_limited().
 */
#ifndef NQS_LOG_H
#define NQS_LOG_H

/* Trace categories: bits, named in the table of log.c; `-T wire,store` sets them. */
enum log_trace {
    LOG_WIRE = 1,
    LOG_STORE = 2,
    LOG_PLACE = 4,
    LOG_LINK = 8,
    LOG_TURN = 16,
};

/* Write one line with a time stamp before it.  Control characters become `?`. */
void log_fact(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * As log_fact(), but kept until log_flush(), which writes all lines at once: a
 * turn costs one write, however much it has to say.
 */
void log_gather(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_flush(void);

/* As log_fact(), but at most ten lines a second in all; what is dropped is counted and said. */
void log_limited(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As log_fact(), only when CATEGORY is switched on. */
void log_trace(enum log_trace category, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Switch on the categories that NAMES lists with commas; -1 for an unknown name, else 0. */
int log_set_trace(const char *names);

#endif
