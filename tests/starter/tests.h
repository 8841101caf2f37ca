/*
 * tests.h - the tests of the starter and the shepherd, each in a cell of its own.
 */
#ifndef NQS_TESTS_STARTER_TESTS_H
#define NQS_TESTS_STARTER_TESTS_H

#include <stdbool.h>

struct cell;

/* The running test fails unless GOOD. */
#define CHECK(good) check((good), #good, __FILE__, __LINE__)

void check(bool good, const char *what, const char *file, int line);

void test_exit_status(struct cell *cell);
void test_signal_death(struct cell *cell);
void test_script_is_identical(struct cell *cell);
void test_interpreters(struct cell *cell);
void test_environment(struct cell *cell);
void test_privilege(struct cell *cell);
void test_join_and_note(struct cell *cell);
void test_workdir_missing(struct cell *cell);
void test_daemons_die(struct cell *cell);
void test_kill_with_grace(struct cell *cell);
void test_raise(struct cell *cell);
void test_limits(struct cell *cell);
void test_spool_and_deliver(struct cell *cell);
void test_output_attacks(struct cell *cell);
void test_spool_is_roots(struct cell *cell);
void test_refusals(struct cell *cell);
void test_no_such_user(struct cell *cell);
void test_wrong_peer(struct cell *cell);
void test_bad_frames(struct cell *cell);
void test_large_frames(struct cell *cell);
void test_same_start_twice(struct cell *cell);
void test_starter_killed(struct cell *cell);
void test_reconnect(struct cell *cell);
void test_suspend(struct cell *cell);
void test_shepherd_killed(struct cell *cell);
void test_reused_number(struct cell *cell);
void test_killed_while_starting(struct cell *cell);
void test_cgroup_removed(struct cell *cell);
void test_slow_peers(struct cell *cell);
void test_bursts(struct cell *cell);

#endif
