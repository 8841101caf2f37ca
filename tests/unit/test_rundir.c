/*
 * test_rundir.c - what run directories say: lock, begun, exit.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rundir.h"

struct world {
    char root[64];
    struct spool *spool;
    struct rundir_state seen;
    struct nqs_err err;
    char path[256];
};

static const char *path(struct world *world, const char *in)
{
    snprintf(world->path, sizeof world->path, "%s/run/%s", world->root, in);
    return world->path;
}

static int world_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->root, "/tmp/nqs-rundir-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    assert_int_equal(spool_open(world->root, &world->spool, &world->err), NQS_OK);
    *state = world;
    return 0;
}

static int world_down(void **state)
{
    struct world *world = *state;
    char command[128];

    spool_close(world->spool);
    snprintf(command, sizeof command, "rm -rf %s", world->root);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

static void write_file(const char *at, const void *bytes, size_t length)
{
    int fd = open(at, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    close(fd);
}

/* Make run/1.host.2 with a free lock. */
static void make_dir(struct world *world)
{
    assert_int_equal(mkdir(path(world, ""), 0750), 0);
    assert_int_equal(mkdir(path(world, "1.host.2"), 0750), 0);
    write_file(path(world, "1.host.2/lock"), "", 0);
}

static const struct rundir_state *look(struct world *world)
{
    memset(&world->seen, 0x5a, sizeof world->seen);
    if (rundir_look(world->spool, "1.host", 2, &world->seen, &world->err) != NQS_OK)
        fail_msg("%s", world->err.text);
    return &world->seen;
}

static void test_absent(void **state)
{
    struct world *world = *state;

    assert_false(look(world)->there);
    make_dir(world);
    assert_true(look(world)->there);
    assert_int_equal(world->seen.begun, RUNDIR_ABSENT);
    assert_int_equal(world->seen.ended, RUNDIR_ABSENT);
    assert_int_equal(unlink(path(world, "1.host.2/lock")), 0);
    assert_false(look(world)->there);
}

static void test_lock(void **state)
{
    struct world *world = *state;
    int shepherd;
    int other;

    make_dir(world);
    assert_false(look(world)->held);
    shepherd = open(path(world, "1.host.2/lock"), O_RDWR);
    assert_int_equal(flock(shepherd, LOCK_EX), 0);
    assert_true(look(world)->held);
    assert_true(look(world)->held);
    close(shepherd);
    assert_false(look(world)->held);
    /* Another who looks is no shepherd. */
    other = open(path(world, "1.host.2/lock"), O_RDONLY);
    assert_int_equal(flock(other, LOCK_SH), 0);
    assert_false(look(world)->held);
    close(other);
    /* And looking does not keep a shepherd out. */
    shepherd = open(path(world, "1.host.2/lock"), O_RDWR);
    assert_int_equal(flock(shepherd, LOCK_EX | LOCK_NB), 0);
    close(shepherd);
}

static void test_records(void **state)
{
    struct world *world = *state;
    struct begun_record begun = {.pid = 42, .start_ticks = 7, .uid = 1000, .boot = "b"};
    struct exit_record ended = {.status = 3, .reason = EXIT_REASON_exited, .text = "done"};
    char space[EXITREC_MAX];

    make_dir(world);
    write_file(path(world, "1.host.2/begun"), space,
               exitrec_print_begun(space, sizeof space, &begun));
    assert_int_equal(look(world)->begun, RUNDIR_SOUND);
    assert_int_equal(world->seen.begun_record.pid, 42);
    assert_int_equal(world->seen.ended, RUNDIR_ABSENT);
    write_file(path(world, "1.host.2/exit"), space,
               exitrec_print_exit(space, sizeof space, &ended));
    assert_int_equal(look(world)->ended, RUNDIR_SOUND);
    assert_int_equal(world->seen.exit_record.status, 3);
    assert_string_equal(world->seen.exit_record.text, "done");
}

