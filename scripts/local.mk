# Scripts are run from the checkout and not installed; what systemd needs is.

EXTRA_DIST += scripts .ci

UNITS = scripts/systemd/nqsd.service scripts/systemd/nqs-starter.service
CLEANFILES += $(UNITS)
unitdir = $(prefix)/lib/systemd/system
nodist_unit_DATA = $(UNITS)
dist_doc_DATA = README scripts/systemd/nqs.conf

$(UNITS): %.service: $(srcdir)/%.service.in Makefile
	$(AM_V_GEN)mkdir -p scripts/systemd && \
	$(SED) 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/$@.in >$@.new && mv $@.new $@

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
