/*
 * qsub_path.c - here: host, working directory, and paths that begin there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "qsub.h"

/* Is PATH absolute and another name of the directory in which we are? */
static bool path_is_here(const char *path)
{
    struct stat there;
    struct stat here;

    return path && *path == '/' && !stat(path, &there) && !stat(".", &here) &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/*
 * $PWD is how the user calls the directory: over an automounter or a link, the
 * name that the kernel knows may mean nothing on another day.
 */
enum nqs_code qsub_path_here(struct submission *submission, struct nqs_err *err)
{
    const char *pwd = getenv("PWD");
    char *found;

    if (gethostname(submission->host, sizeof submission->host))
        return nqs_fail_errno(err, NQS_SYSTEM, "the name of this host");
    submission->host[sizeof submission->host - 1] = '\0';
    if (path_is_here(pwd)) {
        submission->workdir = pwd;
        return NQS_OK;
    }
    found = getcwd(NULL, 0);
    if (!found || *found != '/') {
        free(found);
        return nqs_fail_errno(err, NQS_FILE, "the working directory");
    }
    submission->workdir = submission_keep(submission, mem_text(found));
    free(found);
    return NQS_OK;
}

/*
 * host:DIRECTORY/PATH; no DIRECTORY for an absolute path.  What is a directory
 * now gets a slash behind it, so that nobody has to ask later: a member of an
 * array puts its index behind a file's name, never behind a directory's.
 */
static const char *path_join(struct submission *submission, const char *directory, const char *path)
{
    size_t length = strlen(directory);
    struct stat status;
    const char *local;
    struct buf text;

    buf_init(&text);
    buf_format(&text, "%s:%s", submission->host, directory);
    if (length && directory[length - 1] != '/')
        buf_add_char(&text, '/');
    buf_add_text(&text, path);
    local = buf_text(&text) + strlen(submission->host) + 1;
    if (text.bytes[text.length - 1] != '/' && !stat(local, &status) && S_ISDIR(status.st_mode))
        buf_add_char(&text, '/');
    buf_text(&text);
    return submission_keep(submission, text.bytes);
}

enum nqs_code qsub_path(struct submission *submission, const char *text, const char **ret,
                        struct nqs_err *err)
{
    size_t host = strcspn(text, ":/");

    if (!*text)
        return nqs_fail(err, NQS_VALUE, "the path is empty");
    if (text[host] != ':')
        *ret = path_join(submission, *text == '/' ? "" : submission->workdir, text);
    else if (!host || !text[host + 1])
        return nqs_fail(err, NQS_VALUE, "'%.200s' is not [host:]path", text);
    else
        *ret = text;
    return NQS_OK;
}

const char *qsub_path_default(struct submission *submission)
{
    return path_join(submission, submission->workdir, "");
}
