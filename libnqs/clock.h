/*
 * clock.h - time as numbers, and its forms in text.
 *
 * Everything counts microseconds.  Only clock_now() reads a clock, and the
 * core (floor 2) never calls it: it is given a struct nqs_now.
 */
#ifndef NQS_CLOCK_H
#define NQS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

typedef int64_t nqs_time; /* microseconds */

#define NQS_NEVER INT64_MAX
#define NQS_SECOND ((nqs_time)1000000)

struct nqs_now {
    nqs_time wall;   /* since the epoch, UTC: for dates */
    nqs_time steady; /* since boot: for durations */
};

/* Read both clocks. */
struct nqs_now clock_now(void);

enum { CLOCK_TEXT_MAX = 40 };

/* WALL as ctime(3) prints it, without the newline, in local time: what `qstat -f` shows. */
void clock_text(nqs_time wall, char text[CLOCK_TEXT_MAX]);

/* WALL as RFC 3339 in UTC with microseconds: what logs show. */
void clock_stamp(nqs_time wall, char text[CLOCK_TEXT_MAX]);

/* SECONDS as [h]hh:mm:ss. */
void clock_duration_text(int64_t seconds, char text[CLOCK_TEXT_MAX]);

/*
 * Read a duration: [[hh:]mm:]ss[.frac] or plain seconds; a fraction is rounded
 * up.  On NQS_OK *ret_seconds is set; else NQS_VALUE.
 * Source: reference/queues.md B.4, C (clients): 75:30 is minutes and seconds.
 */
enum nqs_code clock_parse_duration(const char *text, int64_t *ret_seconds, struct nqs_err *err);

/*
 * Read a date_time of `qsub -a`: [[[[CC]YY]MM]DD]hhmm[.SS] in local time (TZ).
 * Leading parts left out are today's at NOW, and when the moment has passed
 * the next larger unit is taken (hhmm already past is tomorrow).  A moment
 * that a change of summer time skips is the same clock time an hour later; one
 * that comes twice is the first.  On NQS_OK *ret_wall is set; else NQS_VALUE.
 * Source: XCU touch -t, qsub; reference/queues.md A.1.
 */
enum nqs_code clock_parse_date(const char *text, nqs_time now, nqs_time *ret_wall,
                               struct nqs_err *err);

#endif
