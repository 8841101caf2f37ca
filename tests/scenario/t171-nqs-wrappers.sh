#!/bin/bash
# t171-nqs-wrappers - the commands of NQS, with its options, upon ours.
#
# Proves: E170 E174 E175
. "$(dirname "$0")/../lib/cell.sh"
cell_up
export NQS_BIN=$cell/bin
wrappers=$scratch/nqs
mkdir "$wrappers"
cp "$NQS_BUILD"/scripts/nqs/q* "$wrappers" 2>/dev/null
rm -f "$wrappers"/*.in
chmod 755 "$wrappers" "$wrappers"/*

nqs() {
    local name=$1
    shift
    run as "$user" env NQS_BIN="$NQS_BIN" "$wrappers/$name" "$@"
}

# The number in what qsub said, whatever it said it with.
number() {
    sed -n 's/^[^0-9]*\([0-9][0-9]*\)\..*/\1/p' <<<"$1" | head -n 1
}

cat >job.sh <<'END'
#QSUB -lT 100
echo "$1"
END
chmod 644 job.sh
nqs qsub -eo -r name -q batch -nr -lt 20 -x job.sh word
is "$rc:$err" "0:" "qsub with the options of NQS"
id=$(number "$out")
wait_end "$id"
is "$rc:$(cat "name.o$id")" "0:word" "it ran, under its name"
is "$(field "$id" Join_Path):$(field "$id" Resource_List.pcput)" "oe:00:00:20" "-eo, -lt"
is "$(field "$id" Resource_List.cput):$(field "$id" Rerunable)" "00:01:40:False" "#QSUB -lT, -nr"
nqs qsub -bb -q batch job.sh
like "$rc:$err" "0:.*-bb is left out" "what has no counterpart is left out with a word"
nqs qsub -qq batch job.sh
like "$rc:$err" "1:.*'-qq' is no option of NQS" "an option that NQS has not"
nqs qsub -lx 5 job.sh
like "$rc:$err" "1:.*-lx has no counterpart" "a limit that NQS has not"
nqs qsub -q
like "$rc:$err" "1:.*-q needs an argument" "a missing argument"

# qdel
script() {
    printf '%s\n' 'trap "echo usr1" USR1' "echo ready >$work/$1" 'while :; do sleep 0.1; done'
}
begin() {
    rm -f "$work/$1"
    submit -N "$1" < <(script "$1")
    wait_until 20 test -s "$work/$1"
}
begin one
nqs qdel "$id"
like "$rc:$err" "1:.*is running; -k" "qdel without -k: refused"
is "$(field "$id" job_state)" R "and it runs on"
nqs qdel -10 "$id"
is "$rc" 0 "qdel -10 sends a signal"
wait_until 20 grep -q usr1 "$work/one.o${id%%.*}"
is "$(field "$id" job_state):$(cat "$work/one.o${id%%.*}")" "R:usr1" "which it gets, and runs on"
nqs qdel -k "$id"
is "$rc" 0 "qdel -k"
wait_end "$id"
isnt "$rc" 0 "has ended it"

submit -a 203712312359 <job.sh
nqs qdel "$id"
is "$rc:$err" "0:" "qdel of what waits"
wait_end "$id"
is "$rc" 3 "deletes it"
submit -h <job.sh
nqs qdel -u "$user" "$id"
is "$rc:$(field "$id" job_state)" "0:C" "qdel -u of what is held"
nqs qdel 99999
is "$rc" 153 "qdel of an unknown request"
like "$err" "Unknown Job Id" "says so"
nqs qdel -15 99999
is "$rc" 153 "a signal to it, too"
nqs qdel -k -9 1
is "$rc" 1 "-k or a signal"
nqs qdel
is "$rc" 1 "no operand"
nqs qdel -y 1
like "$rc:$err" "1:.*unknown option -y" "an unknown option"

# qstat
submit -h -N mine <job.sh
mine=$id
other=
if [ "$user" != "$user2" ] && [ "$(id -u)" = 0 ]; then
    other=$(as "$user2" qsub -h -N theirs "$work/job.sh" 2>/dev/null)
fi
nqs qstat
like "$rc:$out" "0:.*$mine +mine" "qstat: the caller's requests"
unlike "$out" theirs "and nobody else's"
nqs qstat -u nobody
is "$rc:$out" "0:" "qstat -u of somebody who has none: nothing"
nqs qstat -a
like "$out" "${other:-$mine}" "qstat -a: everybody's"
nqs qstat -u "$user2"
like "$out" "${other:-^}" "qstat -u: one user's"
nqs qstat -l
like "$rc:$out" "0:Request $mine +State = HOLDING" "qstat -l: the long form, with the words of NQS"
unlike "$out" theirs "of the caller's"
nqs qstat -l "$mine"
like "$out" "Request $mine" "qstat -l with a request"
nqs qstat batch
like "$rc:$out" "0:.*$mine" "qstat with a queue"
nqs qstat -x
like "$rc:$out" "0:Queue.*batch" "qstat -x: the queues"
nqs qstat -u
is "$rc" 1 "qstat -u without a user"
nqs qstat -y
like "$rc:$err" "1:.*unknown option -y" "qstat with an unknown option"
done_testing
