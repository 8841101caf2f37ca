#!/bin/bash
# t151-complexes - queues that share limits, and limits of the whole server.
#
# Proves: E124 E125
. "$(dirname "$0")/../lib/cell.sh"
cell_up
printf '%s\n' 'cd "$PBS_O_WORKDIR"' 'until [ -e "end" ]; do sleep 0.1; done' >"$work/block"
chmod 644 "$work/block"

mgr() {
    run qmgr "$@"
    is "$rc:$out:$err" "0::" "qmgr $*"
}

# runs QUEUE N
runs() {
    [ "$(qstat -Q "$1" | awk 'NR == 3 {print $7}')" = "$2" ]
}

# together N: as many run in both queues
together() {
    local a b
    a=$(qstat -Q a | awk 'NR == 3 {print $7}')
    b=$(qstat -Q b | awk 'NR == 3 {print $7}')
    [ $((a + b)) = "$1" ]
}

for q in a b; do
    qmgr -c "create batch_queue $q priority=10 run_limit=10; enable queue $q; start queue $q"
done
mgr create complex = "(a, b)" both
mgr set complex run_limit = 3 both
like "$(qmgr show complex)" 'both; type=COMPLEX; run_limit=3' "it is shown"
run qmgr create complex = "(a)" both
is "$rc" 1 "a second of the same name is refused"
like "$err" "exists" "and says why"
run qmgr create complex = "(nowhere)" other
is "$rc" 1 "so is one of a queue that is not there"

# --- E124
for _ in 1 2 3; do submit -q a block; done
submit -q b block
waiting=$id
ok "three of the complex run" wait_until 20 together 3
ok "none of them in the other queue" runs b 0
like "$(field "$waiting" comment)" '^complex_limit: complex both runs 3' "the fourth says why it waits"
kill_program nqsd && cell_start nqsd
like "$(field "$waiting" comment)" '^complex_limit: ' "also after a restart"
mgr remove queues = "(b)" both
ok "out of the complex, its request runs" wait_until 20 runs b 1
submit -q b block
ok "and others" wait_until 20 runs b 2
mgr add queues = "(b)" both
submit -q b block
like "$(field "$id" comment)" '^complex_limit: ' "in it again, none more"
mgr set complex run_limit = 6 both
ok "a larger limit lets it run at once" wait_until 20 runs b 3
mgr set complex user_limit = 1 both
submit -q a block
like "$(field "$id" comment)" '^user_limit: complex both' "a complex limits a user, too"
mgr delete complex both
ok "without the complex it runs" wait_until 20 runs a 4
touch "$work/end"
wait_until 20 together 0
rm "$work/end"

# --- E125
mgr set global user_limit = 2
for q in a b a; do submit -q "$q" block; done
ok "the server's user_limit holds over all queues" wait_until 20 together 2
like "$(field "$id" comment)" '^user_limit: the server' "and says so"
mgr set global user_limit = 0
ok "0 is no limit" wait_until 20 together 3
mgr set global batch_limit = 0
submit -q b block
like "$(field "$id" comment)" '^global_limit: ' "a batch limit of 0 drains"
touch "$work/end"
wait_until 20 together 0
is "$(field "$id" job_state)" Q "what waits goes on waiting"
mgr set global batch_limit = 5
wait_end "$id"
is "$rc" 0 "until there is a limit again"

# --- how much a queue may hold
rm "$work/end"
qmgr -c 'stop queue a; stop queue b'
qmgr -c 'create complex = (a, b) both; disable queue b; delete queue b'
is "$(qmgr show complex both | sed -n 's/^ *queues: //p')" a "a queue that is deleted leaves its complexes"

done_testing
