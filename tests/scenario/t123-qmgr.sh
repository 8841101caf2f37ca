#!/bin/bash
# t123-qmgr - queues: made, changed, limited, shown, and made again from a snapshot.
#
# Proves: E120 E121 E122 E123 E125 E126 E130 E131 E132 E133 E134 E136
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo true >"$work/quick"
printf '%s\n' 'cd "$PBS_O_WORKDIR"' 'until [ -e "end" ]; do sleep 0.1; done' >"$work/block"
echo 'echo "$PBS_QUEUE" >>"$PBS_O_WORKDIR/order.txt"' >"$work/order"
chmod 644 "$work/quick" "$work/block" "$work/order"

# mgr WORD...: succeeds silently
mgr() {
    run qmgr "$@"
    is "$rc:$out:$err" "0::" "qmgr $*"
}

# refused TEXT WORD...
refused() {
    local want=$1
    shift
    run qmgr "$@"
    is "$rc:$out" "1:" "qmgr $*: refused" && like "$err" "$want" "qmgr $*: says why"
}

# words QUEUE: NQS's words for its state
words() {
    qmgr show queue "$1" | sed -n 's/.*\[\(.*\)\].*/\1/p'
}

# runs QUEUE N
runs() {
    [ "$(qstat -Q "$1" | awk 'NR == 3 {print $7}')" = "$2" ]
}

# --- a queue's life
mgr create batch_queue q priority=10
is "$(words q)" "DISABLED, STOPPED" "a new queue is disabled and stopped"
run as "$user" qsub -q q quick
is "$rc" 1 "it refuses requests"
like "$err" "disabled|not enabled" "and says why"
mgr enable queue q
submit -q q quick
is "$(field "$id" job_state)" Q "enabled, it accepts; stopped, it starts nothing"
mgr start queue q
wait_end "$id"
is "$rc:$(words q)" "0:ENABLED, INACTIVE" "started, it runs what was there"
submit -q q block
ok "it runs" wait_until 20 runs q 1
is "$(words q)" "ENABLED, RUNNING" "RUNNING"
mgr stop queue q
is "$(words q)" "ENABLED, STOPPING" "stopped while one runs: STOPPING"
touch "$work/end"
wait_end "$id"
is "$rc:$(words q)" "0:ENABLED, STOPPED" "it ends: STOPPED"
rm "$work/end"
refused "exists" create batch_queue q priority=1
submit -q q quick
refused "disable and stop it first" delete queue q
mgr disable queue q
refused "holds 1 request" delete queue q
mgr purge queue q
is "$(field "$id" exit_reason)" deleted "purge deletes what waits"
mgr delete queue q
refused "does not exist" show queue q
refused "does not exist" enable queue q
refused "is not a queue's name" create batch_queue abcdefghijklmnop priority=1
mgr create batch_queue abcdefghijklmno priority=1
mgr delete queue abcdefghijklmno

# --- who
if root_only 5; then
    run as "$user" qmgr create batch_queue mine priority=1
    is "$rc" 1 "a user cannot make a queue"
    like "$err" "manager" "and reads who can"
    run as "$user" qmgr stop queue batch
    is "$rc:$(words batch)" "1:ENABLED, INACTIVE" "nor stop one"
    run as "$user" qmgr show all
    is "$rc" 0 "but look"
    run as "$user" qmgr snap
    is "$rc" 0 "at everything"
fi

# --- limits
mgr set run_limit = 2 batch
for _ in 1 2 3 4 5; do submit block; done
ok "run limit 2: two run" wait_until 20 runs batch 2
is "$(qstat -Q batch | awk 'NR == 3 {print $3, $6, $7}')" "5 3 2" "and no more"
mgr set run_limit = 3 batch
ok "raised: one more starts at once" wait_until 20 runs batch 3
mgr set run_limit = 1 batch
ok "lowered: none is killed" runs batch 3
mgr purge queue batch
is "$(qstat -Q batch | awk 'NR == 3 {print $3, $7}')" "3 3" "purge leaves those that run"
touch "$work/end"
wait_until 20 runs batch 0
rm "$work/end"

if root_only 2; then
    chmod 777 "$work"
    qmgr -c 'set run_limit = 10 batch; set user_limit = 1 batch'
    submit block
    submit block
    second=$id
    as "$user2" qsub block >/dev/null
    ok "user limit 1: one of each user runs" wait_until 20 runs batch 2
    like "$(field "$second" comment)" '^user_limit: ' "the second one says why it waits"
    touch "$work/end"
    wait_until 20 runs batch 0
    rm "$work/end"
fi

qmgr -c 'create batch_queue high priority=20 run_limit=5; enable queue high; start queue high'
qmgr -c 'set user_limit 0 batch; set global batch_limit = 0'
submit order
low=$id
submit -q high order
high=$id
is "$(field "$low" job_state):$(field "$high" job_state)" Q:Q "a global limit of 0 drains"
mgr set global batch_limit = 1
wait_end "$low" "$high"
is "$(xargs <"$work/order.txt")" "high batch" "the queue of the larger priority goes first"
mgr set global batch_limit = 1000

# --- scripts
printf '%s\n' 'bad' 'set pri = 21 high' | qmgr 2>"$work/err"
is "$?:$(cat "$work/err")" "1:qmgr: line 1: unknown command 'bad': see \`help'" "a script: exit status 1"
like "$(qmgr sho q high)" 'pri=21' "the rest of it was done"
printf '%s\n' 'bad' 'set pri = 22 high' | qmgr -a 2>/dev/null
like "$(qmgr sho q high)" 'pri=21' "not so with -a"
qmgr -n set priority = 23 high
like "$(qmgr sho q high)" 'pri=21' "nor with -n"

# --- snapshots
qmgr -c 'set server keep_completed = 100; set server start_tries = 7; disable queue high'
qmgr snap >"$work/first"
qmgr snap "file=$work/second"
ok "snap to a file is the same" cmp "$work/first" "$work/second"
qmgr -c 'set no_default batch_request queue; set server keep_completed 0; set global batch_limit 5'
for q in batch high; do
    qmgr -c "disable queue $q; stop queue $q; delete queue $q"
done
run qstat -Q
is "$out" "" "a server without queues"
run qmgr <"$work/first"
is "$rc:$out:$err" "0::" "the snapshot is a script"
qmgr snap >"$work/third"
ok "that makes the same configuration" cmp "$work/first" "$work/third"
run qmgr snap "file=$work/no/such/file"
is "$rc" 1 "a file that cannot be written"
done_testing
