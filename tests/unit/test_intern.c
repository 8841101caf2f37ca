/*
 * test_intern.c - texts that are kept once, as long as somebody holds them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "intern.h"

static uint32_t hold(struct intern *intern, const char *text)
{
    return intern_hold(intern, text, strlen(text));
}

static void test_same_text_same_handle(void **state)
{
    struct intern *intern = intern_new();
    uint32_t one = hold(intern, "anna");

    (void)state;
    assert_int_equal(hold(intern, "anna"), one);
    assert_int_not_equal(hold(intern, "ann"), one);
    assert_int_not_equal(intern_hold(intern, "anna\0x", 6), one);
    assert_string_equal(intern_text(intern, one), "anna");
    assert_int_equal(hold(intern, ""), 0);
    assert_string_equal(intern_text(intern, 0), "");
    intern_free(intern);
}

static void test_dropped_when_nobody_holds(void **state)
{
    struct intern *intern = intern_new();
    uint32_t one = hold(intern, "one");
    uint32_t two = hold(intern, "two");

    (void)state;
    assert_int_equal(intern_again(intern, one), one);
    intern_drop(intern, one);
    assert_string_equal(intern_text(intern, one), "one");
    intern_drop(intern, one);
    assert_int_equal(hold(intern, "three"), one); /* the handle is free again */
    assert_string_equal(intern_text(intern, two), "two");
    intern_drop(intern, 0);
    intern_free(intern);
}

static void test_many(void **state)
{
    enum { MANY = 5000 };
    static uint32_t handles[MANY];
    struct intern *intern = intern_new();
    char text[32];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(text, sizeof text, "text-%d", i);
            handles[i] = hold(intern, text);
        }
        for (int i = 0; i < MANY; i++) {
            snprintf(text, sizeof text, "text-%d", i);
            assert_string_equal(intern_text(intern, handles[i]), text);
            assert_true(handles[i] <= MANY); /* those of the first round are used again */
        }
        for (int i = 0; i < MANY; i++)
            intern_drop(intern, handles[i]);
    }
    intern_free(intern);
    intern_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_text_same_handle),
        cmocka_unit_test(test_dropped_when_nobody_holds),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
