#!/bin/bash
# t120-control-refusals - what the commands that look and control refuse by themselves.
#
# There is no server here.  So exit status 1 says that a command found the
# mistake itself, and 2 that it found none and then could not reach a server.
#
# Proves: E065 E073 E132 E136 E169
. "$(dirname "$0")/../lib/cell.sh"
test_dir
PATH=$NQS_BUILD/commands:$PATH
export NQS_SOCKET=$work/no.sock

# refused TEXT COMMAND WORD...: exit 1, nothing on stdout, and stderr has TEXT
refused() {
    local want=$1
    shift
    run "$@" </dev/null
    is "$rc:$out" "1:" "$*: exit 1, nothing printed" && like "$err" "^$1: .*$want" "$*: says why"
}

# legal COMMAND WORD...: nothing wrong but that there is no server
legal() {
    run "$@" </dev/null
    is "$rc:$out" "2:" "$*: no mistake of the caller" &&
        like "$err" "^$1: .*no\.sock" "$*: the message names the socket"
}

for c in qdel qhold qrls qsig qrerun; do
    refused "no operand" $c
    refused "unknown option -y" $c -y 1
    legal $c 12
    legal $c -- '12[3].server@server'
done
for c in qdel qhold qrls qsig qrerun qstat qmgr; do
    run $c --help
    is "$rc:$err" "0:" "$c --help: exit 0, nothing on standard error"
    like "$out" "^usage: $c" "$c --help: on standard output"
    run $c --version
    like "$rc:$out:$err" "^0:$c .*[0-9]:\$" "$c --version"
    LC_ALL=C $c --help >c.txt && LC_ALL=C.UTF-8 $c --help >utf8.txt
    ok "$c: the locale changes nothing" cmp c.txt utf8.txt
done

for c in qhold qrls; do
    refused "letters of u, o, s, or n alone" $c -h un 1
    refused "letters of u, o, s, or n alone" $c -h x 1
    refused "empty" $c -h '' 1
    legal $c -h uu 1
    legal $c -h n 1
    legal $c -huos 1
done

refused "unknown signal 'NOPE'" qsig -s NOPE 1
refused "did you mean USR1" qsig -s SIGUSR 1
refused "unknown signal '65'" qsig -s 65 1
refused "unknown signal ''" qsig -s '' 1
refused "use suspend" qsig -s admin-suspend 1
for s in USR1 SIGUSR1 usr1 10 0 NULL RTMIN+1; do
    legal qsig -s $s 1
done

refused "use json" qstat -F xml
refused "do not go together" qstat -QB
legal qstat
legal qstat -fx 1
legal qstat -Q -F json

refused "a word is missing" qmgr show
refused "ambiguous: DElete, DIsable" qmgr d queue q
refused "did you mean create" qmgr crate
refused "priority=N is missing" qmgr -c 'create batch_queue q'
refused "0 to 63" qmgr create batch_queue q priority=64
refused "is not a queue's name" qmgr enable queue abcdefghijklmnop
refused "is not a queue's name" qmgr enable queue 'a;b'
refused "as operands" qmgr -c 'show all' show all
legal qmgr create batch_queue abcdefghijklmno priority=3
legal qmgr -c 'c b q pr=3'

# -n looks at the syntax only, -e echoes, -a stops at the first error
cat >script <<'END'
# a comment
create batch_queue q priority=3; enable queue q # and another
start \
  queue q
bad
stop queue q
END
run qmgr -n <script
is "$rc:$out:$err" "1::qmgr: line 5: unknown command 'bad': see \`help'" "-n: the line with the mistake"
run qmgr -ne <script
is "$out" "create batch_queue q priority=3
enable queue q
start    queue q
bad
stop queue q" "-e: each command"
run qmgr -nea <script
is "$(tail -n 1 <<<"$out")" bad "-a: none behind the first error"
run qmgr -n </dev/null
is "$rc:$out:$err" "0::" "an empty script"
run qmgr help </dev/null
like "$rc:$out" "^0:.*Create Batch_queue" "help needs no server"
done_testing
