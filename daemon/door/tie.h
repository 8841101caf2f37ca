/*
 * tie.h - one job that this daemon has to do with: which, and how it is reached.
 *
 * Private to link.c and adopt.c.  A tie lives from an order to start or to
 * adopt until the fact that settles it.
 */
#ifndef NQS_DOOR_TIE_H
#define NQS_DOOR_TIE_H

#include <stdbool.h>
#include <stdint.h>

#include "linked.h"
#include "starter.h"
#include "tree.h"

struct event;

enum tie_state {
    TIE_WAITING,  /* for the starter to come back */
    TIE_OPEN,     /* a socket to the shepherd */
    TIE_LOOKING,  /* the run directory is looked at again soon */
    TIE_SWEEPING, /* the shepherd is lost; the starter kills what is left */
};

/* What the job is to be; told to its shepherd whenever a tie to it is opened. */
enum tie_wish { TIE_WISH_NONE, TIE_WISH_SUSPEND, TIE_WISH_RESUME };

struct tie {
    struct tree_node node; /* in link->ties, by key and incarnation */
    struct link *link;     /* borrowed */
    struct job_key key;
    uint32_t incarnation;
    char id[NQS_ID_TEXT_MAX];
    enum tie_state state;
    int fd;              /* TIE_OPEN: owned; else -1 */
    struct event *event; /* on fd, or the timer of TIE_LOOKING; owned */
    uint64_t serial;     /* of the START or SIGNAL frame under way */
    unsigned look_ms;    /* until the next look */
    bool kill;           /* to be told to the shepherd as soon as it can be */
    unsigned kill_grace_s;
    enum tie_wish wish;
    bool node_lost; /* TIE_SWEEPING: another boot */
    bool adopted;   /* by link_adopt(), and not found alive yet */
    bool refused;   /* this start was, as `verdict` says ... */
    enum fact_kind verdict;
    char verdict_text[480];
};

struct link {
    struct event_base *base;
    struct starter *starter;
    struct spool *spool;
    link_fact *fact;
    void *context;
    struct tree ties;  /* owned */
    struct tidy *tidy; /* deliveries and cleanings; owned */
    char boot[40];
    bool rebooted;     /* link_rebooted() */
    unsigned adopting; /* ties that are `adopted` */
};

/* Make a tie for JOB, or find it. */
struct tie *tie_get(struct link *link, const struct link_job *job);
struct tie *tie_find(struct link *link, const struct link_job *job);
struct tie *tie_by_serial(struct link *link, uint64_t serial);
void tie_free(struct tie *tie);

/* It is known what has become of the adopted TIE. */
void tie_found(struct tie *tie);

/* Tell FACT, with TIE's key and incarnation, and free TIE. */
void tie_settle(struct tie *tie, struct fact *fact);

/* Take FD as the socket to the shepherd; what is pending is sent. */
void tie_open(struct tie *tie, int fd);

/* Send the pending KILL, or the wish, over an open tie. */
void tie_send_kill(struct tie *tie);
void tie_send_wish(struct tie *tie);

/* Look at the run directory in a moment. */
void tie_look_soon(struct tie *tie);

/* What an exit record says, as a fact; the strings are lent from RECORD. */
struct exit_record;
void tie_exited(const struct exit_record *record, struct fact *ret);

#endif
