#!/bin/bash
# t122-qstat - the table, in full, JSON; queues and the server; why; what has ended.
#
# Proves: E089 E090 E091 E092 E093 E094 E095 E096 E097 E169
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo true >"$work/quick"
chmod 644 "$work/quick"

run qstat
is "$rc:$out:$err" "0::" "nothing to show: nothing printed"
run qstat 999999
is "$rc:$out" "153:" "an unknown id: 153"
is "$err" "qstat: Unknown Job Id 999999" "in the words that programs look for"
run qstat nosuchqueue
is "$rc:$out:$err" "1::qstat: Unknown queue nosuchqueue" "an unknown queue"
for o in 12. .x '1x' @ 1@@s 'a b'; do
    run qstat "$o"
    is "$rc:$out" "1:" "qstat $o: malformed"
done

# --- the table
submit -h -N name quick
server=${id#*.}
columns="^$id +name +$user +0 H batch\$"
like "$(qstat "$id" | tail -n 1)" "$columns" "id, name, owner, time, state, queue"
is "$(qstat "$id" | head -n 2)" \
    "Job id            Name             User              Time Use S Queue
----------------  ---------------- ----------------  -------- - -----" "the header"
for o in "" "${id%%.*}" "$id@$server" batch "@$server" "batch@$server"; do
    # shellcheck disable=SC2086
    is "$(qstat $o)" "$(qstat "$id")" "qstat $o shows the same"
done
run qstat @nowhere
is "$rc" 1 "a server that is another"
run qstat 999999 "$id" nosuchqueue
is "$rc:$(wc -l <<<"$out")" 1:3 "good and bad operands: the good ones are shown"
is "$(LC_ALL=C qstat -f; LC_ALL=C qstat)" "$(LC_ALL=C.UTF-8 qstat -f; LC_ALL=C.UTF-8 qstat)" \
    "the locale changes nothing"
like "$(qstat -w "$id" | sed -n 2p)" '^-{29}  -' "-w: 30 columns for the id"

# --- why
like "$(qstat -s "$id" | tail -n 1)" '^    held_u: ' "-s: held"
like "$(field "$id" comment)" '^held_u: ' "comment = why"
as "$user" qdel "$id"
submit -a 12312359 quick
like "$(field "$id" comment)" '^start_time: ' "its date"
as "$user" qdel "$id"
qmgr stop queue batch
submit quick
like "$(field "$id" comment)" '^queue_stopped: ' "its queue is stopped"
qmgr -c 'set run_limit = 0 batch; start queue batch'
like "$(field "$id" comment)" '^queue_run_limit: ' "the queue's run limit"
qmgr -c 'set global batch_limit = 0; set run_limit = 1 batch'
like "$(field "$id" comment)" '^global_limit: ' "the server's limit"
qmgr set global batch_limit = 1000
wait_end "$id"

# --- in full
long=$(printf 'word%s,' {1..60})
run as "$user" env "LONG=$long" "BACK=a\\b" "NL=a
b" qsub -h -V quick
id=$out
full=$(qstat -f "$id")
is "$(head -n 1 <<<"$full")" "Job Id: $id" "-f: the first line"
is "$(sed -n 2p <<<"$full")" "    Job_Name = quick" "-f: the name comes first"
is "$(sed 1d <<<"$full" | grep -vcE '^(    [A-Za-z_.]+ = |	)')" 0 "-f: name = value, or a line that goes on"
is "$(awk 'length > 79' <<<"$full" | grep -vc ,)" 0 "-f: lines are folded"
is "$(perl -0pe 's/\n\t//g' <<<"$full")" "$(qstat -fw "$id")" "-f: rejoined they are what -w shows"
is "$(qstat -f1 "$id")" "$(qstat -fw "$id")" "-1 does the same"
like "$(field "$id" Job_Owner)" "^$user@" "Job_Owner is user@host"
like "$(qstat -fw "$id")" 'BACK=a\\\\b' "a backslash is escaped"
like "$(qstat -fw "$id")" 'NL=a\\nb' "so is a newline"
like "$(qstat -fw "$id")" 'LONG=word1\\,word2\\,' "and a comma"
for a in job_state queue server ctime qtime mtime Priority Hold_Types Rerunable Output_Path \
    Error_Path Variable_List; do
    like "$full" "    $a = ." "-f: $a"
done
unlike "$full" "    (token|script|state) = " "-f: nothing of how it is kept"
if [ -n "${user2:-}" ]; then
    full=$(as "$user2" qstat -f "$id")
    like "$full" "    Job_Name = quick" "-f of another user's request"
    unlike "$full" "Variable_List" "but not the environment"
fi

# --- JSON
# strict: valid UTF-8, valid JSON, and no key twice in one object
strict() {
    perl -MJSON::PP -0777 -ne '
        JSON::PP->new->utf8->decode($_);
        my (@keys, $last);
        for (split /\n/) {
            next unless /^( *)"((?:[^"\\]|\\.)*)":/;
            my $depth = length($1) / 4;
            $#keys = $depth;
            die "twice: $2\n" if $keys[$depth]{$2}++;
        }' "$1"
}

