/*
 * test_spool.c - scripts by content, outputs by job.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "spool.h"

struct world {
    char root[64];
    struct spool *spool;
    struct nqs_err err;
    char path[256]; /* the last of path() */
};

static const char *path(struct world *world, const char *in)
{
    snprintf(world->path, sizeof world->path, "%s/%s", world->root, in);
    return world->path;
}

static int world_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->root, "/tmp/nqs-spool-XXXXXX");
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

static void write_file(const char *at, const char *text)
{
    FILE *file = fopen(at, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* ---- scripts ---- */

static void test_a_script_comes_back(void **state)
{
    struct world *world = *state;
    static char script[100000];
    static char back[sizeof script];
    char name[SPOOL_NAME_MAX];
    char again[SPOOL_NAME_MAX];
    struct stat status;
    char in[128];
    int fd;

    memset(script, 'x', sizeof script);
    assert_int_equal(spool_script_put(world->spool, script, sizeof script, name, &world->err),
                     NQS_OK);
    assert_int_equal(strlen(name), 64);
    assert_int_equal(spool_script_open(world->spool, name, &fd, &world->err), NQS_OK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(read(fd, back, sizeof back), sizeof back);
    assert_memory_equal(script, back, sizeof back);
    close(fd);
    assert_int_equal(spool_script_put(world->spool, script, sizeof script, again, &world->err),
                     NQS_OK);
    assert_string_equal(name, again);
    script[7] = 'y';
    assert_int_equal(spool_script_put(world->spool, script, sizeof script, again, &world->err),
                     NQS_OK);
    assert_string_not_equal(name, again);
    snprintf(in, sizeof in, "scripts/%s", name);
    assert_int_equal(stat(path(world, in), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void test_a_damaged_script_is_found_out(void **state)
{
    struct world *world = *state;
    char name[SPOOL_NAME_MAX];
    char in[128];
    int fd;

    assert_int_equal(spool_script_put(world->spool, "abc", 3, name, &world->err), NQS_OK);
    snprintf(in, sizeof in, "scripts/%s", name);
    write_file(path(world, in), "abd");
    assert_int_equal(spool_script_open(world->spool, name, &fd, &world->err), NQS_DAMAGED);
    /* Put once more, it is whole again. */
    assert_int_equal(spool_script_put(world->spool, "abc", 3, name, &world->err), NQS_OK);
    assert_int_equal(spool_script_open(world->spool, name, &fd, &world->err), NQS_OK);
    close(fd);
}

static void test_names_that_are_none(void **state)
{
    struct world *world = *state;
    char slash[65];
    int fd;

    memset(slash, 'a', 64);
    slash[64] = '\0';
    assert_int_equal(spool_script_open(world->spool, slash, &fd, &world->err), NQS_FILE);
    memcpy(slash, "../", 3);
    assert_int_equal(spool_script_open(world->spool, slash, &fd, &world->err), NQS_FILE);
    assert_int_equal(spool_script_open(world->spool, "", &fd, &world->err), NQS_FILE);
    assert_int_equal(spool_script_open(world->spool, ".new", &fd, &world->err), NQS_FILE);
}

static bool wanted(void *context, const char *name)
{
    return strcmp(context, name) == 0;
}

static void test_sweep(void **state)
{
    struct world *world = *state;
    char one[SPOOL_NAME_MAX];
    char two[SPOOL_NAME_MAX];
    int fd;

    assert_int_equal(spool_script_put(world->spool, "1", 1, one, &world->err), NQS_OK);
    assert_int_equal(spool_script_put(world->spool, "2", 1, two, &world->err), NQS_OK);
    write_file(path(world, "scripts/.new"), "half");
    write_file(path(world, "scripts/README"), "somebody's");
    assert_int_equal(spool_sweep(world->spool, wanted, one), 2);
    assert_int_equal(spool_script_open(world->spool, one, &fd, &world->err), NQS_OK);
    close(fd);
    assert_int_equal(spool_script_open(world->spool, two, &fd, &world->err), NQS_FILE);
    assert_int_equal(access(path(world, "scripts/README"), F_OK), 0);
    assert_int_equal(spool_sweep(world->spool, wanted, one), 0);
}

static void test_scripts_that_are_not_ours(void **state)
{
    struct world *world = *state;
    struct spool *other;
    char made[64] = "/tmp/nqs-spool-XXXXXX";
    char link[80];

    assert_non_null(mkdtemp(made));
    snprintf(link, sizeof link, "%s/scripts", made);
    assert_int_equal(symlink(path(world, "scripts"), link), 0);
    assert_int_equal(spool_open(made, &other, &world->err), NQS_FILE);
    unlink(link);
    rmdir(made);
    assert_int_equal(spool_open("/nonexistent", &other, &world->err), NQS_FILE);
}

/* ---- outputs ---- */

static enum nqs_code output(struct world *world, const char *id, uint64_t offset, size_t max,
                            struct buf *out, uint64_t *ret_size)
{
    buf_clear(out);
    return spool_output_read(world->spool, id, 'o', offset, max, out, ret_size, &world->err);
}

static void test_output_in_pieces(void **state)
{
    struct world *world = *state;
    struct buf out;
    uint64_t size;

    buf_init(&out);
    assert_int_equal(output(world, "1.host", 0, 10, &out, &size), NQS_FILE);
    assert_int_equal(mkdir(path(world, "out"), 0750), 0);
    assert_int_equal(output(world, "1.host", 0, 10, &out, &size), NQS_FILE);
    write_file(path(world, "out/1.host.o"), "0123456789");
    assert_int_equal(output(world, "1.host", 0, 4, &out, &size), NQS_OK);
    assert_string_equal(buf_text(&out), "0123");
    assert_int_equal(size, 10);
    assert_int_equal(output(world, "1.host", 4, 400, &out, &size), NQS_OK);
    assert_string_equal(buf_text(&out), "456789");
    assert_int_equal(output(world, "1.host", 10, 4, &out, &size), NQS_OK);
    assert_int_equal(out.length, 0);
    assert_int_equal(output(world, "1.host", UINT64_MAX, 4, &out, &size), NQS_OK);
    assert_int_equal(out.length, 0);
    buf_done(&out);
}

/* A user cannot make the daemon read, or wait for, anything but a plain file of the spool. */
static void test_output_that_is_no_file(void **state)
{
    struct world *world = *state;
    static const char *const ids[] = {"link.host", "fifo.host", "dir.host", "../x",
                                      "",          ".",         "a/b",      "x\n"};
    struct buf out;
    uint64_t size;

    buf_init(&out);
    assert_int_equal(mkdir(path(world, "out"), 0750), 0);
    assert_int_equal(symlink("/etc/passwd", path(world, "out/link.host.o")), 0);
    assert_int_equal(mkfifo(path(world, "out/fifo.host.o"), 0600), 0);
    assert_int_equal(mkdir(path(world, "out/dir.host.o"), 0700), 0);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_not_equal(output(world, ids[i], 0, 10, &out, &size), NQS_OK);
        assert_int_equal(out.length, 0);
    }
    buf_done(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_script_comes_back),       TEST(test_a_damaged_script_is_found_out),
        TEST(test_names_that_are_none),       TEST(test_sweep),
        TEST(test_scripts_that_are_not_ours), TEST(test_output_in_pieces),
        TEST(test_output_that_is_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
