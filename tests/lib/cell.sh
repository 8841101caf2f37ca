# shellcheck shell=bash disable=SC2034,SC2015
# cell.sh - helpers of tests that run inside a private cell.  Sourced, not run.
#
#     . "$(dirname "$0")/../lib/cell.sh"        brings tap.sh along
#     cell_up [--root-jobs]           a new cell in $cell, gone when the test ends;
#                                     its environment is this shell's from now on
#     $user, $user2                   who submits: nqstest1 and nqstest2 for root,
#                                     else whoever runs the test, and nobody
#     $work                           a directory of $user's, and where we now are
#     as "$user" qsub job.sh          run as that user, in the cell's environment
#     root_only [N]                   skip the file, or return false having skipped N
#     pid_of nqsd                     from `cell status`
#     kill_program nqsd [SIGNAL]      and wait until it is gone; SIGKILL by default
#     cell_start [PROGRAM]            start what is not running
#     submit [qsub options]           script on standard input; sets $id, fails loudly
#     wait_end ID...                  qwait with a deadline; its status in $rc
#     field ID NAME                   one attribute of qstat -x -f
#     wait_until SECONDS COMMAND...   poll until it succeeds, false after SECONDS
#     wait_field SECONDS ID NAME RE   until the attribute matches
#
# Waiting is always for something: there is no sleep in a test.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lib/tap.sh
. "$here/tap.sh"

export NQS_BUILD=${NQS_BUILD:-$top}
# shellcheck disable=SC2034
if [ "$(id -u)" = 0 ]; then
    user=nqstest1 user2=nqstest2
    getent passwd "$user" >/dev/null && getent passwd "$user2" >/dev/null ||
        skip_all "there are no users nqstest1 and nqstest2; scripts/test makes them"
else
    user=$(id -un) user2=nobody
fi

root_only() {
    [ "$(id -u)" = 0 ] && return
    [ $# = 0 ] && skip_all "only root can do this"
    skip "$1" "only root can do this"
    return 1
}

# A directory for the test that every user can reach; gone at its end.
test_dir() {
    [ -z "${scratch:-}" ] || return 0
    scratch=$(mktemp -d "${NQS_TEST_TMP:-/var/tmp}/nqs-test.XXXXXX") || exit 1
    chmod 755 "$scratch"
    at_exit test_dir_gone
    work=$scratch/work
    mkdir "$work"
    [ "$(id -u)" != 0 ] || chown "$user:" "$work"
    cd "$work" || exit 1
}

test_dir_gone() {
    cd /
    if [ -n "${NQS_TEST_KEEP:-}" ]; then
        diag "kept: $scratch"
    else
        rm -rf "$scratch"
    fi
}

cell_up() {
    local said
    test_dir
    cell=$scratch/cell
    at_exit cell_down
    if ! said=$("$top/scripts/cell" up "$cell" "$@" 2>&1); then
        fail "the cell is up" || diag "$said"
        exit 1
    fi
    eval "$("$top/scripts/cell" env "$cell")"
}

cell_down() {
    [ -f "$cell/cell" ] || return 0
    if [ "$tap_failed" != 0 ]; then
        diag "the end of nqsd.log:"
        diag "$(tail -n 30 "$cell/node1/log/nqsd.log" 2>/dev/null)"
        diag "the end of nqs-starter.log:"
        diag "$(tail -n 10 "$cell/node1/log/nqs-starter.log" 2>/dev/null)"
    fi
    "$top/scripts/cell" down "$cell" >"$scratch/down.log" 2>&1 || diag "cell down: $(cat "$scratch/down.log")"
}

# The words of a command as another user, with clean groups.
as() {
    local name=$1
    shift
    "$top/scripts/cell" run "$cell" --user "$name" -- "$@"
}

pid_of() {
    "$top/scripts/cell" status "$cell" | awk -v name="$1" '$2 == name && $4 == "up" {print $3}'
}

kill_program() {
    local pid
    pid=$(pid_of "$1")
    [ -n "$pid" ] || { diag "$1 was not running"; return 1; }
    kill "-${2:-KILL}" "$pid"
    wait_until 20 gone "$1"
}

gone() {
    [ -z "$(pid_of "$1")" ]
}

cell_start() {
    local said
    said=$("$top/scripts/cell" start "$cell" 1 "$@" 2>&1) || { diag "$said"; return 1; }
}

submit() {
    if ! id=$(as "$user" qsub "$@" 2>"$scratch/qsub.err"); then
        fail "qsub $*" || diag "$(cat "$scratch/qsub.err")"
        return 1
    fi
}

wait_end() {
    timeout "${NQS_TEST_WAIT:-30}" qwait "$@" >/dev/null 2>"$scratch/qwait.err"
    rc=$?
    [ $rc != 124 ] || diag "qwait $*: no end after ${NQS_TEST_WAIT:-30} s"
}

field() {
    qstat -x -f -w "$1" 2>/dev/null | sed -n "s/^ *$2 = //p" | head -n 1
}

wait_until() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -le "$until" ] || { diag "in vain: $*"; return 1; }
        sleep 0.05
    done
}

field_matches() {
    [[ $(field "$1" "$2") =~ $3 ]]
}

wait_field() {
    wait_until "$1" field_matches "$2" "$3" "$4"
}
