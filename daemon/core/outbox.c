/*
 * outbox.c - lists that grow and are emptied each turn; see outbox.h.
 */
#include "outbox.h"

#include <string.h>

#include "mem.h"

void outbox_init(struct outbox *out)
{
    *out = (struct outbox){0};
}

void outbox_done(struct outbox *out)
{
    buf_done(&out->bytes);
    mem_free(out->events);
    mem_free(out->records);
    mem_free(out->orders);
    *out = (struct outbox){0};
}

void outbox_clear(struct outbox *out)
{
    buf_clear(&out->bytes);
    out->event_count = out->record_count = out->order_count = 0;
}

const char *outbox_bytes(const struct outbox *out, struct span span)
{
    return out->bytes.bytes + span.at;
}

struct span outbox_put(struct outbox *out, const void *bytes, size_t length)
{
    struct span span = {(uint32_t)out->bytes.length, (uint32_t)length};

    buf_add(&out->bytes, bytes, length);
    buf_add_char(&out->bytes, '\0');
    return span;
}

struct span outbox_since(struct outbox *out, size_t at)
{
    struct span span = {(uint32_t)at, (uint32_t)(out->bytes.length - at)};

    buf_add_char(&out->bytes, '\0');
    return span;
}

/* LIST with room for one more than COUNT elements of SIZE bytes. */
static void *list_room(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room ? *room * 2 : 32;
    return mem_grow(list, *room, size);
}

void outbox_event(struct outbox *out, const struct event *event)
{
    out->events = list_room(out->events, out->event_count, &out->event_room, sizeof *event);
    out->events[out->event_count++] = *event;
}

void outbox_record(struct outbox *out, enum record_kind kind, struct span key, struct span value)
{
    out->records =
        list_room(out->records, out->record_count, &out->record_room, sizeof *out->records);
    out->records[out->record_count++] = (struct record){kind, key, value};
}

void outbox_order(struct outbox *out, const struct core_order *order)
{
    out->orders = list_room(out->orders, out->order_count, &out->order_room, sizeof *order);
    out->orders[out->order_count++] = *order;
}

void outbox_answer(struct outbox *out, uint64_t ref, enum nqs_code code, const char *text,
                   const char *name)
{
    struct core_order order = {.kind = ORDER_TO_ANSWER, .ref = ref, .code = code};

    order.text = outbox_put(out, text, strlen(text));
    order.name = outbox_put(out, name, strlen(name));
    outbox_order(out, &order);
}

void job_key_pack(struct job_key key, struct buf *out)
{
    buf_add_u32(out, key.seq);
    buf_add_u32(out, (uint32_t)key.index + 1); /* the array itself stands before its members */
}

struct job_key job_key_unpack(const void *bytes)
{
    struct reader reader;
    struct job_key key;

    reader_init(&reader, bytes, JOB_KEY_SIZE);
    key.seq = reader_u32(&reader);
    key.index = (int32_t)(reader_u32(&reader) - 1);
    return key;
}

void event_pack(const struct event *event, const void *attrs, struct buf *out)
{
    buf_add_u16(out, (uint16_t)event->type);
    buf_add_u64(out, (uint64_t)event->wall);
    job_key_pack(event->key, out);
    buf_add_u8(out, (uint8_t)strlen(event->queue));
    buf_add(out, event->queue, strlen(event->queue));
    buf_add(out, attrs, event->attrs.length);
}

bool event_unpack(const void *bytes, size_t length, struct event *ret, const char **ret_attrs)
{
    struct reader reader;
    struct event event = {0};
    const void *key;
    const char *queue;
    uint8_t queue_length;

    reader_init(&reader, bytes, length);
    event.type = (enum event_type)reader_u16(&reader);
    event.wall = (nqs_time)reader_u64(&reader);
    key = reader_bytes(&reader, JOB_KEY_SIZE);
    queue_length = reader_u8(&reader);
    queue = reader_bytes(&reader, queue_length);
    if (reader.failed || queue_length >= sizeof event.queue || !event_find(event.type))
        return false;
    event.key = job_key_unpack(key);
    memcpy(event.queue, queue, queue_length);
    event.attrs.length = (uint32_t)reader.left;
    *ret_attrs = (const char *)reader.at;
    *ret = event;
    return true;
}
