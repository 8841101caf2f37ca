# Floor 4: nqs-shepherd, one static program per running job.  All its files,
# those of libnqs too, are compiled by SHEPHERD_CC, into objects of its own.

EXTRA_PROGRAMS += daemon/shepherd/nqs-shepherd

daemon_shepherd_nqs_shepherd_SOURCES = \
	daemon/shepherd/become.c daemon/shepherd/become.h \
	daemon/shepherd/handoff.h \
	daemon/shepherd/job.c daemon/shepherd/job.h \
	daemon/shepherd/link.c daemon/shepherd/link.h \
	daemon/shepherd/main.c \
	daemon/shepherd/message.c daemon/shepherd/message.h \
	daemon/shepherd/output.c daemon/shepherd/output.h \
	daemon/shepherd/procstat.c daemon/shepherd/procstat.h \
	daemon/shepherd/records.c daemon/shepherd/records.h \
	daemon/shepherd/rlimits.c daemon/shepherd/rlimits.h \
	daemon/shepherd/terminal.c daemon/shepherd/terminal.h \
	daemon/shepherd/take.c daemon/shepherd/take.h \
	daemon/shepherd/tree.c daemon/shepherd/tree.h \
	daemon/shepherd/watch.c daemon/shepherd/watch.h \
	libnqs/order.c libnqs/order.h libnqs/order.def \
	libnqs/exitrec.c libnqs/exitrec.h libnqs/exitrec.def
daemon_shepherd_nqs_shepherd_CPPFLAGS = \
	-iquote $(srcdir)/libnqs -iquote $(srcdir)/daemon/shepherd $(NQS_CPPFLAGS)
daemon_shepherd_nqs_shepherd_CFLAGS = $(SHEPHERD_CFLAGS)
daemon_shepherd_nqs_shepherd_LDFLAGS = $(NQS_LDFLAGS) $(SHEPHERD_LDFLAGS)
daemon_shepherd_nqs_shepherd_LDADD =
daemon_shepherd_nqs_shepherd_LINK = $(SHEPHERD_CC) $(daemon_shepherd_nqs_shepherd_CFLAGS) \
	$(CFLAGS) $(daemon_shepherd_nqs_shepherd_LDFLAGS) $(LDFLAGS) -o $@

if !SHEPHERD_BY_CC
$(daemon_shepherd_nqs_shepherd_OBJECTS): CC = $(SHEPHERD_CC)
endif
