/*
 * exitrec.h - the two records that a shepherd leaves in a run directory.
 *
 * `begun` says that the job may have run; its absence proves that it never
 * did.  `exit` says how it ended.  Both are text, one key=value a line, so
 * that a person can read them; unknown keys are skipped, so that an older
 * reader can read a newer record.  A record whose last line is not complete
 * is not a record.
 */
#ifndef NQS_EXITREC_H
#define NQS_EXITREC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "order.h"

#define EXITREC_MAX 2048 /* no record is longer */

enum exit_reason {
#define R(id, name, text) EXIT_REASON_##name = id,
#include "exitrec.def"
};

enum exit_class {
#define K(id, name, text) EXIT_CLASS_##name = id,
#include "exitrec.def"
};

struct begun_record {
    int64_t pid;         /* 0: the shepherd died before it knew; so did the job */
    int64_t start_ticks; /* field 22 of /proc/PID/stat; 0 with pid 0 */
    int64_t start_us;    /* wall clock, microseconds since the epoch */
    int64_t uid;
    char boot[40];   /* the kernel's boot id: another one means a lost node */
    const char *job; /* ID.N, borrowed; printed only, see exitrec_is_of() */
};

struct exit_record {
    int64_t status; /* 0-255, or 256+n if the leader died by signal n */
    enum exit_reason reason;
    enum exit_class class; /* 0 unless reason is start_failed */
    int64_t start_us;      /* wall clock, microseconds since the epoch */
    int64_t end_us;
    int64_t walltime_us; /* by the steady clock */
    int64_t cput_us;     /* user and system time of the whole tree */
    int64_t maxrss;      /* bytes */
    int64_t pid;         /* 0 if nothing was forked */
    char spooled[3];     /* "", "o", "e", "oe": which outputs are in the spool */
    char text[512];      /* for a person; control characters have become '?' */
};

/* Print RECORD into SPACE.  Returns the length, or 0 if SIZE is too small. */
size_t exitrec_print_begun(char *space, size_t size, const struct begun_record *record);
size_t exitrec_print_exit(char *space, size_t size, const struct exit_record *record);

/* Parse LENGTH bytes.  False, with RET untouched, if they are no such record. */
bool exitrec_parse_begun(struct begun_record *ret, const char *bytes, size_t length);
bool exitrec_parse_exit(struct exit_record *ret, const char *bytes, size_t length);

/*
 * Is a record of LENGTH bytes one of JOB, which is the name ID.N of its run
 * directory?  These are used again, and after a power cut a former job's record
 * may be found under a new name.
 */
bool exitrec_is_of(const char *job, const char *bytes, size_t length);

/* Put RECORD's fields into an ENDED frame, and take them out again. */
void exitrec_put(struct order_out *out, const struct exit_record *record);
void exitrec_take(struct exit_record *ret, const struct order *ended);

/* The word of a reason or class, "unknown" if there is none.  Lends a constant. */
const char *exitrec_reason_word(enum exit_reason reason);
const char *exitrec_class_word(enum exit_class class);

#endif
