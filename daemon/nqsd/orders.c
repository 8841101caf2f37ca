/*
 * orders.c - from an order of the core to the link; see orders.h.
 *
 * One row a kind of order.  An order about a request that cannot be composed
 * (its body is damaged) is told as a fact, so that the request ends and does
 * not hang.
 */
#include "orders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bounds.h"
#include "clock.h"
#include "environ.h"
#include "ledger.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "order.h"
#include "spool.h"

struct subject {
    struct job_view view;
    struct attrs hot;
    struct attrs body;
    struct link_job job;
};

/* False when the request is not there any more, or its body is not. */
static bool subject_init(struct nqsd *nqsd, const struct core_order *order, struct subject *ret)
{
    struct core_look look = {.key = order->key};

    *ret = (struct subject){.view = {.key = order->key}};
    core_id_text(nqsd->core, order->key, ret->view.id);
    ret->job = (struct link_job){order->key, order->incarnation, ret->view.id};
    attrs_init(&ret->hot);
    attrs_init(&ret->body);
    ret->view.hot = &ret->hot;
    ret->view.body = &ret->body;
    core_show(nqsd->core, nqsd->now, &look, &ret->hot, &nqsd->space);
    return ret->hot.count && ledger_body(nqsd->store, order->key, &ret->body);
}

static void subject_done(struct subject *subject)
{
    attrs_done(&subject->hot);
    attrs_done(&subject->body);
}

/* --- START --- */

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            bytes += done;
            length -= (size_t)done;
        }
    }
    return true;
}

/* A descriptor with the script, or with nothing when there is a command instead. */
static enum nqs_code open_script(struct nqsd *nqsd, const struct subject *subject, int *ret_fd,
                                 struct nqs_err *err)
{
    const struct attr *script = attrs_find(&subject->body, ATTR_script);
    char name[SPOOL_NAME_MAX];
    enum nqs_code code;
    int fd;

    environ_text(&subject->hot, ATTR_script_name, name, sizeof name);
    if (*name)
        return spool_script_open(nqsd->spool, name, ret_fd, err);
    fd = memfd_create("script", MFD_CLOEXEC);
    if (fd >= 0 && (!script || write_all(fd, script->bytes, script->length)) &&
        !lseek(fd, 0, SEEK_SET)) {
        *ret_fd = fd;
        return NQS_OK;
    }
    code = nqs_fail_errno(err, NQS_SYSTEM, "cannot keep the script in memory");
    if (fd >= 0)
        close(fd);
    return code;
}

static void put_outputs(const struct nqsd *nqsd, const struct subject *subject,
                        struct order_out *out)
{
    struct job_output output;
    char join[3];

    environ_text(&subject->body, ATTR_join_path, join, sizeof join);
    environ_output(nqsd, &subject->view, 'o', &output);
    if (output.local)
        order_put_text(out, ORDER_TAG_stdout_path, output.path);
    order_put_text(out, ORDER_TAG_stdout_name, output.name);
    environ_output(nqsd, &subject->view, 'e', &output);
    if (output.local)
        order_put_text(out, ORDER_TAG_stderr_path, output.path);
    order_put_text(out, ORDER_TAG_stderr_name, output.name);
    if (!strcmp(join, "oe") || !strcmp(join, "eo"))
        order_put_number(out, ORDER_TAG_join, *join == 'o' ? ORDER_JOIN_OE : ORDER_JOIN_EO);
}

/* Of path[@host],... the entry for this host, else the one without a host; false without any. */
static bool put_shell(const struct nqsd *nqsd, const struct subject *subject, struct order_out *out)
{
    char list[4096];
    const char *chosen = NULL;
    char *next;

    environ_text(&subject->body, ATTR_shell, list, sizeof list);
    for (char *entry = list; entry && *entry; entry = next) {
        char *host;

        next = strchr(entry, ',');
        if (next)
            *next++ = '\0';
        host = strchr(entry, '@');
        if (host)
            *host++ = '\0';
        if (host && (!strcmp(host, nqsd->conf.server) || !strcmp(host, nqsd->host))) {
            chosen = entry;
            break;
        }
        if (!host && !chosen)
            chosen = entry;
    }
    if (chosen)
        order_put_text(out, ORDER_TAG_shell, chosen);
    return chosen != NULL;
}

static void put_list(const struct subject *subject, uint16_t id, struct order_out *out)
{
    const struct attr *list = attrs_find(&subject->body, id);
    const char *item = list ? list->bytes : "";
    const char *end = list ? item + list->length : item;

    for (; item < end; item += strlen(item) + 1)
        order_put_text(out, ORDER_TAG_arg, item);
}

