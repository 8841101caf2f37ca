# processes.sh - which processes of a cell live, and how they begin and end.
# Sourced by scripts/cell, whose $dir, $node and facts of the cell it uses.
#
# A pid alone says nothing: it may have been given to somebody else since.  The
# pid file holds the start time and the boot too, and whoever is signalled must
# still be that process, and the program in DIR/bin.
# shellcheck shell=bash disable=SC2154

boot_id() {
    cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo none
}

# Start time of process $1, field 22 of its stat.  Field 2, the name in brackets,
# may hold anything.  A zombie is not alive.
start_time() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    case ${1:-Z} in
    Z | X) return 1 ;;
    esac
    echo "${20}"
}

# Is process $1 the program $2 of this cell?  Where we may not read which file it
# runs (another user's process, a container), its short name has to do.
is_program() {
    local comm exe
    { comm=$(<"/proc/$1/comm"); } 2>/dev/null
    [ "$comm" = "$2" ] || return 1
    exe=$(readlink "/proc/$1/exe" 2>/dev/null) || return 0
    [ "${exe% (deleted)}" = "$(realpath "$dir")/bin/$2" ]
}

# Prints the pid of program $1 of this node if it lives.
living() {
    local pid begun boot
    { read -r pid begun boot <"$dir/$node/run/$1.pid"; } 2>/dev/null || return 1
    case $pid in
    '' | *[!0-9]*) return 1 ;;
    esac
    [ "$boot" = "$(boot_id)" ] && [ "$(start_time "$pid")" = "$begun" ] &&
        is_program "$pid" "$1" && echo "$pid"
}

# Written under another name and renamed: run/ is not root's.
record_pid() {
    local file=$dir/$node/run/$1.pid
    rm -f "$file.new"
    (set -C && echo "$2 $(start_time "$2") $(boot_id)" >"$file.new") &&
        mv -fT "$file.new" "$file"
}

# Pids of the shepherds of this cell that have a job; one without ends by itself.
shepherds() {
    local proc exe want
    want=$(realpath "$dir")/bin/nqs-shepherd
    for proc in /proc/[0-9]*; do
        exe=$(readlink "$proc/exe" 2>/dev/null) || continue
        # Its run directory is the descriptor after the starter's socket (handoff.h).
        if [ "${exe% (deleted)}" = "$want" ] && [ -e "$proc/fd/4" ] &&
            start_time "${proc#/proc/}" >/dev/null; then
            echo "${proc#/proc/}"
        fi
    done
}

# as_cell_user COMMAND...: without groups, without a way back.
as_cell_user() {
    if [ "$EUID" = 0 ] && [ "$personal" = no ]; then
        setpriv --reuid "$cell_uid" --regid "$cell_gid" --clear-groups --inh-caps=-all \
            --no-new-privs -- "$@"
    else
        "$@"
    fi
}

# Becomes COMMAND, in a session of its own, with nothing of ours: an empty
# environment but for what tests of the daemon itself set, and no descriptors.
detach() {
    local log=$1 fd name
    shift
    local keep=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "LANG=C.UTF-8")
    for name in TZ NQS_FAIL ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS LD_PRELOAD DONT_FAKE_MONOTONIC \
        FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE; do
        [ -n "${!name+set}" ] && keep+=("$name=${!name}")
    done
    cd / || exit 1
    exec </dev/null >>"$log" 2>&1
    local fds=(/proc/self/fd/*)
    for fd in "${fds[@]##*/}"; do
        [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    exec env -i "${keep[@]}" setsid "$@"
}

launch_starter() {
    local base=$dir/$node
    local argv=("$dir/bin/nqs-starter" --socket "$base/run/starter.sock" --spool "$base/spool"
        --shepherd "$dir/bin/nqs-shepherd" --daemon-uid "$cell_uid" --daemon-gid "$cell_gid"
        --min-uid "$(conf_value min_uid 1000)")
    [ "$root_jobs" = yes ] && argv+=(--allow-root)
    [ "$personal" = yes ] && argv+=(--personal)
    unset NQS_FAIL
    detach "$base/log/nqs-starter.log" "${argv[@]}"
}

