#!/bin/bash
# System calls of nqsd and of the starter fail, one at a time, while a client works:
# no room, broken disk, interrupted, cut short, no descriptors, no processes.  The
# only death allowed is nqsd's own fail-stop; nothing acknowledged is lost.
# Proves: T4 E158
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"

all="short array large late heldel hold gated"
whens="1 4 9"
[ "${NQS_TEST_FULL:-no}" != yes ] || whens="1 2 3 4 5 6 8 10 13 17 22 28 35"

traced() {
    grep -qE '^TracerPid:[[:space:]]+[1-9]' "/proc/$1/status"
}

# inject PROGRAM CALL WHAT WHEN: one fault, and a client's round with it.
inject() {
    local name=$1 call=$2 what=$3 when=$4 pid tracer
    rm -f "$h/gates/all"
    cell_start || return 1
    pid=$(pid_of "$name")
    strace -qq -o "$scratch/trace" -e "trace=$call" -e "signal=none" \
        -e "inject=$call:$what:when=$when" -p "$pid" 2>"$scratch/strace.err" &
    tracer=$!
    wait_until 10 traced "$pid" || { kill $tracer; cat "$scratch/strace.err"; return 1; }
    # shellcheck disable=SC2086
    client -n 1 -i "$call$when" $all 2>>"$scratch/client.err"
    # It ended already, or it lets go.
    kill -INT $tracer 2>/dev/null
    wait $tracer
    if gone "$name"; then
        dead_well "$name" || return 1
        echo >>"$scratch/deaths"
    fi
    ! grep -q INJECTED "$scratch/trace" || echo >>"$scratch/faults"
    return 0
}

# strace -qq says nothing of an end, so the last words have to tell.
dead_well() {
    [ "$1" = nqsd ] && tail -n 2 "$cell/node1/log/nqsd.log" | grep -qE "commit-failed why=|^nqsd: " && return
    echo "$1 died:"
    tail -n 5 "$cell/node1/log/$1.log" "$scratch/trace"
    return 1
}

# What an earlier fault did wrong is told once.
judged() {
    local new
    cell_start && history_drain 90 || return 1
    history_judge >"$scratch/verdict" 2>"$scratch/counts"
    new=$(grep -vxFf "$scratch/known" "$scratch/verdict")
    cat "$scratch/verdict" >>"$scratch/known"
    echo "$new"
    [ -z "$new" ] && nobody_left
}

# fails PROGRAM CALL WHAT...: each at several moments, then the verdict.
fails() {
    local name=$1 call=$2 what when
    shift 2
    for what; do
        for when in $whens; do
            inject "$name" "$call" "$what" "$when" || { echo "$name $call:$what:when=$when"; return 1; }
        done
    done
    judged || { echo "$name $call $*"; return 1; }
}

cell_up
history_init
touch "$scratch/known" "$scratch/faults" "$scratch/deaths"
qmgr -c "set run_limit=8 batch" || exit 1
strace -qq -o "$scratch/trace" -e trace=none -p "$(pid_of nqsd)" 2>"$scratch/strace.err" &
tracer=$!
wait_until 5 traced "$(pid_of nqsd)" || skip_all "strace cannot attach here: $(head -n 1 "$scratch/strace.err")"
kill -INT $tracer
wait $tracer

while read -r name call what; do
    # shellcheck disable=SC2086
    ok "$name: $call $what" fails "$name" "$call" $what
done <<END
nqsd pwrite64 error=EIO error=ENOSPC error=EINTR retval=100
nqsd pwritev error=EIO error=ENOSPC retval=100
nqsd fdatasync error=EIO error=EINTR
nqsd fsync error=EIO
nqsd write error=ENOSPC error=EIO error=EINTR
nqsd openat error=EMFILE error=EACCES
nqsd renameat error=EIO error=ENOSPC
nqsd accept4 error=EMFILE error=ECONNABORTED
nqsd sendmsg error=ENOBUFS error=EPIPE
nqsd sendto error=ENOBUFS
nqsd writev error=EPIPE error=EINTR
nqsd recvfrom error=ECONNRESET
nqsd readv error=ECONNRESET error=EINTR
nqsd socketpair error=EMFILE
nqsd socket error=EMFILE
nqsd memfd_create error=EMFILE
nqsd epoll_wait error=EINTR
nqsd connect error=EAGAIN
nqs-starter vfork error=EAGAIN
nqs-starter clone error=EAGAIN
nqs-starter pipe2 error=EMFILE
nqs-starter openat error=EMFILE error=EIO
nqs-starter mkdirat error=ENOSPC error=EIO
nqs-starter renameat error=EIO
nqs-starter renameat2 error=EIO
nqs-starter memfd_create error=ENOMEM
nqs-starter copy_file_range error=ENOSPC
nqs-starter sendfile error=EIO
nqs-starter write error=ENOSPC
nqs-starter recvmsg error=EINTR
nqs-starter sendto error=EAGAIN
nqs-starter unlinkat error=EIO
nqs-starter accept4 error=EMFILE
nqs-starter epoll_wait error=EINTR
END
kill_program nqsd
ok "nqsd starts anew" cell_start
ok "no run directory is left" spool_clean
kill_program nqsd TERM
ok "the store is sound" store_sound
diag "$(wc -l <"$scratch/faults") faults, $(wc -l <"$scratch/deaths") times nqsd ended itself"
done_testing
