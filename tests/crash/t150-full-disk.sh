#!/bin/bash
# Disks of 8 MiB and less: what is new is refused with a clear message and exit
# status 2, what runs goes on and its end is recorded, and all is well when there
# is room again.  The store's disk, the spool's, and one that turned read-only.
# Proves: T5 E160
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"
root_only
if [ -z "${NQS_TEST_MOUNTS:-}" ]; then
    unshare -m true 2>/dev/null || skip_all "no mount namespace can be made here"
    NQS_TEST_MOUNTS=own exec unshare -m bash "$0"
fi

disks_gone() {
    cd /
    umount "$cell/node1/store" "$cell/node1/spool" 2>/dev/null
    return 0
}

# on_disk NAME SIZE: the directory NAME of the node moves to a tmpfs.
on_disk() {
    local at=$cell/node1/$1 mode owner
    mode=$(stat -c %a "$at") owner=$(stat -c uid=%u,gid=%g "$at")
    mv "$at" "$at.was" && mkdir "$at" &&
        mount -t tmpfs -o "size=$2,mode=$mode,$owner" none "$at" && rm -f "$at.was/ballast" &&
        cp -a "$at.was/." "$at"
}

fill() {
    ! cat /dev/zero >"$cell/node1/$1/filler" 2>/dev/null
}

# A request of 12 KB that differs from all others; nothing of it ever runs.
submit_held() {
    { cat "$h/job"; head -c 9000 /dev/urandom | base64 -w 100 | sed 's/^/#/'; } >"$work/big"
    run as "$user" qsub -h -N held "$work/big"
    [ "$rc" != 0 ] || echo "$out held 0 y" >>"$h/acked"
    return $rc
}

# Until one is refused; bounded, for the disk is small.
until_refused() {
    local n
    for ((n = 0; n < 2000; n++)); do
        submit_held || return 0
    done
    return 1
}

all_held_there() {
    local id
    qstat >"$scratch/there"
    for id in $(awk '$2 == "held" {print $1}' "$h/acked"); do
        grep -q "^$id " "$scratch/there" || { echo "$id is gone"; return 1; }
    done
}

gate_and_wait() {
    as "$user" touch "$h/gates/$1"
    wait_end "$2"
    [ "$rc" = "$3" ] || { echo "status $rc"; return 1; }
}

began() {
    grep -q "^$1 " "$h/starts"
}

# gated CODE NAME: sets id, returns when it runs.
gated() {
    submit -v "CODE=$1,GATE=$2" "$h/job" && wait_until 20 began "$id"
}

plan 30
cell_up
at_exit disks_gone
tap_at_exit=("${tap_at_exit[@]:0:1}" disks_gone cell_down)
history_init
kill_program nqsd TERM
ok "the store is on 8 MiB" on_disk store 8m
ok "it starts there" cell_start nqsd

# ---- the soft limit

gated 7 a && soft=$id
until_refused
is "$rc" 2 "requests come until one is refused, exit status 2"
like "$err" "[Nn]o (room|space)|full" "it says why: $err"
diag "$(wc -l <"$h/acked") requests of 12 KB fitted"
run as "$user" qsub -h -N held "$work/big"
is "$rc" 2 "and the next too"
ok "a running job ends, its end is recorded" gate_and_wait a "$soft" 7
held=$(awk '$2 == "held" {print $1}' "$h/acked" | tail -n 1)
ok "requests can be deleted" as "$user" qdel "$held"
sed -i "/^$held /d" "$h/acked"
ok "status is told" qstat -x -f "$soft"

# ---- not a byte left

mount -o remount,size=12m "$cell/node1/store"
wait_until 20 submit_held
is "$rc" 0 "there is room again: a request comes"
gated 8 b && hard=$id
gated 9 c && third=$id
fill store
is "$(df --output=avail "$cell/node1/store" | tail -n 1 | tr -d ' ')" 0 "the disk is full to the last byte"
until_refused
is "$rc" 2 "requests are refused, exit status 2"
ok "a running job ends, its end is recorded" gate_and_wait b "$hard" 8
# Now the reserve too: this end may have to wait for room.
fill store
as "$user" touch "$h/gates/c"
wait_until 20 grep -q "^$third " "$h/ends"
rm "$cell/node1/store/filler"
wait_until 20 submit_held
is "$rc" 0 "room again: a request comes"
wait_end "$third"
is "$rc" 9 "the end that waited is recorded"
ok "all that was acknowledged is there" all_held_there
kill_program nqsd
ok "the store is sound" store_sound
ok "and it starts" cell_start nqsd
ok "all is there" all_held_there

# ---- the spool

kill_program nqsd TERM && kill_program nqs-starter TERM
ok "the spool is on 1 MiB" on_disk spool 1m
cell_start
gated 5 d && spool=$id
fill spool
run as "$user" qsub "$h/large"
is "$rc" 2 "the spool is full: a long script is refused, exit status 2"
like "$err" "[Nn]o (room|space)" "it says why: $err"
run as "$user" qsub -v CODE=6 "$h/job"
is "$rc" 0 "a short one is kept"
waits=$out
ok "a running job ends, its end is recorded" gate_and_wait d "$spool" 5
unlike "$(field "$waits" job_state)" "C" "one that cannot be started is not lost: $(field "$waits" comment)"
rm "$cell/node1/spool/filler"
NQS_TEST_WAIT=90 wait_end "$waits"
is "$rc" 6 "room again: it starts and ends"
run as "$user" qsub "$h/large"
is "$rc" 0 "a long script comes"
wait_end "$out"

# ---- read-only, as ext4 does it when it finds an error

broken_disk() {
    local at=$cell/node1/store
    truncate -s 32M "$scratch/disk" && mkfs.ext4 -q "$scratch/disk" &&
        mkdir "$scratch/was" && cp -a "$at/." "$scratch/was" && rm -f "$scratch/was/ballast" &&
        umount "$at" && mount -o loop "$scratch/disk" "$at" && rm -rf "$at/lost+found" &&
        chown --reference="$scratch/was" "$at" && chmod 700 "$at" && cp -a "$scratch/was/." "$at"
}
kill_program nqsd TERM
if broken_disk 2>"$scratch/broken" && cell_start nqsd && mount -o remount,abort "$cell/node1/store" 2>>"$scratch/broken"; then
    nok "the disk turned read-only: nothing is acknowledged" submit_held
    wait_until 20 gone nqsd
    like "$(tail -n 3 "$cell/node1/log/nqsd.log")" "commit-failed why=.*[Rr]ead-only|rror" "it ends itself and says why"
    umount "$cell/node1/store"
    mount -o loop "$scratch/disk" "$cell/node1/store"
    cell_start nqsd
    ok "mounted again: all that was acknowledged is there" all_held_there
    ok "and requests come" submit_held
else
    skip 4 "no ext4 on a loop device here: $(tail -n 1 "$scratch/broken")"
fi
