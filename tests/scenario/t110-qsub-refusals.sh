#!/bin/bash
# t110-qsub-refusals - what qsub refuses, and how: before it talks to anybody.
#
# There is no server here.  So exit status 1 says that qsub found the mistake
# itself, and 2 that it found none and then could not reach a server.
#
# Proves: E006 E007 E009 E010 E011 E013 E014 E018 E024 E026 E041 E043 E044 E045 E054
. "$(dirname "$0")/../lib/cell.sh"
test_dir
PATH=$NQS_BUILD/commands:$PATH
export NQS_SOCKET=$work/no.sock
unset PBS_DPREFIX
echo 'true' >ok

# refused TEXT WORD...: exit 1, nothing on stdout, and stderr has TEXT
refused() {
    local want=$1
    shift
    run qsub "$@" </dev/null
    is "$rc:$out" "1:" "qsub $*: exit 1, nothing printed" &&
        like "$err" "^qsub: .*$want" "qsub $*: says why"
}

# legal WORD...: nothing wrong but that there is no server
legal() {
    run qsub "$@" </dev/null
    is "$rc:$out" "2:" "qsub $*: no mistake of the caller" &&
        like "$err" "no\.sock" "qsub $*: the message names the socket"
}

printf 'true\r\n' >crlf
printf 'true\ntr\0ue\n' >nul
: >empty
mkdir dir
head -c 1048577 /dev/zero | tr '\0' '#' >big
refused "line 1.*tr -d" crlf
refused "line 2.*NUL" nul
refused "empty" empty
refused "irectory" dir
refused "No such file" missing
refused "1048576" big
refused "standard input.*empty"
if [ "$(id -u)" != 0 ]; then
    echo true >secret && chmod 0 secret
    refused "denied" secret
else
    skip 2 "root can read everything"
fi

refused "unknown option -y" -y ok
refused "needs an argument" -N
refused "not both" -F x ok ok
refused "no blank" -N 'a b' ok
refused "no blank" -N 'a/b' ok
refused "1 to 236" -N '' ok
refused "1 to 236" -N "$(printf '%0237d' 0)" ok
legal -N 0123456789abcdefgh ok
for p in 1024 -1025 1.5 abc ''; do
    refused "$p" -p "$p" ok
done
legal -p 1023 ok
legal -p -1024 ok
refused "neither y nor n" -r x ok
refused "oe, eo or n" -j no ok
legal -j ee ok
refused "two shells" -S /bin/sh,/bin/csh ok
refused "two shells" -S /bin/sh@a,/bin/csh@a ok
legal -S /bin/sh@a,/bin/csh ok
for time in 13010000 01320000 01012400 1060 99 abc; do
    refused "$time" -a "$time" ok
done
for time in 2359 12312359 9912312359 203712312359 203712312359.59; do
    legal -a "$time" ok
done
for range in 5 5-1 1-5:0 1-5%0 a-b -1-2 1-; do
    refused "$range" -J "$range" ok
done
legal -J 1-1 ok
legal -J 0-9:2%3 ok
refused "did you mean walltime" -l waltime=1 ok
refused "unknown resource" -l cores=1 ok
legal -l ncpus=1 ok
refused "needs a value" -l walltime ok
refused "walltime" -l walltime=1:2:3:4 ok
refused "variable" -v =x ok
refused "quote" -v "A='x" ok
legal -v '' ok
refused "did you mean umask" -W umaks=022 ok
refused "there are: " -W nosuchword=1 ok
refused "needs a value" -W umask ok
for mask in 8 1777 00022 x ''; do
    refused "umask: '$mask'" -W umask=$mask ok
done
legal -W umask=022,group_list=a,b,umask=0 ok
legal -W '' ok
legal -v A= ok

refused "-j oe" -eo ok
refused "pcput=TIME" -lt 10
refused "cput" -lT10 ok
refused "-r n" -nr ok
refused "-S" -s /bin/sh ok
refused "-V" -x ok
refused "-N" -r name ok
refused "-M" -mu user ok

# directives
printf '#PBS -N x\n#PBS -p 9999\n' >bad
refused "line 2: #PBS -p 9999: .*-1024" bad
printf "#PBS -N 'x\n" >quote
refused "line 1: .*quote" quote
printf '#PBS -z job\n' >operand
refused "line 1: .*'job'" operand
legal -C '' bad
legal -p 1 bad
run env PBS_DPREFIX='#Q' qsub bad
is "$rc" 2 "PBS_DPREFIX: other lines are comments"
printf 'true\n#PBS -p 9999\n' >late
legal late
like "$err" "line 2" "a late directive: a warning with its line"

for command in qsub qwait qcat; do
    run "$command" --help
    is "$rc:$err" "0:" "$command --help: exit 0, nothing on stderr"
    ok "$command --help: 48 lines at most" test "$(wc -l <<<"$out")" -le 48
    run "$command" --version
    like "$out" "^$command \(OpenNQS\) [0-9.]+$" "$command --version"
done
run qwait 1
is "$rc" 255 "qwait: no server is 255"
run qwait
is "$rc" 255 "qwait: misuse is 255"
run qcat 1
is "$rc" 2 "qcat: no server is 2"
done_testing
