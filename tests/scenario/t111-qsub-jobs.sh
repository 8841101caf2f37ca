#!/bin/bash
# t111-qsub-jobs - what qsub submits is what runs; qwait and qcat see its end.
#
# Proves: E001 E002 E003 E005 E012 E016 E017 E020 E023 E025 E027 E030 E031 E032 E035
# Proves: E036 E037 E039 E045 E051 E154
. "$(dirname "$0")/../lib/cell.sh"
cell_up

# sub WORD...: qsub as the user; $id, $rc, $out, $err
sub() {
    run as "$user" qsub "$@"
    id=$out
}

# script NAME: standard input becomes a script that the user can read
script() {
    cat >"$work/$1"
    chmod 644 "$work/$1"
}

# ended WORD...: submit, wait, and the status is in $rc
ended() {
    sub "$@"
    wait_end "$id"
}

echo 'echo hello' | script hello
sub hello
like "$id" '^[0-9]+\.[^ ]+$' "the id alone on a line"
is "$rc:$err" "0:" "exit 0, nothing on standard error"
wait_end "$id"
is "$rc" 0 "qwait gives the script's status"
is "$(cat "$work/hello.o${id%%.*}")" hello "output is in the working directory"
is "$(as "$user" qcat "$id")" hello "qcat prints it"

sub -z hello
is "$rc:$out" "0:" "-z prints nothing"
is "$(qstat | grep -c ' hello ')" 2 "and the request is there"
sub -hz -N quiet hello
is "$rc:$out:$(qstat | awk '$2 == "quiet" {print $5}')" "0::H" "-hz is -h -z"
sub -h -Nfoo hello
is "$(field "$id" Job_Name):$(field "$id" Rerunable)" foo:True "-Nfoo is -N foo; rerunnable by default"
sub -h -r n hello
is "$(field "$id" Rerunable)" False "-r n"
run as "$user" qsub - <"$work/hello"
is "$(field "$out" Job_Name)" STDIN "the name of standard input"
run as "$user" qsub <"$work/hello"
wait_end "$out"
is "$(cat "$work/STDIN.o${out%%.*}")" hello "without an operand: standard input"

echo 'echo first' | script changed
sub -h changed
echo 'echo second' | script changed
as "$user" qrls "$id"
wait_end "$id"
is "$(as "$user" qcat "$id")" first "what was submitted runs, whatever became of the file"

echo 'echo gone' | script gone
sub -h gone
rm "$work/gone"
as "$user" qrls "$id"
wait_end "$id"
is "$(as "$user" qcat "$id")" gone "even when it is gone"
printf '%s\n' : '#PBS -N colon' | script colon
sub -h colon
is "$(field "$id" Job_Name)" colon "a first line of : is skipped"

cp hello ./-weird.sh
ended -- -weird.sh
is "$(as "$user" qcat "$id")" hello "-- -weird.sh is a script"
ended -N cmd -- printf '%s|' 'a b' -x
is "$(cat "$work/cmd.o${id%%.*}")" 'a b|-x|' "a command with its arguments"
echo 'exit 3' | script three
ended three
is "$rc" 3 "qwait: the script's exit status"
sub -h hello
as "$user" qdel "$id"
wait_end "$id"
is "$rc" 3 "qwait: deleted before it ran"
wait_end 999999
is "$rc" 254 "qwait: unknown id"
run as "$user" qcat 999999
is "$rc" 153 "qcat: unknown id"
like "$err" "Unknown Job Id 999999" "qcat: says so"

script directives <<'END'
#!/bin/sh
# a comment

  #PBS -N named
#PBS -v X="a b",Y='c,d'
#Q -N other
#PBS -C #nothing
cat "$0"
printf '%s\n' "$X" "$Y"
END
ended directives
is "$(field "$id" Job_Name)" named "a directive names the request"
is "$(cat "named.o${id%%.*}")" "$(cat directives; printf 'a b\nc,d')" \
    "the script is as it was; quoted values too"
sub -h -N mine directives
is "$(field "$id" Job_Name)" mine "the command line beats the directive"
sub -h -C '#Q' directives
is "$(field "$id" Job_Name)" other "-C: another prefix"
run as "$user" env PBS_DPREFIX='#Q' qsub -h directives
is "$(field "$out" Job_Name)" other "PBS_DPREFIX"
run as "$user" env PBS_DPREFIX='#Q' qsub -h -C '#PBS' directives
is "$(field "$out" Job_Name)" named "-C beats PBS_DPREFIX"

