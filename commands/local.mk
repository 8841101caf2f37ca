# Floor 4: the commands.  Each is cli.c, which has main(), and a file of its own.

# Floors 0 and 1 once more, compiled as the commands are (configure.ac, COMMAND_CC).
noinst_LIBRARIES += commands/libcommand.a
commands_libcommand_a_SOURCES = $(libnqs_libground_a_SOURCES) $(libnqs_libnqs_a_SOURCES)
nodist_commands_libcommand_a_SOURCES = $(nodist_libnqs_libnqs_a_SOURCES)
commands_libcommand_a_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_libcommand_a_CFLAGS = $(COMMAND_CFLAGS)

COMMAND_LIBS = commands/libcommand.a $(COMMAND_TIRPC)
COMMAND_BY = $(COMMAND_CC) $(COMMAND_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(COMMAND_LDFLAGS) $(LDFLAGS) -o $@
COMMAND_MAIN = commands/cli.c commands/cli.h

EXTRA_PROGRAMS += commands/qsub commands/qstat commands/qselect commands/pbsnodes commands/qlimit commands/qhist commands/qdel commands/qhold commands/qrls \
	commands/qalter commands/qmove commands/qsig commands/qrerun commands/qwait commands/qcat commands/qmgr

# What qsub and qalter have in common: the options and what they mean.
SUBMISSION = commands/qsub.h commands/submission.c commands/job_options.def \
	commands/qsub_options.c commands/qsub_words.c commands/qsub_list.c \
	commands/qsub_hints.c commands/nqs_options.c commands/nqs_options.h \
	commands/qsub_path.c commands/qsub_variables.c commands/qsub_limits.c \
	commands/signals.c commands/signals.h

commands_qsub_SOURCES = commands/qsub.c commands/qsub_terminal.c commands/qsub_terminal.h commands/qsub_block.c commands/qsub_nqs.c commands/qsub_script.c \
	commands/manner.c commands/manner.h $(SUBMISSION) $(COMMAND_MAIN)
commands_qsub_LDADD = $(COMMAND_LIBS)
commands_qsub_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qsub_CFLAGS = $(COMMAND_CFLAGS)
commands_qsub_LINK = $(COMMAND_BY)

commands_qalter_SOURCES = commands/qalter.c commands/jobs.c commands/jobs.h $(SUBMISSION) \
	$(COMMAND_MAIN)
commands_qalter_LDADD = $(COMMAND_LIBS)
commands_qalter_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qalter_CFLAGS = $(COMMAND_CFLAGS)
commands_qalter_LINK = $(COMMAND_BY)

commands_qmove_SOURCES = commands/qmove.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qmove_LDADD = $(COMMAND_LIBS)
commands_qmove_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qmove_CFLAGS = $(COMMAND_CFLAGS)
commands_qmove_LINK = $(COMMAND_BY)

# The printers, which unit tests link too.
QSTAT_PRINT = commands/qstat_print.c commands/qstat_print.h commands/qstat_table.c \
	commands/qstat_alt.c commands/qstat_nqs.c commands/qstat_data.c \
	commands/qstat_full.c commands/qstat_json.c commands/view.c commands/view.h \
	commands/json.c commands/json.h commands/utf8.c commands/utf8.h

commands_qstat_SOURCES = commands/qstat.c commands/manner.c commands/manner.h \
	commands/choice.c commands/choice.h $(COMMAND_MAIN) $(QSTAT_PRINT)
# A long listing is a great many small allocations, at which glibc is better.
commands_qstat_LDADD = $(WORDS) $(TIRPC_ARCHIVE)
commands_qstat_LDFLAGS = $(AM_LDFLAGS) $(COMMAND_LDFLAGS)

commands_qhist_SOURCES = commands/qhist.c commands/qhist.h commands/qhist_print.c $(COMMAND_MAIN)
commands_qhist_LDADD = $(COMMAND_LIBS)
commands_qhist_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qhist_CFLAGS = $(COMMAND_CFLAGS)
commands_qhist_LINK = $(COMMAND_BY)

commands_qlimit_SOURCES = commands/qlimit.c commands/json.c commands/json.h commands/utf8.c \
	commands/utf8.h $(COMMAND_MAIN)
commands_qlimit_LDADD = $(COMMAND_LIBS)
commands_qlimit_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qlimit_CFLAGS = $(COMMAND_CFLAGS)
commands_qlimit_LINK = $(COMMAND_BY)

commands_qselect_SOURCES = commands/qselect.c commands/choice.c commands/choice.h $(COMMAND_MAIN)
commands_qselect_LDADD = $(WORDS) $(TIRPC_ARCHIVE)
commands_qselect_LDFLAGS = $(AM_LDFLAGS) $(COMMAND_LDFLAGS)

commands_pbsnodes_SOURCES = commands/pbsnodes.c commands/manner.c commands/manner.h \
	commands/choice.c commands/choice.h commands/json.c commands/json.h commands/utf8.c \
	commands/utf8.h $(COMMAND_MAIN)
commands_pbsnodes_LDADD = $(WORDS) $(TIRPC_ARCHIVE)
commands_pbsnodes_LDFLAGS = $(AM_LDFLAGS) $(COMMAND_LDFLAGS)

commands_qdel_SOURCES = commands/qdel.c commands/choice.c commands/choice.h $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qdel_LDADD = $(COMMAND_LIBS)
commands_qdel_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qdel_CFLAGS = $(COMMAND_CFLAGS)
commands_qdel_LINK = $(COMMAND_BY)

commands_qhold_SOURCES = commands/qhold.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qhold_LDADD = $(COMMAND_LIBS)
commands_qhold_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qhold_CFLAGS = $(COMMAND_CFLAGS)
commands_qhold_LINK = $(COMMAND_BY)

commands_qrls_SOURCES = commands/qrls.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qrls_LDADD = $(COMMAND_LIBS)
commands_qrls_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qrls_CFLAGS = $(COMMAND_CFLAGS)
commands_qrls_LINK = $(COMMAND_BY)

commands_qsig_SOURCES = commands/qsig.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h commands/signals.c commands/signals.h
commands_qsig_LDADD = $(COMMAND_LIBS)
commands_qsig_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qsig_CFLAGS = $(COMMAND_CFLAGS)
commands_qsig_LINK = $(COMMAND_BY)

EXTRA_PROGRAMS += commands/qmsg
commands_qmsg_SOURCES = commands/qmsg.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qmsg_LDADD = $(COMMAND_LIBS)
commands_qmsg_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qmsg_CFLAGS = $(COMMAND_CFLAGS)
commands_qmsg_LINK = $(COMMAND_BY)

commands_qrerun_SOURCES = commands/qrerun.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qrerun_LDADD = $(COMMAND_LIBS)
commands_qrerun_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qrerun_CFLAGS = $(COMMAND_CFLAGS)
commands_qrerun_LINK = $(COMMAND_BY)

commands_qwait_SOURCES = commands/qwait.c $(COMMAND_MAIN)
commands_qwait_LDADD = $(COMMAND_LIBS)
commands_qwait_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qwait_CFLAGS = $(COMMAND_CFLAGS)
commands_qwait_LINK = $(COMMAND_BY)

commands_qcat_SOURCES = commands/qcat.c $(COMMAND_MAIN)
commands_qcat_LDADD = $(COMMAND_LIBS)
commands_qcat_CPPFLAGS = $(COMMAND_CPPFLAGS) $(AM_CPPFLAGS)
commands_qcat_CFLAGS = $(COMMAND_CFLAGS)
commands_qcat_LINK = $(COMMAND_BY)

# The one with a screen; it is dynamic.
EXTRA_PROGRAMS += commands/qtop
commands_qtop_SOURCES = commands/qtop.c commands/qtop.h commands/qtop_model.c commands/qtop_page.c \
	commands/view.c commands/view.h commands/utf8.c commands/utf8.h $(COMMAND_MAIN)
commands_qtop_LDADD = $(WORDS) $(TIRPC_ARCHIVE) $(CURSES_LIBS)
commands_qtop_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)