launch_nqsd() {
    local base=$dir/$node priv=()
    ulimit -Sn "$(ulimit -Hn)" 2>/dev/null
    if [ "$personal" = no ]; then
        priv=(setpriv --reuid "$cell_uid" --regid "$cell_gid" --clear-groups --inh-caps=-all
            --no-new-privs --)
    fi
    detach "$base/log/nqsd.log" "${priv[@]}" "$dir/bin/nqsd" --config "$base/etc/nqs.conf"
}

conf_value() {
    local key value
    while read -r key value; do
        if [ "$key" = "$1" ]; then
            echo "$value"
            return
        fi
    done <"$dir/$node/etc/nqs.conf"
    echo "$2"
}

answers() {
    case $1 in
    nqs-starter) [ -S "$dir/$node/run/starter.sock" ] ;;
    nqsd) NQS_SOCKET=$dir/$node/run/nqsd.sock timeout 5 "$dir/bin/qstat" -B >/dev/null 2>&1 ;;
    esac
}

# Starts program $1 if it does not run and waits until it answers.
start_program() {
    local name=$1 pid log=$dir/$node/log/$1.log until
    if ! pid=$(living "$name"); then
        case $name in
        nqs-starter) rm -f "$dir/$node/run/starter.sock" ;;
        nqsd) rm -f "$dir/$node/run/nqsd.sock" ;;
        esac
        (launch_"${name#nqs-}") &
        pid=$!
        await_exec "$name" "$pid" || die "$name did not start; the end of $log:
$(tail -n 8 "$log" 2>/dev/null)"
        record_pid "$name" "$pid" || die "cannot write in $dir/$node/run"
    fi
    until=$((SECONDS + patience))
    while ! answers "$name"; do
        living "$name" >/dev/null || die "$name ended at once; the end of $log:
$(tail -n 8 "$log" 2>/dev/null)"
        [ "$SECONDS" -lt "$until" ] ||
            die "$name (pid $pid) does not answer after $patience s; its log is $log"
        sleep 0.02
    done
}

# Until process $2 has become program $1: only then is it what we record.
await_exec() {
    local tries=0
    while ! is_program "$2" "$1"; do
        start_time "$2" >/dev/null || return 1
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || return 1
        sleep 0.01
    done
}

# Signal $1 to process $2 that began at $3.
signal() {
    [ "$(start_time "$2")" = "$3" ] && kill "-$1" "$2" 2>/dev/null
}

# end_process PID SECONDS: TERM, then KILL.
end_process() {
    local begun until
    begun=$(start_time "$1") || return 0
    signal TERM "$1" "$begun"
    until=$((SECONDS + $2))
    while [ "$(start_time "$1")" = "$begun" ]; do
        if [ "$SECONDS" -ge "$until" ]; then
            [ "$2" -gt 0 ] || die "process $1 does not end, not even by SIGKILL"
            signal KILL "$1" "$begun"
            until=$((SECONDS + 10))
            set -- "$1" 0
        fi
        sleep 0.02
    done
}

# The living processes below process $1; a shepherd inherits what its job leaves.
descendants() {
    local proc stat pid level=" $1 " found=1
    local -A parent=()
    for proc in /proc/[0-9]*; do
        { stat=$(<"$proc/stat"); } 2>/dev/null || continue
        stat=${stat##*) }
        stat=${stat#* }
        parent[${proc#/proc/}]=${stat%% *}
    done
    while [ $found = 1 ]; do
        found=0
        for pid in "${!parent[@]}"; do
            [[ $level == *" ${parent[$pid]} "* && $level != *" $pid "* ]] || continue
            level="$level$pid "
            echo "$pid"
            found=1
        done
    done
}

# Ends the job of shepherd $1; the shepherd then records how and goes.
end_job() {
    local begun sig pid until
    begun=$(start_time "$1") || return 0
    for sig in TERM KILL; do
        for pid in $(descendants "$1"); do
            signal "$sig" "$pid" "$(start_time "$pid")"
        done
        until=$((SECONDS + 5))
        while [ "$SECONDS" -lt "$until" ]; do
            [ "$(start_time "$1")" = "$begun" ] || return 0
            sleep 0.02
        done
    done
    end_process "$1" 5
}
