/*
 * qsub_hints.c - what other systems' spellings mean here.
 *
 * NQS, whose letters POSIX took over in part, spelt some options in a way that
 * now means something else without a word: -eo would write errors to a file
 * `o`, -lt 10 would ask for a resource `t` and run the script `10`.  Grid
 * Engine's -hold_jid 5 would be a hold and a file `ld_jid`.  Those are refused
 * with the spelling that is meant, and so is what qsub does not know at all.
 */
#include <stdio.h>
#include <string.h>

#include "qsub.h"
#include "str.h"

/* Words whose first letter may well be an option of ours. */
static const struct {
    const char *word;
    const char *text;
} misread[] = {
    {"-eo", "NQS's -eo is written -j oe; a file 'o' is -e ./o"},
    {"-re", "NQS's -re is not needed: output goes to its final file while the job runs"},
    {"-ro", "NQS's -ro is not needed: output goes to its final file while the job runs"},
    {"-mu", "NQS's -mu ADDRESS is written -M ADDRESS"},
    {"-mr", "NQS's -mr has no counterpart: no mail is sent at a restart"},
    {"-mt", "NQS's -mt has no counterpart: no mail is sent at a transfer"},
    {"-nr", "unknown option -nr; not to be run again is -r n"},
    {"-nc", "unknown option -nc; leave it out: nothing is checkpointed"},
    {"-cwd",
     "Grid Engine's -cwd is not needed for output, which goes to where qsub was called; the "
     "script itself begins with: cd \"$PBS_O_WORKDIR\""},
    {"-pe", "Grid Engine's -pe NAME N is written -l ncpus=N"},
    {"-terse", "Grid Engine's -terse is not needed: the id stands alone on its line"},
    {"-tc", "Grid Engine's -tc N is written behind the range: -J 1-10%N"},
    {"-hold_jid", "Grid Engine's -hold_jid ID is written -W depend=afterany:ID"},
    {"-hold_jid_ad", "Grid Engine's -hold_jid_ad ID is written -W depend=afterany:ID"},
    {"-sync", "Grid Engine's -sync y is written -W block=true; or use qwait"},
    {"-shell", "Grid Engine's -shell has no counterpart; the shell is given with -S"},
    {"-notify", "Grid Engine's -notify is not needed: TERM comes some seconds before KILL"},
    {"-now", "Grid Engine's -now has no counterpart"},
    {"-wd", "Grid Engine's -wd has no counterpart; the script itself begins with: cd DIRECTORY"},
    {"-ac", "Grid Engine's -ac has no counterpart; variables are given with -v"},
    {"-ar", "Grid Engine's -ar has no counterpart: there are no reservations"},
    {"-binding", "Grid Engine's -binding has no counterpart"},
};

/* Letters, and words that begin so, that are none of ours. */
static const struct {
    const char *word;
    const char *text;
} unknown[] = {
    {"-s", "unknown option -s; the shell is given with -S"},
    {"-x", "unknown option -x; to export the whole environment write -V"},
    {"-d", "unknown option -d; qsub leaves the script where it is: rm it afterwards"},
    {"-b", "unknown option -b; messages to terminals are not sent; a command and its arguments "
           "are submitted by: qsub -- command argument ..."},
    {"-i", "unknown option -i; the script's standard input is empty: let it open a file"},
};

/* Slurm's, which has long ones. */
static const struct {
    const char *word;
    const char *text;
} longs[] = {
    {"--account", "-A ACCOUNT"},
    {"--array", "-J 1-10"},
    {"--begin", "-a TIME"},
    {"--cpus-per-task", "-l ncpus=N"},
    {"--dependency", "-W depend=afterok:ID"},
    {"--error", "-e PATH"},
    {"--export", "-v NAME=VALUE, or -V for all"},
    {"--hold", "-h"},
    {"--job-name", "-N NAME"},
    {"--mail-type", "-m abe"},
    {"--mail-user", "-M ADDRESS"},
    {"--mem", "-l mem=SIZE"},
    {"--no-requeue", "-r n"},
    {"--ntasks", "-l ncpus=N"},
    {"--output", "-o PATH"},
    {"--partition", "-q QUEUE"},
    {"--priority", "-p N"},
    {"--time", "-l walltime=TIME"},
    {"--wait", "-W block=true; or use qwait"},
    {"--wrap", "qsub -- command argument ..."},
};

enum nqs_code qsub_misread(const struct qsub_word *word, struct nqs_err *err)
{
    const char *text = word->text;

    if (!word->attached)
        return NQS_OK;
    if (word->letter == 'l' && *text && strchr("cdfFmMnstTvVw", *text) &&
        (!text[1] || (text[1] >= '0' && text[1] <= '9')))
        return qsub_limit_misread(*text, err);
    for (size_t i = 0; i < sizeof misread / sizeof *misread; i++) {
        const char *other = misread[i].word;

        /* -hold_jid is read as -h and -o ld_jid. */
        if ((other[1] == word->letter && !strcmp(other + 2, text)) ||
            (other[1] == 'h' && other[2] == word->letter && !strcmp(other + 3, text)))
            return nqs_fail(err, NQS_USAGE, "%s", misread[i].text);
    }
    return NQS_OK;
}

static const char *hint_long(const char *word)
{
    static char text[120];
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < sizeof longs / sizeof *longs; i++) {
        if (strlen(longs[i].word) != length || strncmp(longs[i].word, word, length) != 0)
            continue;
        snprintf(text, sizeof text, "Slurm's %s is written %s", longs[i].word, longs[i].text);
        return text;
    }
    return NULL;
}

/* WORD as a whole where it counts, else only the letter. */
const char *qsub_hint(char letter, const char *word)
{
    static char later[60];

    if (letter == '-')
        return hint_long(word);
    for (size_t i = 0; i < sizeof misread / sizeof *misread; i++)
        if (!strcmp(misread[i].word, word))
            return misread[i].text;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (unknown[i].word[1] == letter)
            return unknown[i].text;
    if (!strchr("RXfwTO", letter))
        return NULL;
    snprintf(later, sizeof later, "option -%c comes with a later release", letter);
    return later;
}

const char *qsub_resource_hint(const char *name)
{
    static const struct {
        const char *name;
        const char *ours;
    } others[] = {
        {"h_rt", "walltime"},     {"s_rt", "soft_walltime"}, {"h_vmem", "pvmem"},
        {"s_vmem", "soft_pvmem"}, {"h_cpu", "pcput"},        {"s_cpu", "soft_pcput"},
        {"h_data", "data"},       {"h_stack", "stack"},      {"h_fsize", "file"},
        {"h_core", "core"},       {"mem_free", "mem"},       {"virtual_free", "mem"},
        {"memory", "mem"},        {"num_proc", "ncpus"},     {"slots", "ncpus"},
        {"cpus", "ncpus"},        {"time", "walltime"},      {"wallclock", "walltime"},
        {"wall", "walltime"},
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(others[i].name, name))
            return others[i].ours;
    return NULL;
}
