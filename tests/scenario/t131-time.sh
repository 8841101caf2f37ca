#!/bin/bash
# t131-time - requests that wait for a date; clocks that are set.
#
# Proves: E053 E054 E057 E060
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch

# state ID
state() {
    field "$1" job_state
}

# at SECONDS: -a's argument that many seconds from now
at() {
    date -d "@$(($(date +%s) + $1))" +%Y%m%d%H%M.%S
}

# --- it waits, and then runs, never before
before=$(date +%s)
submit -a "$(at 2)" -N soon -- date +%s
soon=$id
submit -a "$(at 3600)" -N far -- true
is "$(state "$id")" W "-a: it waits"
like "$(field "$id" comment)" '^start_time: ' "and says for what"
as "$user" qdel "$id"
submit -h -a "$(at 2)" -N held -- true
is "$(state "$id")" H "held, with a date: H, not W"
held=$id
submit -a "$(at -60)" -N past -- true
wait_end "$id"
is "$rc" 0 "a date that has passed is no reason to wait"
wait_end "$soon"
is "$rc" 0 "it ran"
ok "not before its time" test "$(cat "soon.o${soon%%.*}")" -ge $((before + 2))
is "$(state "$held")" H "the held one is held when its date has passed"
as "$user" qrls "$held"
wait_end "$held"
is "$rc" 0 "released then, it runs"
submit -h -a "$(at 3600)" -N later -- true
later=$id
as "$user" qrls "$later"
is "$(state "$later")" W "released before, it waits for its date"

# --- how dates are written: stored to the second
for form in %m%d%H%M %m%d%H%M.%S %y%m%d%H%M %y%m%d%H%M.%S %Y%m%d%H%M %Y%m%d%H%M.%S; do
    when=$(date -d "@$(($(date +%s) + 86400 * 3 + 7))" +"$form")
    [[ $form == *%S ]] && want=$(date -d '+3 days 7 seconds' '+%a %b %e %H:%M') ||
        want=$(date -d '+3 days 7 seconds' '+%a %b %e %H:%M:00 %Y')
    submit -a "$when" -N form -- true
    like "$(field "$id" Execution_Time)" "^$want" "-a $form"
done
# shellcheck disable=SC2046
as "$user" qdel $(qstat | awk '$2 == "form" {print $1}')

# --- nqsd dies while something waits
submit -a "$(at 2)" -N over -- true
over=$id
kill_program nqsd
cell_start
wait_end "$over"
is "$rc" 0 "it starts although nqsd was started again meanwhile"

# --- the clock is set
fake=$(echo /usr/lib/*/faketime/libfaketime.so.1)
if [ ! -e "$fake" ]; then
    skip 6 "there is no libfaketime"
else
    echo +0 >"$work/offset"
    chmod 644 "$work/offset"
    kill_program nqsd
    LD_PRELOAD=$fake FAKETIME_TIMESTAMP_FILE=$work/offset FAKETIME_NO_CACHE=1 \
        DONT_FAKE_MONOTONIC=1 cell_start nqsd
    is "$(state "$later")" W "it still waits"
    submit -N clocked -l walltime=100 -- sh -c "touch $work/on; until [ -e $work/off ]; do sleep 0.1; done"
    running=$id
    wait_until 20 test -e "$work/on"
    echo -7200 >"$work/offset"
    is "$(state "$later")" W "two hours back: it waits, and is not lost"
    submit -N back -- true
    wait_end "$id"
    is "$rc" 0 "others come and go"
    echo +7200 >"$work/offset"
    qstat >/dev/null
    wait_end "$later"
    is "$rc" 0 "two hours on: its date has come, and it runs"
    is "$(state "$running")" R "a limit of 100 s is not over by that"
    touch "$work/off"
    wait_end "$running"
    is "$rc:$(field "$running" exit_reason)" 0:exited "and the job ends as it should"
fi
done_testing
