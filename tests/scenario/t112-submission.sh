#!/bin/bash
# t112-submission - ids, names, limits and the environment of what was submitted; odd
# words; a reply that is lost; many submissions at once.
#
# Proves: E004 E008 E015 E028 E029 E033 E038 E052 E164 E165
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch

# script NAME: standard input becomes a script that the user can read
script() {
    cat >"$work/$1"
    chmod 644 "$work/$1"
}

# resource ID NAME
resource() {
    field "$1" "Resource_List\.$2"
}

# --- names and files
name=a-name-that-is-much-longer-than-fifteen.sh
echo 'echo out; echo err >&2' | script "$name"
submit "$name"
seq=${id%%.*}
wait_end "$id"
is "$(field "$id" Job_Name)" "$name" "a long file name is the request's name, uncut"
is "$(cat "$work/$name.o$seq"):$(cat "$work/$name.e$seq")" out:err "output: NAME.oSEQ and NAME.eSEQ, where qsub was"
is "$(field "$id" Output_Path)" "$(uname -n):$work/$name.o$seq" "and Output_Path says so"
mkdir "$work/sub" && chmod 777 "$work/sub"
cp "$work/$name" "$work/sub/9lives.sh"
submit "sub/9lives.sh"
is "$(field "$id" Job_Name)" 9lives.sh "without the directory, with a digit in front"
wait_end "$id"
ok "its output is where qsub was, not where the script was" test -s "9lives.sh.o${id%%.*}"

# --- limits in directives and on the command line
script limits <<'END'
#PBS -l walltime=100,mem=10mb
#PBS -l mem=20mb
env | grep -E '^(PBS|QSUB)_' | grep -v _O_PATH= | sort
echo "$HOME|$USER|$SHELL|$LOGNAME"
END
submit -h -l cput=50 limits
is "$(resource "$id" walltime) $(resource "$id" cput) $(resource "$id" mem)" "00:01:40 00:00:50 20480kb" \
    "of both; the later directive counts"
submit -h -l walltime=200 limits
is "$(resource "$id" walltime) $(resource "$id" mem)" "00:03:20 20480kb" "the command line wins"
submit -h -l cput=1,cput=2 limits
is "$(resource "$id" cput)" 00:00:02 "the later of one list"
submit -h -l cput=1 -l cput= limits
is "$(resource "$id" cput)" "" "nothing behind = takes it away"
submit -h -l walltime=,mem= limits
is "$(resource "$id" walltime)$(resource "$id" mem)" "" "a directive's, too"

# --- what a job finds in its environment
qmgr -c 'create batch_queue other priority=1; enable queue other; start queue other'
submit -N env -q other limits
wait_end "$id"
seen=$(cat "env.o${id%%.*}")
for want in PBS_ENVIRONMENT=PBS_BATCH "PBS_JOBID=$id" PBS_JOBNAME=env PBS_QUEUE=other \
    PBS_O_QUEUE=other "PBS_O_WORKDIR=$work" "PBS_O_HOST=$(uname -n)" "QSUB_REQID=$id" \
    QSUB_REQNAME=env "QSUB_WORKDIR=$work"; do
    ok "$want" grep -qxF "$want" <<<"$seen"
done
run as "$user" env HOME=/false USER=false SHELL=/false LOGNAME=false PBS_JOBID=false \
    PBS_QUEUE=false PBS_ENVIRONMENT=false qsub -V -N mine limits
wait_end "$out"
seen=$(cat "mine.o${out%%.*}")
IFS=: read -r _ _ _ _ _ home shell < <(getent passwd "$user")
is "$(tail -n 1 <<<"$seen")" "$home|$user|$shell|$user" "-V: HOME, USER, SHELL are the account's"
is "$(grep -c =false <<<"$(grep -vE '^(PBS_O|QSUB)_' <<<"$seen")")" 0 "and PBS_* the server's"
ok "PBS_O_HOME is qsub's" grep -qx PBS_O_HOME=/false <<<"$seen"

