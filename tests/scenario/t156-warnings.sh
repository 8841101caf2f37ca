#!/bin/bash
# t156-warnings - a job is warned of its limits before they end it.
#
# Proves: E111 E112 E113
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 50 batch
qmgr set server kill_delay = 1

# trapping SIGNAL WHAT: a script that says when it is warned and goes on with WHAT
trapping() {
    printf '%s\n' "trap 'echo warned' $1" "$2"
}
# shellcheck disable=SC2016
idle='while :; do sleep 0.1; done'
spin='while :; do :; done'
trapping USR1 "$idle" >usr1
trapping XCPU "$idle" >xcpu
trapping XCPU "$spin" >xcpu-spin
trapping USR2 "$spin" >usr2-spin
echo "$idle" >deaf

submit -N word -l walltime=4,signal=USR1@3 usr1 && word=$id
submit -N words -W signal=SIGUSR1@3 -l walltime=4 usr1 && words=$id
submit -N soft -l 'walltime="3,1"' xcpu && soft=$id
submit -N chosen -l 'walltime="3,1",signal=USR1' usr1 && chosen=$id
submit -N cpu -l 'cput="2,1"' xcpu-spin && cpu=$id
submit -N cpus -l cput=2,signal=USR2@1 usr2-spin && cpus=$id
submit -N each -l 'pcput="2,1"' xcpu-spin && each=$id
submit -N early -l walltime=30,signal=USR1@60 usr1 && early=$id
submit -N deaf -l 'walltime="20,1"' deaf && deaf=$id
submit -N sum -l vmem=300mb -- perl -e 'my $x = "x" x (400 << 20); sleep 1000' && sum=$id
is "$(field "$word" warn_signal):$(field "$word" warn_before)" "10:00:00:03" "what was asked for is shown"

# warned NAME ID REASON OF
warned() {
    wait_end "$2"
    is "$(cat "$1.o${2%%.*}")" warned "$1: it is warned, once"
    is "$(field "$2" exit_reason)" "$3" "$1: and ends by its limit"
}
warned word "$word" walltime
warned words "$words" walltime
warned soft "$soft" walltime
warned chosen "$chosen" walltime
warned cpu "$cpu" cput
warned cpus "$cpus" cput
wait_end "$each"
like "$(cat "each.o${each%%.*}")" '^warned' "pcput: the kernel warns the process"
is "$(field "$each" Exit_status)" 265 "and kills it"
ok "more ahead than the limit is: at once" wait_until 10 grep -q warned "early.o${early%%.*}"
as "$user" qdel "$early"
wait_end "$deaf"
is "$(field "$deaf" Exit_status):$(field "$deaf" exit_reason)" 280:signal "who takes no warning goes by it"
wait_end "$sum"
is "$(field "$sum" exit_reason)" mem "vmem: the sum of address spaces is bounded"
done_testing
