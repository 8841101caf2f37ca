# Unit tests, a line each: tests/unit/test_NAME.c tests NAME.c.  Archives give only
# what is asked for, so all of them are named here; that none of a floor needs a
# higher one is what scripts/check-floors looks after.

if HAVE_CMOCKA
LDADD = $(DOOR) $(TIRPC_ARCHIVE) $(EVENT_LIBS) $(LMDB_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS =
#UNIT_TESTS += tests/unit/test_err
UNIT_TESTS += tests/unit/test_directive
UNIT_TESTS += tests/unit/test_order tests/unit/test_exitrec tests/unit/test_compare
UNIT_TESTS += tests/unit/test_cli

# The core.
UNIT_TESTS += tests/unit/test_life tests/unit/test_core tests/unit/test_load
UNIT_TESTS += tests/unit/test_place tests/unit/test_why tests/unit/test_array tests/unit/test_await
UNIT_TESTS += tests/unit/test_alter tests/unit/test_rights tests/unit/test_resources
UNIT_TESTS += tests/unit/test_intern tests/unit/test_outbox
EXTRA_DIST += tests/unit/teller.h

UNIT_TESTS += tests/unit/test_json tests/unit/test_signals tests/unit/test_qstat_print
UNIT_TESTS += tests/unit/test_qmgr_grammar tests/unit/test_qmgr_words tests/unit/test_qmgr_show

# What the commands are made of is in no archive.
COMMAND_TEST_LIBS = $(WORDS) $(TIRPC_ARCHIVE) $(CMOCKA_LIBS)
COMMAND_TEST_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/commands
UNIT_TESTS += tests/unit/test_nqs_options tests/unit/test_qtop_page
tests_unit_test_nqs_options_SOURCES = tests/unit/test_nqs_options.c commands/nqs_options.c
tests_unit_test_nqs_options_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_nqs_options_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_qtop_page_SOURCES = tests/unit/test_qtop_page.c commands/qtop_page.c
tests_unit_test_qtop_page_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_qtop_page_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_json_SOURCES = tests/unit/test_json.c commands/json.c commands/utf8.c
tests_unit_test_json_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_json_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_signals_SOURCES = tests/unit/test_signals.c commands/signals.c
tests_unit_test_signals_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_signals_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_qstat_print_SOURCES = tests/unit/test_qstat_print.c $(QSTAT_PRINT)
tests_unit_test_qstat_print_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_qstat_print_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_qmgr_grammar_SOURCES = tests/unit/test_qmgr_grammar.c $(QMGR_GRAMMAR)
tests_unit_test_qmgr_grammar_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_qmgr_grammar_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_qmgr_words_SOURCES = tests/unit/test_qmgr_words.c $(QMGR_GRAMMAR)
tests_unit_test_qmgr_words_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_qmgr_words_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_test_qmgr_show_SOURCES = tests/unit/test_qmgr_show.c $(QMGR_GRAMMAR) \
	commands/qmgr_show.c commands/qmgr_show.h commands/view.c commands/view.h \
	commands/utf8.c commands/utf8.h
tests_unit_test_qmgr_show_CPPFLAGS = $(COMMAND_TEST_CPPFLAGS)
tests_unit_test_qmgr_show_LDADD = $(COMMAND_TEST_LIBS)

# The store, the spool and the run directories.
UNIT_TESTS += tests/unit/test_store tests/unit/test_store_care
UNIT_TESTS += tests/unit/test_spool tests/unit/test_rundir
STORE_WORLD = tests/unit/store_world.c tests/unit/store_world.h
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(STORE_WORLD)
tests_unit_test_store_LDADD = $(LDADD) -lsodium
tests_unit_test_store_care_SOURCES = tests/unit/test_store_care.c $(STORE_WORLD)
tests_unit_test_store_care_LDADD = $(LDADD) -lsodium
tests_unit_test_spool_LDADD = $(LDADD) -lsodium
tests_unit_test_rundir_LDADD = $(LDADD) -lsodium

UNIT_TESTS += tests/unit/test_err tests/unit/test_buf tests/unit/test_str tests/unit/test_tree
UNIT_TESTS += tests/unit/test_clock tests/unit/test_crc32c tests/unit/test_id tests/unit/test_attr
UNIT_TESTS += tests/unit/test_limit tests/unit/test_bound
UNIT_TESTS += tests/unit/test_frame tests/unit/test_rpc tests/unit/test_client
UNIT_TESTS += tests/unit/test_listen tests/unit/test_listen_bounds
EXTRA_DIST += tests/unit/rpc_golden.def

# A door in a process of its own, and clients that behave badly.
DOOR_TEST = \
	tests/unit/door_server.c tests/unit/door_server.h \
	tests/unit/door_client.c tests/unit/door_client.h
tests_unit_test_listen_SOURCES = tests/unit/test_listen.c $(DOOR_TEST)
tests_unit_test_listen_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
# An ordinary client of libtirpc needs all of it, so not the archive.
tests_unit_test_listen_LDADD = $(DOOR) $(TIRPC_LIBS) $(EVENT_LIBS) $(LMDB_LIBS) $(CMOCKA_LIBS)
tests_unit_test_listen_bounds_SOURCES = tests/unit/test_listen_bounds.c $(DOOR_TEST)
tests_unit_test_listen_bounds_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)