script environment <<'END'
#!/bin/bash
env -0 | sort -z | tr '\n\0' '~\n'
echo "fun: $(greet 2>&1)"
END
script submitter <<'END'
#!/bin/bash
greet() { echo "hello, $(printf 'a\nb' | wc -l) lines"; }
export -f greet
export HOME=/h LOGNAME=me PATH=$PATH:/p PLAIN=1 NASTY=$'a\nb"c\\d=e' LANG=C MAIL=/m TZ=UTC
unset SHELL
exec qsub "$@"
END
ended_env() {
    run as "$user" bash "$work/submitter" "$@" "$work/environment"
    wait_end "$out"
    seen=$(cat "$work/environment.o${out%%.*}")
}
ended_env
unlike "$seen" $'\nPLAIN=' "a variable does not go along by itself"
like "$seen" $'\nPBS_O_LANG=C\n' "PBS_O_LANG"
like "$seen" $'\nPBS_O_MAIL=/m\n' "PBS_O_MAIL"
like "$seen" $'\nPBS_O_HOME=/h\n' "PBS_O_HOME"
like "$seen" $'\nPBS_O_LOGNAME=me\n' "PBS_O_LOGNAME"
like "$seen" $'\nPBS_O_PATH=[^\n]*:/p\n' "PBS_O_PATH"
like "$seen" $'\nPBS_O_TZ=UTC\n' "PBS_O_TZ"
unlike "$seen" 'PBS_O_SHELL=' "what is not set stays so"
like "$seen" $'\nPBS_O_WORKDIR='"$work"$'\n' "PBS_O_WORKDIR"
like "$seen" $'\nPBS_O_HOST='"$(uname -n)"$'\n' "PBS_O_HOST"
ended_env -V
is "$(grep ^NASTY= <<<"$seen")" 'NASTY=a~b"c\d=e' "-V: newline, quote, backslash, ="
like "$seen" 'fun: hello, 1 lines' "-V: an exported function works"
ended_env -v "PLAIN,A=1,B='x,y',A=2"
is "$(grep -E '^(A|B|PLAIN)=' <<<"$seen")" $'A=2\nB=x,y\nPLAIN=1' "-v: lists"

script streams <<'END'
echo out
echo err >&2
echo out2
END
ended -j oe -o "joined" streams
is "$(cat "$work/joined")" $'out\nerr\nout2' "-j oe: one file, in order"
ended -j eo -e "$work/joined2" -N eo streams
is "$(cat "$work/joined2"):$(find . -name 'eo.*')" $'out\nerr\nout2:' "-j eo: the same, in the file of standard error"
mkdir "$work/logs" && chmod 777 "$work/logs"
ended -j ee -o logs -e logs/ -N dirs streams
is "$(cat "$work/logs/dirs.o${id%%.*}" "$work/logs/dirs.e${id%%.*}")" $'out\nout2\nerr' \
    "directories take the default names"
is "$(as "$user" qcat -e "$id")" err "qcat -e"
is "$(field "$id" Output_Path)" "$(uname -n):$work/logs/dirs.o${id%%.*}" "a relative path is completed"
sub -h -o other:rel streams
is "$(field "$id" Output_Path)" other:rel "one with a host is not"
home=$(getent passwd "$user" | cut -d : -f 6)
ended -o "$(uname -n):nqs-test.$$" -e /dev/null hello
is "$(field "$id" Output_Path):$(cat "$home/nqs-test.$$")" "$(uname -n):nqs-test.$$:hello" \
    "it is in the home directory there"
rm -f "$home/nqs-test.$$"

# Two interpreters that say which of them ran; the script's own #! line is a third.
for name in here there; do
    printf '#!/bin/sh\necho %s\n' "$name" >"$work/$name"
    chmod 755 "$work/$name"
done
printf '#!/bin/sh\necho itself\n' | script itself
ended -j oe -o "$work/s1" -S "$work/here@$(uname -n),$work/there" itself
is "$(cat "$work/s1")" here "E039: -S path@host of this host"
ended -j oe -o "$work/s2" -S "$work/here@elsewhere,$work/there" itself
is "$(cat "$work/s2")" there "E039: of another host: the one without a host"
ended -j oe -o "$work/s3" -S "$work/here@elsewhere" itself
is "$(cat "$work/s3")" itself "E039: none of both: the script's #! line"
echo 'test "$(readlink /proc/$$/exe)" = "$(realpath "$SHELL")" && echo login' | script plain
ended -j oe -o "$work/s4" plain
is "$(cat "$work/s4")" login "E039: no #! line: the login shell"

echo 'echo $PBS_ARRAY_INDEX' | script member
ended -N arr -J 1-5:2%2 member
like "$id" '^[0-9]+\[\]\.' "an array's id"
is "$rc" 0 "qwait waits for the whole array"
is "$(cat "$work/arr.o${id%%[*}"-{1,3,5})" $'1\n3\n5' "each member has its index and file"
is "$(as "$user" qcat "${id%%[*}[3]")" 3 "qcat of a member"

script slow <<'END'
echo one
until [ -e go ]; do sleep 0.05; done
echo two
END
sub -S /bin/sh -- sh -c "cd '$work' && . ./slow"
as "$user" qcat -f "$id" >followed &
follower=$!
ok "qcat -f shows what has come" wait_until 20 grep -q one followed
kill_program nqsd
cell_start
as "$user" touch go
wait_end "$id"
is "$rc" 0 "qwait after a restart"
wait "$follower"
is "$?:$(cat followed)" $'0:one\ntwo' "qcat -f goes on over a restart of nqsd, to the end"
done_testing
