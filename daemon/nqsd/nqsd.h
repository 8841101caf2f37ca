/*
 * nqsd.h - what the daemon holds.  Private to daemon/nqsd.
 */
#ifndef NQS_NQSD_NQSD_H
#define NQS_NQSD_NQSD_H

#include <stdbool.h>

#include "buf.h"
#include "conf.h"
#include "core.h"
#include "inbox.h"

struct accounting;
struct follow;
struct link;
struct listen;
struct loop;
struct post;
struct spool;
struct store;
struct turn;
struct users;
struct waits;

struct nqsd {
    struct conf conf;
    struct core *core;
    struct store *store;
    struct spool *spool;
    struct loop *loop;
    struct listen *listen;
    struct link *link;
    struct users *users;
    struct waits *waits;
    struct follow *follow;
    struct accounting *accounting;
    struct post *post; /* NULL: no mail */
    struct inbox inbox;
    struct outbox out;
    struct nqs_now now;       /* of the turn */
    struct buf space;         /* texts of core_show() */
    struct buf reply;         /* a record being encoded */
    char *frame;              /* ORDER_MAX bytes: an order being composed */
    char host[256];           /* this host's own name */
    bool blocked;             /* the turn's commit waits for space; no new turn begins */
    nqs_time expire_next;     /* steady: when old records are looked for again */
    nqs_time sweep_next;      /* steady: when scripts in the spool are swept */
    bool boot_new;            /* the store does not know of this boot of the host yet */
    bool closing;             /* no new work; ends when `close_at` comes or nothing runs */
    nqs_time close_at;        /* steady */
    bool shutdown_wanted;     /* the next turn tells the core to end what runs ... */
    int64_t shutdown_grace_s; /* ... with so much time */
    struct turn *turn;        /* turn.c's own; owned */
};

#endif
