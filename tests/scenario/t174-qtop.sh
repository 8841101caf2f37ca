#!/bin/bash
# t174-qtop - a screen of queues and requests, as text and on a terminal.
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr -c "create batch_queue later priority=1 run_limit=1"
qmgr -c "enable queue later"
submit -N running <<'END'
while :; do sleep 0.2; done
END
running=$id
submit -N holding -h <<<true
holding=$id
submit -N early -q later <<<true
early=$id
wait_field 20 "$running" job_state R

run qtop --once
is "$rc:$err" "0:" "qtop --once"
is "$(qtop --once | wc -l)" 23 "a screen of 24 lines, but for the keys"
like "$out" "server [a-z].*Active.*running 1  queued 1  held 1  waiting 0" "the head"
like "$out" "batch +[0-9]+ +1 +0 +1 +0  RUNNING" "a queue"
like "$out" "later +1 +0 +1 +0 +0  STOPPED" "another"
like "$out" "$running +running +$user +batch +R +00:0" "a request that runs, with its time"
like "$out" "$early +early +$user +later +Q +queue_stopped" "one that waits, with the reason"
like "$out" "$holding +holding +$user +batch +H +held_u" "one that is held"
is "$(grep -cE "^($running|$early|$holding) " <<<"$out")" 3 "each of them once"
is "$(COLUMNS=30 LINES=8 qtop -1 | awk 'length > 30' | wc -l)" 0 "narrow lines are cut"
is "$(COLUMNS=30 LINES=8 qtop -1 | wc -l)" 7 "and the lines are as many as there is room for"
run qtop </dev/null
like "$rc:$err" "1:.*no terminal; --once" "without a terminal"
run env NQS_SOCKET=/nowhere/sock qtop -1
is "$rc" 2 "without a server"

# On a terminal of its own.  Keys go in by a pipe, one after another.
mkfifo keys
screen() {
    rm -f "$work/screen" "$work/ended"
    script -qfc "stty rows ${rows:-24} cols ${columns:-80}; qtop; echo \$? >$work/ended" "$work/screen" \
        <keys >/dev/null &
    exec 3>keys
    wait_until 20 grep -q server "$work/screen"
}
key() {
    printf '%b' "$1" >&3
}
leave() {
    key q
    wait_until 20 test -s "$work/ended"
    exec 3>&-
    wait
    cat "$work/ended"
}
export TERM=vt100
screen
# Of what is said only the first is sent whole; of the rest, what is different.
limit_is() {
    [ "$(qstat -Qf batch | sed -n 's/^ *run_limit = //p')" = "$1" ]
}
key '+'
ok "+ raises a queue's run limit" wait_until 20 limit_is $(($(nproc) + 1))
ok "and says so" wait_until 20 grep -q "has run limit $(($(nproc) + 1))" screen
key '-'
ok "- lowers it" wait_until 20 limit_is "$(nproc)"
key '\tjh'
ok "h holds a request" wait_field 20 "$early" job_state H
key r
ok "r releases it, wherever its row is now" wait_field 20 "$early" job_state Q
key 'dn'
ok "d asks" wait_until 20 grep -q "delete $early (early)" screen
is "$(field "$early" job_state)" Q "and n is no"
key 'dy'
ok "y deletes" wait_field 20 "$early" job_state C
is "$(leave)" 0 "q ends it"
unlike "$(qtop -1)" "$early" "what ended is gone from the screen"

rows=6 columns=24 screen
key '\tjjkk++hx'
is "$(leave)" 0 "a very small screen"
rows=24 columns=80 screen
before=$(stat -c %s screen)
pts=$(ps -eo tty=,args= | awk '$2 == "qtop" {print $1; exit}')
stty rows 10 cols 40 <"/dev/$pts"
drawn_again() {
    [ "$(stat -c %s screen)" -gt "$((before + 100))" ]
}
ok "a window that changes is drawn anew" wait_until 20 drawn_again
kill_program nqsd
ok "a server that goes away is told of" wait_until 20 grep -q "server at" screen
is "$(leave)" 0 "and no reason to end"
cell_start nqsd
done_testing
