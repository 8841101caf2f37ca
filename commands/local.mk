# Floor 4: the commands.  Each is cli.c, which has main(), and a file of its own.

COMMAND_LIBS = $(WORDS) $(TIRPC_ARCHIVE)
COMMAND_LINK = $(AM_LDFLAGS) $(COMMAND_LDFLAGS)
COMMAND_MAIN = commands/cli.c commands/cli.h

EXTRA_PROGRAMS += commands/qsub commands/qstat commands/qdel commands/qhold commands/qrls \
	commands/qsig commands/qrerun commands/qwait commands/qcat commands/qmgr

commands_qsub_SOURCES = commands/qsub.c commands/qsub.h commands/qsub_options.c commands/qsub_list.c \
	commands/qsub_path.c commands/qsub_script.c commands/qsub_variables.c $(COMMAND_MAIN)
commands_qsub_LDADD = $(COMMAND_LIBS)
commands_qsub_LDFLAGS = $(COMMAND_LINK)

# The printers, which unit tests link too.
QSTAT_PRINT = commands/qstat_print.c commands/qstat_print.h commands/qstat_table.c \
	commands/qstat_full.c commands/qstat_json.c commands/view.c commands/view.h \
	commands/json.c commands/json.h commands/utf8.c commands/utf8.h

commands_qstat_SOURCES = commands/qstat.c $(COMMAND_MAIN) $(QSTAT_PRINT)
commands_qstat_LDADD = $(COMMAND_LIBS)
commands_qstat_LDFLAGS = $(COMMAND_LINK)

commands_qdel_SOURCES = commands/qdel.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qdel_LDADD = $(COMMAND_LIBS)
commands_qdel_LDFLAGS = $(COMMAND_LINK)

commands_qhold_SOURCES = commands/qhold.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qhold_LDADD = $(COMMAND_LIBS)
commands_qhold_LDFLAGS = $(COMMAND_LINK)

commands_qrls_SOURCES = commands/qrls.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qrls_LDADD = $(COMMAND_LIBS)
commands_qrls_LDFLAGS = $(COMMAND_LINK)

commands_qsig_SOURCES = commands/qsig.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h commands/signals.c commands/signals.h
commands_qsig_LDADD = $(COMMAND_LIBS)
commands_qsig_LDFLAGS = $(COMMAND_LINK)

commands_qrerun_SOURCES = commands/qrerun.c $(COMMAND_MAIN) commands/jobs.c commands/jobs.h
commands_qrerun_LDADD = $(COMMAND_LIBS)
commands_qrerun_LDFLAGS = $(COMMAND_LINK)

commands_qwait_SOURCES = commands/qwait.c commands/follow.c commands/follow.h $(COMMAND_MAIN)
commands_qwait_LDADD = $(COMMAND_LIBS)
commands_qwait_LDFLAGS = $(COMMAND_LINK)

commands_qcat_SOURCES = commands/qcat.c commands/follow.c commands/follow.h $(COMMAND_MAIN)
commands_qcat_LDADD = $(COMMAND_LIBS)
commands_qcat_LDFLAGS = $(COMMAND_LINK)

# The one with an editor of lines; it stays dynamic.
QMGR_GRAMMAR = commands/qmgr_grammar.c commands/qmgr_grammar.h commands/qmgr_grammar.def \
	commands/qmgr_words.c commands/qmgr_words.h
commands_qmgr_SOURCES = commands/qmgr.c $(COMMAND_MAIN) $(QMGR_GRAMMAR) \
	commands/qmgr_run.c commands/qmgr_run.h commands/qmgr_show.c commands/qmgr_show.h \
	commands/qmgr_edit.c commands/qmgr_edit.h \
	commands/view.c commands/view.h commands/utf8.c commands/utf8.h
commands_qmgr_LDADD = $(COMMAND_LIBS) $(EDIT_LIBS)
commands_qmgr_CPPFLAGS = $(AM_CPPFLAGS) $(EDIT_CFLAGS)
