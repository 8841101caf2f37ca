/*
 * lost.h - the processes of a job whose shepherd is gone.
 */
#ifndef NQS_STARTER_LOST_H
#define NQS_STARTER_LOST_H

#include "order.h"

struct site;

/*
 * Kill what is left of the job NAME.  DONE: nothing is left.  RETRY: something
 * still dies, ask again; or the shepherd lives, and it is its business.  The
 * text has room for SIZE bytes.
 */
enum order_code lost_kill(const struct site *site, const char *name, char *text, size_t size);

#endif
