#!/bin/bash
# t121-control - holding, releasing, signalling, rerunning and deleting requests.
#
# Proves: E061 E062 E063 E064 E065 E066 E067 E068 E070 E071 E072 E073 E075 E076 E087 E088 E163
. "$(dirname "$0")/../lib/cell.sh"
[ "$(id -u)" != 0 ] || export NQS_CELL_CONF="operators $(id -u nobody)"
cell_up
qmgr set run_limit = 20 batch

# script NAME: standard input becomes a script that the user can read
script() {
    cat >"$work/$1"
    chmod 644 "$work/$1"
}

# act COMMAND WORD...: as the user
act() {
    run as "$user" "$@"
}

# state ID STATE NAME
state() {
    is "$(field "$1" job_state)" "$2" "$3"
}

# started ID: its script says so by a file
started() {
    wait_until 20 test -s "$work/started.${1%%.*}"
}

echo true | script quick
script block <<'END'
for s in TERM USR1 USR2; do trap "echo got $s; exit 9" $s; done
cd "$PBS_O_WORKDIR" && echo on >"started.${PBS_JOBID%%.*}"
while :; do sleep 0.1; done
END

# --- hold and release
submit -h quick
state "$id" H "qsub -h: held"
is "$(field "$id" Hold_Types)" u "by its user"
act qrls -h u "$id"
is "$rc:$out:$err" "0::" "qrls -h u"
wait_end "$id"
is "$rc" 0 "released, it ran"

qmgr stop queue batch
submit quick
state "$id" Q "in a stopped queue: queued"
act qsig "$id"
is "$rc" 1 "no signal for one that is queued"
act qrerun "$id"
is "$rc" 1 "nor is it run again"
state "$id" Q "nothing happened to it"
act qhold "$id"
is "$rc:$(field "$id" job_state):$(field "$id" Hold_Types)" 0:H:u "qhold: held"
act qrls "$id"
state "$id" Q "qrls: queued"
act qdel "$id"
is "$rc:$(field "$id" job_state)" 0:C "qdel of one that is queued: it is gone when qdel returns"
qmgr start queue batch

submit -a 12312359 quick
state "$id" W "qsub -a: waits"
act qhold "$id"
state "$id" H "qhold on one that waits: held"
act qhold -h uu "$id"
is "$rc" 0 "qhold twice, the letter twice"
is "$(field "$id" Hold_Types)" u "is one hold"
if [ "$(id -u)" = 0 ]; then
    act qhold -h us "$id"
    is "$rc" 1 "a user cannot set a manager's hold"
    like "$err" "manager" "and reads whose it is"
    is "$(field "$id" Hold_Types)" u "and none was set"
    act qhold -h o "$id"
    is "$rc" 1 "nor an operator's"
    run as nobody qhold -h s "$id"
    is "$rc" 1 "an operator cannot set a manager's"
    run as nobody qhold -h o "$id"
    is "$rc:$(field "$id" Hold_Types)" "0:uo" "but an operator's"
    run qhold -h so "$id"
    is "$rc" 0 "a manager can"
    is "$(field "$id" Hold_Types)" uos "all three"
    act qrls -h o "$id"
    is "$rc" 1 "the owner cannot release an operator's"
    act qrls "$id"
    is "$rc:$(field "$id" Hold_Types)" "0:os" "but his own"
    state "$id" H "it is held by the others"
    run qrls -h os "$id"
else
    skip 8 "only root is a manager and a user"
    act qrls "$id"
fi
state "$id" W "without a hold it waits for its date again"
act qdel "$id"
is "$rc:$out:$err" "0::" "qdel of one that waits"
act qdel "$id"
is "$rc" 153 "qdel again: unknown"
like "$err" "^qdel: Unknown Job Id $id" "in the words that programs look for"

# --- operands
submit -h quick
good=$id
submit -h quick
act qdel 999999 "$good" 12. abc "${id%%.*}"
is "$rc" 1 "good and bad operands: the status of the last that failed"
is "$(grep -c '^qdel: ' <<<"$err")" 3 "a message for each"
is "$(field "$good" job_state):$(field "$id" job_state)" C:C "the good ones are deleted"
for o in 12. .x abc @ 1@@s '12[' '12[]3'; do
    act qdel "$o"
    is "$rc" 1 "qdel $o: malformed"
    like "$err" "is not a job id" "qdel $o: says so"
