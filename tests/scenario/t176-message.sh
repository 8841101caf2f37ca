#!/bin/bash
# t176-message - a line for the output files of a request that runs.
#
# Proves: E082
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch

act() {
    run as "$user" "$@"
}

cat >"$work/wait" <<'END'
cd "$PBS_O_WORKDIR"
echo out; echo err >&2
exec >/dev/null 2>&1
echo on >"started.$PBS_JOBID"
until [ -e stop ]; do sleep 0.05; done
END
chmod 644 "$work/wait"

# running OPTION...: such a job, of which nqsd knows that it has begun
running() {
    submit "$@" wait
    wait_until 20 test -s "$work/started.$id"
    wait_field 20 "$id" session_id .
    out_file=$work/wait.o${id%%.*} err_file=$work/wait.e${id%%.*}
}

lines() {
    tr '\n' , <"$1"
}
has() {
    grep -qxe "$2" "$1"
}

submit -h wait
act qmsg hi "$id"
is "$rc" 1 "qmsg to one that does not run"
like "$err" "Request invalid for state of job" "is an error that says so"
as "$user" qdel "$id"
act qmsg hi
is "$rc" 1 "qmsg without a job is wrong"
act qmsg "$(printf 'a\033b')" 1
is "$rc" 1 "qmsg with a control character, too"
act qmsg hi 99999
is "$rc" 153 "an unknown request"

running
act qmsg -O "hi there" "$id"
is "$rc:$out:$err" "0::" "qmsg -O"
ok "appends the line to standard output" wait_until 20 has "$out_file" "hi there"
act qmsg -E oops "$id"
ok "qmsg -E: to standard error" wait_until 20 has "$err_file" oops
act qmsg plain "$id"
ok "without an option: to standard error" wait_until 20 has "$err_file" plain
act qmsg -EO both "$id" 99999
is "$rc" 153 "an operand that fails does not stop the others"
ok "qmsg -EO: to standard output" wait_until 20 has "$out_file" both
ok "and to standard error" wait_until 20 has "$err_file" both
act qmsg -O "" "$id"
ok "an empty line" wait_until 20 has "$out_file" ""
is "$(lines "$out_file")" "out,hi there,both,," "in their order behind the job's own lines"
is "$(lines "$err_file")" "err,oops,plain,both," "in either file"
if root_only 2; then
    run as "$user2" qmsg -O mine "$id"
    is "$rc" 153 "a stranger's message: unknown job"
    nok "and nothing is written" has "$out_file" mine
fi
act qsig -s suspend "$id"
act qmsg -O asleep "$id"
ok "to one that is suspended" wait_until 20 has "$out_file" asleep
act qsig -s resume "$id"
kill_program nqsd
cell_start nqsd
first=$id first_out=$out_file

running -j oe
act qmsg -EO joined "$id"
ok "joined outputs" wait_until 20 has "$out_file" joined
is "$(lines "$out_file")" "out,err,joined," "get it once"
as "$user" qmsg -O again "$first"
ok "after a restart of nqsd" wait_until 20 has "$first_out" again

running -o "nowhere-host:$work/" -e /dev/null
act qmsg -EO spooled "$id"
is "$rc" 0 "an output in the spool and a device"
spooled() {
    as "$user" qcat "$id" | grep -qx spooled
}
ok "the line is in the spool" wait_until 20 spooled
ok "the device is one still" test -c /dev/null
touch "$work/stop"
wait_end "$id"

done_testing
