/*
 * store_world.h - a store in a directory of its own, for each test a new one.
 */
#ifndef NQS_TESTS_STORE_WORLD_H
#define NQS_TESTS_STORE_WORLD_H

#include "store.h"

/* What a test finds: an open store, made anew. */
struct world {
    char root[64];
    char path[80];
    struct store_settings settings;
    struct store *store;
    struct nqs_err err;
};

/* Set up and tear down, for cmocka. */
int world_up(void **state);
int world_down(void **state);

/* The letters of OF as a key or a value. */
struct store_bytes text(const char *of);

/* Each fails the test when the store does not do it. */
void open_store(struct world *world);
void reopen(struct world *world, bool clean);
void commit(struct world *world);

/* KEY of TABLE must hold VALUE; NULL: it must not be there. */
void expect(struct world *world, enum store_table table, const char *key, const char *value);

#endif
