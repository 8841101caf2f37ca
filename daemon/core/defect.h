/*
 * defect.h - faults that the simulator has to find.
 *
 * A simulator is as good as what it would notice.  Built with NQS_DEFECTS, one
 * fault of defects.def at a time is switched on and must be found
 * (tests/sim/defects.sh).  In every other build DEFECT() is false, and nothing
 * of it is left.  Private to daemon/core and tests/sim.
 */
#ifndef NQS_CORE_DEFECT_H
#define NQS_CORE_DEFECT_H

#ifdef NQS_DEFECTS
enum defect {
    DEFECT_NONE,
#define D(name, text) DEFECT_##name,
#include "defects.def"
#undef D
    DEFECT_COUNT
};

extern enum defect defect_chosen; /* tests/sim/sim.c */

#define DEFECT(name) (defect_chosen == DEFECT_##name)
#else
#define DEFECT(name) 0
#endif

#endif
