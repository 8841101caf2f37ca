/*
 * disk.c - the false store; see disk.h.
 */
#include <string.h>

#include "mem.h"
#include "sim.h"

static int entry_compare(const struct tree_node *a, const struct tree_node *b)
{
    const struct entry *x = TREE_OF(a, struct entry, node);
    const struct entry *y = TREE_OF(b, struct entry, node);
    uint32_t least = x->key_length < y->key_length ? x->key_length : y->key_length;
    int order;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    order = least ? memcmp(x->key, y->key, least) : 0;
    return order ? order : (x->key_length > y->key_length) - (x->key_length < y->key_length);
}

void disk_init(struct disk *disk)
{
    *disk = (struct disk){0};
    tree_init(&disk->entries, entry_compare);
    tree_init(&disk->old, entry_compare);
}

static void empty(struct tree *entries)
{
    struct entry *entry;

    while ((entry = TREE_OF(tree_first(entries), struct entry, node))) {
        tree_remove(entries, &entry->node);
        mem_free(entry->value);
        mem_free(entry);
    }
}

void disk_done(struct disk *disk)
{
    empty(&disk->entries);
    empty(&disk->old);
    buf_done(&disk->journal);
    mem_free(disk->starts);
}

static struct entry *find(const struct tree *entries, enum record_kind kind, const void *key,
                          size_t length)
{
    struct entry probe = {.kind = kind, .key = key, .key_length = (uint32_t)length};

    return TREE_OF(tree_find(entries, &probe.node), struct entry, node);
}

const struct entry *disk_find(const struct disk *disk, enum record_kind kind, const void *key,
                              size_t length)
{
    return find(&disk->entries, kind, key, length);
}

const struct entry *disk_job(const struct disk *disk, enum record_kind kind, struct job_key key)
{
    struct buf bytes;
    const struct entry *entry;

    buf_init(&bytes);
    job_key_pack(key, &bytes);
    entry = disk_find(disk, kind, bytes.bytes, bytes.length);
    buf_done(&bytes);
    return entry;
}

const struct entry *disk_next(const struct disk *disk, enum record_kind kind,
                              const struct entry *after)
{
    struct entry probe = {.kind = kind, .key = ""};
    struct tree_node *node = tree_after(&disk->entries, after ? &after->node : &probe.node);
    const struct entry *entry = TREE_OF(node, struct entry, node);

    return entry && entry->kind == kind ? entry : NULL;
}

static bool entry_attr(const struct entry *entry, uint16_t id, struct attr *ret)
{
    struct reader reader;
    bool found = false;
    struct attr attr;

    reader_init(&reader, entry->value, entry->length);
    while (attr_unpack(&reader, &attr)) {
        if (attr.id == id) {
            *ret = attr;
            found = true;
        }
    }
    return found;
}

int64_t entry_number(const struct entry *entry, uint16_t id, int64_t absent)
{
    struct attr attr;

    return entry_attr(entry, id, &attr) ? attr.number : absent;
}

void entry_text(const struct entry *entry, uint16_t id, char *text, size_t size)
{
    struct attr attr;

    *text = '\0';
    if (entry_attr(entry, id, &attr) && attr.length < size) {
        memcpy(text, attr.bytes, attr.length);
        text[attr.length] = '\0';
    }
}

static void put(struct tree *entries, enum record_kind kind, const char *key, size_t key_length,
                const char *value, size_t length)
{
    struct entry *entry = find(entries, kind, key, key_length);
    char *copy;

    if (entry) {
        tree_remove(entries, &entry->node);
        mem_free(entry->value);
        mem_free(entry);
    }
    if (!length)
        return;
    copy = mem_new(length + key_length + 1); /* a key that is a name is ended by a NUL */
    memcpy(copy, value, length);
    memcpy(copy + length, key, key_length);
    entry = mem_new(sizeof *entry);
    *entry = (struct entry){.kind = kind,
                            .key = copy + length,
                            .key_length = (uint32_t)key_length,
                            .value = copy,
                            .length = (uint32_t)length};
    tree_insert(entries, &entry->node);
}

static bool altered(const struct outbox *out, struct job_key key)
{
    for (size_t i = 0; i < out->event_count; i++)
        if ((out->events[i].type == EVENT_ALTERED || out->events[i].type == EVENT_DEFERRED) &&
            !job_key_compare(out->events[i].key, key))
            return true;
    return false;
}

/* Every body has them: people_request() gives them, and nobody alters them. */
static bool has_variables(const struct outbox *out, const struct record *record)
{
    struct attrs attrs;
    bool has;

    attrs_init(&attrs);
    has = attrs_unpack(&attrs, outbox_bytes(out, record->value), record->value.length) &&
          attrs_find(&attrs, ATTR_variables);
    attrs_done(&attrs);
    return has;
}

/* What a record may not do to what is there. */
static void judge(struct sim *sim, const struct outbox *out, const struct record *record)
{
    const char *key = outbox_bytes(out, record->key);
    struct disk *disk = &sim->disk;

    if (record->kind == RECORD_HISTORY && disk_find(disk, RECORD_HISTORY, key, JOB_KEY_SIZE))
        sim_fail(sim, "request %s has a second history record", sim_key(job_key_unpack(key)));
    if (record->kind == RECORD_JOB && record->value.length &&
        disk_find(disk, RECORD_HISTORY, key, JOB_KEY_SIZE))
        sim_fail(sim, "request %s has ended and lives again", sim_key(job_key_unpack(key)));
    if (record->kind == RECORD_BODY && disk_find(disk, RECORD_BODY, key, JOB_KEY_SIZE) &&
        !altered(out, job_key_unpack(key)))
        sim_fail(sim, "request %s has a second body", sim_key(job_key_unpack(key)));
    if (record->kind == RECORD_BODY && !has_variables(out, record))
        sim_fail(sim, "the body of %s lacks something", sim_key(job_key_unpack(key)));
    if (record->kind == RECORD_TOKEN && disk_find(disk, RECORD_TOKEN, key, record->key.length))
        sim_fail(sim, "a token makes a second request");
}

