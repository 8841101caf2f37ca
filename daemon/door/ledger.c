/*
 * ledger.c - records in and out of the store; see ledger.h.
 */
#include "ledger.h"

#include <string.h>

#include "log.h"

enum { END_KEY_SIZE = 8 + JOB_KEY_SIZE, EXPIRE_AT_ONCE = 200, SEQ_SIZE = 8 };

static const enum store_table tables[] = {
    [RECORD_JOB] = STORE_jobs,          [RECORD_BODY] = STORE_bodies,
    [RECORD_TOKEN] = STORE_tokens,      [RECORD_QUEUE] = STORE_queues,
    [RECORD_SERVER] = STORE_server,     [RECORD_HISTORY] = STORE_history,
    [RECORD_COMPLEX] = STORE_complexes,
};

static struct store_bytes span_bytes(const struct outbox *out, struct span span)
{
    return store_bytes(outbox_bytes(out, span), span.length);
}

static bool end_time(struct store_bytes value, uint64_t *ret_end)
{
    struct reader reader;
    struct attr attr;

    reader_init(&reader, value.bytes, value.length);
    while (attr_unpack(&reader, &attr)) {
        if (attr.id != ATTR_comp_time)
            continue;
        *ret_end = (uint64_t)attr.number;
        return true;
    }
    return false;
}

static void end_key(uint64_t end, const void *job_key, char key[END_KEY_SIZE])
{
    for (int i = 0; i < 8; i++)
        key[i] = (char)(uint8_t)(end >> (56 - 8 * i));
    memcpy(key + 8, job_key, JOB_KEY_SIZE);
}

static void write_ending(struct store *store, const struct outbox *out, const struct record *record)
{
    uint64_t end;
    char key[END_KEY_SIZE];

    if (!end_time(span_bytes(out, record->value), &end))
        return;
    end_key(end, outbox_bytes(out, record->key), key);
    store_put(store, STORE_endings, store_bytes(key, sizeof key), store_bytes("", 0));
}

static void write_events(struct store *store, const struct outbox *out)
{
    struct buf bytes;

    buf_init(&bytes);
    for (size_t i = 0; i < out->event_count; i++) {
        const struct event *event = &out->events[i];

        buf_clear(&bytes);
        buf_add_u64(&bytes, event->seq);
        event_pack(event, outbox_bytes(out, event->attrs), &bytes);
        store_put(store, STORE_events, store_bytes(bytes.bytes, SEQ_SIZE),
                  store_bytes(bytes.bytes + SEQ_SIZE, bytes.length - SEQ_SIZE));
    }
    buf_done(&bytes);
}

void ledger_write(struct store *store, const struct outbox *out)
{
    for (size_t i = 0; i < out->record_count; i++) {
        const struct record *record = &out->records[i];
        struct store_bytes key = span_bytes(out, record->key);

        if (!record->value.length) {
            store_delete(store, tables[record->kind], key);
            continue;
        }
        store_put(store, tables[record->kind], key, span_bytes(out, record->value));
        if (record->kind == RECORD_HISTORY)
            write_ending(store, out, record);
    }
    write_events(store, out);
}

/* --- what is too old --- */

/* An array's body and token go with the array itself, not with a member. */
static void expire_request(struct store *store, const void *key_bytes)
{
    struct store_bytes key = store_bytes(key_bytes, JOB_KEY_SIZE);
    struct attrs attrs;
    const struct attr *token;

    store_delete(store, STORE_history, key);
    if (job_key_unpack(key_bytes).index != NQS_NO_INDEX)
        return;
    attrs_init(&attrs);
    if (ledger_body(store, job_key_unpack(key_bytes), &attrs)) {
        token = attrs_find(&attrs, ATTR_token);
        if (token)
            store_delete(store, STORE_tokens, store_bytes(token->bytes, token->length));
        store_delete(store, STORE_bodies, key);
    }
    attrs_done(&attrs);
}

static uint64_t number_of(const void *bytes)
{
    struct reader reader;

    reader_init(&reader, bytes, 8);
    return reader_u64(&reader);
}

static bool expire_history(struct store *store, nqs_time before)
{
    struct store_walk walk;
    struct store_record record;
    unsigned count = 0;

    store_seek(store, STORE_endings, store_bytes("", 0), STORE_UP, &walk);
    while (store_next(&walk, &record)) {
        const char *key = record.key.bytes;

        if (record.key.length != END_KEY_SIZE || (nqs_time)number_of(key) >= before)
            break;
        if (count++ == EXPIRE_AT_ONCE)
            break;
        store_delete(store, STORE_endings, record.key);
        expire_request(store, key + 8);
    }
    store_leave(&walk);
    return count > EXPIRE_AT_ONCE;
}

