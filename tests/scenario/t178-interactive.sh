#!/bin/bash
# t178-interactive - a terminal on a request's shell.
#
# Proves: E157
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch
command -v script >/dev/null || skip_all "there is no script(1)"

has() {
    grep -qxe "$2" "$1"
}

export TMPDIR=$work
printf '%b' 'stty size\necho "env=$PBS_ENVIRONMENT"\n[ -t 0 ] && [ -t 2 ] && echo tt""y\nexit 7\n' >typed
as "$user" script -qec "stty rows 33 cols 77; qsub -I -S /bin/sh" /dev/null <typed >said
is "$?" 7 "qsub -I exits with the shell's status"
tr -d '\r' <said >shown
ok "the terminal has the window's size" grep -q '^\(.*[$#] \)*33 77$' shown
ok "PBS_ENVIRONMENT says that it is interactive" grep -q 'env=PBS_INTERACTIVE$' shown
ok "it is a terminal" grep -q '\(^\|[$#] \)tty$' shown
like "$(cat shown)" "qsub: waiting for [0-9]+.* to start.*qsub: [0-9]+.* runs.*has ended" \
    "qsub says what happens"
id=$(sed -n 's/^qsub: waiting for \([^ ]*\) .*/\1/p' shown)
is "$(field "$id" exit_status):$(field "$id" Rerunable)" "7:False" "the request has that status"
nok "there are no output files" ls "$work"/*.o*
nok "and no socket is left" ls -d "$work"/nqs-qsub.*

as "$user" script -qec "qsub -I -N cmd -- sh -c 'kill -KILL \$\$'" /dev/null <typed >said
is "$?" 137 "a command that is killed: 128 and the signal"

# --- the client is lost
cat >"$work/loop" <<'END'
trap 'echo hup >>lost; exit 3' HUP
cd "$PBS_O_WORKDIR"
echo "$PBS_JOBID" >begun
while :; do sleep 0.05; done
END
mkfifo "$work/hold"
as "$user" script -qec "echo \$\$ >client; exec qsub -I -- sh $work/loop" /dev/null <>"$work/hold" \
    >/dev/null &
wait_until 20 test -s begun
id=$(cat begun)
wait_field 20 "$id" session_id .
kill -KILL "$(cat client)"
wait
wait_end "$id"
ok "qsub is lost: the job gets its SIGHUP" has lost hup
is "$(field "$id" exit_status)" 3 "and ends as it likes"

# --- what cannot be
run as "$user" script -qec "qsub -I -J 1-3" /dev/null </dev/null
is "$rc" 1 "an array: refused"
like "$out" "array cannot be at a terminal" "and says why"
run as "$user" qsub -I </dev/null
is "$rc" 1 "without a terminal: refused"
like "$err" "is for a terminal" "and says why"

# --- deleted while it waits
qmgr stop queue batch
rm -f client
as "$user" script -qec "echo \$\$ >client; exec qsub -I" /dev/null <>"$work/hold" >said &
wait_until 20 grep -q 'to start' said
id=$(sed -n 's/^qsub: waiting for \([^ ]*\) .*/\1/p' said)
kill -INT "$(cat client)"
wait
is "$(field "$id" job_state)" C "an interrupt while it waits deletes it"

done_testing
