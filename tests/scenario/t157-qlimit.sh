#!/bin/bash
# t157-qlimit - which limits there are, and what enforces them; those that nothing does.
#
# Proves: E118 E176
. "$(dirname "$0")/../lib/cell.sh"
cell_up
server=$(sed -n "s/^server *//p" "$cell/node1/etc/nqs.conf")

# by LIMIT: what enforces it, of $out
by() {
    awk -v name="$1" '$1 == name {print $3, $4, $5}' <<<"$out"
}

run as "$user" qlimit
is "$rc:$err" "0:" "qlimit"
for pair in walltime:timer core:rlimit stack:rlimit pcput:rlimit nice:setpriority vmem:polled; do
    like "$(by "${pair%:*}")" "^${pair#*:} " "${pair%:*} is enforced by ${pair#*:}"
done
like "$(by mem)" '^(cgroup_v2|cgroup_v1|polled) ' "memory by what this host has"
for limit in pf ws; do
    like "$(by "$limit")" '^not enforced' "$limit is not enforced"
done
is "$(awk 'NR > 2 && NF > 3 && !/^Shell/ {print $2}' <<<"$out" | sort -u | xargs)" "process request" "each is of a process or of a request"

# --- what the host has is what a job meets
if [ "$(by mem)" = "cgroup_v1 -lM " ]; then
    submit -N where -l mem=50mb -- sh -c 'grep memory: /proc/self/cgroup'
    wait_end "$id"
    like "$(cat "where.o${id%%.*}")" "nqs-.*\\.${id%%.*}\\." "the job is in a cgroup of its own there"
else
    skip 1 "memory is not bounded by version 1"
fi

# --- nothing enforces it, and nothing happens
submit -N loose -l pf=1kb,ws=4kb -- sh -c 'head -c 100000 /dev/zero >loose; perl -e "\$x = q(x) x (20 << 20)"; echo done'
wait_end "$id"
is "$rc:$(cat "loose.o${id%%.*}")" "0:done" "a limit that is not enforced is ignored at run time"
is "$(field "$id" Resource_List.pf)" 1kb "and shown"

# --- a queue's
qmgr 'set per_process cpu_limit = (1:00) batch'
run qlimit -q batch
like "$out" $'\npcput +process +rlimit +-lt +00:01:00 +- +-\n' "qlimit -q: the queue's maximum"
run qlimit --json -q batch
is "$(perl -MJSON::PP -e 'local $/; my $l = decode_json(<STDIN>)->{limits};
print join " ", $l->{pcput}{max}, $l->{pcput}{of}, $l->{ws}{enforced_by}, exists $l->{core}{max} ? "True" : "False"' <<<"$out")" \
    "00:01:00 process not enforced False" "qlimit --json"
run qlimit -q nosuch
is "$rc:$out" "1:" "a queue that there is not"
like "$err" "queue 'nosuch' does not exist" "it is said"
run qlimit nosuchhost
is "$rc:$out" "1:" "a host that there is not"
run qlimit "$server"
is "$rc" 0 "the server's name is one that there is"
run "$NQS_BUILD/daemon/nqsd/nqsd" --config "$cell/node1/etc/nqs.conf" --check
like "$out" 'limits +mem=[a-z0-9_]+,cput=[a-z0-9_]+' "nqsd --check says what bounds them"

# --- no server
run env NQS_SOCKET=/nonexistent/sock qlimit
is "$rc:$out" "2:" "no server: exit 2"
done_testing
