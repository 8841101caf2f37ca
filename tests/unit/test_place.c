/*
 * test_place.c - who is given a slot, in which order, and what that costs.
 *
 * Proves: E122 E123 E125 E126
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "teller.h"
#include "world.h"

/* Requests FROM to TO that hold a slot, as a text of their numbers. */
static const char *placed(const struct teller *t, uint32_t from, uint32_t to)
{
    static char text[256];
    size_t at = 0;

    text[0] = '\0';
    for (uint32_t seq = from; seq <= to; seq++)
        if (state_of(t, seq) == STATE_STARTING || state_of(t, seq) == STATE_RUNNING)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%u", at ? " " : "", seq);
    return text;
}

/* The one that is placed next ends at once; its number. */
static uint32_t run_next(struct teller *t, uint32_t to)
{
    pass(t, 1);
    for (uint32_t seq = 1; seq <= to; seq++) {
        if (state_of(t, seq) == STATE_STARTING) {
            hear(t, FACT_EXITED, seq, NQS_NO_INDEX);
            return seq;
        }
    }
    return 0;
}

/* Larger priorities first, then the order of submission, also within one turn and one moment. */
static void test_order_in_a_queue(void **state)
{
    static const uint32_t wanted[] = {5, 3, 1, 2, 6, 4};
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 1);
    set_queue(&t, "batch", ATTR_started, 0);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, BERT, "batch", NOTHING);
    submit(&t, ANNA, "batch", WITH({ATTR_priority, 5}));
    submit(&t, ANNA, "batch", WITH({ATTR_priority, -1024}));
    pass(&t, 10);
    submit(&t, CLEO, "batch", WITH({ATTR_priority, 1023}));
    submit(&t, CLEO, "batch", NOTHING);
    set_queue(&t, "batch", ATTR_started, 1);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_int_equal(run_next(&t, 6), wanted[i]);
    teller_done(&t);
}

static void test_queue_priority(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "low", 1);
    open_queue(&t, "zhigh", 1);
    set_queue(&t, "zhigh", ATTR_queue_priority, 63);
    set_server(&t, ATTR_batch_limit, 1);
    submit(&t, ANNA, "low", WITH({ATTR_priority, 1000}));
    submit(&t, ANNA, "zhigh", WITH({ATTR_priority, -5}));
    submit(&t, ANNA, "zhigh", NOTHING);
    assert_int_equal(run_next(&t, 3), 3);
    assert_int_equal(run_next(&t, 3), 2);
    assert_int_equal(run_next(&t, 3), 1);
    teller_done(&t);
}

static void test_run_limit(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 2);
    for (int i = 0; i < 5; i++)
        submit(&t, ANNA, "batch", NOTHING);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 5), "1 2");
    set_queue(&t, "batch", ATTR_run_limit, 4);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 5), "1 2 3 4");
    set_queue(&t, "batch", ATTR_run_limit, 1);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 5), "1 2 3 4");
    assert_int_equal(orders(&t, ORDER_TO_KILL), 0);
    for (uint32_t seq = 1; seq < 4; seq++)
        hear(&t, FACT_EXITED, seq, NQS_NO_INDEX);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 5), "4");
    hear(&t, FACT_EXITED, 4, NQS_NO_INDEX);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 5), "5");
    teller_done(&t);
}

static void test_user_limit(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "batch", 10);
    set_queue(&t, "batch", ATTR_user_limit, 1);
    submit(&t, ANNA, "batch", NOTHING);
    submit(&t, ANNA, "batch", WITH({ATTR_priority, 100}));
    submit(&t, BERT, "batch", NOTHING);
    submit(&t, BERT, "batch", NOTHING);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 4), "2 3");
    hear(&t, FACT_EXITED, 2, NQS_NO_INDEX);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 4), "1 3");
    set_queue(&t, "batch", ATTR_user_limit, 0);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 4), "1 3 4");
    teller_done(&t);
}

