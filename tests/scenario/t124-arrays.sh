#!/bin/bash
# t124-arrays - arrays and their members: held, released, rerun, deleted; their status;
# deaths of the daemons.
#
# qalter of an array comes with the next piece.
#
# Proves: E154 E155
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 50 batch

# A member says that it runs, waits for a file of its own or for all, and ends with its
# index as status if that is odd.
cat >"$work/member" <<'END'
cd "$PBS_O_WORKDIR"
echo "$PBS_ARRAY_INDEX $PBS_ARRAYID $PBS_JOBID $PBS_ARRAY_ID"
echo >"on.$PBS_ARRAY_INDEX"
until [ -e "go.$PBS_ARRAY_INDEX" ] || [ -e go ]; do sleep 0.05; done
exit $((PBS_ARRAY_INDEX % 2 * PBS_ARRAY_INDEX))
END
echo 'exit 0' >"$work/quick"
chmod 644 "$work/member" "$work/quick"

# array [OPTION...]: a new one; $id, and $seq to name members with
array() {
    rm -f "$work"/on.* "$work"/go*
    submit "$@"
    seq=${id%%[*}
    server=${id#*.}
}

# states: of the array and of its members, in order
states() {
    qstat -x -t "$id" | awk 'NR > 2 {printf "%s", $5}'
}

# states_are STATES
states_are() {
    [ "$(states)" = "$1" ]
}

# becomes STATES NAME
becomes() {
    wait_until 20 states_are "$1"
    is "$(states)" "$1" "$2"
}

go() {
    as "$user" touch "$work/go$1"
}

# --- indices, names, the limit of those that run
array -J 1-9:2%2 -N arr member
like "$id" '^[0-9]+\[\]\.[^ ]+$' "the id of an array"
becomes BRRQQQ "1-9:2%2: five members, two of them run"
is "$(qstat -t "$id" | awk 'NR > 2 {print $1}' | xargs)" \
    "$id $seq[1].$server $seq[3].$server $seq[5].$server $seq[7].$server $seq[9].$server" \
    "their ids, each with its index"
is "$(qstat "$id" | awk 'NR > 2 {print $1 $5}')" "${id}B" "without -t: the array alone, begun"
like "$(field "$id" comment)" '^array_throttle: ' "and why the others wait"
go .1
becomes BCRRQQ "one ends, the next one starts"
go ""
wait_end "$id"
is "$(states)" CCCCCC "all have ended"
is "$(cat "$work/arr.o$seq-5")" "5 5 $seq[5].$server $id" "a member knows its index and its ids"
is "$(cd "$work" && ls arr.[oe]* | xargs)" "$(echo "arr.e$seq-"{1,3,5,7,9} "arr.o$seq-"{1,3,5,7,9})" \
    "outputs are NAME.oSEQ-INDEX"
is "$rc:$(field "$id" Exit_status)" 1:1 "the array's status is not 0, for members failed"
is "$(field "$seq[7]" Exit_status):$(field "$id" array_failed)" 7:5 "a member has its own; and their number"
array -J 0-4:2 -o outs -e /dev/null member
go ""
wait_end "$id"
is "$rc:$(field "$id" Exit_status)" 0:0 "none failed: 0"
is "$(cd "$work" && ls outs* | xargs)" "outs-0 outs-2 outs-4" "-o FILE: FILE-INDEX"

# --- a member is held, released, rerun, deleted
array -J 1-5%2 member
becomes BRRQQQ "two of five run"
run as "$user" qhold "$seq[3]" "$seq[4]"
is "$rc:$(states)" 0:BRRHHQ "members are held"
run as "$user" qrls "$seq[4]"
is "$rc:$(states)" 0:BRRHQQ "one is released"
run as "$user" qdel "$seq[4]" "$seq[1]"
is "$rc" 0 "one that waits and one that runs are deleted"
becomes BCRHCR "the next one starts"
is "$(field "$seq[1]" exit_reason):$(field "$seq[4]" exit_reason)" deleted:deleted "both are shown as deleted"
run as "$user" qrerun "$seq[2]"
is "$rc" 0 "one is run again"
wait_field 20 "$seq[2]" run_count '^2$'
becomes BCRHCR "from the start"
run as "$user" qrerun "$seq[3]"
is "$rc" 1 "one that does not run is not"
run as "$user" qsig -s KILL "$seq[5]"
is "$rc" 0 "one gets a signal"
wait_end "$seq[5]"
is "$(field "$seq[5]" Exit_status)" 265 "and ends by it"
go ""
as "$user" qrls "$seq[3]"
wait_end "$id"
is "$(states):$(field "$id" Exit_status)" CCCCCC:1 "all have ended"
is "$(grep -c "^2 " "$work/member.o$seq-2")" 2 "the one that ran twice wrote twice"

# --- the whole array
array -h -J 1-3 quick
is "$(states)" HHHH "qsub -h: all are held"
run as "$user" qrls "$id"
wait_end "$id"
is "$rc:$(states)" 0:CCCC "released, all run"
array -J 1-4%2 member
becomes BRRQQ "two of four run"
run as "$user" qhold "$id"
is "$rc" 0 "the array is held"
go ""
becomes HCCHH "those that run end, no other starts"
run as "$user" qrls "$id"
wait_end "$id"
is "$(states)" CCCCC "released, the others run"
array -J 1-3%2 member
becomes BRRQ "two of three run"
run as "$user" qrerun "$id"
is "$rc" 0 "the array is run again"
ok "a member that ran starts again" wait_field 20 "$seq[1]" run_count '^2$'
# Which two run now depends on who of them died first.
ok "and no more than two run" wait_until 20 eval '[[ $(states) =~ ^B(RRQ|RQR)$ ]]'
run as "$user" qdel "$id"
is "$rc" 0 "the array is deleted"
wait_end "$id"
is "$(states):$(field "$id" exit_reason)" CCCC:deleted "and every member with it"
for i in 0 4; do
    run as "$user" qdel "$seq[$i]"
    is "$rc" 153 "[$i]: there is no such member"
done

# --- deaths in the middle
array -J 1-6%3 member
becomes BRRRQQQ "three of six run"
as "$user" qhold "$seq[4]"
as "$user" qdel "$seq[6]"
go .1
wait_end "$seq[1]"
is "$(states)" BCRRHRC "one has ended, one is held, one deleted"
kill_program nqsd
kill_program nqs-starter
go .2
wait_until 20 test -e "$cell/node1/spool/run/$seq[2].$server.1/exit"
cell_start
becomes BCCRHRC "killed and started again: the same; who ended meanwhile has ended"
is "$(field "$seq[1]" Exit_status):$(field "$seq[2]" Exit_status)" 1:0 "with its status"
go ""
as "$user" qrls "$seq[4]"
wait_end "$id"
is "$(states):$(field "$id" Exit_status)" CCCCCCC:1 "it goes on to its end"
is "$(cat "$work/member.o$seq"-* | wc -l)" 5 "each member ran once, and the deleted one never"
done_testing
