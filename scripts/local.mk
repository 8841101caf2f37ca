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
NQS_WRAPPERS = scripts/nqs/qsub scripts/nqs/qdel scripts/nqs/qstat
CLEANFILES += $(NQS_WRAPPERS)
nqsdir = $(libexecdir)/nqs
nodist_nqs_SCRIPTS = $(NQS_WRAPPERS)

$(NQS_WRAPPERS): %: $(srcdir)/%.in Makefile
	$(AM_V_GEN)mkdir -p scripts/nqs && \
	$(SED) 's|@bindir[@]|$(bindir)|g' $(srcdir)/$@.in >$@.new && chmod +x $@.new && mv $@.new $@

# Completion in shells, for every command that is built.
COMPLETED = $(bin_PROGRAMS:commands/%=%)
COMPLETIONS = scripts/completion/nqs scripts/completion/_nqs
CLEANFILES += $(COMPLETIONS)
bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = scripts/completion/nqs
zshcompletiondir = $(datadir)/zsh/site-functions
nodist_zshcompletion_DATA = scripts/completion/_nqs

scripts/completion/nqs: $(srcdir)/scripts/completion/nqs.bash Makefile
	$(AM_V_GEN)mkdir -p scripts/completion && \
	$(SED) 's|@commands[@]|$(COMPLETED)|' $(srcdir)/scripts/completion/nqs.bash >$@.new && mv $@.new $@

scripts/completion/_nqs: $(srcdir)/scripts/completion/nqs.zsh Makefile
	$(AM_V_GEN)mkdir -p scripts/completion && \
	$(SED) 's|@commands[@]|$(COMPLETED)|' $(srcdir)/scripts/completion/nqs.zsh >$@.new && mv $@.new $@

# Both kinds of file want the package's name.
install-data-local:
	$(MKDIR_P) $(DESTDIR)$(prefix)/lib/sysusers.d $(DESTDIR)$(prefix)/lib/tmpfiles.d
	$(INSTALL_DATA) $(srcdir)/scripts/systemd/sysusers.conf $(DESTDIR)$(prefix)/lib/sysusers.d/nqs.conf
	$(INSTALL_DATA) $(srcdir)/scripts/systemd/tmpfiles.conf $(DESTDIR)$(prefix)/lib/tmpfiles.d/nqs.conf
	$(MKDIR_P) $(DESTDIR)$(bashcompletiondir)
	for name in $(COMPLETED); do ln -sf nqs $(DESTDIR)$(bashcompletiondir)/$$name || exit 1; done

uninstall-local:
	for name in $(COMPLETED); do rm -f $(DESTDIR)$(bashcompletiondir)/$$name; done
	rm -f $(DESTDIR)$(prefix)/lib/sysusers.d/nqs.conf $(DESTDIR)$(prefix)/lib/tmpfiles.d/nqs.conf

# `scripts` is distributed whole; what was built in it is not.
dist-hook:
	cd $(distdir)/scripts/systemd && rm -f *.service
	cd $(distdir)/scripts/completion && rm -f nqs _nqs
	cd $(distdir)/scripts/nqs && rm -f $(NQS_WRAPPERS:scripts/nqs/%=%)
