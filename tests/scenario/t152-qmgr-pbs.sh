#!/bin/bash
# t152-qmgr-pbs - qmgr's PBS directives, configurations made again, aborts, the shell strategy.
#
# Proves: E131 E132 E133 E134 E136 E176
. "$(dirname "$0")/../lib/cell.sh"
cell_up
printf '%s\n' 'cd "$PBS_O_WORKDIR"' 'trap "" TERM' 'echo ready >>ready' \
    'until [ -e "end" ]; do sleep 0.1; done' >"$work/deaf"
printf '%s\n' 'cd "$PBS_O_WORKDIR"' 'until [ -e "end" ]; do sleep 0.1; done' >"$work/block"
chmod 644 "$work/deaf" "$work/block"

mgr() {
    run qmgr "$@"
    is "$rc:$out:$err" "0::" "qmgr $*"
}

refused() {
    local want=$1
    shift
    run qmgr "$@"
    is "$rc:$out" "1:" "qmgr $*: refused" && like "$err" "$want" "qmgr $*: says why"
}

# value QUEUE ATTRIBUTE
value() {
    qmgr -c "list queue $1" | sed -n "s/^ *$2 = //p"
}

# --- PBS's directives
mgr -c 'create queue work queue_type = Execution, enabled = true, started = t'
is "$(value work enabled):$(value work started)" True:True "create with attributes"
mgr -c 'set queue work max_running = 4'
is "$(value work run_limit)" 4 "PBS's names of attributes"
mgr -c 's q work acl_hosts = "a.example,b.example", acl_host_enable = false'
mgr -c 's q work acl_hosts += c.example'
mgr -c 's q work acl_hosts -= b.example'
is "$(value work acl_hosts)" a.example,c.example "=, += and -="
mgr -c 'unset queue work acl_hosts, run_limit'
is "$(value work acl_hosts):$(value work run_limit)" :1 "unset"
mgr -c 'set queue work resources_max.cput = 1:00:00, resources_max.mem = 1gb'
refused 'is no list' -c 'set queue work run_limit += 3'
refused 'exists' -c 'create queue work'
refused "not a queue's name" -c 'create queue abcdefghijklmnop'
refused "not a queue's name" -c 'create queue 1a'
refused 'unknown setting' -c 'set queue work nonsense = 1'
refused 'not here yet' -c 'create queue r queue_type = Route'
refused 'ambiguous: PUrge, PRint' -c 'p q work'
refused 'not here' create device lp
mgr -c 'active queue work,batch; set queue priority = 9'
is "$(value work priority):$(value batch priority)" 9:9 "active queues are meant where none is named"
mgr -c 'set queue run_limit = 7 work'
is "$(value work run_limit)" 7 "Cray's set queue"
mgr -c 'set queue @default priority = 8'
is "$(value work priority):$(value batch priority)" 8:8 "@default is every queue"
like "$(qmgr -c 'l s')" '^Server ' "abbreviations as PBS has them"
run qmgr -e -c 'set server keep_completed = 301'
is "$out" 'set server keep_completed = 301' "-e echoes"
printf '%s\n' '# a comment' 'set server \' '  keep_completed = 302; set server keep_completed = 303' | qmgr
like "$(qmgr -c 'list server')" 'keep_completed = 00:05:03' "comments, continued lines, semicolons"

# --- E133: the configuration is made again, also where queues are there already
mgr create complex = '(work, batch)' both
mgr set complex run_limit = 5 both
mgr set global user_limit = 9
qmgr -c 'print server' >"$work/first"
qmgr snap >"$work/snap"
ok "snap is the same" cmp "$work/first" "$work/snap"
mgr -c 'set queue work max_queued = 3, acl_user_enable = true; set queue batch resources_max.cput = 5'
mgr delete complex both
run qmgr <"$work/first"
is "$rc:$out:$err" 0:: "replayed over what is there"
qmgr -c 'print server' >"$work/second"
ok "it is as it was" cmp "$work/first" "$work/second" || diag "$(diff "$work/first" "$work/second")"
mgr delete complex both
for q in work batch; do
    mgr -c "disable queue $q; stop queue $q; delete queue $q"
done
run qmgr <"$work/first"
is "$rc:$out:$err" 0:: "replayed on an empty server"
qmgr -c 'p s' >"$work/second"
ok "it is as it was" cmp "$work/first" "$work/second" || diag "$(diff "$work/first" "$work/second")"
qmgr -c 'print queue work' >"$work/queue"
ok "print queue is a part of it" grep -qxF -f "$work/queue" "$work/first"

# --- E134: abort
mgr -c 'unset queue work resources_max; set queue work run_limit = 2'
submit -q work -r n deaf
first=$id
submit -q work -r n deaf
second=$id
submit -q work deaf
third=$id
wait_until 20 test "$(wc -l <"$work/ready" 2>/dev/null)" = 2 || wait_until 20 test -s "$work/ready"
mgr stop queue work
mgr abort queue work 1
wait_end "$first" "$second"
is "$(field "$first" exit_reason):$(field "$second" exit_reason)" deleted:deleted "abort queue ends what runs, deaf or not"
is "$(field "$third" job_state)" Q "and leaves what waits"
mgr hold request "$third"
is "$(field "$third" Hold_Types)" o "hold request"
mgr release request "$third"
is "$(field "$third" job_state)" Q "release request"
mgr delete request "$third"
is "$(field "$third" exit_reason)" deleted "delete request"

# --- E176: which shell runs a script that names none
mgr start queue work
mgr set default batch_request queue work
printf '%s\n' 'echo "ran by $0"' >"$work/plain"
cat >"$work/shell" <<'X'
#!/bin/sh
echo "strategy shell"
X
chmod 755 "$work/shell"
chmod 644 "$work/plain"
mgr set shell_strategy fixed = "($work/shell)"
submit -o "$work/o1" plain
wait_end "$id"
is "$(cat "$work/o1")" "strategy shell" "fixed: that shell"
submit -S /bin/sh -o "$work/o2" plain
wait_end "$id"
like "$(cat "$work/o2")" 'ran by ' "not for a request that names one"
printf '%s\n' '#!/bin/sh' 'echo banged' >"$work/bang"
submit -o "$work/o3" bang
wait_end "$id"
is "$(cat "$work/o3")" banged "nor for a script that does"
mgr set shell_strategy free
submit -o "$work/o4" plain
wait_end "$id"
like "$(cat "$work/o4")" 'ran by ' "free: as a session would run the file"
mgr set shell_strategy login
like "$(qmgr show parameters)" 'shell_strategy = login' "login, and it is shown"
refused 'absolute path' set shell_strategy fixed = sh
done_testing
