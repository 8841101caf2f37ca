/*
 * scribe.h - appending to the files of a day, by a thread of its own.
 *
 * A disk may be full, slow or gone, and none of that is the loop's business:
 * it hands over a page and hears how it went.  A page is written whole and
 * synced, or the files are as they were.
 */
#ifndef NQS_DOOR_SCRIBE_H
#define NQS_DOOR_SCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "clock.h"

struct event_base;
struct scribe;

/* The forms that a day is written in: a file each. */
enum scribe_form { SCRIBE_TEXT, SCRIBE_JSON, SCRIBE_FORMS };

enum { SCRIBE_DAY_SIZE = 9, SCRIBE_NAME_SIZE = 24 };

/* What is appended to the files of one day. */
struct scribe_page {
    char day[SCRIBE_DAY_SIZE]; /* YYYYMMDD */
    struct buf forms[SCRIBE_FORMS];
    uint64_t upto; /* the owner's: what this page covers */
};

/* Called in the loop: PAGE is on disk (ERROR 0), or it is not, for errno ERROR. */
typedef void scribe_done(void *context, struct scribe_page *page, int error);

/* Keep files in the directory PATH; those older than KEEP_DAYS go (0: none). */
struct scribe *scribe_new(struct event_base *base, const char *path, unsigned keep_days,
                          scribe_done *done, void *context);

/*
 * Wait WAIT_S seconds at most for the page that was handed over, then free.
 * False: the thread hangs in a file system, and still has the page.
 */
bool scribe_free(struct scribe *scribe, unsigned wait_s);

/* Hand PAGE over, which is lent until DONE is called.  One at a time. */
void scribe_write(struct scribe *scribe, struct scribe_page *page);
bool scribe_busy(const struct scribe *scribe);

/* The day of WALL in local time, and the name of its file in FORM. */
void scribe_day(nqs_time wall, char day[SCRIBE_DAY_SIZE]);
void scribe_name(const char *day, enum scribe_form form, char name[SCRIBE_NAME_SIZE]);

/* Is NAME the file of a day, and in which form? */
bool scribe_is_day(const char *name, enum scribe_form *ret_form);

/*
 * Before the first page: cut off what a crash has left half written, and give
 * the last line of every file of FORM to SEEN, without its newline.
 */
void scribe_last_lines(const char *path, enum scribe_form form,
                       void (*seen)(void *context, const char *line), void *context);

#endif
