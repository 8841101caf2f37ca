#!/bin/bash
# t170-nqs - the directives of NQS, its options where POSIX would misread them,
# and a script's arguments.
#
# Proves: E170 E171 E172 E173
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

script nqs <<'END'
#!/bin/sh
# a comment
#QSUB -eo -r name -q batch
# QSUB -lT 60:00 -nr
#@$-s /bin/sh
#@$ -p 5 # not to be read
#@$
#@$-r other
env
END
sub -h nqs
is "$rc:$(field "$id" Job_Name)" "0:nqs" "by default directives of NQS have no effect"
like "$err" "^qsub: line 3: directives of NQS.*NQS_DIRECTIVES=on" "but for a warning"
NQS_DIRECTIVES=off sub -h nqs
is "$rc:$err" "0:" "off: no warning"
NQS_DIRECTIVES=on sub -h nqs
is "$rc:$err" "0:" "on: no warning"
is "$(field "$id" Job_Name):$(field "$id" Join_Path)" "name:oe" "on: -r is -N, -eo is -j oe"
is "$(field "$id" Resource_List.cput)" "01:00:00" "-lT is a limit of cput"
is "$(field "$id" Rerunable):$(field "$id" Shell_Path_List)" "False:/bin/sh" "-nr and -s"
is "$(field "$id" Priority)" 5 "an option apart from its prefix"
script limits <<'END'
#@$-lt 10 -lm (4mb,3mb) -lc unlimited
#@$-lT60,50 -ln 5
true
END
NQS_DIRECTIVES=on sub -h limits
is "$(for name in pcput pmem soft_pmem core cput soft_cput nice; do
    field "$id" "Resource_List.$name"
done | xargs)" "00:00:10 4096kb 3072kb 00:01:00 00:00:50 5" "limits, some with a soft one"
NQS_DIRECTIVES=on sub -h -N mine nqs
is "$(field "$id" Job_Name)" mine "the command line wins"
NQS_DIRECTIVES=on sub -h -C '' nqs
is "$(field "$id" Job_Name)" nqs "-C '' switches off these too"
NQS_DIRECTIVES=maybe sub nqs
is "$rc" 1 "a setting that is none is the caller's mistake"

ok "the server's setting" qmgr -c "set server nqs_directives = on"
nok "is one of three words" qmgr -c "set server nqs_directives = x"
sub nqs
wait_end "$id"
is "$rc" 0 "the script runs"
env=$(cat "$work/name.o${id%%.*}")
for line in "QSUB_REQID=$id" QSUB_REQNAME=name "QSUB_WORKDIR=$work" ENVIRONMENT=BATCH \
    "PBS_JOBID=$id" PBS_JOBNAME=name PBS_ENVIRONMENT=PBS_BATCH; do
    ok "environment: $line" grep -qx "$line" <<<"$env"
done
like "$env" "QSUB_HOST=[a-z]" "environment: QSUB_HOST"

script both <<'END'
#QSUB -r theirs -lT 60
#PBS -N ours
true
END
sub -h both
is "$(field "$id" Job_Name):$(field "$id" Resource_List.cput)" "ours:00:01:00" \
    "both kinds are read, and #PBS wins"
NQS_DIRECTIVES=warn sub -h both
is "$err:$(field "$id" Job_Name)" ":ours" "no warning beside #PBS"

printf '#@$-qq batch\ntrue\n' | script wrong
sub wrong
is "$rc" 1 "an option that NQS has not"
like "$err" "line 1: #@.-qq batch: '-qq' is no option of NQS" "is named with its line"
printf '#@$-lT\ntrue\n' | script wrong
sub wrong
like "$err" "line 1: .*-lT needs an argument" "a limit without a value"
printf '#@$-lT 1x\ntrue\n' | script wrong
sub wrong
like "$err" "line 1: .*option -l: .*1x" "a limit that is none"
printf "#@\$-r 'a\ntrue\n" | script wrong
sub wrong
like "$err" "line 1: .*quote" "a quote that is not closed"
printf 'true\n#@$-r a\n' | script late
sub -h late
is "$rc:$err" "0:" "behind the first command there is no directive of NQS"

# E172: on the command line
refused() {
    local want=$1
    shift
    sub "$@"
    is "$rc:$out" "1:" "qsub $*: refused"
    like "$err" "$want" "qsub $*: $want"
}
refused "-j oe" -eo nqs
refused "-l cput" -lT 10 nqs
refused "-M ADDRESS" -mu x nqs
refused "given with -N" -r myname nqs
refused "-r n" -nr nqs
refused "PBS_O_WORKDIR" -cwd nqs
refused "-l ncpus" -pe mpi 4 nqs
refused "id stands alone" -terse nqs
refused "-W depend=afterany" -hold_jid 5 nqs
refused "-W block=true" -sync y nqs
refused "-j oe" -j y nqs
refused "-l walltime" --time=5 nqs

# arguments
script args <<'END'
for a; do echo "[$a]"; done
END
sub args one 'two words' ''
wait_end "$id"
is "$(cat "$work/args.o${id%%.*}")" $'[one]\n[two words]\n[]' "arguments of the script"
printf '#!/bin/bash\necho "$0 $#: $1"\n' | script args2
sub -F "one 'two words'" args2
wait_end "$id"
like "$(cat "$work/args2.o${id%%.*}")" "script 2: one$" "-F, and a script that names its shell"
sub -S /bin/sh -F "'one" args2
like "$rc:$err" "1:.*quote" "-F with a quote that is not closed"
sub -F x args2 y
like "$rc:$err" "1:.*not both" "-F and arguments behind the script"
sub -h args2 -N x
like "$rc:$err" "0:.*-N stands behind the script" "an option behind the script: a warning"
sub -h -t 3 args2
like "$id" '\[\]' "-t: an array"
is "$(field "$id" array_first):$(field "$id" array_last)" 3:3 "-t 3: the index 3"
run as "$user" qsub -- ''
is "$rc" 1 "an empty command is none"
done_testing
