# Floor 4: nqs-starter, root.  It links the C library and nothing else but the
# few files of floor 1 and of the shepherd that it names here.

EXTRA_PROGRAMS += daemon/starter/nqs-starter

daemon_starter_nqs_starter_SOURCES = \
	daemon/starter/account.c daemon/starter/account.h \
	daemon/starter/cgroup.c daemon/starter/cgroup.h \
	daemon/starter/deliver.c daemon/starter/deliver.h \
	daemon/starter/hand.c daemon/starter/hand.h \
	daemon/starter/helper.c daemon/starter/helper.h \
	daemon/starter/loop.c daemon/starter/loop.h \
	daemon/starter/lost.c daemon/starter/lost.h \
	daemon/starter/main.c \
	daemon/starter/peer.c daemon/starter/peer.h \
	daemon/starter/nodes.c daemon/starter/nodes.h \
	daemon/starter/rundir.c daemon/starter/rundir.h \
	daemon/starter/serve.c daemon/starter/serve.h \
	daemon/starter/site.c daemon/starter/site.h \
	daemon/starter/start.c daemon/starter/start.h \
	daemon/shepherd/handoff.h daemon/shepherd/become.c daemon/shepherd/become.h \
	daemon/shepherd/procstat.c daemon/shepherd/procstat.h \
	libnqs/order.c libnqs/order.h libnqs/order.def \
	libnqs/exitrec.c libnqs/exitrec.h libnqs/exitrec.def
daemon_starter_nqs_starter_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/daemon/starter \
	-iquote $(srcdir)/daemon/shepherd -DSHEPHERD_PATH='"$(libexecdir)/nqs-shepherd"'
daemon_starter_nqs_starter_LDADD =
