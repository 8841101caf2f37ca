# Floor 4: nqs-starter, root.  It links the C library and nothing else but the
# few files of floors 0 and 1 that it names here.

EXTRA_PROGRAMS += daemon/starter/nqs-starter

daemon_starter_nqs_starter_SOURCES = daemon/starter/main.c
daemon_starter_nqs_starter_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/daemon/starter
daemon_starter_nqs_starter_LDADD = $(WORDS)
