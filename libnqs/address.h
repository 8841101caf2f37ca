/*
 * address.h - the address of a UNIX socket, however long its path is.
 *
 * A socket's address holds 107 letters; a cell may lie deeper than that.  A
 * longer path goes through /proc/self/fd of its directory, which must stay
 * open until the address has been used.
 */
#ifndef NQS_ADDRESS_H
#define NQS_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>

#include "err.h"

struct address {
    struct sockaddr_un un;
    int directory; /* owned; -1 when the path is short enough */
};

/* Make the address of PATH; address_done() gives it back.  NQS_SYSTEM with a text. */
enum nqs_code address_init(struct address *address, const char *path, struct nqs_err *err);
void address_done(struct address *address);

#endif
