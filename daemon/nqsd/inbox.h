/*
 * inbox.h - what has arrived since the last turn: calls and facts.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_INBOX_H
#define NQS_NQSD_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "core.h"
#include "tree.h"

struct call {
    struct call *next;
    uint64_t connection;
    uint32_t xid;
    uint32_t uid;
    const struct rpc_row *row;
    void *args;                /* decoded, of row->takes_size bytes; owned */
    struct tree_node by_token; /* in the turn's tokens, once it has made a request */
    struct job_key made;
    bool waiting; /* for its user's name */
};

struct call_list {
    struct call *first;
    struct call **end;
    size_t count;
};

/* A fact with its texts. */
struct heard {
    struct heard *next;
    struct fact fact; /* its texts point behind this struct */
};

struct inbox {
    struct call_list calls;
    struct call_list parked; /* until their users' names are known */
    struct heard *facts;
    struct heard **facts_end;
};

void inbox_init(struct inbox *inbox);
void inbox_done(struct inbox *inbox);

void call_list_init(struct call_list *list);
void call_list_add(struct call_list *list, struct call *call);

/* Take the first call, or NULL.  The caller owns it. */
struct call *call_list_take(struct call_list *list);
void call_free(struct call *call);

/* Decode CALL and keep it.  False when its arguments are garbage. */
bool inbox_call(struct inbox *inbox, const struct listen_call *call);

/* Keep a copy of FACT.  Take the first, or NULL; the caller gives it to mem_free(). */
void inbox_fact(struct inbox *inbox, const struct fact *fact);
struct heard *inbox_take_fact(struct inbox *inbox);

#endif
