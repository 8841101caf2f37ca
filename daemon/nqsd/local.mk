# Floor 4: nqsd, the network queue daemon.

EXTRA_PROGRAMS += daemon/nqsd/nqsd

daemon_nqsd_nqsd_SOURCES = \
	daemon/nqsd/bounds.c daemon/nqsd/bounds.h \
	daemon/nqsd/account.c daemon/nqsd/account.h \
	daemon/nqsd/accounting.c daemon/nqsd/accounting.h \
	daemon/nqsd/change.c daemon/nqsd/change.h \
	daemon/nqsd/check.c daemon/nqsd/check.h \
	daemon/nqsd/environ.c daemon/nqsd/environ.h \
	daemon/nqsd/follow.c daemon/nqsd/follow.h \
	daemon/nqsd/history.c daemon/nqsd/history.h \
	daemon/nqsd/inbox.c daemon/nqsd/inbox.h \
	daemon/nqsd/listing.c daemon/nqsd/listing.h daemon/nqsd/select.c \
	daemon/nqsd/letter.c daemon/nqsd/letter.h \
	daemon/nqsd/main.c daemon/nqsd/nqsd.h \
	daemon/nqsd/names.c daemon/nqsd/names.h \
	daemon/nqsd/orders.c daemon/nqsd/orders.h \
	daemon/nqsd/page.c daemon/nqsd/page.h \
	daemon/nqsd/post.c daemon/nqsd/post.h \
	daemon/nqsd/reply.c daemon/nqsd/reply.h \
	daemon/nqsd/role.c daemon/nqsd/role.h \
	daemon/nqsd/status.c daemon/nqsd/status.h \
	daemon/nqsd/turn.c daemon/nqsd/turn.h \
	daemon/nqsd/waits.c daemon/nqsd/waits.h
daemon_nqsd_nqsd_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) -iquote $(srcdir)/daemon/nqsd
daemon_nqsd_nqsd_LDADD = $(DOOR) $(TIRPC_ARCHIVE) $(EVENT_LIBS) $(LMDB_LIBS) $(SODIUM_LIBS) -lpthread
