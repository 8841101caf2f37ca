/*
 * access.h - lists of users, groups and hosts, and whom a queue accepts.
 *
 * Private to daemon/core.  A list is a text of words parted by commas, as a
 * manager has written it: `anna`, `-bert`, `*`.  Beside it stands a list of
 * the same length with the number of each, for whoever asks is known by
 * number.  Names are looked up outside.
 */
#ifndef NQS_CORE_ACCESS_H
#define NQS_CORE_ACCESS_H

#include "attr.h"
#include "told.h"
#include "world.h"

/* A list, and the list of its numbers; 0 when its words are all there is. */
struct access_list {
    uint16_t words;
    uint16_t numbers;
};

/* The row of the list ATTR, or NULL when it is none; each row: NULL begins, NULL ends. */
const struct access_list *access_list(uint16_t attr);
const struct access_list *access_list_each(const struct access_list *last);

/* Does the list of numbers NUMBERS have NUMBER?  The first word that fits decides. */
bool access_has(const char *numbers, uint32_t number);

/*
 * Append to ATTRS what the list ROW becomes when REQUEST is done to HAVE, the
 * values of today.  The texts are put into SPACE, which must have the room
 * that access_room() says.  NQS_VALUE: a word to be removed is not there;
 * NQS_LIMIT: the list gets too long.
 */
enum nqs_code access_merge(const struct access_list *row, const struct request *request,
                           const struct attrs *have, struct buf *space, struct attrs *attrs,
                           struct nqs_err *err);
size_t access_room(const struct request *request, const struct attrs *have);

/* May REQUEST's user put COUNT requests into QUEUE?  NQS_USER, NQS_LIMIT. */
enum nqs_code access_check(const struct core *core, struct queue *queue,
                           const struct request *request, uint32_t count, struct nqs_err *err);

#endif
