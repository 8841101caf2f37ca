# The manual: a page for every program, file and protocol.  A line a page.

dist_man_MANS += man/qsub.1
dist_man_MANS += man/qcat.1
dist_man_MANS += man/qwait.1
dist_man_MANS += man/nqs-starter.8
dist_man_MANS += man/nqs-shepherd.8
dist_man_MANS += man/qdel.1 man/qhold.1 man/qrls.1 man/qsig.1 man/qrerun.1 man/qstat.1
dist_man_MANS += man/qmgr.8
