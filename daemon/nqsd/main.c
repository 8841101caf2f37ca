/*
 * main.c - nqsd: options, and the wiring of what the other files do.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "accounting.h"
#include "check.h"
#include "follow.h"
#include "ledger.h"
#include "link.h"
#include "listen.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "nqsd.h"
#include "order.h"
#include "orders.h"
#include "post.h"
#include "rundir.h"
#include "spool.h"
#include "status.h"
#include "store.h"
#include "turn.h"
#include "users.h"
#include "waits.h"

enum action { ACTION_RUN, ACTION_CHECK, ACTION_VERIFY };

struct options {
    const char *config;
    enum action action;
};

static void usage(FILE *to)
{
    fputs("usage: nqsd [--config FILE] [--check | --verify]\n"
          "\n"
          "The network queue daemon: holds queues and requests, in the foreground.\n"
          "\n"
          "  --config FILE  the settings (default /etc/nqs/nqs.conf)\n"
          "  --check        say what this host offers and what is wrong with it, and exit\n"
          "  --verify       check the store, which nobody may have open, and exit\n"
          "  --help, --version\n",
          to);
}

static struct options parse_options(int argc, char **argv)
{
    static const struct option rows[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"verify", no_argument, NULL, 'y'},       {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},      {NULL, 0, NULL, 0},
    };
    struct options options = {.config = "/etc/nqs/nqs.conf"};
    int c;

    while ((c = getopt_long(argc, argv, "", rows, NULL)) != -1) {
        if (c == 'c')
            options.config = optarg;
        else if (c == 'k')
            options.action = ACTION_CHECK;
        else if (c == 'y')
            options.action = ACTION_VERIFY;
        else if (c == 'v')
            puts("nqsd (OpenNQS) " PACKAGE_VERSION);
        else
            usage(c == 'h' ? stdout : stderr);
        if (c == 'v' || c == 'h')
            exit(0);
        if (c == '?')
            exit(1);
    }
    if (optind < argc) {
        usage(stderr);
        exit(1);
    }
    return options;
}

static void stop_on(enum nqs_code code, const struct nqs_err *err)
{
    if (!code)
        return;
    fprintf(stderr, "nqsd: %s\n", err->text);
    exit(nqs_exit_status(code));
}

/* Nothing of ours may land on 0, 1 or 2, whatever we were started with. */
static void open_standard(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}

/* A connection is a descriptor: as many as we are allowed.  Jobs are no children of ours. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static struct store_settings store_settings(const struct conf *conf)
{
    return (struct store_settings){.path = conf->store,
                                   .map_bytes = (uint64_t)conf->map_size << 30,
                                   .full_percent = (unsigned)conf->full_percent,
                                   .words = &ledger_words};
}

static void make_core(struct nqsd *nqsd)
{
    struct core_rules rules = {.server = nqsd->conf.server,
                               .min_uid = (uint32_t)nqsd->conf.min_uid,
                               .root_jobs = nqsd->conf.root_jobs,
                               .personal = nqsd->conf.personal,
                               .only_uid = (uint32_t)getuid()};

    nqsd->core = core_new(&rules);
}

static void open_files(struct nqsd *nqsd)
{
    struct store_settings settings = store_settings(&nqsd->conf);
    struct nqs_err err;
    uint64_t damaged;

    stop_on(store_open(&settings, &nqsd->store, &err), &err);
    stop_on(spool_open(nqsd->conf.spool, &nqsd->spool, &err), &err);
    stop_on(ledger_load(nqsd->store, nqsd->core, &damaged, &err), &err);
    if (damaged)
        log_fact("store-damaged records=%llu see=quarantine", (unsigned long long)damaged);
}

/* A run that no request waits for is looked at, and the core has it ended or cleaned away. */
static bool look_stray(void *context, const char *id, uint32_t incarnation)
{
    struct nqsd *nqsd = context;
    struct link_job job = {.incarnation = incarnation, .id = id};
    struct core_facts facts;

    if (!status_key(nqsd, id, &job.key))
        return true;
    if (core_facts(nqsd->core, job.key, &facts) && facts.incarnation == incarnation &&
        life_state(facts.state)->slot)
        return true;
    log_fact("run-stray job=%s incarnation=%u", id, (unsigned)incarnation);
    link_adopt(nqsd->link, &job);
    return true;
}

/* After another boot a start that was under way is not ordered again: it may have run. */
static void look_at_boot(struct nqsd *nqsd)
{
    enum ledger_boot boot = ledger_boot(nqsd->store, link_boot(nqsd->link));

    nqsd->boot_new = boot != LEDGER_BOOT_SAME;
    if (boot != LEDGER_BOOT_OTHER)
        return;
    log_fact("host-rebooted");
    link_rebooted(nqsd->link);
    for (size_t i = 0; i < nqsd->out.order_count; i++)
        if (nqsd->out.orders[i].kind == ORDER_TO_START)
            nqsd->out.orders[i].kind = ORDER_TO_ADOPT;
}

