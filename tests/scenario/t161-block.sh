#!/bin/bash
# t161-block - qsub -W block=true: qsub stays until the request has ended.
#
# Proves: E156
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch

echo 'exit 7' >"$work/seven"
echo 'kill -9 $$' >"$work/killed"
echo true >"$work/quick"
echo 'cd "$PBS_O_WORKDIR"; until [ -e go ]; do sleep 0.05; done' >"$work/wait"
chmod 644 "$work"/*

run as "$user" qsub -W block=true seven
like "$rc:$out" '^7:[0-9]+\.[^ ]+$' "it prints the id and exits with the request's status"
run as "$user" qsub -z -W block=true quick
is "$rc:$out$err" 0: "0 for 0; -z prints nothing"
run as "$user" qsub -W block=true killed
is "$rc" 137 "128 and the signal that killed it"
run as "$user" qsub -J 0-2 -W block=true seven
is "$rc" 1 "1 for an array of which a member failed"
run as "$user" qsub -W block=false seven
is "$rc" 0 "block=false does not wait"
run as "$user" qsub -W block=maybe seven
like "$rc:$err" "^1:.*neither true nor false" "nothing else is understood"

# blocking WORD...: a qsub in the background; $id, $pid of the client itself
blocking() {
    rm -f "$work/id" "$work/said"
    touch "$work/id" "$work/said" "$work/pid"
    chmod 666 "$work/id" "$work/said" "$work/pid"
    as "$user" sh -c 'echo $$ >pid; exec qsub -W block=true "$@" >id 2>said' sh "$@" &
    job=$!
    wait_until 20 test -s "$work/id"
    id=$(cat "$work/id") pid=$(cat "$work/pid")
}

blocking -h quick
as "$user" qdel "$id"
wait "$job"
is "$?" 3 "3 for one that was deleted before it ran"

blocking -h -W block=true quick
kill_program nqsd
cell_start nqsd
as "$user" qrls "$id"
wait "$job"
is "$?" 0 "it waits across a restart of the daemon"

blocking wait
kill -INT "$pid"
wait "$job"
is "$?" 130 "interrupted: 130"
like "$(cat "$work/said")" "request $id goes on" "and it says that the request goes on"
is "$(field "$id" job_state)" R "which it does"
kept=$id
blocking wait
kill -KILL "$pid"
wait "$job"
run as "$user" qsub -W block=true seven
is "$rc" 7 "the server does not mind a client that died"
touch "$work/go"
wait_end "$kept" "$id"
is "$rc" 0 "nor does its request"
done_testing