check_PROGRAMS += $(UNIT_TESTS)
TESTS = $(UNIT_TESTS)
endif

# The simulator: the real core on a false clock, disk, network and shepherds.
EXTRA_PROGRAMS += tests/sim/sim
tests_sim_sim_SOURCES = \
	tests/sim/sim.c tests/sim/sim.h \
	tests/sim/cover.c tests/sim/cover.h \
	tests/sim/disk.c tests/sim/disk.h \
	tests/sim/managers.c \
	tests/sim/node.c tests/sim/node.h \
	tests/sim/opened.c tests/sim/opened.h \
	tests/sim/people.c tests/sim/people.h \
	tests/sim/rules.c tests/sim/rules_complex.c tests/sim/rules.h \
	tests/sim/starter.c tests/sim/starter.h \
	tests/sim/ties.c tests/sim/ties.h \
	tests/sim/turn.c tests/sim/turn.h \
	tests/sim/wheel.c tests/sim/wheel.h \
	tests/sim/wishes.c tests/sim/wishes.h
tests_sim_sim_LDADD = $(CORE)
tests_sim_sim_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/tests/sim

EXTRA_DIST += tests/sim/README tests/sim/defects.sh tests/sim/t001-defects.sh

# What plays nqsd for the tests of the starter and the shepherd.
check_PROGRAMS += tests/starter/driver
tests_starter_driver_SOURCES = \
	tests/starter/driver.c tests/starter/tests.h \
	tests/starter/cell.c tests/starter/cell.h \
	tests/starter/jobs.c tests/starter/ends.c tests/starter/outputs.c \
	tests/starter/peers.c tests/starter/kills.c \
	libnqs/order.c libnqs/exitrec.c
tests_starter_driver_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/tests/starter
tests_starter_driver_LDADD =

# The writer that tests/crash kills: the store and the spool with failpoints,
# however the tree is configured.  And what the store costs beside bare LMDB.
EXTRA_PROGRAMS += tests/crash/store_crash tests/bench/bench_store
tests_crash_store_crash_SOURCES = \
	tests/crash/store_crash.c tests/crash/store_crash.h \
	tests/crash/store_flips.c tests/crash/store_full.c \
	tests/crash/crash_model.c tests/crash/crash_model.h \
	daemon/door/failpoint.c daemon/door/spool.c daemon/door/store_open.c \
	daemon/door/store_backup.c daemon/door/store_batch.c daemon/door/store_load.c \
	daemon/door/store_pages.c daemon/door/store_read.c daemon/door/store_record.c \
	daemon/door/store_schema.c daemon/door/store_space.c daemon/door/store_verify.c
tests_crash_store_crash_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS) \
	-iquote $(srcdir)/tests/crash -DNQS_FAILPOINTS=1
tests_crash_store_crash_LDADD = $(WORDS) $(LMDB_LIBS) -lsodium
tests_bench_bench_store_LDADD = $(DOOR) $(LMDB_LIBS)