/* A command, or the script's arguments: they stand behind an empty name. */
static void put_command(const struct subject *subject, struct order_out *out)
{
    const struct attr *argv = attrs_find(&subject->body, ATTR_argv);

    if (!(argv && argv->length) && attrs_find(&subject->body, ATTR_script_args))
        order_put_text(out, ORDER_TAG_arg, "");
    put_list(subject, argv && argv->length ? ATTR_argv : ATTR_script_args, out);
}

/* A later run says so in the outputs, behind what the earlier one wrote. */
static void put_note(const struct nqsd *nqsd, const struct subject *subject, struct order_out *out)
{
    int64_t run = attrs_number(&subject->hot, ATTR_run_count, 1);
    char when[CLOCK_TEXT_MAX];
    char note[256];

    if (run < 2)
        return;
    clock_text(nqsd->now.wall, when);
    snprintf(note, sizeof note, "nqs: %s starts again, run %lld, %s", subject->view.id,
             (long long)run, when);
    order_put_text(out, ORDER_TAG_note, note);
}

/* A script that begins with #! says itself what is to run it. */
static bool has_bang(int script)
{
    char bytes[2];

    return pread(script, bytes, sizeof bytes, 0) == sizeof bytes && !memcmp(bytes, "#!", 2);
}

/* Of a script that names no shell in any way, the strategy says which; `login` is the usual one. */
static void put_strategy(const struct nqsd *nqsd, const struct subject *subject, int script,
                         struct order_out *out)
{
    const char *strategy = core_shell_strategy(nqsd->core);

    if (attrs_find(&subject->body, ATTR_argv) || has_bang(script))
        return;
    if (*strategy == '/')
        order_put_text(out, ORDER_TAG_shell, strategy);
    else if (!strcmp(strategy, "free"))
        order_put_text(out, ORDER_TAG_shell, "/bin/sh");
}

static size_t compose_start(struct nqsd *nqsd, const struct subject *subject, int script)
{
    struct order_out out;
    char text[256];

    order_begin(&out, nqsd->frame, ORDER_MAX, ORDER_START, link_serial(nqsd->link));
    order_put_text(&out, ORDER_TAG_id, subject->view.id);
    order_put_number(&out, ORDER_TAG_incarnation, subject->job.incarnation);
    order_put_number(&out, ORDER_TAG_uid, attrs_number(&subject->hot, ATTR_uid, 0));
    environ_text(&subject->hot, ATTR_name, text, sizeof text);
    order_put_text(&out, ORDER_TAG_job_name, text);
    environ_text(&subject->hot, ATTR_queue, text, sizeof text);
    order_put_text(&out, ORDER_TAG_queue, text);
    order_put_number(&out, ORDER_TAG_umask, attrs_number(&subject->body, ATTR_umask, 077));
    order_put_number(&out, ORDER_TAG_grace, core_setting(nqsd->core, ATTR_kill_delay));
    bounds_put(&subject->hot, &subject->body, &out);
    environ_text(&subject->body, ATTR_interactive, text, sizeof text);
    if (*text)
        order_put_text(&out, ORDER_TAG_terminal, text);
    order_put_number(&out, ORDER_TAG_slots, environ_slots(&subject->view));
    if (!put_shell(nqsd, subject, &out))
        put_strategy(nqsd, subject, script, &out);
    put_command(subject, &out);
    put_outputs(nqsd, subject, &out);
    put_note(nqsd, subject, &out);
    environ_put(nqsd, &subject->view, &out);
    return order_end(&out);
}

/*
 * What the system would not do now it may do later, so that start has failed
 * and is tried again; a request that cannot be started as it is is refused for
 * good.  Either is told, and heard at the next turn.
 */
static void tell_unstarted(struct nqsd *nqsd, const struct core_order *order,
                           const struct nqs_err *err)
{
    struct fact fact = {.kind = err->code == NQS_SYSTEM ? FACT_START_FAILED : FACT_START_REFUSED,
                        .key = order->key,
                        .incarnation = order->incarnation,
                        .text = err->text};

    inbox_fact(&nqsd->inbox, &fact);
    loop_want(nqsd->loop);
}

/* Send the order to start SUBJECT. */
static enum nqs_code start(struct nqsd *nqsd, const struct subject *subject, struct nqs_err *err)
{
    enum nqs_code code;
    size_t length;
    int script;