static void resume(struct nqsd *nqsd)
{
    struct nqs_err err;

    nqsd->now = clock_now();
    outbox_clear(&nqsd->out);
    core_resume(nqsd->core, nqsd->now, &nqsd->out);
    look_at_boot(nqsd);
    orders_release(nqsd);
    if (rundir_each(nqsd->spool, look_stray, nqsd, &err))
        log_fact("run-unreadable why=%s", err.text);
    store_turn_end(nqsd->store);
}

static void on_end(void *context)
{
    log_fact("terminated");
    turn_close(context, -1);
}

static const struct loop_hooks loop_hooks = {turn_run, on_end};

static void open_doors(struct nqsd *nqsd)
{
    struct event_base *base;
    struct nqs_err err;

    nqsd->loop = loop_new(&loop_hooks, nqsd);
    base = loop_base(nqsd->loop);
    nqsd->listen = listen_new(base, &turn_listen_hooks, nqsd);
    nqsd->users = users_new(base, turn_user_found, nqsd);
    nqsd->waits = waits_new(nqsd);
    nqsd->link = link_new(base, nqsd->conf.starter, nqsd->spool, turn_fact, nqsd);
    nqsd->follow = follow_new(nqsd);
    nqsd->accounting = accounting_new(nqsd, nqsd->follow);
    nqsd->post = post_new(nqsd, nqsd->follow);
    resume(nqsd);
    stop_on(listen_unix(nqsd->listen, nqsd->conf.socket, &err), &err);
    if (strcmp(nqsd->conf.tcp, "none"))
        stop_on(listen_tcp(nqsd->listen, nqsd->conf.tcp, NULL, &err), &err);
}

/* What a follower has done since the last commit is noted; what it has not is in the journal. */
static void end_followers(struct nqsd *nqsd)
{
    struct nqs_err err;

    follow_note(nqsd->follow, true);
    if (!nqsd->blocked && store_commit(nqsd->store, &err))
        log_fact("commit-failed why=%s", err.text);
    accounting_free(nqsd->accounting);
    post_free(nqsd->post);
    follow_free(nqsd->follow);
}

static void close_all(struct nqsd *nqsd)
{
    enum { DRAIN_MS = 1000 };

    listen_close(nqsd->listen);
    waits_end(nqsd->waits);
    listen_drain(nqsd->listen, DRAIN_MS);
    listen_free(nqsd->listen);
    waits_free(nqsd->waits);
    end_followers(nqsd);
    link_free(nqsd->link);
    users_free(nqsd->users);
    inbox_done(&nqsd->inbox);
    mem_free(nqsd->turn);
    outbox_done(&nqsd->out);
    buf_done(&nqsd->space);
    buf_done(&nqsd->reply);
    mem_free(nqsd->frame);
    core_free(nqsd->core);
    spool_close(nqsd->spool);
    store_close(nqsd->store, true);
    loop_free(nqsd->loop);
    conf_done(&nqsd->conf);
}

static int run(struct nqsd *nqsd)
{
    raise_descriptors();
    inbox_init(&nqsd->inbox);
    outbox_init(&nqsd->out);
    nqsd->frame = mem_new(ORDER_MAX);
    if (gethostname(nqsd->host, sizeof nqsd->host - 1))
        snprintf(nqsd->host, sizeof nqsd->host, "localhost");
    make_core(nqsd);
    open_files(nqsd);
    open_doors(nqsd);
    log_fact("nqsd-ready server=%s epoch=%llu clean=%d", nqsd->conf.server,
             (unsigned long long)store_epoch(nqsd->store), store_was_clean(nqsd->store));
    loop_want(nqsd->loop);
    loop_run(nqsd->loop);
    close_all(nqsd);
    log_fact("nqsd-ended");
    return 0;
}

static int verify(const struct conf *conf)
{
    struct store_settings settings = store_settings(conf);
    struct nqs_err err;
    enum nqs_code code = store_verify(&settings, stdout, &err);

    if (code && code != NQS_DAMAGED)
        stop_on(code, &err);
    return code ? 1 : 0;
}

int main(int argc, char **argv)
{
    static struct nqsd nqsd;
    struct options options;
    struct nqs_err err;

    open_standard();
    options = parse_options(argc, argv);
    conf_init(&nqsd.conf);
    stop_on(conf_read(&nqsd.conf, options.config, &err), &err);
    if (*nqsd.conf.trace && log_set_trace(nqsd.conf.trace)) {
        fprintf(stderr, "nqsd: %s: trace: unknown category in '%s'\n", options.config,
                nqsd.conf.trace);
        return 2;
    }
    if (options.action == ACTION_CHECK)
        return check_host(&nqsd.conf);
    if (options.action == ACTION_VERIFY)
        return verify(&nqsd.conf);
    return run(&nqsd);
}
