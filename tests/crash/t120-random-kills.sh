#!/bin/bash
# nqsd, the starter and shepherds are killed at moments drawn by chance while
# several clients work; nothing acknowledged is lost or run twice, a job whose
# shepherd was killed says so or runs again, and none of its processes lives on.
# Proves: T2 E158
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"
# shellcheck source=scripts/lib/processes.sh
. "$top/scripts/lib/processes.sh"

kills=50
[ "${NQS_TEST_FULL:-no}" != yes ] || kills=500
[ -z "${NQS_TEST_KILLS:-}" ] || kills=$NQS_TEST_KILLS
RANDOM=${NQS_TEST_SEED:=$((SRANDOM % 32768))}
killed_nqsd=0 killed_starter=0 killed_shepherd=0

# progress N: the clients have been told of N more submissions, or jobs have begun.
progress() {
    local now
    now=$(cat "$h/acked" "$h/starts" | wc -l)
    wait_until 30 more_than $((now + $1))
}

more_than() {
    [ "$(cat "$h/acked" "$h/starts" | wc -l)" -gt "$1" ]
}

# Pids of the shepherds that were given a job last, from the starter's log.
given_last() {
    tail -n 40 "$cell/node1/log/nqs-starter.log" |
        sed -nE 's/^shepherd-started .*pid=([0-9]+)$/\1/p' | tac
}

is_stopped() {
    [[ $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) == [TZX]* ]]
}

# The job whose run directory (handoff.h) the shepherd holds; none if it waits for one.
job_of() {
    readlink "/proc/$1/fd/4" | sed -nE 's|.*/spool/run/(.*)\.[0-9]+$|\1|p'
}

# The newest are the likeliest to live; every second of those is let go.  As a
# shepherd may change from one job to the next, it is stopped before it is asked.
kill_shepherd() {
    local pid job begun
    while read -r pid; do
        begun=$(start_time "$pid") && is_program "$pid" nqs-shepherd && ((RANDOM % 2)) || continue
        signal STOP "$pid" "$begun" && wait_until 20 is_stopped "$pid" || continue
        job=$(job_of "$pid")
        [ -z "$job" ] || echo "$job" >>"$h/lost"
        signal KILL "$pid" "$begun" || continue
        killed_shepherd=$((killed_shepherd + 1))
        return 0
    done < <(given_last)
    return 0
}

kill_and_start() {
    kill_program "$1" && cell_start "$1"
}

# Now and then two at a time.
strike() {
    case $((RANDOM % 10)) in
    0 | 1 | 2 | 3) kill_and_start nqsd && killed_nqsd=$((killed_nqsd + 1)) ;;
    4 | 5) kill_and_start nqs-starter && killed_starter=$((killed_starter + 1)) ;;
    6) kill_program nqsd && kill_shepherd && cell_start && killed_nqsd=$((killed_nqsd + 1)) ;;
    7) kill_program nqs-starter && kill_shepherd && cell_start &&
        killed_starter=$((killed_starter + 1)) ;;
    *) kill_shepherd ;;
    esac
}

plan 7
diag "NQS_TEST_SEED=$NQS_TEST_SEED repeats the order of the kills"
cell_up
dir=$cell node=node1
history_init
qmgr -c "set run_limit=8 batch" || exit 1
clients 4 slow short slow gated array large zero late wait heldel hold

struck=yes
while [ $((killed_nqsd + killed_starter + killed_shepherd)) -lt "$kills" ]; do
    progress $((RANDOM % 12)) && strike || { struck=no; break; }
done
is $struck yes "$kills kills under load"
clients_stop
diag "nqsd $killed_nqsd, nqs-starter $killed_starter, shepherds $killed_shepherd"
ok "what was begun comes to its end" history_drain 120
ok "nothing lost, nothing twice, every end is told as it was" history_judge
ok "no process of a job is left" nobody_left
ok "no run directory is left" spool_clean
ok "nqsd ends" kill_program nqsd TERM
ok "the store is sound" store_sound
diag "$(wc -l <"$h/acked") acknowledged, $(wc -l <"$h/unknown") in doubt, $(wc -l <"$h/starts") runs"
