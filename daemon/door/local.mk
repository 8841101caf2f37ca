# Floor 3: the doors, all I/O of the daemons.

noinst_LIBRARIES += daemon/door/libdoor.a

# Expected: loop listen serve store spool link followers users failpoint conf
daemon_door_libdoor_a_SOURCES =
daemon_door_libdoor_a_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) $(LMDB_CFLAGS)

# Listening: sockets, connections, calls in and replies out.
daemon_door_libdoor_a_SOURCES += \
	daemon/door/call.h \
	daemon/door/listen.c daemon/door/listen.h \
	daemon/door/peers.c daemon/door/peers.h \
	daemon/door/peer.c daemon/door/peer.h \
	daemon/door/quota.c daemon/door/quota.h

# The store is the only user of LMDB, the spool of libsodium.
daemon_door_libdoor_a_SOURCES += \
	daemon/door/failpoint.c daemon/door/failpoint.def daemon/door/failpoint.h \
	daemon/door/rundir.c daemon/door/rundir.h \
	daemon/door/spool.c daemon/door/spool.h \
	daemon/door/store.c daemon/door/store.h daemon/door/store_internal.h \
	daemon/door/store_backup.c daemon/door/store_batch.c daemon/door/store_load.c \
	daemon/door/store_page.h daemon/door/store_pages.c daemon/door/store_pages.h \
	daemon/door/store_read.c daemon/door/store_record.c daemon/door/store_record.h \
	daemon/door/store_schema.c daemon/door/store_space.c daemon/door/store_tables.def \
	daemon/door/store_verify.c
