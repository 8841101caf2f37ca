#!/bin/bash
# t162-resources - processors and memory that are counted, backfill, ageing: set by qmgr.
#
# Proves: E096
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 50 batch
qmgr -c 'set server resources_available.ncpus = 4'
like "$(qstat -B -f)" 'resources_available.ncpus = 4' "the processors are set"

echo 'cd "$PBS_O_WORKDIR"; until [ -e "go.${PBS_JOBID%%.*}" ]; do sleep 0.05; done' >"$work/wait"
echo true >"$work/quick"
chmod 644 "$work"/*
state_is() {
    [ "$(field "$1" job_state)" = "$2" ]
}
go() {
    as "$user" touch "$work/go.${1%%.*}"
}

submit -l ncpus=3,walltime=1:00:00 wait
first=$id
wait_until 20 state_is "$first" R
submit -l ncpus=4,walltime=10 quick
large=$id
like "$(field "$large" comment)" '^ncpus: needs 4 processors; of 4 in all, 3 are taken' "it waits for processors, and says so"
submit -l walltime=10 quick
behind=$id
is "$(field "$behind" job_state)" Q "nobody passes it"
submit -l walltime=2:00:00 quick
long=$id
qmgr -c 'set server backfill = true'
wait_end "$behind"
is "$rc" 0 "backfill: what is over by then passes"
is "$(field "$long" job_state)" Q "and nothing that is not"
kill_program nqsd
cell_start nqsd
is "$(field "$large" job_state)$(field "$long" job_state)" QQ "a restart changes nothing"
go "$first"
wait_end "$large" "$long"
is "$rc" 0 "then its turn comes"

qmgr -c 'set server resources_available.ncpus = 0'
qmgr -c 'set server resources_available.mem = 1gb'
submit -l mem=600mb wait
first=$id
submit -l mem=600mb quick
like "$(field "$id" comment)" '^mem: needs' "memory is counted too"
go "$first"
wait_end "$id"
is "$rc" 0 "and given back"

qmgr set ageing = 01:00:00 batch
like "$(qstat -Q -f batch)" 'ageing = 01:00:00' "ageing of a queue"
done_testing