# pick EXPRESSION: of the document in $work/json, as $_
pick() {
    perl -MJSON::PP -0777 -ne '$_ = JSON::PP->new->utf8->decode($_); print '"$1" "$work/json"
}
run as "$user" env 'QUOTE="\' "TAB=a	b" "NL=a
b" $'UTF8=\303\251' $'BAD=\377\376' ZERO=007 TRUE=true EMPTY= qsub -h -V -N 'true' quick
id=$out
qstat -f -F json "$id" "$id" >"$work/json"
ok "a strict parser takes it" strict "$work/json"
is "$(pick '$_->{pbs_server}')" "$server" "pbs_server"
like "$(pick '$_->{timestamp}')" '^[0-9]+$' "timestamp"
is "$(pick "\$_->{Jobs}{'$id'}{Variable_List}{QUOTE}")" '"\' "a quote and a backslash"
is "$(pick "\$_->{Jobs}{'$id'}{Variable_List}{TAB}")" "a	b" "a tab"
is "$(pick "\$_->{Jobs}{'$id'}{Variable_List}{NL}")" "a
b" "a newline"
is "$(pick "sprintf '%x', ord \$_->{Jobs}{'$id'}{Variable_List}{UTF8}")" e9 "UTF-8"
is "$(pick "sprintf '%x', ord \$_->{Jobs}{'$id'}{Variable_List}{BAD}")" fffd "what is none"
is "$(pick "\$_->{Jobs}{'$id'}{Variable_List}{EMPTY}")" "" "empty"
like "$(cat "$work/json")" '"ZERO":"007"' "a string stays a string: 007"
like "$(cat "$work/json")" '"TRUE":"true"' "a string stays a string: true"
like "$(cat "$work/json")" '"Job_Name":"true"' "a string stays a string: a name"
like "$(cat "$work/json")" '"Priority":0,' "a number is a number"
like "$(cat "$work/json")" '"comment":"held_u' "comment is there"
odd=()
for name in 'q"u\ote'"'" 007 null $'\303\251' $'\377'; do
    odd+=("$(as "$user" qsub -h -N "$name" quick)")
done
qstat -F json >"$work/json"
is "$(pick 'join " ", sort grep !/^(quick|name|true)$/ && !/[^ -~]/, map { $_->{Job_Name} } values %{$_->{Jobs}}')" \
    "007 null q\"u\\ote'" "names that look like something else"
as "$user" qdel "${odd[@]}"
for o in "" -Q -B -x "-Q -f" "-B -f" "-t" "-xt"; do
    # shellcheck disable=SC2086
    qstat -F json $o >"$work/json"
    ok "qstat -F json $o: strict" strict "$work/json"
