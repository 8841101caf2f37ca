/*
 * mailer.h - handing messages to sendmail(8), or what takes its place.
 *
 * The program is run with words, never through a shell, and has the message on
 * its standard input, in a file of its own in memory, so that nothing has to be
 * fed to it.  So many run at once; one that does not end in time is killed.
 */
#ifndef NQS_DOOR_MAILER_H
#define NQS_DOOR_MAILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct mailer;

enum { MAILER_AT_ONCE = 4, MAILER_TO_MAX = 64 };

enum mailer_end {
    MAILER_SENT,
    MAILER_LATER, /* it may work another time */
    MAILER_NEVER, /* the program says that it never will */
};

/* Called in the loop: how the message NUMBER has ended, and why. */
typedef void mailer_done(void *context, uint64_t number, enum mailer_end end, const char *why);

/* Use PROGRAM, which has TIMEOUT_S seconds for a message. */
struct mailer *mailer_new(struct event_base *base, const char *program, unsigned timeout_s,
                          mailer_done *done, void *context);

/* What still runs is killed; DONE is not called any more. */
void mailer_free(struct mailer *mailer);

/* As many run as may. */
bool mailer_full(const struct mailer *mailer);

/*
 * Begin to send LENGTH bytes of MESSAGE, headers and all, from FROM to TO,
 * addresses with commas between them.  Copies.  DONE is called later, never
 * from here.  Only when not full.
 */
void mailer_send(struct mailer *mailer, uint64_t number, const char *from, const char *to,
                 const char *message, size_t length);

#endif
