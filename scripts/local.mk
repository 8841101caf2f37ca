# Scripts are run from the checkout and not installed; nqs/ and what systemd needs are.

EXTRA_DIST += scripts .ci

UNITS = scripts/systemd/nqsd.service scripts/systemd/nqs-starter.service
CLEANFILES += $(UNITS)
unitdir = $(prefix)/lib/systemd/system
nodist_unit_DATA = $(UNITS)
dist_doc_DATA = README scripts/systemd/nqs.conf

$(UNITS): %.service: $(srcdir)/%.service.in Makefile
	$(AM_V_GEN)mkdir -p scripts/systemd && \
	$(SED) 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/$@.in >$@.new && mv $@.new $@

# The option sets of NQS, in a directory of their own for who puts it into PATH.
NQS_WRAPPERS = scripts/nqs/qsub scripts/nqs/qdel
CLEANFILES += $(NQS_WRAPPERS)
nqsdir = $(libexecdir)/nqs
nodist_nqs_SCRIPTS = $(NQS_WRAPPERS)

$(NQS_WRAPPERS): %: $(srcdir)/%.in Makefile
	$(AM_V_GEN)mkdir -p scripts/nqs && \
	$(SED) 's|@bindir[@]|$(bindir)|g' $(srcdir)/$@.in >$@.new && chmod +x $@.new && mv $@.new $@

# Both kinds of file want the package's name.
install-data-local:
	$(MKDIR_P) $(DESTDIR)$(prefix)/lib/sysusers.d $(DESTDIR)$(prefix)/lib/tmpfiles.d
	$(INSTALL_DATA) $(srcdir)/scripts/systemd/sysusers.conf $(DESTDIR)$(prefix)/lib/sysusers.d/nqs.conf
	$(INSTALL_DATA) $(srcdir)/scripts/systemd/tmpfiles.conf $(DESTDIR)$(prefix)/lib/tmpfiles.d/nqs.conf

uninstall-local:
	rm -f $(DESTDIR)$(prefix)/lib/sysusers.d/nqs.conf $(DESTDIR)$(prefix)/lib/tmpfiles.d/nqs.conf

# `scripts` is distributed whole; what was built in it is not.
dist-hook:
	cd $(distdir)/scripts/systemd && rm -f *.service
	cd $(distdir)/scripts/nqs && rm -f $(NQS_WRAPPERS:scripts/nqs/%=%)