# --- words that a shell would take for its own
# shellcheck disable=SC2016
odd='a;touch${IFS}pwned;$(touch${IFS}pwned)`touch${IFS}pwned`&|"'\''*'
# shellcheck disable=SC2016
path='; touch pwned; $(touch pwned) `touch pwned` & | "'
submit -h -N "$odd" -o "$work/$path" limits
is "$(field "$id" Job_Name)" "$odd" "a name is only a name"
as "$user" qrls "$id"
wait_end "$id"
ok "a path is only a path" test -s "$work/$path"
ok "a file's name, too" test -e "$work/$odd.e${id%%.*}"
submit -N odd -- printf '%s\n' "$path"
wait_end "$id"
is "$(cat "odd.o${id%%.*}")" "$path" "an argument is only an argument"
# shellcheck disable=SC2016
submit -N var -v 'X=$(touch pwned)' -- printenv X
wait_end "$id"
# shellcheck disable=SC2016
is "$(cat "var.o${id%%.*}")" '$(touch pwned)' "a value is only a value"
nok "nothing of it was executed" eval 'ls -d "$work"/pwned* ~nqstest1/pwned* "$HOME"/pwned* 2>/dev/null'
for path in ../../../../../etc/nqs-pwned /etc/nqs-pwned; do
    root_only 1 || continue
    submit -o "$path" -e /dev/null -- echo hi
    wait_end "$id"
    ok "-o $path is opened as the user, who may not" test ! -e /etc/nqs-pwned
done

# --- one submission, sent twice
# A proxy that passes the first submission on and keeps the answer to itself.
cat >"$work/proxy.pl" <<'END'
use IO::Socket::UNIX;
my ($from, $to, $log) = @ARGV;
my $listen = IO::Socket::UNIX->new(Local => $from, Listen => 5) or die "$from: $!";
open my $out, '>', $log or die;
$out->autoflush(1);
while (my $client = $listen->accept) {
    my $server = IO::Socket::UNIX->new(Peer => $to) or die "$to: $!";
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for $client, $server;
    relay: while (select(my $ready = $bits, undef, undef, 20)) {
        for ([$client, $server], [$server, $client]) {
            my ($a, $b) = @$_;
            next unless vec($ready, fileno $a, 1);
            sysread($a, my $data, 1 << 20) or last relay;
            if ($a == $server && !$lost++) {
                print $out "lost ", length $data, "\n";
                last relay;
            }
            syswrite $b, $data;
        }
    }
    print $out "closed\n";
}
END
as "$user" perl "$work/proxy.pl" "$work/proxy" "$NQS_SOCKET" "$work/proxy.log" &
proxy=$!
wait_until 20 test -S "$work/proxy"
run as "$user" env "NQS_SOCKET=$work/proxy" qsub -h -N once limits
is "$rc" 0 "the answer was lost, qsub asked again"
id=$out
ok "an answer was indeed lost" grep -q '^lost' "$work/proxy.log"
is "$(qstat | grep -c ' once ')" 1 "it made one request"
is "$(field "$id" Job_Name)" once "and the id is that one's"
kill "$proxy" 2>/dev/null
wait "$proxy" 2>/dev/null

# --- ids over restarts
qmgr stop queue batch
cat >"$work/many" <<'END'
for ((i = 0; i < $1; i++)); do
    until qsub -h -N many limits; do
        echo failed
        sleep 0.05
    done
done
END
as "$user" bash "$work/many" 300 >"$work/ids" 2>"$work/ids.err" &
many=$!
for n in 60 120 180; do
    wait_until 20 eval "[ \$(wc -l <'$work/ids') -ge $n ]"
    kill_program nqsd "$([ $n = 120 ] && echo TERM || echo KILL)"
    cell_start nqsd
done
wait "$many"
grep -v ^failed "$work/ids" >"$work/got"
is "$(wc -l <"$work/got")" 300 "every submission was answered at last"
is "$(sort "$work/got" | uniq -d)" "" "no id twice, over three deaths of nqsd"
qstat | awk '$2 == "many" {print $1}' | sort >"$work/there"
is "$(sort "$work/got" | comm -23 - "$work/there")" "" "every request that was answered is there"
# A qsub that gave up between commit and answer may have left a request.
ok "and no other but for qsubs that failed" \
    test "$(wc -l <"$work/there")" -le $((300 + $(grep -c ^failed "$work/ids")))

# --- many at once, and somebody else
cat >"$work/flood" <<'END'
for ((i = 0; i < 250; i++)); do
    qsub -z -h -N flood limits || echo failed
done
END
for n in 1 2 3 4; do
    as "$user" bash "$work/flood" >"$work/flood.$n" 2>&1 &
done
chmod 755 "$work"
qmgr start queue batch
wait_until 20 eval 'qstat | grep -q " flood "'
between=
for _ in 1 2 3; do
    run as "$user" qsub -o /dev/null -e /dev/null -- true
    wait_end "$out"
    between+=$rc
done
is "$between" 000 "meanwhile another client's requests come in and run"
wait
is "$(cat "$work"/flood.[1-4])" "" "1,000 in a row: each was taken"
is "$(qstat | grep -c ' flood ')" 1000 "and each is there"
done_testing
