#!/bin/bash
# t130-limits - how a job ends: by itself, by a signal, by a limit, by qdel; or never begins.
#
# Proves: E040 E068 E069 E106 E111 E112 E113 E166
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 50 batch
qmgr set server kill_delay = 1
marker=9$$ # in the command line of each process that must be gone

# living N: some process of a job with `sleep N` in it lives
living() {
    pgrep -f "^sleep $1\$" >/dev/null
}

# started NAME
started() {
    wait_until 20 test -e "$work/$1"
}

# ended_as STATUS REASON NAME, of $id
ended_as() {
    is "$(field "$id" Exit_status):$(field "$id" exit_reason)" "$1:$2" "$3"
}

cat >"$work/allocate" <<'END'
#!/usr/bin/perl
my @held;
for (1 .. 400) {
    push @held, "x" x 1048576;
}
print "got all\n";
END
cat >"$work/fork-allocate" <<'END'
for i in 1 2 3 4; do
    perl -e '$x = "x" x (30 << 20); print "one\n"; sleep 1000' &
done
wait
END
echo 'while :; do :; done' >"$work/spin"
printf '%s\n' 'for i in 1 2 3; do' '(while :; do :; done) &' done wait >"$work/spin-three"
chmod 755 "$work"/*

# --- limits: all at once, for each takes its time
submit -N limit -l cput=1 spin && cput=$id
submit -N limit -l cput=2 spin-three && cput3=$id
submit -N limit -l walltime=1 -- sleep "${marker}1" && wall=$id
submit -N limit -l walltime=1 -- sh -c "trap '' TERM; sleep ${marker}2; sleep ${marker}3" && deaf=$id
submit -N limit -l mem=50mb allocate && mem=$id
submit -N limit -l mem=60mb fork-allocate && mem4=$id
submit -N bystander -- sleep "${marker}4" && bystander=$id
submit -N within -l walltime=100,cput=100,mem=600mb allocate && within=$id
for id in "$cput:-28:cput:cput=1 ends a job that spins" \
    "$cput3:-28:cput:of all its processes together" \
    "$wall:-29:walltime:walltime=1 ends one that sleeps" \
    "$deaf:-29:walltime:and one that takes no TERM" \
    "$mem:-27:mem:mem=50mb ends one that allocates" \
    "$mem4:-27:mem:of all its processes together"; do
    IFS=: read -r id status reason name <<<"$id"
    wait_end "$id"
    ended_as "$status" "$reason" "$name"
    case $reason in
    mem) unlike "$(cat limit.o"${id%%.*}")" "all" "it did not get it" ;;
    esac
done
wait_end "$within"
is "$rc:$(cat within.o"${within%%.*}")" "0:got all" "within its limits a job is left alone"
is "$(field "$bystander" job_state)" R "so is another job"
for n in 1 2 3; do
    ok "no process is left of a job over its limit" wait_until 20 eval "! living $marker$n"
done
ok "one that runs has its process" living "${marker}4"
like "$(field "$cput3" resources_used.cput)" '^00:00:0[2-9]$' "its processor time is counted"
like "$(field "$mem" resources_used.mem)" '^[0-9]+kb$' "and its memory"

# --- deleted: everything that it ever started is gone
cat >"$work/family" <<END
trap '' TERM
(setsid sh -c 'trap "" TERM HUP; (sleep ${marker}5 & sleep ${marker}6) & exit') &
perl -e 'use POSIX; exit if fork; setsid; exit if fork; \$SIG{TERM} = "IGNORE"; exec "sleep", "${marker}7"'
nohup sleep ${marker}8 >/dev/null 2>&1 &
echo out
touch "$work/family.on"
sleep ${marker}9
END
submit -N family family
started family.on
for n in 5 6 7 8 9; do
    wait_until 20 living "$marker$n"
done
run as "$user" qdel "$id"
is "$rc:$out:$err" "0::" "qdel of one that takes no TERM and has scattered daemons"
wait_end "$id"
ended_as 265 deleted "it is killed"
for n in 5 6 7 8 9; do
    nok "no process is left: $n" living "$marker$n"
done
is "$(cat "family.o${id%%.*}")" out "its output is there"
as "$user" qdel "$bystander"
wait_end "$bystander"
id=$bystander
ended_as 271 deleted "one that takes TERM goes by TERM"
nok "and has no process" living "${marker}4"

# A job that ends by itself leaves nothing either.
submit -N leaver -- sh -c "setsid sleep ${marker}a & nohup sleep ${marker}b & touch $work/leaver.on"
wait_end "$id"
is "$rc" 0 "a job that ends and leaves processes"
ok "they are gone, too" wait_until 20 eval "! living '$marker[ab]'"

# --- how it ended
while read -r status reason want words; do
    submit -N how <<<"$words"
    wait_end "$id"
    ended_as "$status" "$reason" "$words"
    is "$rc" "$want" "qwait: $want"
done <<'END'
0 exited 0 exit 0
3 exited 3 exit 3
255 exited 255 exit 255
265 signal 137 kill -9 $$
271 signal 143 kill -TERM $$
267 signal 139 kill -SEGV $$
137 exited 137 sh -c 'kill -9 $$'
143 exited 143 sh -c 'kill -TERM $$'
127 exited 127 /no/such/command
END

# --- what cannot begin
submit -S /nonexistent spin
wait_end "$id"
is "$rc" 125 "-S /nonexistent: it ends, and by the system"
like "$(field "$id" exit_reason):$(field "$id" comment)" '^start_refused:.*/nonexistent: No such file' "and says why"
is "$(qstat -x "$id" | awk 'END {print $5}')" C "it is not lost"
echo '#!/nonexistent/shell' >"$work/shebang"
submit shebang
wait_end "$id"
is "$rc" 125 "nor is a script whose #! line is wrong"

# A node that cannot start anything: here, because the shepherd is no program.
# (With the starter go the shepherds that wait for a job.)
shepherd=$cell/bin/nqs-shepherd
chmod a-x "$shepherd"
kill_program nqs-starter
cell_start nqs-starter
qmgr -c 'set server start_wait = 0'
submit -N unstartable -- true
ok "after 20 failed starts it is held" wait_field 30 "$id" job_state H
is "$(field "$id" start_failures)" 20 "after 20, no less"
is "$(field "$id" Hold_Types)" s "by the system"
like "$(field "$id" comment)" '^held_s: .*20 starts failed.*shepherd' "with the reason"
if root_only 1; then
    run as "$user" qrls "$id"
    is "$(field "$id" job_state)" H "its user cannot release it"
fi
chmod a+x "$shepherd"
run qrls -h s "$id"
is "$rc" 0 "a manager can"
wait_end "$id"
is "$rc" 0 "and it runs when the node is mended"
done_testing