static void append(struct sim *sim, const struct outbox *out, const struct event *event)
{
    struct disk *disk = &sim->disk;

    if (event->seq != disk->events + 1)
        sim_fail(sim, "event %llu follows event %zu", (unsigned long long)event->seq, disk->events);
    if (disk->events == disk->room) {
        disk->room = disk->room ? disk->room * 2 : 256;
        disk->starts = mem_grow(disk->starts, disk->room, sizeof *disk->starts);
    }
    disk->starts[disk->events++] = disk->journal.length;
    event_pack(event, outbox_bytes(out, event->attrs), &disk->journal);
}

void disk_commit(struct sim *sim, const struct outbox *out)
{
    for (size_t i = 0; i < out->event_count; i++)
        append(sim, out, &out->events[i]);
    for (size_t i = 0; i < out->record_count; i++) {
        const struct record *record = &out->records[i];

        judge(sim, out, record);
        put(&sim->disk.entries, record->kind, outbox_bytes(out, record->key), record->key.length,
            outbox_bytes(out, record->value), record->value.length);
    }
}

static void load(struct sim *sim, const struct tree *entries, enum record_kind kind,
                 struct core *core)
{
    struct entry probe = {.kind = kind, .key = ""};
    struct tree_node *node = &probe.node;
    struct nqs_err err;

    while ((node = tree_after(entries, node))) {
        const struct entry *entry = TREE_OF(node, struct entry, node);

        if (entry->kind != kind)
            return;
        if (core_load(core, kind, entry->key, entry->key_length, entry->value, entry->length, &err))
            sim_fail(sim, "a record cannot be loaded: %s", err.text);
    }
}

static void load_all(struct sim *sim, const struct tree *entries, struct core *core)
{
    load(sim, entries, RECORD_SERVER, core);
    load(sim, entries, RECORD_QUEUE, core);
    load(sim, entries, RECORD_COMPLEX, core);
    load(sim, entries, RECORD_JOB, core);
}

void disk_load(struct sim *sim, struct core *core)
{
    load_all(sim, &sim->disk.entries, core);
}

void disk_compare(struct sim *sim, const struct core *core)
{
    const struct entry *entry;
    struct outbox out;
    size_t living = 0;

    outbox_init(&out);
    core_records(core, &out);
    for (size_t i = 0; i < out.record_count; i++) {
        const struct record *record = &out.records[i];

        entry = disk_find(&sim->disk, record->kind, outbox_bytes(&out, record->key),
                          record->key.length);
        if (!entry || entry->length != record->value.length ||
            memcmp(entry->value, outbox_bytes(&out, record->value), entry->length))
            sim_fail(sim, "the disk and the core differ in record %zu of kind %d", i,
                     (int)record->kind);
        living += record->kind == RECORD_JOB || record->kind == RECORD_QUEUE ||
                  record->kind == RECORD_COMPLEX;
    }
    for (entry = NULL; (entry = disk_next(&sim->disk, RECORD_JOB, entry));)
        living--;
    for (entry = NULL; (entry = disk_next(&sim->disk, RECORD_QUEUE, entry));)
        living--;
    for (entry = NULL; (entry = disk_next(&sim->disk, RECORD_COMPLEX, entry));)
        living--;
    if (living)
        sim_fail(sim, "the disk holds records that the core does not know");
    outbox_done(&out);
}

static void replay_from(struct sim *sim, struct core *core)
{
    const struct disk *disk = &sim->disk;

    for (size_t i = disk->old_events; i < disk->events; i++) {
        size_t end = i + 1 < disk->events ? disk->starts[i + 1] : disk->journal.length;
        const char *attrs;
        struct event event;

        if (!event_unpack(disk->journal.bytes + disk->starts[i], end - disk->starts[i], &event,
                          &attrs))
            sim_fail(sim, "event %zu cannot be read", i + 1);
        event.seq = i + 1;
        core_replay(core, &event, attrs);
    }
}

static void copy_records(struct disk *disk)
{
    empty(&disk->old);
    for (struct tree_node *node = tree_first(&disk->entries); node;
         node = tree_after(&disk->entries, node)) {
        const struct entry *entry = TREE_OF(node, struct entry, node);

        if (entry->kind == RECORD_JOB || entry->kind == RECORD_QUEUE ||
            entry->kind == RECORD_SERVER || entry->kind == RECORD_COMPLEX)
            put(&disk->old, entry->kind, entry->key, entry->key_length, entry->value,
                entry->length);
    }
    disk->old_events = disk->events;
}

void disk_replay(struct sim *sim, const struct core *core)
{
    struct core_rules rules = turn_rules();
    struct core *other = core_new(&rules);
    struct outbox have;
    struct outbox want;

    outbox_init(&have);
    outbox_init(&want);
    load_all(sim, &sim->disk.old, other);
    replay_from(sim, other);
    core_records(other, &have);
    core_records(core, &want);
    if (have.bytes.length != want.bytes.length || have.record_count != want.record_count ||
        memcmp(have.bytes.bytes, want.bytes.bytes, want.bytes.length))
        sim_fail(sim, "replaying events %zu to %zu does not give the records",
                 sim->disk.old_events + 1, sim->disk.events);
    outbox_done(&have);
    outbox_done(&want);
    core_free(other);
    copy_records(&sim->disk);
}