static bool expire_events(struct store *store, nqs_time before, uint64_t seq)
{
    struct store_walk walk;
    struct store_record record;
    unsigned count = 0;

    store_seek(store, STORE_events, store_bytes("", 0), STORE_UP, &walk);
    while (store_next(&walk, &record)) {
        struct event event;
        const char *attrs;
        bool sound = record.value.bytes &&
                     event_unpack(record.value.bytes, record.value.length, &event, &attrs);

        if ((sound && event.wall >= before) || number_of(record.key.bytes) >= seq)
            break;
        if (count++ == EXPIRE_AT_ONCE)
            break;
        store_delete(store, STORE_events, record.key);
    }
    store_leave(&walk);
    return count > EXPIRE_AT_ONCE;
}

bool ledger_expire(struct store *store, const struct ledger_old *old)
{
    bool more_history = expire_history(store, old->history_before);
    bool more_events = expire_events(store, old->journal_before, old->journal_seq);

    return more_history || more_events;
}

/* --- reading --- */

static bool read_attrs(struct store *store, enum store_table table, struct job_key job,
                       struct attrs *attrs)
{
    char bytes[JOB_KEY_SIZE];
    struct buf key = {.bytes = NULL};
    struct store_bytes value = {0};
    enum nqs_code code;

    job_key_pack(job, &key);
    memcpy(bytes, key.bytes, sizeof bytes);
    buf_done(&key);
    code = store_get(store, table, store_bytes(bytes, sizeof bytes), &value, NULL);
    if (code == NQS_DAMAGED)
        log_limited("record-damaged table=%s seq=%u", store_table_name(table), (unsigned)job.seq);
    return !code && value.bytes && attrs_unpack(attrs, value.bytes, value.length);
}

bool ledger_history(struct store *store, struct job_key key, struct attrs *attrs)
{
    return read_attrs(store, STORE_history, key, attrs);
}

bool ledger_body(struct store *store, struct job_key key, struct attrs *attrs)
{
    key.index = NQS_NO_INDEX;
    return read_attrs(store, STORE_bodies, key, attrs);
}

bool ledger_token(struct store *store, const void *token, size_t length, struct job_key *ret)
{
    struct store_bytes value = {0};

    if (store_get(store, STORE_tokens, store_bytes(token, length), &value, NULL) ||
        value.length != JOB_KEY_SIZE)
        return false;
    *ret = job_key_unpack(value.bytes);
    return true;
}

bool ledger_next_end(struct store *store, struct ledger_end after, struct ledger_end *ret)
{
    struct store_walk walk;
    struct store_record record;
    struct buf from;
    bool found = false;

    buf_init(&from);
    buf_add_u64(&from, after.end);
    job_key_pack(after.key, &from);
    store_seek(store, STORE_endings, store_bytes(from.bytes, from.length), STORE_UP, &walk);
    while (!found && store_next(&walk, &record)) {
        if (record.key.length != END_KEY_SIZE ||
            !memcmp(record.key.bytes, from.bytes, END_KEY_SIZE))
            continue;
        ret->end = number_of(record.key.bytes);
        ret->key = job_key_unpack((const char *)record.key.bytes + 8);
        found = true;
    }
    store_leave(&walk);
    buf_done(&from);
    return found;
}

nqs_time ledger_oldest_end(struct store *store)
{
    static const struct ledger_end before_all = {0, {0, NQS_NO_INDEX}};
    struct ledger_end first;

    return ledger_next_end(store, before_all, &first) ? (nqs_time)first.end : NQS_NEVER;
}

/* --- the journal and its followers --- */

bool ledger_next_event(struct store *store, uint64_t after, struct event *ret,
                       const char **ret_attrs)
{
    struct store_walk walk;
    struct store_record record;
    struct buf from;
    bool found = false;

    buf_init(&from);
    buf_add_u64(&from, after + 1);
    store_seek(store, STORE_events, store_bytes(from.bytes, from.length), STORE_UP, &walk);
    while (!found && store_next(&walk, &record)) {
        found = record.value.bytes && record.key.length == SEQ_SIZE &&
                event_unpack(record.value.bytes, record.value.length, ret, ret_attrs);
        if (found)
            ret->seq = number_of(record.key.bytes);
        else
            log_limited("event-damaged after=%llu", (unsigned long long)after);
    }
    store_leave(&walk);
    buf_done(&from);
    return found;
}

