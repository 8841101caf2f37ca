/*
 * handoff.h - what a shepherd is given by the starter.
 *
 * It is exec'd with one descriptor, a seqpacket socket, and has no arguments
 * and reads no environment.  Standard input and output are the null device, and
 * stay the job's standard input; standard error is the starter's log.
 *
 * On the socket comes one packet for each job: a byte of enum handoff_flag, then
 * the frames START, USER and PLACE, and with it the descriptors below, in this
 * order.  When a job has ended and nothing of it is left, the shepherd sends one
 * byte, HANDOFF_IDLE, and may be given another: to exec and end a process costs
 * more than all that a shepherd does for a short job.  It goes when nothing has
 * come for a while, or when the starter has closed the socket.
 *
 * Only the starter and the shepherd include this file.
 */
#ifndef NQS_SHEPHERD_HANDOFF_H
#define NQS_SHEPHERD_HANDOFF_H

enum handoff_fd {
    HANDOFF_HAND = 3, /* the socket itself */
    HANDOFF_RUN,      /* the run directory */
    HANDOFF_LOCK,     /* its lock file, locked; held until all is over */
    HANDOFF_LINK,     /* seqpacket socket to nqsd */
    HANDOFF_OUT,      /* the directory of spooled outputs */
    HANDOFF_MORE,     /* then, as flags say: the job's cgroup directory, the one that bounds its
                         memory, and a memory file of the frames */
    HANDOFF_END = HANDOFF_MORE + 3
};

enum handoff_flag {
    HANDOFF_HAS_CGROUP = 1,
    HANDOFF_HAS_MEMORY = 4, /* a cgroup of version 1's memory controller */
    HANDOFF_HAS_FILE = 2    /* the frames are not in the packet but in a memory file */
};

#define HANDOFF_IDLE 'i'
#define HANDOFF_PACKET 32768 /* bytes of frames that a packet may hold */
#define HANDOFF_FRAMES 3

#endif
