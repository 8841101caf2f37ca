# Floor 4: nqs-shepherd, one static program per running job.  All its files,
# those of libnqs too, are compiled by SHEPHERD_CC, into objects of its own.

EXTRA_PROGRAMS += daemon/shepherd/nqs-shepherd

daemon_shepherd_nqs_shepherd_SOURCES = daemon/shepherd/main.c
#	libnqs/order.c libnqs/exitrec.c
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
