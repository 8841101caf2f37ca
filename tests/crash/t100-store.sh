#!/bin/bash
# The store, killed, starved and damaged: nothing that was acknowledged is lost.
# A writer is killed at every failpoint and at moments drawn by chance; its disk
# runs full; its system calls fail; bits of its file are flipped.
# Proves: T17
. "$(dirname "$0")/../lib/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${NQS_BUILD:-$top}
work=$(mktemp -d)
at_exit "rm -rf '$work'"
crash=$build/tests/crash/store_crash

# finds COMMAND...: passes when COMMAND does; shows its last lines otherwise.
finds() {
    "$@" >"$work/log" 2>&1 || {
        tail -n 20 "$work/log"
        return 1
    }
}

# told FILE: the last turn that a writer told of; each is eight bytes.
told() {
    echo $(($(stat -c %s "$1") / 8))
}

# survives NAME COMMAND...: the writer under COMMAND ends well or gives up at
# once (status 42: the store cannot be trusted), and what it told of is there.
survives() {
    local dir=$work/$1 rc
    shift
    "$@" "$crash" write "$dir" 60 >"$work/told" 2>"$work/log"
    rc=$?
    last_rc=$rc
    { [ $rc = 0 ] || [ $rc = 42 ]; } && finds "$crash" check "$dir" "$(told "$work/told")"
}

# injected CALL ERROR: CALL fails once with ERROR, at many different moments.
injected() {
    local when seen=
    for when in $(seq 8 9 150); do
        survives "$1-$2-$when" strace -f -qq -o /dev/null -e "trace=$1" \
            -e "inject=$1:error=$2:when=$when" || return 1
        seen="$seen $last_rc"
    done
    echo "$seen"
    [[ $seen == *"$3"* ]]
}

plan 11
ok "the program builds" make -C "$build" tests/crash/store_crash || exit 1

ok "killed at each failpoint" finds "$crash" points "$work/points"
ok "killed 60 times at random" finds "$crash" random "$work/random" 60
ok "a flipped bit is found or does no harm" finds "$crash" flips "$work/flips" 1500
ok "a batch of 130,000 pages" finds "$crash" large "$work/large"

NQS_FAIL=commit-sync:20:eio survives sync
is "$? $last_rc" "0 42" "a failed sync ends the process, nothing told is lost"
NQS_FAIL=after-puts:20:enospc survives room
is "$? $last_rc" "0 0" "no room before the sync: done again at once"

if strace -f -qq -o /dev/null true 2>/dev/null; then
    ok "fdatasync fails: the process ends, nothing told is lost" injected fdatasync EIO 42
    ok "a write fails: the process ends, nothing told is lost" injected pwrite64 EIO 42
    ok "a write finds no room: done again, or the process ends" injected pwrite64 ENOSPC 0
else
    skip 3 "strace cannot trace here"
fi

if [ "$(id -u)" = 0 ] && unshare -m mount -t tmpfs -o size=3m none "$work" 2>/dev/null; then
    mkdir "$work/small"
    # shellcheck disable=SC2016
    ok "a full disk of 3 MiB: refused, kept, and done when there is room" finds unshare -m \
        sh -c 'mount -t tmpfs -o size=3m none "$1" && exec "$2" full "$1"' - "$work/small" "$crash"
else
    skip 1 "only root can mount a small disk"
fi
