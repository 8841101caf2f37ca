#!/bin/bash
# A store whose files were cut short, overwritten or lost: nqsd says which file
# and what is wrong with it, or starts with all that was committed; it never
# crashes, and never begins anew on top of what was there.
# Proves: T17 E159
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"

plan 20
cell_up
history_init
store=$cell/node1/store
client -n 3 short held large heldel zero
ids=$(cut -d' ' -f1 "$h/acked")
# shellcheck disable=SC2086
wait_end $(awk '$2 != "held" {print $1}' "$h/acked")
kill_program nqsd TERM
cp -a "$store" "$scratch/good"

all_there() {
    qstat -x >"$scratch/there" || return 1
    local id
    for id in $ids; do
        grep -q "^${id%%.*}\." "$scratch/there" || { echo "$id is gone"; return 1; }
    done
}

again() {
    gone nqsd || kill_program nqsd || return 1
    rm -rf "$store" && cp -a "$scratch/good" "$store" && : >"$cell/node1/log/nqsd.log"
}

# refused RE: nqsd does not start, says why in one line that names the store, and
# has changed nothing; --verify says no too.
refused() {
    local before
    before=$(sum_of_store)
    ! "$top/scripts/cell" start "$cell" 1 nqsd >"$scratch/start" 2>&1 || { echo "it started"; return 1; }
    grep -E "^nqsd: .*$1" "$cell/node1/log/nqsd.log" || { cat "$scratch/start"; return 1; }
    [ "$before" = "$(sum_of_store)" ] || { echo "the store was changed"; return 1; }
    ! nqsd_says --verify >"$scratch/verify" 2>&1
    rc=$?
    sed 's/^/verify: /' "$scratch/verify"
    [ $rc = 0 ] && [ -s "$scratch/verify" ]
}

sum_of_store() {
    cat "$store/data.mdb" 2>/dev/null | sha256sum
}

starts_whole() {
    cell_start nqsd && all_there
}

# A refusal with a reason, or all of it: what is not allowed is anything else.
refused_or_whole() {
    if "$top/scripts/cell" start "$cell" 1 nqsd >"$scratch/start" 2>&1; then
        all_there
    else
        grep -E "^nqsd: .*$store" "$cell/node1/log/nqsd.log" || { cat "$scratch/start"; return 1; }
    fi
}

damage() {
    again || return 1
    case $1 in
    empty) : >"$store/data.mdb" ;;
    half) truncate -s "$(($(stat -c %s "$store/data.mdb") / 2))" "$store/data.mdb" ;;
    one-page) truncate -s 4096 "$store/data.mdb" ;;
    short) truncate -s 100 "$store/data.mdb" ;;
    odd) truncate -s -1000 "$store/data.mdb" ;;
    last-page) truncate -s -4096 "$store/data.mdb" ;;
    garbage) head -c 65536 /dev/urandom >"$store/data.mdb" ;;
    zeroes) head -c 65536 /dev/zero >"$store/data.mdb" ;;
    meta0) dd if=/dev/urandom of="$store/data.mdb" bs=4096 count=1 conv=notrunc status=none ;;
    meta1) dd if=/dev/urandom of="$store/data.mdb" bs=4096 count=1 seek=1 conv=notrunc status=none ;;
    metas) dd if=/dev/urandom of="$store/data.mdb" bs=4096 count=2 conv=notrunc status=none ;;
    page*) dd if=/dev/urandom of="$store/data.mdb" bs=4096 count=1 seek="${1#page}" conv=notrunc status=none ;;
    lost) rm "$store/data.mdb" ;;
    lock) head -c 8192 /dev/urandom >"$store/lock.mdb" ;;
    owner) head -c 100 /dev/urandom >"$store/owner" ;;
    directory) rm "$store/data.mdb" && mkdir "$store/data.mdb" ;;
    esac
}

for how in empty half one-page short odd last-page garbage zeroes metas directory; do
    damage $how
    ok "data.mdb, $how: refused or all there, and said" refused_or_whole
done
for how in meta0 meta1 lock owner; do
    damage $how
    ok "$how overwritten: refused or all there" refused_or_whole
done
damage lost
ok "data.mdb is lost: no new store in its place" refused "$store"
again
ok "what was damaged can be put back" starts_whole

pages=$(($(stat -c %s "$scratch/good/data.mdb") / 4096))
crashes=0 started=0 said=0
for ((page = 2; page < pages; page++)); do
    damage page$page
    if "$top/scripts/cell" start "$cell" 1 nqsd >"$scratch/start" 2>&1; then
        started=$((started + 1))
        qstat -x -f >"$scratch/all" 2>&1 && qstat -Q >/dev/null || crashes=$((crashes + 1))
    elif grep -q "^nqsd: " "$cell/node1/log/nqsd.log"; then
        said=$((said + 1))
    else
        crashes=$((crashes + 1))
        diag "page $page: $(cat "$scratch/start")"
    fi
done
is $crashes 0 "a page of garbage: $pages pages, $started starts, $said refusals, no crash"

# A byte of a value at a time: it was in a page that is free, or --verify sees it;
# a record that is read at the start goes to quarantine, and all others are there.
others_there() {
    qstat -x >"$scratch/there" || return 1
    [ "$(grep -cE '^[0-9]' "$scratch/there")" -ge $(($(wc -l <<<"$ids") - 1)) ]
}

seen=0 quarantined=0 wrong=0
for at in $(grep -aboP 'held(?!el)' "$scratch/good/data.mdb" | cut -d: -f1); do
    again
    printf X | dd of="$store/data.mdb" bs=1 seek="$at" conv=notrunc status=none
    nqsd_says --verify >/dev/null 2>&1 || seen=$((seen + 1))
    cell_start nqsd && others_there || wrong=$((wrong + 1))
    ! grep -q "store-damaged records=1" "$cell/node1/log/nqsd.log" || {
        quarantined=$((quarantined + 1))
        kill_program nqsd && nqsd_says --verify >"$scratch/verify" && grep -q " 1 in quarantine: sound" "$scratch/verify" ||
            wrong=$((wrong + 1))
    }
done
is $wrong 0 "a byte of a record changed: it starts with all the others"
isnt $seen 0 "--verify sees $seen of them"
isnt $quarantined 0 "$quarantined were put into quarantine, and the store is sound without them"
