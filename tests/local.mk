# Unit tests, a line each: tests/unit/test_NAME.c tests NAME.c.  Archives give only
# what is asked for, so all of them are named here; that none of a floor needs a
# higher one is what scripts/check-floors looks after.

if HAVE_CMOCKA
LDADD = $(DOOR) $(TIRPC_ARCHIVE) $(EVENT_LIBS) $(LMDB_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS =
#UNIT_TESTS += tests/unit/test_err
UNIT_TESTS += tests/unit/test_directive
UNIT_TESTS += tests/unit/test_cli

check_PROGRAMS += $(UNIT_TESTS)
TESTS = $(UNIT_TESTS)
endif

# The simulator: the real core on a false clock, disk, network and shepherds.
EXTRA_PROGRAMS += tests/sim/sim
tests_sim_sim_SOURCES = tests/sim/sim.c
tests_sim_sim_LDADD = $(CORE) $(TIRPC_ARCHIVE)
tests_sim_sim_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/tests/sim -iquote $(srcdir)/tests/lib
