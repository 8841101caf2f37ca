/*
 * test_store.c - the store: batch, reads, walks, opening, space.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_world.h"

/* ---- batch and reads ---- */

static void test_reads_see_the_last_commit(void **state)
{
    struct world *world = *state;

    store_put(world->store, STORE_jobs, text("1"), text("one"));
    assert_int_equal(store_pending(world->store), 1);
    expect(world, STORE_jobs, "1", NULL);
    commit(world);
    assert_int_equal(store_pending(world->store), 0);
    expect(world, STORE_jobs, "1", "one");
    expect(world, STORE_bodies, "1", NULL);
    store_delete(world->store, STORE_jobs, text("1"));
    expect(world, STORE_jobs, "1", "one");
    commit(world);
    expect(world, STORE_jobs, "1", NULL);
}

static void test_the_last_line_wins(void **state)
{
    struct world *world = *state;
    char key[8];

    for (int lines = 3; lines <= 60; lines += 57) {
        for (int i = 0; i < lines; i++) {
            snprintf(key, sizeof key, "%d", i % 3);
            store_put(world->store, STORE_jobs, text(key), text("old"));
        }
        store_put(world->store, STORE_jobs, text("0"), text("new"));
        store_put(world->store, STORE_jobs, text("1"), text("new"));
        store_delete(world->store, STORE_jobs, text("1"));
        store_delete(world->store, STORE_jobs, text("2"));
        store_put(world->store, STORE_jobs, text("2"), text(""));
        commit(world);
        expect(world, STORE_jobs, "0", "new");
        expect(world, STORE_jobs, "1", NULL);
        expect(world, STORE_jobs, "2", "");
    }
}

static void test_delete_of_nothing(void **state)
{
    struct world *world = *state;

    store_delete(world->store, STORE_queues, text("none"));
    commit(world);
    expect(world, STORE_queues, "none", NULL);
}

static void test_empty_batch_is_no_commit(void **state)
{
    struct world *world = *state;
    struct stat before;
    struct stat after;
    char file[96];

    snprintf(file, sizeof file, "%s/data.mdb", world->path);
    assert_int_equal(stat(file, &before), 0);
    for (int i = 0; i < 1000; i++)
        commit(world);
    assert_int_equal(stat(file, &after), 0);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
}

