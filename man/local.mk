# The manual: a page for every program, file and protocol.  A line a page.

dist_man_MANS += man/qsub.1
dist_man_MANS += man/qcat.1
dist_man_MANS += man/qwait.1
dist_man_MANS += man/nqs-starter.8
dist_man_MANS += man/nqs-shepherd.8
dist_man_MANS += man/qdel.1 man/qhold.1 man/qrls.1 man/qsig.1 man/qrerun.1 man/qstat.1 man/qselect.1 man/pbsnodes.1
dist_man_MANS += man/qmsg.1 man/qlimit.1 man/qhist.1
dist_man_MANS += man/qalter.1 man/qmove.1
dist_man_MANS += man/qmgr.8
dist_man_MANS += man/nqs_wrappers.7
dist_man_MANS += man/qtop.1
dist_man_MANS += man/nqsd.8
dist_man_MANS += man/nqs.conf.5 man/nqs_accounting.5
dist_man_MANS += man/nqs.3
dist_man_MANS += man/nqs.7 man/nqs_attributes.7 man/nqs_errors.7 man/nqs_internals.7
dist_man_MANS += man/nqs_dialects.7
dist_man_MANS += man/nqs_protocol.7 man/nqs_scheduling.7 man/nqs_security.7

# Run by hand (man/tables --update) and by scripts/check-man, never by make.
EXTRA_DIST += man/README man/tables man/tables.c
