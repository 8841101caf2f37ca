/*
 * address.c - addresses of UNIX sockets; see address.h.
 */
#include "address.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "str.h"

/* PATH does not fit: let a descriptor stand for its directory. */
static enum nqs_code address_through(struct address *address, const char *path, struct nqs_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *directory = slash ? mem_copy(path, (size_t)(slash - path) + 1) : mem_text(".");
    int length;

    address->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    mem_free(directory);
    if (address->directory < 0)
        return nqs_fail_errno(err, NQS_SYSTEM, "the directory of %s", path);
    length = snprintf(address->un.sun_path, sizeof address->un.sun_path, "/proc/self/fd/%d/%s",
                      address->directory, name);
    if (length < (int)sizeof address->un.sun_path)
        return NQS_OK;
    address_done(address);
    return nqs_fail(err, NQS_SYSTEM, "%s: the name of the socket is too long", path);
}

enum nqs_code address_init(struct address *address, const char *path, struct nqs_err *err)
{
    *address = (struct address){.un.sun_family = AF_UNIX, .directory = -1};
    if (str_copy(address->un.sun_path, sizeof address->un.sun_path, path))
        return NQS_OK;
    return address_through(address, path, err);
}

void address_done(struct address *address)
{
    if (address->directory >= 0)
        close(address->directory);
    address->directory = -1;
}