done

# --- queues and the server
qmgr create batch_queue other priority=1
is "$(qstat -Q | head -n 1)" \
    "Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type" "-Q: the header"
line=$(qstat -Q batch | tail -n 1)
like "$line" '^batch +1 +2 yes yes +0 +0 +2 +0 +0 +0 Exec$' "-Q: counts are the real ones"
like "$(qstat -Q other | tail -n 1)" '^other +1 +0  no  no( +0){6} Exec$' "-Q: disabled, stopped"
is "$(qstat -Q "batch@$server" | tail -n 1)" "$line" "-Q queue@server"
is "$(qstat -Q | sed 1,2d | wc -l)" 2 "-Q: all"
run qstat -Q nosuchqueue
is "$rc:$err" "1:qstat: Unknown queue nosuchqueue" "-Q: unknown"
like "$(qstat -Qf batch)" "^Queue: batch
.*state_count = Transit:0 Queued:0 Held:2 Waiting:0 Running:0 Exiting:0" "-Q -f"
like "$(qstat -B | tail -n 1)" "^${server:0:15}.* +2 +0 +0 +2 +0 +0 +0 Active\$" "-B"
is "$(qstat -B "$server")" "$(qstat -B)" "-B server"
like "$(qstat -Bf)" "^Server: $server
.*    pbs_version = ." "-B -f"
run qstat -B nowhere
is "$rc:$out" "1:" "-B: unknown"
# shellcheck disable=SC2046
as "$user" qdel $(qstat | awk '$5 == "H" {print $1}')

# --- what has ended
echo 'exit 7' >"$work/seven"
chmod 644 "$work/seven"
submit seven
wait_end "$id"
like "$(qstat "$id" | tail -n 1)" ' C batch$' "it has ended: C"
is "$(field "$id" exit_status):$(field "$id" Exit_status)" 7:7 "both names of its status"
qmgr set server keep_completed = 0
run qstat "$id"
is "$rc:$out" "153:" "keep_completed is over: unknown"
like "$err" "Unknown Job Id $id: Job has finished" "in the words of either kind of program"
is "$(qstat -x "$id" | awk 'END {print $5}')" C "-x knows it"
is "$(qstat -x -f "$id" | sed -n 's/^ *Exit_status = //p')" 7 "-x -f: its status"
qstat -x -f -F json "$id" >"$work/json"
is "$(pick "\$_->{Jobs}{'$id'}{Exit_status}")" 7 "-x -f -F json: its status"
qmgr set server keep_history = 0
ok "keep_history is over: -x forgets it" wait_until 20 eval "! qstat -x $id"
run qstat -x "$id"
is "$rc" 153 "and it is unknown"

# --- many
cat >"$work/many" <<'END'
for ((i = 0; i < 5000; i++)); do
    qsub -hz -N many quick || echo failed
done
END
qmgr stop queue batch
as "$user" bash "$work/many" >"$work/many.1" 2>&1 &
as "$user" bash "$work/many" >"$work/many.2" 2>&1
wait
is "$(cat "$work"/many.[12]):$(qstat | grep -c ' many ')" :10000 "10,000 requests: each is shown"
like "$(qstat -Q batch | awk 'NR == 3 {print $3, $8}')" '^10000 10000$' "and counted"
rss=$(awk '/^RssAnon/ {print $2}' "/proc/$(pid_of nqsd)/status")
ok "nqsd takes less than 128 MB for them ($rss kB)" test "$rss" -lt 131072
qmgr purge queue batch
submit -J 1-10000 quick
is "$(qstat | wc -l)" 3 "an array is a line"
is "$(qstat -t | sed 1,2d | wc -l)" 10001 "-t: its members, too"
is "$(qstat -t -F json | grep -c '"job_state":"Q"')" 10001 "-t -F json: its members, too"
as "$user" qdel "$id"
done_testing
