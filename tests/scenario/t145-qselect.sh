#!/bin/bash
# t145-qselect - ids by conditions; the server chooses.
#
# Proves: E098 E099 E100 E101
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo true >"$work/quick"
chmod 644 "$work/quick"

# the numbers of what is selected, in one line
numbers() {
    qselect "$@" | sed 's/[.].*//' | paste -sd ' '
}

run qselect
is "$rc:$out:$err" "0::" "nothing there: nothing printed, exit 0"
run qselect -s q
is "$rc:$out:$err" "0::" "no match: the same"
qmgr stop queue batch
qmgr create batch_queue other priority=1
qmgr enable queue other

submit -N one -A chemistry -p 5 -l cput=10,mem=1gb quick
one=$id server=${id#*.}
submit -N two -p 6 -h -r n -l cput=11 quick
submit -N other -q other -a 203012312359 quick
submit -J 1-3 -N list quick

is "$(qselect -N one)" "$one" "an id is what qsub printed"
is "$(qselect | wc -l)" 4 "one a line"
is "$(POSIXLY_CORRECT=1 qselect -N one)" "$one@$server" "the standard's form has three parts"
is "$(numbers)" "1 2 3 4[]" "all, in the order of their numbers"

# --- states
is "$(numbers -s q)" "1 4[]" "-s q"
is "$(numbers -s qh)" "1 2 4[]" "-s qh"
is "$(numbers -s H)" "2" "-s H: letters of either case"
is "$(numbers -s W)" "3" "-s W"
is "$(numbers -s QHWRET)" "1 2 3 4[]" "-s QHWRET"
is "$(numbers -s R)" "" "-s R"
run qselect -s z
is "$rc:$out" "1:" "-s z"
like "$err" "'z' is no state" "and says why"
run qselect -s ''
is "$rc" 1 "-s ''"

# --- every other condition
is "$(numbers -p .gt.5)" "2" "-p .gt.5"
is "$(numbers -p 5)" "1" "-p 5"
is "$(numbers -p .LE.5)" "1 3 4[]" "-p .LE.5"
is "$(numbers -a .lt.203101010000)" "3" "-a .lt.: others have no date"
is "$(numbers -a .gt.203101010000)" "" "-a .gt."
is "$(numbers -a 203012312359)" "3" "-a date"
is "$(numbers -l cput.gt.10)" "2" "-l cput.gt.10"
is "$(numbers -l cput.ge.10,mem.eq.1gb)" "1" "-l with two"
is "$(numbers -l mem.ne.1gb)" "2 3 4[]" "-l .ne.: also what has none"
is "$(numbers -N two)" "2" "-N name"
is "$(numbers -N '*o*')" "1 2 3" "-N pattern"
is "$(numbers -A chemistry)" "1" "-A"
is "$(numbers -A .ne.chemistry)" "2 3 4[]" "-A .ne."
is "$(numbers -u "$user")" "1 2 3 4[]" "-u"
is "$(numbers -u "nobody,$user")" "1 2 3 4[]" "-u with two"
is "$(numbers -u "$user@$(hostname)")" "1 2 3 4[]" "-u user@host"
is "$(numbers -u nobody)" "" "-u of nobody"
is "$(numbers -r n)" "2" "-r n"
is "$(numbers -r y)" "1 3 4[]" "-r y"
is "$(numbers -h u)" "2" "-h u"
is "$(numbers -h n)" "1 3 4[]" "-h n"
is "$(numbers -q other)" "3" "-q queue"
is "$(numbers -q "@$server")" "1 2 3 4[]" "-q @server"
is "$(numbers -q "batch@$server")" "1 2 4[]" "-q queue@server"
is "$(numbers -J)" "4[]" "-J"
is "$(numbers -T -N list)" "4[] 4[1] 4[2] 4[3]" "-T: members"
is "$(numbers -tc.gt.202001010000 -s W)" "3" "-t: accepted since"
is "$(numbers -tc.gt.203501010000)" "" "-t: not yet"
is "$(numbers -p .ge.5 -s h -r n)" "2" "conditions hold together"
is "$(numbers -p .ge.5 -s h -r y)" "" "all of them"
for o in '-p x' '-p .gt.' '-l cput' '-l cput10' '-l cput.xx.1' '-l nosuch.eq.1' '-h x' '-r z' \
    '-a x' '-a .gt.13' '-tz1' '-u @x' '-q 1x' '-q nosuch' '-q @nowhere' operand; do
    # shellcheck disable=SC2086
    run qselect $o
    is "$rc:$out" "1:" "qselect $o: refused"
done

# --- history
as "$user" qdel "$one"
is "$(numbers -s c)" "1" "-s c: ended"
is "$(numbers -x)" "2 3 4[] 1" "-x: with finished ones"
is "$(numbers -H)" "1" "-H: only these"
is "$(numbers -H -N two)" "" "and by their values"
is "$(numbers -H -l mem.eq.1gb)" "1" "of the limits, too"

# --- privacy
if [ "${user2:-nobody}" != nobody ]; then
    is "$(as "$user2" qselect -s H | wc -l)" 1 "requests of others are seen"
    qmgr set server query_other_jobs = False
    as "$user2" qsub -z -h quick
    is "$(as "$user2" qselect | sed 's/[.].*//')" "5" "no longer: qselect"
    is "$(as "$user2" qselect -x -T | sed 's/[.].*//')" "5" "nor what has ended"
    is "$(as "$user2" qstat | sed 1,2d | sed 's/[.].*//')" "5" "nor in qstat"
    is "$(as "$user2" qstat -x | sed 1,2d | sed 's/[.].*//')" "5" "nor in its history"
    run as "$user2" qstat -f 2
    is "$rc:$out:$err" "153::qstat: Unknown Job Id 2" "by its id it is unknown"
    run as "$user2" qstat -x 1
    is "$rc:$out:$err" "153::qstat: Unknown Job Id 1" "and so is one that has ended"
    run as "$user2" qstat -t '4[]'
    is "$rc:$out" "153:" "and an array"
    run as "$user2" qwait 2
    is "$rc:$out" "254:" "nor can it be waited for"
    run as "$user2" qwait 1
    is "$rc:$out" "254:" "not even when it has ended"
    like "$(as "$user2" qstat -Q batch | tail -n 1)" '^batch +[0-9]+ +5 ' "but counted"
    is "$(qselect | wc -l)" 4 "managers see all"
    is "$(as "$user" qselect | wc -l)" 3 "owners see theirs"
    qmgr set server query_other_jobs = True
    as "$user2" qdel 5
else
    skip 13 "needs a second user"
fi
run qmgr set server dialect = klingon
isnt "$rc" 0 "a dialect that is none"

# shellcheck disable=SC2046
ok 'qdel $(qselect -s q)' as "$user" qdel $(qselect -s q)
is "$(numbers)" "2 3" "it did"
qselect -s QHWR | xargs -r qdel
is "$(qselect -s QHWRET)" "" "qselect | xargs qdel"
done_testing
