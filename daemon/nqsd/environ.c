/*
 * environ.c - environment and output paths of a job; see environ.h.
 */
#include "environ.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "str.h"

void environ_text(const struct attrs *attrs, uint16_t id, char *to, size_t size)
{
    const struct attr *attr = attrs_find(attrs, id);
    size_t length = attr ? attr->length : 0;

    if (length >= size)
        length = size - 1;
    if (length)
        memcpy(to, attr->bytes, length);
    to[length] = '\0';
}

/* --- output --- */

/* HOST names this host: by the server's name, the host's own, or its first part. */
static bool own_host(const struct nqsd *nqsd, const char *host, size_t length)
{
    const char *const names[] = {nqsd->conf.server, nqsd->host, "localhost"};
    size_t first = strcspn(nqsd->host, ".");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && !strncmp(names[i], host, length))
            return true;
    return length == first && !strncmp(nqsd->host, host, length);
}

/* The part behind "host:", which has no '/' before its colon. */
static const char *split_host(const char *text, size_t *ret_length)
{
    size_t length = strcspn(text, ":/");

    if (text[length] != ':') {
        *ret_length = 0;
        return text;
    }
    *ret_length = length;
    return text + length + 1;
}

/* A device takes every member's output as it is; a file gets the member's index. */
static bool takes_index(const struct job_view *view, const char *path)
{
    size_t length = strlen(path);

    return view->key.index != NQS_NO_INDEX && length && path[length - 1] != '/' &&
           !str_begins(path, "/dev/");
}

void environ_output(const struct nqsd *nqsd, const struct job_view *view, char stream,
                    struct job_output *ret)
{
    uint16_t id = stream == 'o' ? ATTR_output_path : ATTR_error_path;
    char given[4096];
    char job_name[237];
    char keep[4];
    size_t host_length;
    const char *path;
    char index[16] = "";

    environ_text(view->body, id, given, sizeof given);
    environ_text(view->body, ATTR_keep_files, keep, sizeof keep);
    if (strchr(keep, stream))
        *given = '\0'; /* a relative path is one of the home directory */
    environ_text(view->hot, ATTR_name, job_name, sizeof job_name);
    path = split_host(given, &host_length);
    ret->local = !host_length || own_host(nqsd, given, host_length);
    if (view->key.index != NQS_NO_INDEX)
        snprintf(index, sizeof index, "-%d", (int)view->key.index);
    snprintf(ret->path, sizeof ret->path, "%s%s", *path ? path : "./",
             takes_index(view, path) ? index : "");
    snprintf(ret->name, sizeof ret->name, "%.*s.%c%u%s", 226, job_name, stream,
             (unsigned)view->key.seq, index);
}

/* --- environment --- */

/* Ours, and where each comes from. */
static const struct {
    const char *name;
    uint16_t attr;
} ours[] = {
    {"PBS_JOBNAME", ATTR_name},  {"PBS_QUEUE", ATTR_queue}, {"PBS_O_QUEUE", ATTR_queue},
    {"QSUB_REQNAME", ATTR_name}, {"QSUB_USER", ATTR_owner}, {"QSUB_HOST", ATTR_submit_host},
    {"QSUB_QUEUE", ATTR_queue},
};

/* What NQS calls the variables that the client sent as PBS_O_*. */
static const struct {
    const char *from;
    const char *to;
} renamed[] = {
    {"PBS_O_HOME", "QSUB_HOME"},       {"PBS_O_LOGNAME", "QSUB_LOGNAME"},
    {"PBS_O_MAIL", "QSUB_MAIL"},       {"PBS_O_PATH", "QSUB_PATH"},
    {"PBS_O_SHELL", "QSUB_SHELL"},     {"PBS_O_TZ", "QSUB_TZ"},
    {"PBS_O_WORKDIR", "QSUB_WORKDIR"},
};

