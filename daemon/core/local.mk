# Floor 2: the pure core.

noinst_LIBRARIES += daemon/core/libcore.a

daemon_core_libcore_a_SOURCES = \
	daemon/core/access.c daemon/core/access.h \
	daemon/core/alter.c \
	daemon/core/apply.c \
	daemon/core/await.c \
	daemon/core/bound.c daemon/core/bound.h \
	daemon/core/check.c \
	daemon/core/complex.c daemon/core/complex.h \
	daemon/core/control.c \
	daemon/core/core.c daemon/core/core.h \
	daemon/core/decide.h \
	daemon/core/defect.h daemon/core/defects.def \
	daemon/core/events.def \
	daemon/core/field.c daemon/core/field.h daemon/core/field_rows.h \
	daemon/core/gate.c daemon/core/gate.h \
	daemon/core/group.c \
	daemon/core/hear.c daemon/core/hear.h \
	daemon/core/intern.c daemon/core/intern.h \
	daemon/core/job.c daemon/core/job.h \
	daemon/core/life.c daemon/core/life.h daemon/core/life.def \
	daemon/core/manage.c \
	daemon/core/outcome.c \
	daemon/core/outbox.c daemon/core/outbox.h \
	daemon/core/place.c daemon/core/place.h \
	daemon/core/queue.c daemon/core/queue.h \
	daemon/core/select.c \
	daemon/core/show.c daemon/core/show.h \
	daemon/core/submit.c \
	daemon/core/tell.c daemon/core/tell.h \
	daemon/core/told.h \
	daemon/core/why.c daemon/core/why.h daemon/core/why.def \
	daemon/core/world.c daemon/core/world_complex.c daemon/core/world.h
