# Unit tests, a line each: tests/unit/test_NAME.c tests one source file and is
# linked with the archives of the floors up to its own.

if HAVE_CMOCKA
UNIT_LIBS = $(CMOCKA_LIBS)

# tests of floor 0: GROUND_TESTS += tests/unit/test_err
# A test that needs more than LDADD gives says so with tests_unit_test_NAME_LDADD.
LDADD = $(DOOR) $(TIRPC_ARCHIVE) $(EVENT_LIBS) $(LMDB_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS =
#UNIT_TESTS += tests/unit/test_err

check_PROGRAMS += $(UNIT_TESTS)
TESTS = $(UNIT_TESTS)
endif

# The simulator: the real core on a false clock, disk, network and shepherds.
EXTRA_PROGRAMS += tests/sim/sim
tests_sim_sim_SOURCES = tests/sim/sim.c
tests_sim_sim_LDADD = $(CORE) $(TIRPC_ARCHIVE)
tests_sim_sim_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/tests/sim -iquote $(srcdir)/tests/lib