done
server=${id#*.}
submit -h quick
act qhold -h n "${id%%.*}" "$id" "$id@$server" "${id%%.*}@$server"
is "$rc:$err" "0:" "12, 12.server, 12.server@server and 12@server are the same"
act qdel "$id@nowhere"
is "$rc" 153 "at a server that is another: unknown"
if root_only 4; then
    run as "$user2" qdel "$id"
    is "$rc" 153 "another user's request"
    theirs=${err//$id/ID}
    run as "$user2" qdel "999999.$server"
    is "${err//999999.$server/ID}" "$theirs" "is answered like one that does not exist"
    run as "$user2" qsig "$id"
    is "$rc" 153 "to signal it, too"
    state "$id" H "and nothing happened to it"
fi
as "$user" qdel "$id" &
as "$user" qdel "$id" 2>/dev/null
wait
state "$id" C "two qdel of one request"

# --- signals
submit -h quick
act qsig "$id"
is "$rc" 1 "qsig of one that does not run"
like "$err" "Request invalid for state of job" "in the words that programs look for"
state "$id" H "and nothing happened to it"
act qrerun "$id"
is "$rc" 1 "qrerun of one that does not run"
state "$id" H "and nothing happened to it"
as "$user" qdel "$id"
for s in USR1 SIGUSR1 10 usr1; do
    submit block
    started "$id"
    act qsig -s 0 "$id"
    is "$rc" 0 "qsig -s 0: it runs"
    act qsig -s "$s" "$id"
    is "$rc:$out:$err" "0::" "qsig -s $s"
    wait_end "$id"
    is "$rc:$(as "$user" qcat "$id")" "9:got USR1" "it came"
done
submit block
started "$id"
act qsig "$id"
wait_end "$id"
is "$(as "$user" qcat "$id")" "got TERM" "the default is TERM"

# --- rerun
submit -r n block
started "$id"
act qrerun "$id"
is "$rc" 1 "qrerun of one that is not rerunnable"
state "$id" R "it runs on"
as "$user" qdel "$id"
script twice <<'END'
cd "$PBS_O_WORKDIR"
echo run
[ -e "started.${PBS_JOBID%%.*}" ] && exit 0
echo on >"started.${PBS_JOBID%%.*}"
sleep 1000
END
submit twice
started "$id"
act qrerun "$id"
is "$rc:$out:$err" "0::" "qrerun"
wait_end "$id"
is "$rc" 0 "it ran to its end"
is "$(field "$id" run_count)" 2 "the second time"
is "$(as "$user" qcat "$id" | grep -c '^run')" 2 "output of both is there"
like "$(as "$user" qcat "$id")" "^run
nqs: $id starts again, run 2, .*
run\$" "with a line between them that says so"

# --- a hold on what runs
script gated <<'END'
cd "$PBS_O_WORKDIR" && echo on >"started.${PBS_JOBID%%.*}"
until [ -e gate ]; do sleep 0.05; done
END
submit gated
started "$id"
act qhold "$id"
is "$rc:$(field "$id" job_state):$(field "$id" Hold_Types)" 0:R:u "E066: qhold of one that runs: it runs on"
touch "$work/gate"
wait_end "$id"
is "$rc" 0 "E066: to its end, the hold in place"
rm "$work/gate"
submit gated
started "$id"
act qhold "$id"
act qrerun "$id"
ok "E066: held, it does not run again" wait_field 20 "$id" job_state H
is "$(field "$id" run_count)" 1 "E066: it was started once"
touch "$work/gate"
act qrls "$id"
wait_end "$id"
is "$rc:$(field "$id" run_count)" 0:2 "E066: released, it runs the second time"

# --- delete what runs
submit block
started "$id"
act qdel "$id"
is "$rc:$out:$err" "0::" "qdel of one that runs"
wait_end "$id"
like "$(field "$id" exit_status)" '^(9|271|265)$' "never a silent 0"
is "$(field "$id" exit_reason)" deleted "and the reason is there"
is "$(as "$user" qcat "$id")" "got TERM" "TERM came first, output was kept"

# --- what has ended but for its output
qmgr set server deliver_wait = 3600
submit -o "$work/no/such/dir" quick
ok "it is exiting" wait_field 20 "$id" job_state E
for c in qdel qhold qsig qrerun; do
    act $c "$id"
    is "$rc" 1 "$c: an error"
    like "$err" "Request invalid for state of job" "$c: and why"
done
state "$id" E "it is exiting still"
qmgr set server deliver_wait = 0

# --- arrays
submit -h -J 1-3 quick
array=${id%%[*}
act qdel "${array}[2]"
is "$rc:$err" "0:" "qdel of a member"
act qrls "${array}[]"
is "$rc:$err" "0:" "qrls of an array"
wait_end "${array}[]"
state "${array}[3]" C "its members ran"
act qdel "${array}[]"
is "$rc" 153 "qdel of an array that has ended"
done_testing