    code = open_script(nqsd, subject, &script, err);
    if (code)
        return code;
    length = compose_start(nqsd, subject, script);
    if (!length) {
        close(script);
        return nqs_fail(err, NQS_TOOBIG, "its environment or command is too large to be started");
    }
    link_start(nqsd->link, &subject->job, nqsd->frame, length, script);
    return NQS_OK;
}

static void release_start(struct nqsd *nqsd, const struct core_order *order)
{
    struct subject subject;
    struct nqs_err err;
    enum nqs_code code;

    if (subject_init(nqsd, order, &subject))
        code = start(nqsd, &subject, &err);
    else
        code = nqs_fail(&err, NQS_DAMAGED, "its body is lost or damaged");
    if (code)
        tell_unstarted(nqsd, order, &err);
    subject_done(&subject);
}

/* --- DELIVER --- */

/* Nothing of the request's output can be brought to its place, as TEXT says. */
static void refuse_deliver(struct nqsd *nqsd, const struct core_order *order, const char *text)
{
    struct fact fact = {.kind = FACT_DELIVERY_FAILED,
                        .key = order->key,
                        .incarnation = order->incarnation,
                        .text = text};

    inbox_fact(&nqsd->inbox, &fact);
    loop_want(nqsd->loop);
}

/*
 * A path on another host is not one here, though it may look like one.  That
 * one output keeps the other waiting costs nothing: both are kept, and shown.
 */
static void release_deliver(struct nqsd *nqsd, const struct core_order *order)
{
    static const char streams[] = "eo"; /* standard error first: XCU 3.2.2.3, exit */
    struct link_output outputs[2];
    struct job_output paths[2];
    struct subject subject;
    const char *refused = NULL;
    char spooled[3] = "";
    unsigned count = 0;

    if (subject_init(nqsd, order, &subject))
        environ_text(&subject.hot, ATTR_spooled, spooled, sizeof spooled);
    for (unsigned i = 0; i < 2; i++) {
        if (!strchr(spooled, streams[i]))
            continue;
        environ_output(nqsd, &subject.view, streams[i], &paths[count]);
        if (!paths[count].local)
            refused = "output belongs on another host, and stays here: see qcat(1)";
        outputs[count] = (struct link_output){streams[i], paths[count].path, paths[count].name};
        count++;
    }
    if (!count)
        refused = "where the output belongs is not known any more: see qcat(1)";
    if (refused)
        refuse_deliver(nqsd, order, refused);
    else
        link_deliver(nqsd->link, &subject.job, (uint32_t)attrs_number(&subject.hot, ATTR_uid, 0),
                     outputs, count);
    subject_done(&subject);
}

/* --- the others need nothing but the key --- */

static void link_job_of(const struct nqsd *nqsd, const struct core_order *order,
                        char id[NQS_ID_TEXT_MAX], struct link_job *ret)
{
    core_id_text(nqsd->core, order->key, id);
    *ret = (struct link_job){order->key, order->incarnation, id};
}

static void release_adopt(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_adopt(nqsd->link, &job);
}

static void release_raise(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_raise(nqsd->link, &job, (int)order->number);
}

static void release_kill(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_kill(nqsd->link, &job, order->number);
}

static void release_suspend(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_suspend(nqsd->link, &job, order->kind == ORDER_TO_SUSPEND);
}

static void release_message(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_message(nqsd->link, &job, order->number, outbox_bytes(&nqsd->out, order->text));
}

static void release_clean(struct nqsd *nqsd, const struct core_order *order)
{
    char id[NQS_ID_TEXT_MAX];
    struct link_job job;

    link_job_of(nqsd, order, id, &job);
    link_clean(nqsd->link, &job);
}

typedef void release_order(struct nqsd *nqsd, const struct core_order *order);

static release_order *const release_rows[] = {
    [ORDER_TO_ANSWER] = NULL, /* turn.c has the calls */
    [ORDER_TO_START] = release_start,
    [ORDER_TO_ADOPT] = release_adopt,
    [ORDER_TO_RAISE] = release_raise,
    [ORDER_TO_KILL] = release_kill,
    [ORDER_TO_CLEAN] = release_clean,
    [ORDER_TO_DELIVER] = release_deliver,
    [ORDER_TO_SUSPEND] = release_suspend,
    [ORDER_TO_RESUME] = release_suspend,
    [ORDER_TO_MESSAGE] = release_message,
};

void orders_release(struct nqsd *nqsd)
{
    for (size_t i = 0; i < nqsd->out.order_count; i++) {
        const struct core_order *order = &nqsd->out.orders[i];

        if (release_rows[order->kind])
            release_rows[order->kind](nqsd, order);
    }
}
