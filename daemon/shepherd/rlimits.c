/*
 * rlimits.c - the kernel's limits of each process; see rlimits.h.
 *
 * A limit comes as a text, "name soft hard", with -1 for none.  It is set as the
 * last step before the job's program: files are open by then, and the kernel
 * judges the number of processes only when there are more to come.
 */
#include "rlimits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const struct {
    const char *name;
    int resource;
} rows[] = {
    {"as", RLIMIT_AS},       {"core", RLIMIT_CORE},   {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},   {"fsize", RLIMIT_FSIZE}, {"nofile", RLIMIT_NOFILE},
    {"nproc", RLIMIT_NPROC}, {"rss", RLIMIT_RSS},     {"stack", RLIMIT_STACK},
};

static rlim_t smaller(long long wanted, rlim_t bound)
{
    return wanted < 0 || (rlim_t)wanted > bound ? bound : (rlim_t)wanted;
}

static bool rlimit_set(int resource, long long soft, long long hard)
{
    struct rlimit now;
    struct rlimit new;

    if (getrlimit(resource, &now) != 0)
        return false;
    new.rlim_max = smaller(hard, now.rlim_max);
    new.rlim_cur = smaller(soft, new.rlim_max);
    return setrlimit(resource, &new) == 0;
}

/* A name that we do not know is of a later nqsd: it limits nothing. */
static bool text_set(const char *text)
{
    char name[16];
    long long soft;
    long long hard;

    errno = EINVAL;
    if (sscanf(text, "%15s %lld %lld", name, &soft, &hard) != 3)
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rlimit_set(rows[i].resource, soft, hard);
    }
    return true;
}

bool rlimits_set(const struct order *start, const char **ret_what)
{
    size_t cursor = 0;
    const char *text;

    while ((text = order_each_text(start, ORDER_TAG_rlimit, &cursor))) {
        *ret_what = text;
        if (!text_set(text))
            return false;
    }
    return true;
}
