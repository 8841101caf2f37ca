# Floor 3: the doors, all I/O of the daemons.

noinst_LIBRARIES += daemon/door/libdoor.a

daemon_door_libdoor_a_SOURCES = \
	daemon/door/conf.c daemon/door/conf.h daemon/door/config.def \
	daemon/door/ledger.c daemon/door/ledger.h \
	daemon/door/loop.c daemon/door/loop.h \
	daemon/door/mailer.c daemon/door/mailer.h \
	daemon/door/scribe.c daemon/door/scribe.h \
	daemon/door/users.c daemon/door/users.h
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
	daemon/door/store.h daemon/door/store_internal.h daemon/door/store_open.c \
	daemon/door/store_backup.c daemon/door/store_batch.c daemon/door/store_load.c \
	daemon/door/store_page.h daemon/door/store_pages.c daemon/door/store_pages.h \
	daemon/door/store_read.c daemon/door/store_record.c daemon/door/store_record.h \
	daemon/door/store_schema.c daemon/door/store_space.c daemon/door/store_tables.def \
	daemon/door/store_verify.c

# Jobs: the starter, the shepherds, and what a start leaves behind.
daemon_door_libdoor_a_SOURCES += \
	daemon/door/adopt.c daemon/door/adopt.h \
	daemon/door/link.c daemon/door/link.h daemon/door/linked.h daemon/door/tie.h \
	daemon/door/starter.c daemon/door/starter.h \
	daemon/door/tidy.c daemon/door/tidy.h
