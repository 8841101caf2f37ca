/*
 * letter.h - when there is something to write about a request, to whom, and
 * what.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_LETTER_H
#define NQS_NQSD_LETTER_H

#include "buf.h"
#include "follow.h"

enum letter_kind { LETTER_NONE, LETTER_BEGIN, LETTER_END, LETTER_ABORT, LETTER_KEPT };

enum { LETTERS_MAX = 2 };

/*
 * What FOLLOWED is a reason for, by its mail points, in *RET; gives how many.
 * The begin may have been told with the end only: then there are two.
 */
unsigned letter_kinds(const struct followed *followed, enum letter_kind ret[LETTERS_MAX]);

/* Does an event of TYPE ever make one? */
bool letter_wants(enum event_type type);

/* Append the addresses, with commas between them; nothing when there is none that will do. */
void letter_to(const struct followed *followed, struct buf *out);

/* Append the whole message.  FROM is an address. */
void letter_write(struct nqsd *nqsd, const struct followed *followed, enum letter_kind kind,
                  const char *from, const char *to, struct buf *out);

#endif
