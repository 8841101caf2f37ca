/*
 * handoff.h - what a shepherd finds when it is exec'd by the starter.
 *
 * Its whole input is these descriptors; it has no arguments and reads no
 * environment.  Standard input and output are the null device, and stay the
 * job's standard input; standard error is the starter's log.  Only the starter
 * and the shepherd include this file.
 */
#ifndef NQS_SHEPHERD_HANDOFF_H
#define NQS_SHEPHERD_HANDOFF_H

enum handoff_fd {
    HANDOFF_ORDER = 3, /* memory file: the frames START, USER and PLACE */
    HANDOFF_RUN,       /* the run directory */
    HANDOFF_LOCK,      /* its lock file, locked; held as long as the shepherd lives */
    HANDOFF_LINK,      /* seqpacket socket to nqsd */
    HANDOFF_OUT,       /* the directory of spooled outputs */
    HANDOFF_CGROUP,    /* the job's cgroup directory; closed if there is none */
    HANDOFF_END        /* the first descriptor that is nobody's */
};

#endif