static struct store_bytes cursor_key(const char *name, struct buf *space)
{
    buf_init(space);
    buf_format(space, "follower.%s", name);
    return store_bytes(space->bytes, space->length);
}

bool ledger_cursor(struct store *store, const char *name, uint64_t *ret_seq)
{
    struct store_bytes value = {0};
    struct buf space;
    bool there = !store_get(store, STORE_cursors, cursor_key(name, &space), &value, NULL) &&
                 value.length == SEQ_SIZE;

    if (there)
        *ret_seq = number_of(value.bytes);
    buf_done(&space);
    return there;
}

void ledger_note_cursor(struct store *store, const char *name, uint64_t seq)
{
    struct buf value;
    struct buf space;

    buf_init(&value);
    buf_add_u64(&value, seq);
    store_put(store, STORE_cursors, cursor_key(name, &space),
              store_bytes(value.bytes, value.length));
    buf_done(&value);
    buf_done(&space);
}

static const char boot_key[] = "boot";

enum ledger_boot ledger_boot(struct store *store, const char *boot)
{
    struct store_bytes value = {0};

    if (store_get(store, STORE_cursors, store_bytes(boot_key, sizeof boot_key - 1), &value, NULL) ||
        !value.bytes)
        return LEDGER_BOOT_NONE;
    if (value.length == strlen(boot) && !memcmp(value.bytes, boot, value.length))
        return LEDGER_BOOT_SAME;
    return LEDGER_BOOT_OTHER;
}

void ledger_note_boot(struct store *store, const char *boot)
{
    store_put(store, STORE_cursors, store_bytes(boot_key, sizeof boot_key - 1),
              store_bytes(boot, strlen(boot)));
}

/* --- start-up --- */

static void key_text(enum store_table table, struct store_bytes key, struct buf *out)
{
    struct job_key job;

    if (table == STORE_queues || table == STORE_server || table == STORE_complexes) {
        buf_add(out, key.bytes, key.length);
    } else if (key.length == JOB_KEY_SIZE) {
        job = job_key_unpack(key.bytes);
        buf_format(out, "%u", (unsigned)job.seq);
        if (job.index != NQS_NO_INDEX)
            buf_format(out, "[%d]", (int)job.index);
    }
}

const struct store_words ledger_words = {.end_time = end_time, .key_text = key_text};

struct load {
    struct core *core;
    enum record_kind kind;
    struct nqs_err err;
};

static const char *take(void *context, struct store_bytes key, struct store_bytes value)
{
    struct load *load = context;
    enum nqs_code code = core_load(load->core, load->kind, key.bytes, key.length, value.bytes,
                                   value.length, &load->err);

    return code ? load->err.text : NULL;
}

/* The number that the last key of TABLE begins with, of BYTES bytes; 0 when there is none. */
static uint64_t last_number(struct store *store, enum store_table table, size_t bytes)
{
    struct store_walk walk;
    struct store_record record;
    uint64_t number = 0;

    store_seek(store, table, store_bytes("", 0), STORE_DOWN, &walk);
    if (store_next(&walk, &record) && record.key.length >= bytes)
        for (size_t i = 0; i < bytes; i++)
            number = number << 8 | ((const uint8_t *)record.key.bytes)[i];
    store_leave(&walk);
    return number;
}

/* Should the server's record be lost: no number that history or the journal has is used again. */
static void reserve_numbers(struct store *store, struct core *core)
{
    uint32_t ended = (uint32_t)last_number(store, STORE_history, 4);
    uint32_t body = (uint32_t)last_number(store, STORE_bodies, 4);

    core_reserve(core, ended > body ? ended : body, last_number(store, STORE_events, SEQ_SIZE));
    store_turn_end(store);
}

enum nqs_code ledger_load(struct store *store, struct core *core, uint64_t *ret_damaged,
                          struct nqs_err *err)
{
    static const enum record_kind order[] = {RECORD_SERVER, RECORD_QUEUE, RECORD_COMPLEX,
                                             RECORD_JOB};
    struct load load = {.core = core};
    enum nqs_code code = NQS_OK;

    *ret_damaged = 0;
    for (size_t i = 0; !code && i < sizeof order / sizeof *order; i++) {
        uint64_t damaged = 0;

        load.kind = order[i];
        code = store_load(store, tables[order[i]], take, &load, &damaged, err);
        *ret_damaged += damaged;
    }
    if (!code)
        reserve_numbers(store, core);
    return code;
}
