/*
 * outbox.h - what a turn has to remember, to write and to do.
 *
 * Events and records are committed together; only then are the orders carried
 * out.  All bytes stand in one buffer, so that a turn of a thousand requests
 * allocates nothing once the buffers have grown.
 */
#ifndef NQS_CORE_OUTBOX_H
#define NQS_CORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "life.h"

/* A request's key: the sequence number of its server, and its index in an array. */
struct job_key {
    uint32_t seq;
    int32_t index; /* NQS_NO_INDEX: no member */
};

/* A run of bytes within outbox->bytes. */
struct span {
    uint32_t at;
    uint32_t length;
};

struct event {
    uint64_t seq; /* its number in the journal */
    nqs_time wall;
    enum event_type type;
    struct job_key key; /* SUBJECT_LIFE, SUBJECT_JOB */
    char queue[16];     /* SUBJECT_QUEUE, SUBJECT_COMPLEX: its name */
    struct span attrs;  /* packed (attr.h) */
};

/* Where a record belongs.  The daemon maps each to a table of its store. */
enum record_kind {
    RECORD_JOB,
    RECORD_BODY,
    RECORD_TOKEN,
    RECORD_QUEUE,
    RECORD_SERVER,
    RECORD_HISTORY,
    RECORD_COMPLEX
};

struct record {
    enum record_kind kind;
    struct span key;
    struct span value; /* length 0: delete */
};

enum order_kind {
    ORDER_TO_ANSWER,  /* ref: reply with code, text and name */
    ORDER_TO_START,   /* key, incarnation */
    ORDER_TO_ADOPT,   /* key, incarnation: find the shepherd, or what it left */
    ORDER_TO_RAISE,   /* key, incarnation, number: a signal */
    ORDER_TO_KILL,    /* key, incarnation, number: grace in seconds */
    ORDER_TO_CLEAN,   /* key, incarnation: remove the run directory */
    ORDER_TO_DELIVER, /* key */
    ORDER_TO_SUSPEND, /* key, incarnation */
    ORDER_TO_RESUME,  /* key, incarnation */
    ORDER_TO_MESSAGE, /* key, incarnation, number: as ATTR_message_to, text */
};

struct core_order {
    enum order_kind kind;
    uint64_t ref; /* ANSWER: of the request */
    struct job_key key;
    uint32_t incarnation;
    uint32_t number;
    enum nqs_code code;
    struct span text; /* ended by a NUL that is not counted */
    struct span name; /* likewise */
};

struct outbox {
    struct buf bytes;
    struct event *events; /* owned */
    size_t event_count;
    size_t event_room;
    struct record *records; /* owned */
    size_t record_count;
    size_t record_room;
    struct core_order *orders; /* owned */
    size_t order_count;
    size_t order_room;
};

void outbox_init(struct outbox *out);
void outbox_done(struct outbox *out);

/* Forget everything, keep the memory. */
void outbox_clear(struct outbox *out);

/* The bytes of SPAN.  Lent until something is added. */
const char *outbox_bytes(const struct outbox *out, struct span span);

/* Add LENGTH bytes and a NUL that is not counted. */
struct span outbox_put(struct outbox *out, const void *bytes, size_t length);

/* What was added to out->bytes since its length was AT, ended by a NUL that is not counted. */
struct span outbox_since(struct outbox *out, size_t at);

/* Append a copy of what is given. */
void outbox_event(struct outbox *out, const struct event *event);
void outbox_record(struct outbox *out, enum record_kind kind, struct span key, struct span value);
void outbox_order(struct outbox *out, const struct core_order *order);

/* Order an ANSWER to REF.  TEXT and NAME are copied. */
void outbox_answer(struct outbox *out, uint64_t ref, enum nqs_code code, const char *text,
                   const char *name);

/* A request's key as the store and the journal have it: 8 bytes that sort as listings do. */
enum { JOB_KEY_SIZE = 8 };
void job_key_pack(struct job_key key, struct buf *out);
struct job_key job_key_unpack(const void *bytes);

/* The order of listings: by sequence number, an array before its members. */
static inline int job_key_compare(struct job_key a, struct job_key b)
{
    if (a.seq != b.seq)
        return a.seq < b.seq ? -1 : 1;
    return (a.index > b.index) - (a.index < b.index);
}

/* An event as the journal has it, behind its number, and back (EVENT's attrs are lent from BYTES
 * by *ret_attrs).  False when damaged. */
void event_pack(const struct event *event, const void *attrs, struct buf *out);
bool event_unpack(const void *bytes, size_t length, struct event *ret, const char **ret_attrs);

#endif
