#!/bin/bash
# t170-habits - a day of people who come from PBS, TORQUE, Grid Engine and NQS:
# what they are used to works, or says what to write instead.
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr -c "create batch_queue night priority=1 run_limit=1"
qmgr -c "enable queue night"

# sub WORD...: qsub as the user; $id, $rc, $out, $err
sub() {
    run as "$user" qsub "$@"
    id=$out
}
script() {
    cat >"$work/$1"
    chmod 644 "$work/$1"
}
# refused TEXT WORD...: exit 1, no request, and stderr has TEXT
refused() {
    local want=$1
    shift
    sub "$@"
    is "$rc:$out" "1:" "qsub $*: refused"
    like "$err" "$want" "and says: $want"
}

# --- PBS
mkdir out && chmod 777 out
script pbs <<'END'
#!/bin/bash
#PBS -N simulate
#PBS -l select=1:ncpus=1:mem=100mb,walltime=00:10:00
#PBS -j oe -o out/
#PBS -v MODE=full,LABEL="a,b"
#PBS -m n -r n
#PBS -W umask=027
cd "$PBS_O_WORKDIR" || exit 3
echo "$PBS_JOBID $PBS_JOBNAME $MODE $LABEL $(umask)"
END
sub pbs
pbs=$id
is "$rc:$err" "0:" "PBS: the script is taken as it is"
wait_end "$pbs"
is "$rc" 0 "it ends well"
is "$(cat "out/simulate.o${pbs%%.*}")" "$pbs simulate full a,b 0027" "with its variables, in its directory"
sub -W "depend=afterok:$pbs" -h pbs
is "$rc:$(as "$user" qselect -N simulate -s H)" "0:$id" "qselect finds what is held"
as "$user" qalter -l walltime=5:00 -N second "$id"
is "$(field "$id" Job_Name):$(field "$id" Resource_List.walltime)" "second:00:05:00" "qalter"
as "$user" qmove night "$id"
is "$(field "$id" queue)" night "qmove"
as "$user" qrls "$id"
is "$(field "$id" job_state)" Q "qrls"
like "$(qstat -a)" "${id%%.*}[^ ]* +${user:0:8}" "qstat -a"
as "$user" qdel "$id"
wait_end "$id"
is "$rc" 3 "qdel"
sub -z pbs
is "$rc:$out" "0:" "-z"

# --- TORQUE
script torque <<'END'
#PBS -N tasks
#PBS -l nodes=1:ppn=1,walltime=60
#PBS -t 0-2%2
echo "$PBS_ARRAYID $1"
END
sub -F "argument" torque
array=$id
like "$rc:$id" '^0:[0-9]+\[\]\.' "TORQUE: -t makes an array"
wait_end "$array"
is "$(cat tasks.o"${array%%[*}"-[012])" $'0 argument\n1 argument\n2 argument' "with PBS_ARRAYID and -F"
sub -W depend=afteranyarray:"$array" -h pbs
sub -h -l nodes=2:ppn=4 -l pmem=1gb torque
is "$(field "$id" Resource_List.nodes):$(field "$id" Resource_List.pmem)" "2:ppn=4:1048576kb" "nodes and pmem are kept"

# --- Grid Engine, and Slurm
refused 'cd "\$PBS_O_WORKDIR"' -cwd pbs
refused "-l ncpus=N" -pe smp 4 pbs
refused "id stands alone" -terse pbs
refused "-W depend=afterany:ID" -hold_jid 7 pbs
refused "-W block=true" -sync y pbs
refused "-j oe" -j y pbs
refused "-J 1-10%N" -tc 5 pbs
refused "qsub -- command" -b y pbs
refused "did you mean walltime" -l h_rt=5 pbs
refused "did you mean pvmem" -l h_vmem=1g pbs
refused "-l walltime=TIME" --time=10 pbs
refused "-J 1-10" --array=1-5 pbs
refused "-N NAME" --job-name=x pbs
refused "did you mean" -q bach pbs

# --- NQS
script nqs <<'END'
# QSUB -r ocean -eo -q batch
# QSUB -lT 120 -lM 200mb
#@$-s /bin/sh
#@$
cd "$QSUB_WORKDIR" && echo "$QSUB_REQNAME $ENVIRONMENT"
END
sub -h nqs
is "$rc:$(field "$id" Job_Name)" "0:nqs" "NQS: by default its directives are comments"
like "$err" "NQS_DIRECTIVES=on" "and qsub says so"
export NQS_DIRECTIVES=on
sub nqs
wait_end "$id"
is "$rc:$(cat "ocean.o${id%%.*}")" "0:ocean BATCH" "where they are wanted they are read"
is "$(field "$id" Resource_List.cput):$(field "$id" Resource_List.mem)" "00:02:00:204800kb" "with their limits"
refused "-j oe" -eo nqs
refused "-l pcput" -lt 10 nqs
refused "-l cput" -lT 10 nqs
refused "-N" -r name nqs
refused "-M" -mu me@home nqs
refused "-r n" -nr nqs
refused "-S" -s /bin/sh nqs
refused "-V" -x nqs
done_testing