/* A directory is used again, and a power cut may bring back what was removed from it. */
static void test_records_of_another(void **state)
{
    struct world *world = *state;
    struct begun_record begun = {.pid = 42, .start_ticks = 7, .boot = "b", .job = "1.host.1"};
    struct exit_record ended = {.reason = EXIT_REASON_exited};
    char space[EXITREC_MAX];
    size_t length = exitrec_print_begun(space, sizeof space, &begun);

    make_dir(world);
    length += exitrec_print_exit(space + length, sizeof space - length, &ended);
    write_file(path(world, "1.host.2/begun"), space, length);
    write_file(path(world, "1.host.2/exit"), space, length);
    assert_int_equal(look(world)->begun, RUNDIR_ABSENT);
    assert_int_equal(world->seen.ended, RUNDIR_ABSENT);
    begun.job = "1.host.2";
    length = exitrec_print_begun(space, sizeof space, &begun);
    write_file(path(world, "1.host.2/begun"), space, length);
    assert_int_equal(look(world)->begun, RUNDIR_SOUND);
}

static void test_damaged_records(void **state)
{
    struct world *world = *state;
    static char large[EXITREC_MAX + 100];

    make_dir(world);
    memset(large, 'x', sizeof large);
    for (size_t length = 0; length < sizeof large; length += 97) {
        write_file(path(world, "1.host.2/exit"), large, length);
        write_file(path(world, "1.host.2/begun"), large, length);
        assert_int_equal(look(world)->ended, RUNDIR_DAMAGED);
        assert_int_equal(look(world)->begun, RUNDIR_DAMAGED);
    }
    unlink(path(world, "1.host.2/exit"));
    assert_int_equal(symlink("/etc/passwd", path(world, "1.host.2/exit")), 0);
    assert_int_equal(look(world)->ended, RUNDIR_DAMAGED);
    unlink(path(world, "1.host.2/exit"));
    assert_int_equal(mkfifo(path(world, "1.host.2/exit"), 0600), 0);
    assert_int_equal(look(world)->ended, RUNDIR_DAMAGED);
}

static void test_names_that_are_none(void **state)
{
    struct world *world = *state;
    struct rundir_state seen;

    assert_int_equal(rundir_look(world->spool, "../x", 1, &seen, &world->err), NQS_VALUE);
    assert_int_equal(rundir_look(world->spool, "", 1, &seen, &world->err), NQS_VALUE);
    assert_int_equal(rundir_look(world->spool, "1.host", 0, &seen, &world->err), NQS_VALUE);
}

static bool note(void *context, const char *id, uint32_t incarnation)
{
    char *seen = context;

    sprintf(seen + strlen(seen), "%s/%u ", id, incarnation);
    return true;
}

static bool note_one(void *context, const char *id, uint32_t incarnation)
{
    note(context, id, incarnation);
    return false;
}

static void test_each(void **state)
{
    struct world *world = *state;
    static const char *const none[] = {".new-1-2", "1.host.0",          "1.host.01",
                                       "1.host.x", "1.host.4294967296", "x"};
    char seen[512] = "";

    assert_int_equal(rundir_each(world->spool, note, seen, &world->err), NQS_OK);
    assert_string_equal(seen, "");
    make_dir(world);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(mkdir(path(world, none[i]), 0700), 0);
    assert_int_equal(rundir_each(world->spool, note, seen, &world->err), NQS_OK);
    assert_string_equal(seen, "1.host/2 ");
    assert_int_equal(mkdir(path(world, "12[3].host.name.4294967295"), 0700), 0);
    assert_int_equal(rundir_each(world->spool, note, seen, &world->err), NQS_OK);
    assert_non_null(strstr(seen, "12[3].host.name/4294967295 "));
    seen[0] = '\0';
    assert_int_equal(rundir_each(world->spool, note_one, seen, &world->err), NQS_OK);
    assert_int_equal(strcspn(seen, " "), strlen(seen) - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
    const struct CMUnitTest tests[] = {
        TEST(test_absent),
        TEST(test_lock),
        TEST(test_records),
        TEST(test_records_of_another),
        TEST(test_damaged_records),
        TEST(test_names_that_are_none),
        TEST(test_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
