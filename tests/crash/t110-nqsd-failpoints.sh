#!/bin/bash
# nqsd is killed at every failpoint that it passes, several times each, while
# clients submit, hold, release and delete, arrays run, jobs end and outputs are
# delivered; its successor has lost nothing, run nothing twice, and knows how the
# jobs ended that did so in between.  The last cases are failures, not kills.
# Proves: T1 E004 E158
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"

all="short zero array large late held heldel hold gated look"
rounds=4
if [ "${NQS_TEST_FULL:-no}" = yes ]; then
    often="1 2 3 4 5 6 7 8 9 10 12 14 16 18 20 25 30 35 40" rarely="1 2 3 4 5"
    rounds=12
else
    often="1 2 4 5 7 8 10 11 13 16 20" rarely="1 2 3"
fi

# Cases run in subshells, so what they count stands in files.
next_round() {
    echo >>"$counted.rounds"
    round=$(wc -l <"$counted.rounds")
}

# armed SPEC: starts nqsd so; one that dies at once is what some SPECs want.
armed() {
    NQS_FAIL=$1 "$top/scripts/cell" start "$cell" 1 nqsd >"$scratch/armed" 2>&1
}

exit_recorded() {
    [ -n "$(ls "$cell/node1/spool/run/$1."*/exit 2>/dev/null)" ]
}

stays_began() {
    grep -q "^$(tail -n 1 "$h/acked" | cut -d' ' -f1) " "$h/starts"
}

# A job from before the kill that ends before its daemon is back, and one that goes on.
before() {
    client -i "d$round" stays && wait_until 20 stays_began &&
        down_job=$(tail -n 1 "$h/acked" | cut -d' ' -f1) &&
        client -i "u$round" stays && wait_until 20 stays_began
}

meanwhile() {
    touch "$h/gates/d$round.0"
    wait_until 20 exit_recorded "$down_job" && store_sound >"$scratch/verify" 2>&1 ||
        { cat "$scratch/verify"; return 1; }
}

# dies_at SPEC [KIND...]: one kill and one return.
dies_at() {
    local spec=$1
    shift
    next_round
    before && kill_program nqsd || return 1
    armed "$spec" && { client -n $rounds "$@" 2>>"$scratch/client.err"; }
    wait_until 10 gone nqsd || { echo "$spec was never passed"; return 1; }
    printf "\n\n" >>"$counted.kills"
    meanwhile && cell_start nqsd && touch "$h/gates/u$round.0"
}

judged() {
    history_drain && history_judge && nobody_left && spool_clean
}

# each_count POINT COUNTS [KIND...]: then the verdict of them all.
each_count() {
    local point=$1 counts=$2 count
    shift 2
    rm -f "$h/gates/all"
    cell_start || return 1
    for count in $counts; do
        dies_at "$point:$count" "$@" || { echo "at $point:$count"; return 1; }
    done
    judged
}

# goes_on SPEC [KIND...]: it fails, once, and nobody dies.
goes_on() {
    local spec=$1 pid
    shift
    rm -f "$h/gates/all"
    cell_start || return 1
    kill_program nqsd && armed "$spec" || return 1
    pid=$(pid_of nqsd)
    client -n 3 "$@" 2>>"$scratch/client.err"
    is_same "$pid" && judged
}

is_same() {
    [ "$1" = "$(pid_of nqsd)" ] || { echo "nqsd died"; tail -n 5 "$cell/node1/log/nqsd.log"; return 1; }
}

plan 27
cell_up
history_init
counted=$scratch/counted
qmgr -c "set run_limit=8 batch" || exit 1

# shellcheck disable=SC2086
{
    for point in turn-told turn-committed turn-answered turn-ordered; do
        ok "killed at $point" each_count $point "$often" $all
    done
    for point in batch-begin before-txn after-first-put after-puts commit-before commit-sync \
        commit-after; do
        ok "killed at $point" each_count $point "$rarely" $all
    done
    ok "killed when the disk was full" each_count ballast-drop:1,after-puts "2:enospc 5:enospc" $all
    for point in script-write script-sync script-rename script-named; do
        ok "killed at $point" each_count $point "1 3" large short
    done
    ok "killed before it had begun" each_count open-commit 1
    ok "gone with status 3 at turn-committed" each_count turn-committed "3:exit 6:exit" $all
    ok "no sync: it ends itself, nothing told is lost" each_count commit-sync "2:eio 6:eio" $all
    ok "a broken disk: it ends itself, nothing told is lost" each_count after-puts "2:eio 6:eio" $all

    ok "no room in the store, once" goes_on after-puts:3:enospc $all
    ok "no room at the commit, once" goes_on commit-sync:4:enospc $all
    ok "no room for a script, once" goes_on script-write:1:enospc large short
    like "$(tail -n 1 "$h/troubles")" "[Nn]o (room|space)" "... the client is told so"
    ok "a script that cannot be synced" goes_on script-sync:2:eio large short
}

back_up() {
    rm -f "$h/gates/all"
    cell_start || return 1
    next_round
    before && kill_program nqsd && armed backup-rename:1 || return 1
    rm -rf "$cell/node1/store/backup"
    qmgr -c "backup = ($cell/node1/store/backup)" >"$scratch/backup" 2>&1
    wait_until 10 gone nqsd || { cat "$scratch/backup"; echo "backup-rename was never passed"; return 1; }
    printf "\n\n" >>"$counted.kills"
    [ ! -e "$cell/node1/store/backup/data.mdb" ] && meanwhile && cell_start nqsd && judged
}
ok "killed with a backup that has no name yet" back_up

ids_fresh() {
    local last
    last=$(cut -d. -f1 "$h/acked" | tr -d '[]' | sort -n | tail -n 1)
    submit "$h/job" && [ "${id%%.*}" -gt "$last" ] && wait_end "$id"
}
ok "ids go on where they were" ids_fresh
diag "$(wc -l <"$counted.kills") kills, $(wc -l <"$h/acked") acknowledged, $(wc -l <"$h/unknown") in doubt"