static void test_walks_both_ways(void **state)
{
    struct world *world = *state;
    struct store_record record;
    struct store_walk walk;
    char got[16] = "";

    for (const char *key = "bdfhj"; *key; key++)
        store_put(world->store, STORE_queues, store_bytes(key, 1), store_bytes(key, 1));
    commit(world);
    static const struct {
        const char *from;
        enum store_way way;
        const char *expected;
    } rows[] = {
        {"", STORE_UP, "bdfhj"}, {"", STORE_DOWN, "jhfdb"},  {"f", STORE_UP, "fhj"},
        {"e", STORE_UP, "fhj"},  {"f", STORE_DOWN, "fdb"},   {"e", STORE_DOWN, "db"},
        {"z", STORE_UP, ""},     {"z", STORE_DOWN, "jhfdb"}, {"a", STORE_DOWN, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;

        store_seek(world->store, STORE_queues, text(rows[i].from), rows[i].way, &walk);
        while (store_next(&walk, &record)) {
            assert_null(record.damage);
            got[length++] = *(const char *)record.key.bytes;
        }
        got[length] = '\0';
        assert_int_equal(walk.code, NQS_OK);
        assert_string_equal(got, rows[i].expected);
    }
}

static void test_walks_end_with_the_turn(void **state)
{
    struct world *world = *state;
    struct store_record record;
    struct store_walk walk;

    store_put(world->store, STORE_queues, text("a"), text("1"));
    commit(world);
    for (int turn = 0; turn < 100; turn++) {
        for (int i = 0; i < STORE_WALKS_MAX; i++)
            store_seek(world->store, STORE_queues, text(""), STORE_UP, &walk);
        assert_true(store_next(&walk, &record));
        store_turn_end(world->store);
    }
    for (int i = 0; i < 100; i++) {
        store_seek(world->store, STORE_queues, text(""), STORE_UP, &walk);
        store_leave(&walk);
        assert_false(store_next(&walk, &record));
    }
}

static void test_appends_fill_pages(void **state)
{
    struct world *world = *state;
    struct store_stats stats;
    char value[1000] = {1};

    for (uint8_t i = 0; i < 200; i++) {
        uint8_t key[8] = {0, 0, 0, 0, 0, 0, 0, i};

        store_put(world->store, STORE_events, store_bytes(key, 8), store_bytes(value, 1000));
        commit(world);
    }
    store_stats(world->store, &stats);
    assert_int_equal(stats.records[STORE_events], 200);
    /* Three records fill a page; in halves it would be one, or two. */
    assert_in_range(stats.used_bytes, 200 / 3 * 4096, (200 / 3 + 40) * 4096);
}

static void test_map_grows(void **state)
{
    struct world *world = *state;
    static char value[100000];

    store_close(world->store, true);
    world->settings.map_bytes = 1u << 20;
    open_store(world);
    for (int i = 0; i < 100; i++) {
        char key[8];

        snprintf(key, sizeof key, "%03d", i);
        store_put(world->store, STORE_bodies, text(key), store_bytes(value, sizeof value));
    }
    commit(world);
    for (int i = 0; i < 100; i++) {
        struct store_bytes found;
        char key[8];

        snprintf(key, sizeof key, "%03d", i);
        assert_int_equal(store_get(world->store, STORE_bodies, text(key), &found, NULL), NQS_OK);
        assert_int_equal(found.length, sizeof value);
    }
}

/* ---- opening ---- */

static void test_identity(void **state)
{
    struct world *world = *state;
    uint8_t uuid[STORE_UUID_BYTES];
    uint64_t epoch = store_epoch(world->store);

    memcpy(uuid, store_uuid(world->store), sizeof uuid);
    assert_true(store_was_clean(world->store));
    reopen(world, true);
    assert_true(store_was_clean(world->store));
    assert_int_equal(store_epoch(world->store), epoch + 1);
    reopen(world, false);
    assert_false(store_was_clean(world->store));
    assert_int_equal(store_epoch(world->store), epoch + 2);
    assert_memory_equal(store_uuid(world->store), uuid, sizeof uuid);
}

static void test_second_opener_is_refused(void **state)
{
    struct world *world = *state;
    struct store *second = NULL;
    char expected[32];

    assert_int_equal(store_open(&world->settings, &second, &world->err), NQS_STORE);
    snprintf(expected, sizeof expected, "in use by process %d", (int)getpid());
    assert_non_null(strstr(world->err.text, expected));
    assert_int_equal(store_verify(&world->settings, stderr, &world->err), NQS_STORE);
    assert_non_null(strstr(world->err.text, "in use by process"));
}

/* Its first thread is gone, and another one holds on to the store for a moment longer. */
static void *let_go_late(void *ready)
{
    char stat[512];
    ssize_t length;
    int fd;

    do {
        fd = open("/proc/self/stat", O_RDONLY);
        length = read(fd, stat, sizeof stat - 1);
        close(fd);
        stat[length > 0 ? length : 0] = '\0';
    } while (!strstr(stat, ") Z "));
    if (write(*(int *)ready, "x", 1) == 1)
        usleep(100000);
    _exit(0);
}

static void test_a_dying_owner_is_waited_for(void **state)
{
    static int ready[2];
    struct world *world = *state;
    pthread_t thread;
    char byte;

    store_close(world->store, true);
    world->store = NULL;
    assert_int_equal(pipe(ready), 0);
    if (fork() == 0) {
        if (store_open(&world->settings, &world->store, &world->err) != NQS_OK ||
            pthread_create(&thread, NULL, let_go_late, &ready[1]) != 0)
            _exit(1);
        pthread_exit(NULL);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(store_open(&world->settings, &world->store, &world->err), NQS_OK);
    assert_true(wait(NULL) > 0);
    close(ready[0]);
    close(ready[1]);
}

static void test_modes_and_descriptors(void **state)
{
    struct world *world = *state;
    struct stat status;
    char file[96];

    assert_int_equal(stat(world->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    for (const char *const *name = (const char *const[]){"owner", "data.mdb", "lock.mdb", NULL};
         *name; name++) {
        snprintf(file, sizeof file, "%s/%s", world->path, *name);
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
    }
    for (int fd = 3; fd < 256; fd++)
        if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
            assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void test_lost_file_is_no_new_store(void **state)
{
    struct world *world = *state;
    char file[96];

    store_close(world->store, true);
    world->store = NULL;
    snprintf(file, sizeof file, "%s/data.mdb", world->path);
    assert_int_equal(truncate(file, 0), 0);
    assert_int_equal(store_open(&world->settings, &world->store, &world->err), NQS_DAMAGED);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(store_open(&world->settings, &world->store, &world->err), NQS_DAMAGED);
    assert_non_null(strstr(world->err.text, "missing"));
}

/* ---- space ---- */

static void test_soft_limit_of_the_map(void **state)
{
    struct world *world = *state;
    static char value[4000];
    char key[8];
    int used = 0;

    store_close(world->store, true);
    world->settings.map_bytes = 4u << 20;
    world->settings.disk_reserve_max = 1;
    open_store(world);
    assert_false(store_full(world->store));
    for (; !store_full(world->store) && used < 2000; used++) {
        snprintf(key, sizeof key, "%04d", used);
        store_put(world->store, STORE_bodies, text(key), store_bytes(value, sizeof value));
        if (used % 20 == 19)
            commit(world);
        if (used > 740 && used % 80 == 79)
            usleep(1001000); /* the limit is looked at once a second */
    }
    commit(world);
    assert_in_range(used, 750, 1000);
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "%04d", i);
        store_delete(world->store, STORE_bodies, text(key));
    }
    commit(world);
    assert_true(store_full(world->store));
    usleep(1001000);
    assert_false(store_full(world->store));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_see_the_last_commit),
        TEST(test_the_last_line_wins),
        TEST(test_delete_of_nothing),
        TEST(test_empty_batch_is_no_commit),
        TEST(test_walks_both_ways),
        TEST(test_walks_end_with_the_turn),
        TEST(test_appends_fill_pages),
        TEST(test_map_grows),
        TEST(test_identity),
        TEST(test_second_opener_is_refused),
        TEST(test_a_dying_owner_is_waited_for),
        TEST(test_modes_and_descriptors),
        TEST(test_lost_file_is_no_new_store),
        TEST(test_soft_limit_of_the_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
