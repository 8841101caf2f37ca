/*
 * cdefs.h - what libtirpc's headers want of glibc's <sys/cdefs.h> and musl lacks.
 * Only for what is compiled by musl-gcc (configure.ac, COMMAND_CC).
 */
#ifndef NQS_MUSL_SYS_CDEFS_H
#define NQS_MUSL_SYS_CDEFS_H

#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW
#define __P(x) x

#endif