/* Names that only the server gives; a submitter's variable of such a name is left out. */
static const char *const reserved[] = {
    "PBS_JOBID",   "PBS_ENVIRONMENT", "ENVIRONMENT", "QSUB_REQID",    "PBS_ARRAY_INDEX",
    "PBS_ARRAYID", "PBS_ARRAY_ID",    "PBS_NODENUM", "PBS_JOBNAME",   "PBS_QUEUE",
    "PBS_O_QUEUE", "QSUB_REQNAME",    "QSUB_USER",   "QSUB_HOST",     "QSUB_QUEUE",
    "NQS_RUN",     "PBS_NODEFILE",    "PBS_JOBDIR",  "PBS_JOBCOOKIE", "PBS_NP",
    "NCPUS",
};

static bool has_name(const char *item, const char *name)
{
    size_t length = strlen(name);

    return !strncmp(item, name, length) && item[length] == '=';
}

static bool is_reserved(const char *item)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (has_name(item, reserved[i]))
            return true;
    return false;
}

static void put(struct order_out *out, const char *name, const char *value)
{
    char item[8192];

    if (snprintf(item, sizeof item, "%s=%s", name, value) < (int)sizeof item)
        order_put_text(out, ORDER_TAG_env, item);
}

static void put_submitted(const struct job_view *view, struct order_out *out)
{
    const struct attr *list = attrs_find(view->body, ATTR_variables);
    const char *item = list ? list->bytes : "";
    const char *end = list ? item + list->length : item;

    for (; item < end; item += strlen(item) + 1) {
        if (!*item || !strchr(item, '=') || is_reserved(item))
            continue;
        order_put_text(out, ORDER_TAG_env, item);
        for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
            if (has_name(item, renamed[i].from))
                put(out, renamed[i].to, strchr(item, '=') + 1);
    }
}

static void put_array(const struct nqsd *nqsd, const struct job_view *view, struct order_out *out)
{
    struct job_key array = {view->key.seq, NQS_NO_INDEX};
    char text[NQS_ID_TEXT_MAX];

    if (view->key.index == NQS_NO_INDEX)
        return;
    snprintf(text, sizeof text, "%d", (int)view->key.index);
    put(out, "PBS_ARRAY_INDEX", text);
    put(out, "PBS_ARRAYID", text);
    core_id_text(nqsd->core, array, text);
    put(out, "PBS_ARRAY_ID", text);
}

int64_t environ_slots(const struct job_view *view)
{
    int64_t slots = attrs_number(view->hot, ATTR_ncpus, 1);

    return slots < 1 ? 1 : slots > ENVIRON_SLOTS_MAX ? ENVIRON_SLOTS_MAX : slots;
}

/* What programs that are made for several processors look for. */
static void put_slots(const struct nqsd *nqsd, const struct job_view *view, struct order_out *out)
{
    long long slots = (long long)environ_slots(view);
    unsigned char cookie[16];
    char text[4200];

    snprintf(text, sizeof text, "%lld", slots);
    put(out, "NCPUS", text);
    put(out, "PBS_NP", text);
    snprintf(text, sizeof text, "%s/run/nodes-%lld", nqsd->conf.spool, slots);
    put(out, "PBS_NODEFILE", text);
    if (getrandom(cookie, sizeof cookie, GRND_NONBLOCK) != sizeof cookie)
        return;
    for (size_t i = 0; i < sizeof cookie; i++)
        snprintf(text + 2 * i, 3, "%02X", cookie[i]);
    put(out, "PBS_JOBCOOKIE", text);
}

void environ_put(const struct nqsd *nqsd, const struct job_view *view, struct order_out *out)
{
    char value[512];

    put_submitted(view, out);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        environ_text(view->hot, ours[i].attr, value, sizeof value);
        put(out, ours[i].name, value);
    }
    put(out, "PBS_ENVIRONMENT",
        attrs_find(view->body, ATTR_interactive) ? "PBS_INTERACTIVE" : "PBS_BATCH");
    put(out, "ENVIRONMENT", "BATCH");
    put(out, "PBS_JOBID", view->id);
    put(out, "QSUB_REQID", view->id);
    put_slots(nqsd, view, out);
    put_array(nqsd, view, out);
}
