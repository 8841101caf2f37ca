#!/bin/bash
# t146-qstat-forms - the forms of qstat, chosen by options and by the dialect.
#
# Proves: E089 E090 E094 E095 E096 E175
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo 'exit 7' >"$work/seven"
mkfifo -m 666 "$work/gate"
echo "read -r x <'$work/gate'" >"$work/gated"
chmod 644 "$work/seven" "$work/gated"

for o in "" -a -i -r -H -n -s -T -J "-u $user" -l -x; do
    # shellcheck disable=SC2086
    run qstat $o
    is "$rc:$out:$err" "0::" "nothing to show with $o"
done

submit -N ended seven
ended=$id server=${id#*.}
wait_end "$id"
submit -N runs -l mem=1gb,walltime=1:00:00 gated
runs=$id
ok "it runs" wait_field 20 "$runs" job_state R
submit -h -N held seven
held=$id
submit -J 1-2 -h -N list seven

# ids: those of the rows, in one line
ids() {
    awk '/^[0-9]/ {sub(/[.].*/, "", $1); print $1}' | paste -sd ' '
}

# --- the wider form
is "$(qstat -a | sed -n 2,5p)" \
    "$server: 
                                                            Req'd  Req'd   Elap
Job ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time
--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----" "-a: the header"
like "$(qstat -a "$runs" | tail -n 1)" \
    "^$runs +${user:0:8} +batch +runs +[0-9]+ +1 +1 +1gb 01:00 R +(--|00:0[0-9])\$" "-a: its columns"
is "$(qstat -a | awk '/^[0-9]/ {print $10}' | paste -sd '')" RHHC "the state is column 10"
is "$(qstat -a | awk '/^[0-9]/ {print NF}' | sort -u)" 11 "eleven columns, none empty"
is "$(qstat -i | ids)" "3 4[]" "-i: what waits"
is "$(qstat -r | ids)" "2" "-r: what runs"
is "$(qstat -H | ids)" "1" "-H: what has ended"
is "$(qstat -u "$user" | ids)" "2 3 4[] 1" "-u"
run qstat -u nobody
is "$rc:$out" "0:" "-u of nobody"
is "$(qstat -u "$user" batch | ids)" "2 3 4[] 1" "-u and a queue"
run qstat -u "$user" "$held"
is "$rc:$out" "1:" "-u and an id"
like "$(qstat -n "$runs" | tail -n 1)" "^    [^ ]+/0\$" "-n: where it runs"
like "$(qstat -n1 "$runs" | tail -n 1)" "^$runs .* [^ ]+/0\$" "-n -1: in its line"
like "$(qstat -s "$held" | tail -n 1)" '^    held_u: ' "-s: why it waits"
like "$(qstat -s1 "$held" | tail -n 1)" "^$held .* held_u: " "-s -1"
like "$(qstat -G "$runs" | tail -n 1)" ' 1gb ' "-G"
like "$(qstat -M "$runs" | tail -n 1)" ' 128mw ' "-M"
like "$(qstat -T "$held" | sed -n 4p)" ' S Start$' "-T: when it will start"
like "$(qstat -aw "$runs" | sed -n 5p)" '^-{30} -{15} ' "-w: wide"
is "$(qstat -J | ids)" "4[]" "-J: arrays"
is "$(qstat -t -J | ids)" "4[1] 4[2]" "-Jt: their members"
like "$(qstat -p "$runs" | sed -n '1p;3p')" '% done S Queue.* 0 R batch$' "-p: percent"

# --- queues
qmgr create batch_queue other priority=1
is "$(qstat -q | sed -n 2,5p)" "server: $server

Queue            Memory CPU Time Walltime Node   Run   Que   Lm  State
---------------- ------ -------- -------- ---- ----- ----- ----  -----" "-q: the header"
like "$(qstat -q | grep ^batch)" '^batch +-- +-- +-- +-- +1 +3 +[0-9]+  E R$' "-q: a queue"
like "$(qstat -q other | grep ^other)" ' 0 +0 +1  D S$' "-q: disabled and stopped"
like "$(qstat -q | tail -n 1)" '^ +1 +3$' "-q: the sums"
run qstat -q -Q
is "$rc" 1 "-q and -Q"
like "$(qstat -Bf)" "    POSIX2_PBS = [0-9]+
    POSIX2_PBS_ACCOUNTING = [0-9]+" "-B -f: the variables of the standard"

# --- formats
is "$(qstat --json "$held" | grep -v timestamp)" "$(qstat -F json "$held" | grep -v timestamp)" \
    "--json is -F json"
like "$(qstat -F dsv "$held")" "^Job Id: $held\|Job_Name=held\|" "-F dsv"
like "$(qstat -F dsv -D ';;' "$held")" "^Job Id: $held;;Job_Name=held;;" "-D"
run qstat -F xml
is "$rc" 1 "another format"

# --- many in one call, and the server chooses
is "$(qstat "$held" "$runs" "$ended" "${held%%.*}" | ids)" "3 2 1 3" "many ids, in their order"

# --- dialects
export NQS_DIALECT=torque
like "$(qstat -x "$ended")" "^<Data><Job><Job_Id>$ended</Job_Id>.*<job_state>C</job_state>" "torque: -x is XML"
like "$(qstat -x "$ended")" "<exit_status>7</exit_status>" "with the status"
is "$(qstat | ids)" "2 3 4[] 1" "torque: what has ended is shown"
NQS_DIALECT=pbspro
is "$(qstat | ids)" "2 3 4[]" "pbspro: what has ended is not shown"
is "$(qstat -x | awk '/^1[.]/ {print $5}')" F "but by -x, as F"
run qstat "$ended"
is "$rc" 153 "pbspro: by its id neither"
like "$err" "Unknown Job Id $ended: Job has finished" "with the reason"
like "$(qstat -x -f "$ended")" "    job_state = F" "-x -f"
like "$(qstat -x -f "$ended")" "    Exit_status = 7" "and its status"
like "$(qstat -f -F json -x "$ended")" '"comment":' "JSON has a comment"
NQS_DIALECT=nqs
like "$(qstat | sed -n 1p)" '^RequestID +ReqName +UserName +Queue +Pri STT ' "nqs: NQSII's header"
is "$(qstat | sed 1,2d | awk '{print $6}' | paste -sd ' ')" "RUN HLD HLD EXD" "three letters in column 6"
run as "$user" qsub -h seven
like "$out" "^Request [0-9]+\.$server submitted to queue: batch\.\$" "nqs: what qsub says"
as "$user" qdel 5
NQS_DIALECT=klingon
run qstat
is "$rc:$out" "1:" "a dialect that is none"
unset NQS_DIALECT
qmgr set server dialect = nqs
like "$(qstat | sed -n 1p)" '^RequestID' "the server's dialect"
like "$(as "$user" qsub -h seven)" '^Request 6[.]' "for qsub, too"
like "$(NQS_DIALECT=pbs qstat | sed -n 1p)" '^Job id' "the environment wins"
as "$user" qdel 6
qmgr set server dialect = pbs
is "$(as "$user" qsub -h seven)" "7.$server" "one line, the id"
as "$user" qdel 7

# --- words of NQS
submit -a 203012312359 seven
qmgr stop queue batch
submit -N queued seven
words=$(qstat -l | sed -n 's/^Request .* State = //p' | sort -u | paste -sd ' ')
like "$words" '^EXITED HOLDING QUEUED RUNNING WAITING$' "-l: the words of NQS"
like "$(qstat -l "$runs")" "Name: runs" "-l: its name"

# --- what has ended stays over a restart
kill_program nqsd
cell_start nqsd
is "$(qstat "$ended" | awk 'END {print $5}')" C "C after a restart"
is "$(field "$ended" exit_status):$(field "$ended" Exit_status)" 7:7 "with its status"
echo >"$work/gate"
wait_end "$runs"
done_testing
