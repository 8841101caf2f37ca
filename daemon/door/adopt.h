/*
 * adopt.h - finding a job again by its run directory.  Private to link.c.
 */
#ifndef NQS_DOOR_ADOPT_H
#define NQS_DOOR_ADOPT_H

#include "tie.h"

/* The starter answered the SIGNAL frame SERIAL that adopt.c had sent. */
void adopt_swept(struct link *link, uint64_t serial, enum order_code code, const char *text);

#endif
