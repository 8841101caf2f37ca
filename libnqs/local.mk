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
	libnqs/depend.c libnqs/depend.h libnqs/depend.def \
	libnqs/follow.c libnqs/follow.h \
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

# The client library for others, nqs.h: the same once more, for any place in
# memory.  One object is made of it in which only the names of nqs.h are to be
# seen, and of that the archive and the shared library.
noinst_LIBRARIES += libnqs/libpic.a
libnqs_libpic_a_SOURCES = $(libnqs_libground_a_SOURCES) $(libnqs_libnqs_a_SOURCES) libnqs/nqs.c
nodist_libnqs_libpic_a_SOURCES = $(nodist_libnqs_libnqs_a_SOURCES)
libnqs_libpic_a_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=hidden

LIBRARY = libnqs/public/libnqs.a libnqs/public/libnqs.so.0
include_HEADERS = libnqs/nqs.h
nqslibdir = $(libdir)
nodist_nqslib_DATA = $(LIBRARY)
pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = libnqs/public/nqs.pc
CLEANFILES += $(LIBRARY) libnqs/public/nqs.o libnqs/public/nqs.pc
EXTRA_DIST += libnqs/nqs.pc.in

libnqs/public/nqs.o: libnqs/libpic.a
	$(AM_V_GEN)$(MKDIR_P) libnqs/public && \
	$(CC) -r -nostdlib -o $@.tmp libnqs/libpic_a-nqs.o libnqs/libpic.a && \
	$(OBJCOPY) --localize-hidden $@.tmp && mv -f $@.tmp $@

libnqs/public/libnqs.a: libnqs/public/nqs.o
	$(AM_V_AR)rm -f $@ && $(AR) cr $@ libnqs/public/nqs.o

libnqs/public/libnqs.so.0: libnqs/public/nqs.o
	$(AM_V_GEN)$(CC) $(CFLAGS) -shared -Wl,-soname,libnqs.so.0 $(NQS_LDFLAGS) $(LDFLAGS) \
	-o $@.tmp libnqs/public/nqs.o $(TIRPC_LIBS) && mv -f $@.tmp $@

libnqs/public/nqs.pc: $(srcdir)/libnqs/nqs.pc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) libnqs/public && $(SED) -e 's|@prefix[@]|$(prefix)|g' \
	-e 's|@libdir[@]|$(libdir)|g' -e 's|@includedir[@]|$(includedir)|g' \
	-e 's|@version[@]|$(VERSION)|g' $(srcdir)/libnqs/nqs.pc.in >$@.new && mv $@.new $@

install-data-hook:
	ln -sf libnqs.so.0 $(DESTDIR)$(libdir)/libnqs.so

uninstall-hook:
	rm -f $(DESTDIR)$(libdir)/libnqs.so
