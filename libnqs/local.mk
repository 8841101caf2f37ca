# Floors 0 and 1.

noinst_LIBRARIES += libnqs/libground.a libnqs/libnqs.a

# Floor 0: ground.
libnqs_libground_a_SOURCES = \
	libnqs/err.c libnqs/err.h libnqs/err.def \
	libnqs/mem.c libnqs/mem.h \
	libnqs/buf.c libnqs/buf.h \
	libnqs/str.c libnqs/str.h \
	libnqs/tree.c libnqs/tree.h \
	libnqs/clock.c libnqs/clock.h \
	libnqs/crc32c.c libnqs/crc32c.h \
	libnqs/log.c libnqs/log.h

# Floor 1: words, and the client library.
libnqs_libnqs_a_SOURCES = \
	libnqs/id.c libnqs/id.h \
	libnqs/attr.c libnqs/attr.h libnqs/attributes.def \
	libnqs/limit.c libnqs/limit.h libnqs/limit.def \
	libnqs/compare.c libnqs/compare.h \
	libnqs/dialect.c libnqs/dialect.h libnqs/dialect.def \
	libnqs/order.c libnqs/order.h libnqs/order.def \
	libnqs/exitrec.c libnqs/exitrec.h libnqs/exitrec.def \
	libnqs/frame.c libnqs/frame.h \
	libnqs/rpc.c libnqs/rpc.h libnqs/requests.def \
	libnqs/address.c libnqs/address.h \
	libnqs/client.c libnqs/client.h \
	libnqs/directive.c libnqs/directive.h

# The types of the wire and their codecs, made from nqs.x.
if HAVE_NQS_X
nodist_libnqs_libnqs_a_SOURCES = libnqs/nqs_xdr.c libnqs/nqs_xdr.h
BUILT_SOURCES += libnqs/nqs_xdr.h
CLEANFILES += libnqs/nqs_xdr.c libnqs/nqs_xdr.h
EXTRA_DIST += libnqs/nqs.x

libnqs/nqs_xdr.h: $(srcdir)/libnqs/nqs.x
	$(AM_V_GEN)$(MKDIR_P) libnqs && rm -f $@ && \
	(cd $(srcdir)/libnqs && $(RPCGEN) -C -M -h nqs.x) > $@.tmp && mv -f $@.tmp $@

# rpcgen leaves a buf in every function, used or not; its quad_t is not everybody's int64_t.
libnqs/nqs_xdr.c: $(srcdir)/libnqs/nqs.x libnqs/nqs_xdr.h
	$(AM_V_GEN)rm -f $@ && \
	(echo '#pragma GCC diagnostic ignored "-Wunused-variable"' && \
	 echo '#pragma GCC diagnostic ignored "-Wincompatible-pointer-types"' && \
	 cd $(srcdir)/libnqs && $(RPCGEN) -C -M -c nqs.x) | \
	$(SED) 's|#include "nqs\.h"|#include "nqs_xdr.h"|' > $@.tmp && mv -f $@.tmp $@
endif
