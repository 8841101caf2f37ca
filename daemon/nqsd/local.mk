# Floor 4: nqsd, the network queue daemon.

EXTRA_PROGRAMS += daemon/nqsd/nqsd

# Expected: main handlers orders environ check
daemon_nqsd_nqsd_SOURCES = daemon/nqsd/main.c
daemon_nqsd_nqsd_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) -iquote $(srcdir)/daemon/nqsd
daemon_nqsd_nqsd_LDADD = $(DOOR) $(TIRPC_ARCHIVE) $(EVENT_LIBS) $(LMDB_LIBS)
