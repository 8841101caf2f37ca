/*
 * store_space.c - how much room is left, and what to do when there is none.
 *
 * Three lines of defence.  New work is refused at a share of the map or of the
 * disk (store_full), so that what is there can still run, end and be deleted.
 * When somebody else fills the disk nevertheless, a commit fails before its
 * sync; then the ballast, a file of allocated but unused room, is deleted and the
 * commit done again at once.  When that is not enough either, the caller waits.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "failpoint.h"
#include "log.h"
#include "store_internal.h"

enum {
    BALLAST_MAX = 16 * 1024 * 1024,
    BALLAST_SHARE = 32, /* of the disk, at most one part in so many */
    PROBE_BYTES = 256 * 1024,
};

struct disk {
    uint64_t bytes;
    uint64_t free_bytes;
};

static bool disk_look(const struct store *store, struct disk *ret)
{
    struct statvfs status;

    if (fstatvfs(store->dir_fd, &status) < 0)
        return false;
    /* As df(1) has it: what is reserved for root is no part of the disk. */
    ret->free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
    ret->bytes = (uint64_t)(status.f_blocks - status.f_bfree) * status.f_frsize + ret->free_bytes;
    return true;
}

/*
 * Try to write a little.  Only a write tells about quotas; and a number from
 * statvfs() may be old on a network's disk.
 */
static bool disk_takes_no_write(const struct store *store)
{
    static const char zeros[16 * 1024];
    bool full = false;
    int fd = openat(store->dir_fd, "probe", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno == ENOSPC || errno == EDQUOT;
    for (int i = 0; i < PROBE_BYTES / (int)sizeof zeros && !full; i++) {
        ssize_t written = write(fd, zeros, sizeof zeros);

        full =
            written < (ssize_t)sizeof zeros && (written >= 0 || errno == ENOSPC || errno == EDQUOT);
    }
    close(fd);
    unlinkat(store->dir_fd, "probe", 0);
    return full;
}

/*
 * LMDB calls a short write of its pages EIO, and so would a sync that failed.
 * They are told apart by the disk itself.  Should both happen at once, taking
 * it for a full disk is still safe: every page that the repeated commit needs
 * and that was not synced by an earlier commit is written anew.  A failed
 * write of the meta page is another matter, and cannot hide here: LMDB answers
 * MDB_PANIC from then on.
 */
bool store_rc_is_full(struct store *store, int rc)
{
    if (rc == ENOSPC || rc == EDQUOT)
        return true;
    return rc == EIO && disk_takes_no_write(store);
}

bool store_ballast_drop(struct store *store)
{
    if (!store->ballast)
        return false;
    FAILPOINT("ballast-drop");
    store->ballast = false;
    store->looked = 0; /* looked at anew before more is taken: the room is for what runs */
    if (unlinkat(store->dir_fd, "ballast", 0) < 0)
        return false;
    log_fact("store-ballast-dropped store=%s", store->path);
    return true;
}

static uint64_t ballast_bytes(const struct store *store, const struct disk *disk)
{
    if (store->settings.ballast_bytes)
        return store->settings.ballast_bytes;
    return disk->bytes / BALLAST_SHARE < BALLAST_MAX ? disk->bytes / BALLAST_SHARE : BALLAST_MAX;
}

/* Make the ballast, if twice its room is there.  Allocated, not written: it costs no time. */
static void ballast_make(struct store *store, const struct disk *disk)
{
    uint64_t bytes = ballast_bytes(store, disk);
    int fd;

    if (store->ballast || bytes == 0 || disk->free_bytes < 2 * bytes)
        return;
    fd = openat(store->dir_fd, "ballast", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    store->ballast = posix_fallocate(fd, 0, (off_t)bytes) == 0;
    close(fd);
    if (!store->ballast)
        unlinkat(store->dir_fd, "ballast", 0);
}

/* How many pages wait in LMDB's list of free pages to be used again. */
static uint64_t free_pages(MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val found;
    uint64_t sum = 0;

    if (mdb_cursor_open(txn, 0, &cursor) != 0) /* LMDB's own table 0 holds them */
        return 0;
    while (mdb_cursor_get(cursor, &key, &found, MDB_NEXT) == 0) {
        size_t count;

        memcpy(&count, found.mv_data, sizeof count);
        sum += count;
    }
    mdb_cursor_close(cursor);
    return sum;
}

/* Fill in what concerns the map.  The reader of the turn is used, and left as it was. */
static void map_look(struct store *store, struct store_stats *ret)
{
    bool reading = store->reading;
    MDB_envinfo info;
    MDB_stat stat;

    if (store_read_begin(store) != 0)
        return;
    mdb_env_info(store->env, &info);
    mdb_env_stat(store->env, &stat);
    ret->map_bytes = info.me_mapsize;
    ret->file_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    ret->used_bytes = ret->file_bytes - free_pages(store->reader) * stat.ms_psize;
    for (unsigned table = 1; table < STORE_TABLE_END; table++) {
        if (mdb_stat(store->reader, store->dbi[table], &stat) == 0)
            ret->records[table] = stat.ms_entries;
        ret->records[0] += ret->records[table];
    }
    if (!reading)
        store_turn_end(store);
}

/*
 * Is PERCENT of the disk in use?  A large disk that is 90 % full has room for
 * years of requests, so a fixed reserve is enough for any.
 */
static bool disk_above(const struct store *store, const struct disk *disk, unsigned percent)
{
    return disk->free_bytes < store->settings.disk_reserve_max &&
           disk->bytes - disk->free_bytes >= disk->bytes / 100 * percent;
}

void store_space_look(struct store *store)
{
    struct store_stats now = {0};
    unsigned percent = store->full ? store->settings.resume_percent : store->settings.full_percent;
    struct disk disk = {0, UINT64_MAX};
    bool full;

    map_look(store, &now);
    if (disk_look(store, &disk))
        ballast_make(store, &disk);
    full = now.used_bytes >= now.map_bytes / 100 * percent || disk_above(store, &disk, percent);
    if (full != store->full)
        log_fact("store-%s store=%s used=%llu map=%llu disk_free=%llu", full ? "full" : "has-room",
                 store->path, (unsigned long long)now.used_bytes, (unsigned long long)now.map_bytes,
                 (unsigned long long)disk.free_bytes);
    store->full = full;
    store->looked = clock_now().steady;
}

bool store_full(struct store *store)
{
    if (clock_now().steady - store->looked >= NQS_SECOND)
        store_space_look(store);
    return store->full;
}

void store_stats(struct store *store, struct store_stats *ret)
{
    struct disk disk = {0, 0};

    *ret = (struct store_stats){.full = store->full, .ballast = store->ballast};
    map_look(store, ret);
    if (disk_look(store, &disk)) {
        ret->disk_bytes = disk.bytes;
        ret->disk_free_bytes = disk.free_bytes;
    }
}
