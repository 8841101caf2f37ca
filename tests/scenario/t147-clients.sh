#!/bin/bash
# t147-clients - what programs that drive a qsub family take from our output.
#
# Each case is the regular expression, or the way of cutting, of a program that is in use.
# Proves: E001 E089 E090 E091 E100
. "$(dirname "$0")/../lib/cell.sh"
cell_up
printf '#!/bin/sh\nexit 7\n' >"$work/seven"
chmod 644 "$work/seven"

# --- qsub: one line, the id, and nothing else anywhere
run as "$user" qsub -h seven
id=$out server=${out#*.} number=${out%%.*}
is "$rc:$err" "0:" "qsub says nothing beside the id"
like "$out" '^[0-9]+[.][a-zA-Z0-9.-]+$' "an id"
is "$(grep -cE '^[0-9]+' <<<"$out"):$(wc -l <<<"$out")" 1:1 "one line that begins with digits"
like "$(as "$user" qsub -h -J 1-2 seven)" '^[0-9]+\[\][.][a-zA-Z0-9.-]+$' "an array's"
like "$(as "$user" qsub -h -t 1-1 seven)" '^[0-9]+\[\][.]' "an array of one"
is "$(as "$user" qsub -h -v '' seven | wc -l)" 1 "-v with an empty list"

# --- ids on input
for name in "$number" "$id" "$number.$server@$server"; do
    is "$(qstat "$name" | awk 'END {print $5}')" H "qstat takes $name"
done
for name in "2[]" "2[].$server" "2[1]" "2[1].$server"; do
    is "$(qstat "$name" | awk 'END {print $5}')" H "qstat takes $name"
done
is "$(qstat 3 "$id" "2[]" | awk 'NR > 2' | wc -l)" 3 "several at once, in any order"

# --- qstat: six columns, the state in the fifth; silent on standard error
run qstat
is "$rc:$err" "0:" "qstat is silent on standard error"
is "$(sed 1,2d <<<"$out" | awk '{print NF, $5}' | sort -u)" "6 H" "six columns, the state in the fifth"
is "$(sed 1,2d <<<"$out" | awk '{print $4}' | sort -u)" 0 "time 0"
like "$(sed -n 1p <<<"$out")" '^Job id +Name +User +Time Use S Queue$' "the header"
is "$(qstat -a | awk '/^[0-9]+[[.]/ && $10 != "C"' | wc -l)" 4 "-a: the state in the tenth"

# --- qstat -f: every line has a =, but for the first
run qstat -f -1 "$id"
is "$rc:$err" "0:" "qstat -f is silent on standard error"
is "$(sed '1d;/^$/d' <<<"$out" | grep -vc '^    [A-Za-z_.]* = ')" 0 "-1: each line is name = value"
is "$(sed -n 1p <<<"$out")" "Job Id: $id" "Job Id: at column 0"
like "$(sed -n 2p <<<"$out")" '^    Job_Name = ' "the name right below"
is "$(qstat -f "$id" | perl -0pe 's/\n\t//g')" "$out" "folded lines rejoin"
is "$(qstat -f "$id" | sed '1d;/^$/d' | grep -vcE '^(    [A-Za-z_.]+ = |	)')" 0 "folded by newline and TAB only"
for key in Job_Name Job_Owner job_state queue server ctime qtime mtime Output_Path Error_Path \
    Variable_List comment; do
    like "$out" "    $key = ." "the key $key"
done
like "$out" "    Job_Owner = $user@" "user@host"
like "$out" '    ctime = [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}' "ctime(3)"

# --- unknown ids
for command in qstat qdel qhold qrls; do
    run as "$user" "$command" 999999
    is "$rc:$out" "153:" "$command of an unknown id: 153"
    like "$err" 'Unknown Job Id' "and the words"
done

# --- qselect: a full id a line, silent, 0 when there is none
run qselect -u "$user" -s QHW
is "$rc:$err" "0:" "qselect is silent"
is "$(grep -vcE '^[0-9]+(\[\])?[.]' <<<"$out")" 0 "a full id a line"
like "$out" "^$id" "as qsub printed it"
run qselect -u "$user" -s EHRT -T
like "$out" "2\[1\].$server" "members of arrays"
run qselect -u nobody -s EHRT
is "$rc:$out:$err" "0::" "none: empty and 0"

# --- what has ended stays
as "$user" qrls "$id"
wait_end "$id"
is "$(qstat "$id" | awk 'END {print $5}')" C "C after its end"
like "$(qstat -f "$id")" "    exit_status = 7" "TORQUE's name"
like "$(qstat -f "$id")" "    Exit_status = 7" "PBS Pro's name"
like "$(qstat -f "$id")" "    exec_host = [^ /]+/0" "exec_host is host/slot"
like "$(qstat -f -F json -x "$id")" '"Exit_status":7,' "a number in JSON"
run as "$user" qdel "$id"
is "$rc" 153 "qdel of what has gone"
like "$err" 'Unknown Job Id' "and the words"

# --- the server and its nodes
like "$(qstat -B -f)" "^Server: $server" "Server: at column 0"
like "$(qstat -B -f)" "    pbs_version = ." "pbs_version"
like "$(pbsnodes --version)" '^Version: [0-9.]+' "pbsnodes --version, as TORQUE"
like "$(NQS_DIALECT=pbspro pbsnodes --version)" '^pbs_version = .*PBSPro' "as PBS Pro"
run pbsnodes -a
is "$rc:$err" "0:" "pbsnodes -a"
like "$out" "^$server
     Mom = $server
     ntype = cluster
     state = free
     np = [1-9]" "host, state, np"
is "$(pbsnodes -av)" "$out" "-av"
is "$(pbsnodes "$server")" "$out" "by its name"
like "$(pbsnodes -x)" "^<Data><Node><name>$server</name><state>free</state><np>[0-9]+</np>" "-x"
like "$(pbsnodes -aSj | tail -n 1)" "^$server +free +0 +0 +0 +[0-9]+gb/[0-9]+gb +[0-9]+/[0-9]+ " "-aSj"
pbsnodes -aSj -F json | perl -MJSON::PP -0777 -ne '$n = JSON::PP->new->utf8->decode($_)->{nodes};
    print join " ", keys %$n, map { $_->{State} } values %$n' >"$work/said"
is "$(cat "$work/said")" "$server free" "-aSj -F json"
pbsnodes -a -F json | perl -MJSON::PP -0777 -ne '$n = JSON::PP->new->utf8->decode($_)->{nodes};
    print map { $_->{resources_available}{ncpus} } values %$n' >"$work/said"
is "$(cat "$work/said")" "$(getconf _NPROCESSORS_ONLN)" "-a -F json"
is "$(pbsnodes -l)" "" "-l: nothing is offline"
run pbsnodes nowhere
is "$rc:$out" "1:" "an unknown node"
mkfifo -m 666 "$work/gate"
echo "read -r x <'$work/gate'" >"$work/gated"
chmod 644 "$work/gated"
submit gated
ok "it runs" wait_field 20 "$id" job_state R
like "$(pbsnodes -a)" "     jobs = 0/$id" "its jobs"
like "$(NQS_DIALECT=pbspro pbsnodes -a)" "     jobs = $id/0" "its jobs, as PBS Pro"
like "$(pbsnodes -aSj | tail -n 1)" "^$server .* 1 +1 +0 .* ${id%%.*}\$" "its jobs in short"
echo >"$work/gate"
wait_end "$id"
qmgr set server batch_limit = 0
like "$(pbsnodes -l)" "^$server +offline\$" "-l: drained"
done_testing
