#!/bin/bash
# t175-suspend - a running request is suspended and resumed.
#
# Proves: E074
. "$(dirname "$0")/../lib/cell.sh"
[ "$(id -u)" != 0 ] || export NQS_CELL_CONF="operators $(id -u nobody)"
cell_up
qmgr set run_limit = 20 batch

act() {
    run as "$user" "$@"
}

# A job whose processes, one of them in a session of its own, spin and count.
cat >"$work/spin" <<'END'
cd "$PBS_O_WORKDIR"
trap 'echo ended; exit 7' TERM
setsid sh -c 'while [ ! -e stop ]; do :; done' &
echo "$$ $!" >"pids.${PBS_JOBID%%.*}"
while [ ! -e stop ]; do :; done
echo done
END
chmod 644 "$work/spin"

started() {
    wait_until 20 test -s "$work/pids.${1%%.*}"
    wait_field 20 "$1" session_id .
}

# Clock ticks that the job's two processes have used, and whether they use any.
ticks() {
    local pid sum=0 stat
    for pid in $(cat "$work/pids.${1%%.*}"); do
        stat=($(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)) || continue
        sum=$((sum + stat[11] + stat[12]))
    done
    echo "$sum"
}
still() {
    [ "$(ticks "$1")" = "$before" ] || { before=$(ticks "$1"); return 1; }
}

submit -h spin
act qsig -s suspend "$id"
is "$rc" 1 "suspend on one that is held: an error"
like "$err" "Request invalid for state of job" "that says so"
is "$(field "$id" job_state)" H "and it is held"
act qdel "$id"

submit -l walltime=2 spin
started "$id"
act qsig -s resume "$id"
is "$rc" 1 "resume on one that runs: an error"
like "$err" "is not suspended" "that says why"
act qsig -s suspend "$id"
is "$rc:$out:$err" "0::" "qsig -s suspend"
is "$(field "$id" job_state)" S "its state is S"
before=
ok "no processor is used" wait_until 20 still "$id"
act qsig -s suspend "$id"
is "$rc" 1 "suspend again: an error"
like "$err" "already" "that says why"
like "$(qstat -Q -f batch)" "Running:1 " "it keeps its slot"

# The wall time of two seconds would be over long before this one has ended.
spinning=$id
submit -- sleep 3
wait_end "$id"
id=$spinning
is "$(field "$id" job_state)" S "suspended, wall time does not count"
kill_program nqsd
cell_start nqsd
is "$(field "$id" job_state)" S "a restart of nqsd: still suspended"
before=
ok "and no processor is used" wait_until 20 still "$id"
touch "$work/stop"
act qsig -s RESUME "$id"
is "$rc:$err" "0:" "qsig -s resume"
wait_end "$id"
is "$rc" 0 "it goes on and ends well"
ok "with its output" grep -qx done "$work/spin.o${id%%.*}"
like "$(field "$id" resources_used.walltime)" "^00:00:0[012]$" "its wall time is what it ran"
rm -f "$work/stop"

submit spin
started "$id"
act qsig -s suspend "$id"
act qdel "$id"
is "$rc" 0 "qdel of one that is suspended"
wait_end "$id"
is "$(field "$id" exit_status)" 271 "it gets its TERM and ends"
ok "having heard it" grep -qx ended "$work/spin.o${id%%.*}"

submit -J 1-2 spin
array=${id%%[*}
wait_until 20 test -s "$work/pids.$array[1]"
wait_until 20 test -s "$work/pids.$array[2]"
wait_field 20 "$array[1]" session_id .
wait_field 20 "$array[2]" session_id .
act qsig -s suspend "$id"
is "$(field "$array[1]" job_state)$(field "$array[2]" job_state)" SS "an array: all that run"
act qsig -s resume "$array[2]"
is "$(field "$array[1]" job_state)$(field "$array[2]" job_state)" SR "and one member by itself"
if root_only 4; then
    run as nobody qsig -s suspend "$array[2]"
    is "$rc" 0 "an operator suspends"
    act qsig -s resume "$array[2]"
    is "$rc" 1 "what its owner cannot resume"
    like "$err" "suspended by an operator" "and is told why"
    run as nobody qsig -s resume "$array[2]"
    is "$(field "$array[2]" job_state)" R "but the operator"
fi
act qdel "$id"
wait_end "$array[1]" "$array[2]"
done_testing
