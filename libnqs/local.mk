# Floors 0 and 1.

noinst_LIBRARIES += libnqs/libground.a libnqs/libnqs.a

# Floor 0: ground.
# Expected: err mem buf str tree clock crc32c log, each .c and .h
libnqs_libground_a_SOURCES =

# Floor 1: words, and the client library.
# Expected: id attr order exitrec frame rpc client directive
libnqs_libnqs_a_SOURCES =

# The types of the wire and their codecs, made from nqs.x.
if HAVE_NQS_X
nodist_libnqs_libnqs_a_SOURCES = libnqs/nqs_xdr.c libnqs/nqs_xdr.h
BUILT_SOURCES += libnqs/nqs_xdr.h
CLEANFILES += libnqs/nqs_xdr.c libnqs/nqs_xdr.h
EXTRA_DIST += libnqs/nqs.x

libnqs/nqs_xdr.h: $(srcdir)/libnqs/nqs.x
	$(AM_V_GEN)$(MKDIR_P) libnqs && rm -f $@ && \
	(cd $(srcdir)/libnqs && $(RPCGEN) -C -M -h nqs.x) > $@.tmp && mv -f $@.tmp $@

# rpcgen leaves a buf in every function, used or not.
libnqs/nqs_xdr.c: $(srcdir)/libnqs/nqs.x libnqs/nqs_xdr.h
	$(AM_V_GEN)rm -f $@ && \
	(echo '#pragma GCC diagnostic ignored "-Wunused-variable"' && \
	 cd $(srcdir)/libnqs && $(RPCGEN) -C -M -c nqs.x) | \
	$(SED) 's|#include "nqs\.h"|#include "nqs_xdr.h"|' > $@.tmp && mv -f $@.tmp $@
endif
