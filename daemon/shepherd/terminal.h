/*
 * terminal.h - the terminal of an interactive job.
 *
 * On the socket, of packets, each side sends a byte that says what follows.
 * commands/qsub_terminal.c is the other end.
 */
#ifndef NQS_SHEPHERD_TERMINAL_H
#define NQS_SHEPHERD_TERMINAL_H

/*
 * Connect to qsub's socket at PATH, whose first packet tells the window's size,
 * and make a terminal.  Returns NULL in a child that has it for its standard
 * descriptors and as its session's; this process stays between the two and does
 * not return.  Or returns what failed, with errno.  By the user, for good.
 */
const char *terminal_enter(const char *path);

#endif