static void test_batch_limit(void **state)
{
    struct teller t;

    (void)state;
    teller_init(&t);
    open_queue(&t, "one", 5);
    open_queue(&t, "two", 5);
    set_server(&t, ATTR_batch_limit, 3);
    for (int i = 0; i < 3; i++) {
        submit(&t, ANNA, "one", NOTHING);
        submit(&t, ANNA, "two", NOTHING);
    }
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 6), "1 3 5");
    set_server(&t, ATTR_batch_limit, 0);
    hear(&t, FACT_EXITED, 1, NQS_NO_INDEX);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 6), "3 5");
    hear(&t, FACT_EXITED, 3, NQS_NO_INDEX);
    hear(&t, FACT_EXITED, 5, NQS_NO_INDEX);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 6), "");
    set_server(&t, ATTR_batch_limit, 2);
    pass(&t, 0);
    assert_string_equal(placed(&t, 1, 6), "2 4");
    teller_done(&t);
}

/* --- A million --- */

#ifdef __SANITIZE_ADDRESS__
enum { MANY = 50000, QUEUES = 1000 };
#else
enum { MANY = 1000000, QUEUES = 1000 };
#endif

static uint64_t steps; /* comparisons made by trees that count */

/* A tree's own comparison is looked up by which tree it was; all of one kind share it. */
static tree_compare *real_jobs, *real_open, *real_lanes, *real_lanes_open, *real_place;

#define COUNTING(name)                                                            \
    static int count_##name(const struct tree_node *a, const struct tree_node *b) \
    {                                                                             \
        steps++;                                                                  \
        return real_##name(a, b);                                                 \
    }
COUNTING(jobs)
COUNTING(open)
COUNTING(lanes)
COUNTING(lanes_open)
COUNTING(place)

#define COUNT(tree, name)               \
    do {                                \
        real_##name = (tree)->compare;  \
        (tree)->compare = count_##name; \
    } while (0)

static void count_all(struct core *core)
{
    struct tree_node *node = tree_first(&core->queues);

    COUNT(&core->jobs, jobs);
    COUNT(&core->queues_open, open);
    for (; node; node = tree_after(&core->queues, node)) {
        struct queue *queue = TREE_OF(node, struct queue, by_name);
        struct tree_node *at = tree_first(&queue->lanes);

        for (; at; at = tree_after(&queue->lanes, at))
            COUNT(&TREE_OF(at, struct lane, by_uid)->jobs, place);
        COUNT(&queue->lanes, lanes);
        COUNT(&queue->lanes_open, lanes_open);
    }
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t resident(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file && fscanf(file, "%*u %lu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * 4096;
}

static void submit_many(struct teller *t)
{
    char name[16];

    for (int i = 0; i < QUEUES; i++) {
        snprintf(name, sizeof name, "queue%d", i);
        open_queue(t, name, 1);
    }
    set_server(t, ATTR_batch_limit, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "queue%u", i % QUEUES);
        t->now.wall += 1000;
        submit(t, 1000 + i % 20, name, WITH({ATTR_priority, i % 7}, {ATTR_walltime, 60 + i % 50}));
        if (i % 1000 == 0)
            pass(t, 0);
    }
    pass(t, 0);
}

/* What a slot costs does not grow with how many wait: a few steps down some trees. */
static void test_million(void **state)
{
    struct teller t;
    size_t before = resident();
    double from;
    uint32_t placed_count = 0;

    (void)state;
    teller_init(&t);
    from = seconds();
    submit_many(&t);
    print_message("%d requests: sizeof(struct job) %zu, %zu bytes each measured, %.2f us each\n",
                  MANY, sizeof(struct job), (resident() - before) / MANY,
                  (seconds() - from) * 1e6 / MANY);
    count_all(t.core);
    set_server(&t, ATTR_batch_limit, QUEUES / 2);
    from = seconds();
    steps = 0;
    pass(&t, 0);
    placed_count = (uint32_t)orders(&t, ORDER_TO_START);
    print_message("a slot among them, in %d queues: %llu steps down trees, %.2f us\n", QUEUES,
                  (unsigned long long)(steps / placed_count),
                  (seconds() - from) * 1e6 / placed_count);
    assert_int_equal(placed_count, QUEUES / 2);
    assert_true(steps / placed_count < 500);
    steps = 0;
    pass(&t, 1);
    assert_true(steps < 10); /* no slot is free: nothing is looked at */
    assert_true(sizeof(struct job) <= 320);
    outbox_done(&t.out);
    core_free(t.core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_in_a_queue), cmocka_unit_test(test_queue_priority),
        cmocka_unit_test(test_run_limit),        cmocka_unit_test(test_user_limit),
        cmocka_unit_test(test_batch_limit),      cmocka_unit_test(test_million),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
