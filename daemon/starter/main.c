/*
 * nqs-starter - the one program of the system that is root.
 *
 * It obeys one peer, nqsd, and believes it in nothing that matters: who a user
 * is, which groups he has and whether he may run jobs is looked up here.  It
 * keeps no state.  What it starts is in the hands of a shepherd from the next
 * moment on, so that it may be killed and started again at any time.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "loop.h"
#include "peer.h"
#include "rundir.h"
#include "serve.h"
#include "site.h"
#include "start.h"

enum {
    OPT_SOCKET = 1,
    OPT_SPOOL,
    OPT_SHEPHERD,
    OPT_DAEMON_UID,
    OPT_DAEMON_GID,
    OPT_MIN_UID,
    OPT_ALLOW_ROOT,
    OPT_PERSONAL,
    OPT_NO_CGROUP,
    OPT_HELP,
    OPT_VERSION
};

static const struct option options[] = {
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"shepherd", required_argument, NULL, OPT_SHEPHERD},
    {"daemon-uid", required_argument, NULL, OPT_DAEMON_UID},
    {"daemon-gid", required_argument, NULL, OPT_DAEMON_GID},
    {"min-uid", required_argument, NULL, OPT_MIN_UID},
    {"allow-root", no_argument, NULL, OPT_ALLOW_ROOT},
    {"personal", no_argument, NULL, OPT_PERSONAL},
    {"no-cgroup", no_argument, NULL, OPT_NO_CGROUP},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static const char usage_text[] =
    "usage: nqs-starter --socket PATH --spool DIR --daemon-uid N --daemon-gid N\n"
    "                   [--shepherd PATH] [--min-uid N] [--allow-root] [--personal]\n"
    "                   [--no-cgroup]\n";

_Noreturn static void usage(void)
{
    fputs(usage_text, stderr);
    exit(2);
}

_Noreturn static void help(void)
{
    fputs(usage_text, stdout);
    puts("Start the jobs that nqsd orders; in the foreground, as root.\n"
         "  --socket PATH       where nqsd connects\n"
         "  --spool DIR         the spool; its parts run and out are made\n"
         "  --daemon-uid N      who may connect\n"
         "  --daemon-gid N      the group that may read run directories and outputs\n"
         "  --shepherd PATH     the program nqs-shepherd (default " SHEPHERD_PATH ")\n"
         "  --min-uid N         no user below it may run jobs (default 1000)\n"
         "  --allow-root        root may too\n"
         "  --personal          as an ordinary user, for that user's jobs only\n"
         "  --no-cgroup         use no cgroups\n"
         "Paths are absolute.\n"
         "  --help, --version   print this text, or the version");
    exit(0);
}

_Noreturn static void version(void)
{
    puts("nqs-starter (OpenNQS) " PACKAGE_VERSION);
    exit(0);
}

static uid_t id_parse(const char *text)
{
    char *end;
    unsigned long id = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || id >= UINT32_MAX)
        usage();
    return (uid_t)id;
}

static void option_take(struct site *site, int option)
{
    switch (option) {
    case OPT_SOCKET: site->socket = optarg; break;
    case OPT_SPOOL: site->spool = optarg; break;
    case OPT_SHEPHERD: site->shepherd = optarg; break;
    case OPT_DAEMON_UID: site->daemon_uid = id_parse(optarg); break;
    case OPT_DAEMON_GID: site->daemon_gid = id_parse(optarg); break;
    case OPT_MIN_UID: site->min_uid = id_parse(optarg); break;
    case OPT_ALLOW_ROOT: site->allow_root = true; break;
    case OPT_PERSONAL: site->personal = true; break;
    case OPT_NO_CGROUP: site->no_cgroup = true; break;
    case OPT_HELP: help();
    case OPT_VERSION: version();
    default: usage();
    }
}

/* Absolute paths only: we leave the directory in which we were started. */
static void options_check(const struct site *site)
{
    const char *const paths[] = {site->socket, site->spool, site->shepherd};

    for (size_t i = 0; i < 3; i++) {
        if (!paths[i] || paths[i][0] != '/' || strlen(paths[i]) > 3500)
            usage();
    }
    if (site->daemon_uid == (uid_t)-1 || site->daemon_gid == (gid_t)-1 ||
        site->personal != (geteuid() != 0))
        usage();
}

/*
 * Children are never waited for: helpers answer by a pipe and shepherds by
 * their records.  Every other signal is as a login would have it, for the
 * jobs inherit what is ignored here.
 */
static void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int signo = 1; signo < NSIG; signo++)
        sigaction(signo, &action, NULL);
    action.sa_flags = SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Shepherds inherit this; their jobs give it back. */
static void spare_from_oom(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "we");

    if (!file)
        return;
    fputs("-900", file);
    if (fclose(file) != 0)
        site_log("oom-not-spared error=%s", strerror(errno));
}

int main(int argc, char **argv)
{
    static struct site site = {.daemon_uid = (uid_t)-1,
                               .daemon_gid = (gid_t)-1,
                               .min_uid = 1000,
                               .shepherd = SHEPHERD_PATH};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        option_take(&site, option);
    if (optind != argc)
        usage();
    options_check(&site);
    start_reserve();
    reset_signals();
    spare_from_oom();
    umask(0);
    setsid(); /* Shepherds stay in it, out of any terminal's reach. */
    if (chdir("/") != 0 || !site_open(&site))
        return 1;
    site.jobs_dir = cgroup_open(&site);
    site.memory_dir = cgroup_open_memory(&site);
    cgroup_note(&site);
    rundir_sweep(&site);
    serve_init(&site);
    if (!peer_listen(site.socket, site.daemon_uid, site.daemon_gid, site.personal, serve_order))
        return 1;
    loop_run();
    site_log("loop-broken error=%s", strerror(errno));
    return 1;
}
