#!/bin/bash
# t141-qdel-choice - deleting by conditions and in great numbers; qsub -c, -P and -u.
#
# Proves: E041 E042 E047 E067 E070 E072
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo 'true' >job && chmod 644 job

# sub WORD...: qsub as the user; $rc, $out, $err
sub() {
    run as "$user" qsub -h "$@" job
}

sub -c s
is "$rc:$out" "1:" "-c s is refused: nothing checkpoints"
like "$err" "Checkpoint" "it says why"
for interval in c c=5; do
    sub -c $interval
    is "$rc" 1 "-c $interval is refused too"
done
for interval in c=0 c=-1 x ''; do
    sub -c "$interval"
    like "$rc:$err" "^1:.*option -c" "-c '$interval' is none"
done
sub -c n
is "$(field "$out" Checkpoint)" n "-c n"
sub -c u
is "$(field "$out" Checkpoint)" u "-c u"
sub -P apollo
is "$(field "$out" project)" apollo "-P"
sub -u a,b
like "$rc:$err" "^1:.*two users without a host" "-u: two without a host"
sub -u nosuchuser
is "$rc:$out" "1:" "-u somebody else is refused"
like "$err" "permission" "for want of permission"
sub -u "$user,other@elsewhere"
is "$rc:$(field "$out" User_List)" "0:$user,other@elsewhere" "-u oneself, and another elsewhere"
run as "$user" qalter -u nosuchuser "$out"
is "$rc" 1 "qalter -u neither"
run as "$user" qdel --all
is "$rc:$out:$(qselect)" "0::" "qdel --all"

sub -N apple
apple=$out
sub -N apricot
apricot=$out
sub -N banana
banana=$out
run as "$user" qdel -N 'ap*' --dry-run
is "$rc:$out" "0:$apple
$apricot" "--dry-run prints what would be deleted"
is "$(qselect | wc -l)" 3 "and deletes nothing"
run as "$user" qdel -n "$apple"
is "$rc" 1 "--dry-run with operands is misuse"
run as "$user" qdel -N 'ap*' "$apple"
is "$rc" 1 "so are conditions with operands"
run as "$user" qdel
is "$rc" 1 "and neither of both"
run as "$user" qdel -N 'ap*' -s H
is "$rc:$out:$err:$(qselect)" "0:::$banana" "-N and -s: all conditions are met"
run as "$user" qdel -q nowhere
is "$(qselect)" "$banana" "-q: another queue"
run as "$user" qdel -u "$user" -q batch -s RQ
is "$rc:$(qselect)" "0:$banana" "none is found: nothing is done"
run as "$user" qdel -u "$user"
is "$rc:$(qselect)" "0:" "-u"

for n in 1 2 3; do sub; done
left=$out last=${out%%.*}
run as "$user" qdel 999999 "$((last - 2))" 1x "$((last - 1))" 999998
is "$rc" 153 "good and bad ids: the status of the last that failed"
is "$(qselect)" "$left" "the good ones are deleted"
is "$(wc -l <<<"$err")" 3 "a line for each that failed, in their order"
like "$err" "999999.*1x.*999998" "in the order of the operands"
if root_only 2; then
    mine=$(qselect)
    run as "$user2" qdel "$mine"
    is "$rc:$err" "153:qdel: Unknown Job Id $mine" "somebody else's does not exist"
    run as "$user2" qdel -u "$user"
    is "$(qselect)" "$mine" "nor is it deleted by a condition"
fi
as "$user" qdel --all

# A request that ignores TERM
printf 'trap "" TERM\necho ready >%s/ready\nwhile :; do read -r -t 1 line <>%s/never; done\n' \
    "$work" "$work" >stubborn
mkfifo never && chmod 644 stubborn && chmod 666 never
submit stubborn
wait_until 20 test -s ready
as "$user" qdel -W force "$id"
wait_field 20 "$id" job_state C
is "$(field "$id" exit_reason)" deleted "-W force: killed"
run as "$user" qdel -W delay=5000 "$id"
is "$rc" 1 "a delay that is too long"

as "$user" qsub -h -J 1-3 job >/dev/null
ids=$(seq 5000000 5001199)
# shellcheck disable=SC2086
run as "$user" qdel $ids
is "$rc:$(grep -c 'qdel:' <<<"$err")" 153:1200 "more than travel at once: an answer to each"
is "$(qselect | wc -l)" 1 "the server is well"
done_testing
