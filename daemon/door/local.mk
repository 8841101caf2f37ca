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
