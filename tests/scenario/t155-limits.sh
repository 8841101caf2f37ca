#!/bin/bash
# t155-limits - limits of each process, as -l names them and as the job finds them.
#
# Proves: E114 E115 E116 E117 E119
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 50 batch

# said JOB: its output
said() {
    cat "$1.o${id%%.*}"
}

# has ID NAME VALUE: Resource_List.NAME
has() {
    is "$(field "$1" "Resource_List.$2")" "$3" "$2 is $3"
}

# --- how values are written
submit -h -l mem=2147483648b,vmem=3.5gb,file=2000kb,core=0,data=8mw,stack=1tw,pmem=1GB,pvmem=4096w,pf=2tb -- true
for pair in mem=2097152kb vmem=3670016kb file=2000kb core=0kb data=65536kb \
    stack=8589934592kb pmem=1048576kb pvmem=32kb pf=2147483648kb; do
    has "$id" "${pair%=*}" "${pair#*=}"
done
submit -h -l walltime=90,cput=1:30,pcput=01:00:00,nofile=unlimited,ppf=4gw -- true
for pair in walltime=00:01:30 cput=00:01:30 pcput=01:00:00 nofile=unlimited file=33554432kb; do
    has "$id" "${pair%=*}" "${pair#*=}"
done
submit -h -l nodes=2:ppn=4+1 -l select=2:ncpus=4:mem=2gb,place=scatter -l ncpus=3,procs=8 \
    -l software=gaussian,arch=linux,host=node7 -- true
for pair in nodes=2:ppn=4+1 select=2:ncpus=4:mem=2gb place=scatter ncpus=3 procs=8 software=gaussian \
    arch=linux host=node7; do
    has "$id" "${pair%%=*}" "${pair#*=}"
done
while read -r list want; do
    run as "$user" qsub -l "$list" -- true
    is "$rc:$out" "1:" "-l $list is refused"
    like "$err" "$want" "saying why"
done <<'END2'
mem=10q a size such as
mem=-1 a size such as
walltime=1:2:3:4 a time as
walltime=never a time as
nofile=2 at least 3|from 3
nice=20 from -20 to 19
core=all a size such as
procss=1 did you mean procs
nosuchthing=1 unknown resource
pcput needs a value
pcput="10:00,20:00" soft limit is above
signal=NOSUCH@5 NOSUCH
END2

# --- what the job finds
submit -N found -l 'core=0,stack=4mb,data=512mb,file=1mb,pvmem="800mb,700mb",nofile="64,32",pcput=100,nice=7' -- \
    bash -c 'ulimit -Sc; ulimit -Ss; ulimit -Sd; ulimit -Sf; ulimit -Hv; ulimit -Sv; ulimit -Hn; ulimit -Sn; ulimit -Ht; nice'
wait_end "$id"
is "$(said found | xargs)" "0 4096 524288 1024 819200 716800 64 32 100 7" "ulimit and nice in the job"
submit -N free -l nofile=unlimited,stack=unlimited -- bash -c 'ulimit -Hn; ulimit -Hs'
wait_end "$id"
is "$rc" 0 "unlimited is what the node allows"
submit -N big -l file=64kb -- bash -c 'head -c 1000000 /dev/zero >big; wc -c <big'
wait_end "$id"
is "$(said big)" 65536 "a file does not grow over its limit"
submit -N deep -l pvmem=100mb -- perl -e 'my $x = "x" x (200 << 20); print "got it\n"'
wait_end "$id"
isnt "$rc" 0 "an address space neither"
submit -N spins -l pcput=1 -- sh -c 'sh -c "while :; do :; done"; echo rest'
wait_end "$id"
is "$(said spins)" rest "processor time of one process ends that one alone"

# --- what a queue allows, and what it gives
mgr() {
    run qmgr -c "$1"
    is "$rc:$err" "0:" "qmgr: $1"
}
mgr 'set per_process cpu_limit = (10:00) batch'
mgr 'set per_request memory_limit = 200mb batch'
mgr 'set corefile_limit = (0) batch'
mgr 'set nice_value_limit = 5 batch'
run qstat -Q -f batch
for line in 'resources_max.pcput = 00:10:00' 'resources_max.mem = 204800kb' 'resources_max.core = 0kb' \
    'resources_min.nice = 5'; do
    like "$out" "    $line" "qstat -Q -f: $line"
done
for list in pcput=10:01 pcput=unlimited mem=1gb core=1kb nice=4; do
    run as "$user" qsub -l "$list" -- true
    is "$rc:$out" "1:" "-l $list is not for this queue"
    like "$err" "${list%=*}=.*queue 'batch' allows at (most|least)" "and it says what is"
done
submit -N frozen -h -- sh -c 'ulimit -t; ulimit -c; nice'
frozen=$id
for pair in pcput=00:10:00 mem=204800kb core=0kb nice=5; do
    has "$id" "${pair%=*}" "${pair#*=}"
done
mgr 'set per_process cpu_limit = (5:00) batch'
mgr 'set nice_value_limit = 0 batch'
has "$frozen" pcput 00:10:00
as "$user" qrls "$frozen"
wait_end "$frozen"
is "$(cat "frozen.o${frozen%%.*}" | xargs)" "600 0 5" "it runs with the limits that it was accepted with"
submit -N later -l 'core=0,pcput=4:00' -- sh -c 'ulimit -t; nice'
wait_end "$id"
is "$(cat "later.o${id%%.*}" | xargs)" "240 0" "a later one with those that it asks for, and the new ones"
for what in 'per_process cpu' 'per_request memory' corefile; do
    mgr "set ${what}_limit = unlimited batch"
done
submit -N none -l pcput=unlimited,mem=unlimited -- sh -c 'ulimit -t'
wait_end "$id"
is "$(cat "none.o${id%%.*}")" unlimited "no limit is allowed where the queue has none"
kill_program nqsd
cell_start
run qstat -Q -f batch
like "$out" 'resources_min.nice = 0' "the lists are there again after a restart"
done_testing
