/*
 * store_world.c - setting up a store for a test; see store_world.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_world.h"

/* A record of history is its end time in text. */
static bool word_end_time(struct store_bytes value, uint64_t *ret_end)
{
    char text[32] = "";

    memcpy(text, value.bytes, value.length < 31 ? value.length : 31);
    *ret_end = strtoull(text, NULL, 10);
    return *ret_end != 0;
}

static void word_key_text(enum store_table table, struct store_bytes key, struct buf *out)
{
    (void)table;
    buf_format(out, "<%.*s>", (int)key.length, (const char *)key.bytes);
}

static const struct store_words words = {word_end_time, word_key_text};

struct store_bytes text(const char *of)
{
    return store_bytes(of, strlen(of));
}

void open_store(struct world *world)
{
    if (store_open(&world->settings, &world->store, &world->err) != NQS_OK)
        fail_msg("%s", world->err.text);
}

int world_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->root, "/tmp/nqs-store-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    snprintf(world->path, sizeof world->path, "%s/store", world->root);
    world->settings = (struct store_settings){
        .path = world->path, .map_bytes = 1u << 30, .ballast_bytes = 65536, .words = &words};
    open_store(world);
    *state = world;
    return 0;
}

int world_down(void **state)
{
    struct world *world = *state;
    char command[128];

    store_close(world->store, true);
    snprintf(command, sizeof command, "rm -rf %s", world->root);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

void commit(struct world *world)
{
    if (store_commit(world->store, &world->err) != NQS_OK)
        fail_msg("%s", world->err.text);
}

void reopen(struct world *world, bool clean)
{
    store_close(world->store, clean);
    world->store = NULL;
    open_store(world);
}

void expect(struct world *world, enum store_table table, const char *key, const char *value)
{
    struct store_bytes found;

    assert_int_equal(store_get(world->store, table, text(key), &found, &world->err), NQS_OK);
    if (!value) {
        assert_null(found.bytes);
        return;
    }
    assert_non_null(found.bytes);
    assert_int_equal(found.length, strlen(value));
    assert_memory_equal(found.bytes, value, found.length);
}
