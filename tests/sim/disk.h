/*
 * disk.h - a store that keeps what was committed, and nothing else.
 */
#ifndef NQS_SIM_DISK_H
#define NQS_SIM_DISK_H

#include "core.h"
#include "outbox.h"
#include "tree.h"

struct sim;

struct entry {
    struct tree_node node;
    enum record_kind kind;
    uint32_t key_length;
    uint32_t length;
    const char *key;
    char *value; /* owned; of a probe NULL */
};

struct disk {
    struct tree entries; /* owned */
    struct buf journal;
    size_t *starts; /* owned; where each event begins in the journal */
    size_t events;
    size_t room;
    struct tree old;   /* owned: the records as they were some time ago, */
    size_t old_events; /* after so many events */
};

void disk_init(struct disk *disk);
void disk_done(struct disk *disk);

/* Take the events and records of OUT, all or nothing; fails the world when they cannot be. */
void disk_commit(struct sim *sim, const struct outbox *out);

/* The record of KIND with a key of LENGTH bytes, or NULL; and that of a request. */
const struct entry *disk_find(const struct disk *disk, enum record_kind kind, const void *key,
                              size_t length);
const struct entry *disk_job(const struct disk *disk, enum record_kind kind, struct job_key key);

/* The first record of KIND behind AFTER (NULL: of all), or NULL. */
const struct entry *disk_next(const struct disk *disk, enum record_kind kind,
                              const struct entry *after);

/* A number of a request's record, or ABSENT; its text into TEXT. */
int64_t entry_number(const struct entry *entry, uint16_t attr, int64_t absent);
void entry_text(const struct entry *entry, uint16_t attr, char *text, size_t size);

/* Take back everything into CORE, as a daemon does when it starts. */
void disk_load(struct sim *sim, struct core *core);

/* The disk is what CORE says that its records are. */
void disk_compare(struct sim *sim, const struct core *core);

/* The journal, replayed over the old copy, gives the records of CORE; then a new copy is made. */
void disk_replay(struct sim *sim, const struct core *core);

#endif
