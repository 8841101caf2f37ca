#!/bin/bash
# The power goes: the block device below the cell is copied, at one instant, at
# random moments of a working cell (a reflink of its image on btrfs).  Each copy
# is a disk as a power cut leaves it: its store is sound and what had been
# acknowledged before that instant is there.
# Proves: T3 E159
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"
root_only

cuts=10
[ "${NQS_TEST_FULL:-no}" != yes ] || cuts=50

# Mounts are this test's own.
if [ -z "${NQS_TEST_MOUNTS:-}" ]; then
    unshare -m true 2>/dev/null || skip_all "no mount namespace can be made here"
    NQS_TEST_MOUNTS=own exec unshare -m bash "$0"
fi
command -v mkfs.btrfs mkfs.ext4 >/dev/null || skip_all "mkfs.btrfs or mkfs.ext4 is missing"

disks_gone() {
    cd /
    umount "$scratch/cut" "$scratch/cell" "$scratch/pool" 2>/dev/null
    return 0
}

# A pool that can copy files at once, in it the image of the cell's disk.
disks_up() {
    mkdir "$scratch/pool" "$scratch/cell" "$scratch/cut" &&
        truncate -s 900M "$scratch/pool.img" && mkfs.btrfs -q "$scratch/pool.img" &&
        mount -o loop "$scratch/pool.img" "$scratch/pool" &&
        truncate -s 192M "$scratch/pool/disk" && mkfs.ext4 -q "$scratch/pool/disk" &&
        mount -o loop "$scratch/pool/disk" "$scratch/cell" && rmdir "$scratch/cell/lost+found"
}

# What was acknowledged is noted first: what comes in between may be there or not.
cut_power() {
    local file
    mkdir "$scratch/told.$1"
    for file in acked deleted; do
        cp "$h/$file" "$scratch/told.$1/$file"
    done
    cp --reflink=always "$scratch/pool/disk" "$scratch/pool/cut.$1"
}

# The nqsd of the copy, in place of the (sub)shell, so that its pid is known.  It has
# no starter: nothing is to run from it.
cut_nqsd() {
    exec setpriv --reuid nqs --regid nqs --clear-groups -- \
        "$cell/bin/nqsd" --config "$scratch/cut.conf" "$@"
}

at_cut() {
    NQS_SOCKET=$scratch/cut/node1/run/nqsd.sock "$@"
}

# Prints what is not as it was told.
compare_cut() {
    at_cut qstat -x >"$scratch/cut.now" || return 1
    awk -v cut="$1" '
        FILENAME ~ /cut.now$/ {state[$1] = $5; next}
        FILENAME ~ /acked$/ && !($1 in state) {print "cut " cut ": " $1 " is gone"; bad = 1}
        FILENAME ~ /deleted$/ && state[$1] !~ /[CE]/ {print "cut " cut ": " $1 " was deleted"; bad = 1}
        END {exit bad}' "$scratch/cut.now" "$scratch/told.$1/acked" "$scratch/told.$1/deleted"
}

# A new id is none of those that had been given out.
fresh_id() {
    local new last
    last=$(cut -d. -f1 "$scratch/told.$1/acked" | tr -d '[]' | sort -n | tail -n 1)
    new=$(at_cut "$top/scripts/cell" run "$cell" --user "$user" -- env \
        "NQS_SOCKET=$scratch/cut/node1/run/nqsd.sock" qsub -h "$h/job") &&
        [ "${new%%.*}" -gt "${last:-0}" ]
}

judge_cut() {
    local pid good=no
    rm -f "$scratch/cut/node1/run/nqsd.sock"
    (cut_nqsd --verify) || return 1
    cut_nqsd >"$scratch/cut.log" 2>&1 &
    pid=$!
    if wait_until 20 at_cut qstat -B && compare_cut "$1" && fresh_id "$1"; then
        good=yes
    fi
    kill -KILL $pid
    wait $pid 2>/dev/null
    [ $good = yes ] || { tail -n 20 "$scratch/cut.log"; return 1; }
}

# Mounting replays the journal of ext4, as the next boot would.
with_cut() {
    local rc
    mount -o loop "$scratch/pool/cut.$1" "$scratch/cut" || return 1
    judge_cut "$1"
    rc=$?
    umount "$scratch/cut" && rm "$scratch/pool/cut.$1" && return $rc
}

more_acked() {
    [ "$(wc -l <"$h/acked")" -ge "$1" ]
}

test_dir
at_exit disks_gone
disks_up >"$scratch/disks" 2>&1 ||
    skip_all "no loop device, btrfs or ext4 here: $(tail -n 1 "$scratch/disks")"
plan $((cuts + 2))
cell_up
sed "s|$cell/|$scratch/cut/|" "$cell/node1/etc/nqs.conf" >"$scratch/cut.conf"
history_init
qmgr -c "set run_limit=4 batch" || exit 1
clients 3 short array large zero late wait heldel hold

taken=0
while [ $taken -lt $cuts ]; do
    wait_until 30 more_acked $(($(wc -l <"$h/acked") + RANDOM % 20 + 1)) &&
        cut_power $taken || break
    taken=$((taken + 1))
done
is $taken $cuts "$cuts copies of a disk at work"
clients_stop
ok "the cell itself is well" history_drain 90
diag "$(wc -l <"$h/acked") acknowledged"
for ((n = 0; n < cuts; n++)); do
    ok "power cut $n, after $(wc -l <"$scratch/told.$n/acked") acknowledged" with_cut $n
done