# The one with an editor of lines; it stays dynamic.
QMGR_GRAMMAR = commands/qmgr_order.h commands/qmgr_take.c commands/qmgr_take.h \
	commands/qmgr_pbs.c commands/qmgr_pbs.h \
	commands/qmgr_shapes.c commands/qmgr_shapes.h \
	commands/qmgr_grammar.c commands/qmgr_grammar.h commands/qmgr_grammar.def \
	commands/qmgr_words.c commands/qmgr_words.h
commands_qmgr_SOURCES = commands/qmgr.c $(COMMAND_MAIN) $(QMGR_GRAMMAR) \
	commands/qmgr_run.c commands/qmgr_run.h commands/qmgr_show.c commands/qmgr_show.h \
	commands/qmgr_edit.c commands/qmgr_edit.h \
	commands/view.c commands/view.h commands/utf8.c commands/utf8.h
commands_qmgr_LDADD = $(WORDS) $(TIRPC_ARCHIVE) $(EDIT_LIBS)
commands_qmgr_CPPFLAGS = $(AM_CPPFLAGS) $(EDIT_CFLAGS)

if !COMMANDS_BY_CC
$(commands_libcommand_a_OBJECTS) \
	$(commands_qsub_OBJECTS) \
	$(commands_qalter_OBJECTS) \
	$(commands_qmove_OBJECTS) \
	$(commands_qdel_OBJECTS) \
	$(commands_qhold_OBJECTS) \
	$(commands_qrls_OBJECTS) \
	$(commands_qsig_OBJECTS) \
	$(commands_qmsg_OBJECTS) $(commands_qrerun_OBJECTS) $(commands_qlimit_OBJECTS) $(commands_qhist_OBJECTS) \
	$(commands_qwait_OBJECTS) \
	$(commands_qcat_OBJECTS): CC = $(COMMAND_CC)
endif
