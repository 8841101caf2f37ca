#!/bin/bash
# What the programs and a job may do, as the kernel has it: users, groups,
# capabilities, descriptors, signals.
# Proves: T12
. "$(dirname "$0")/../lib/cell.sh"
root_only
plan 16

# of PID NAME: a line of its status.
of() {
    sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '\t ' ' ' | sed 's/ $//'
}

# Descriptors above 2 that would go along with an exec.
leaking() {
    local fd flags
    for fd in "/proc/$1/fd"/*; do
        [ "${fd##*/}" -gt 2 ] || continue
        flags=$(awk '$1 == "flags:" {print $2}' "/proc/$1/fdinfo/${fd##*/}" 2>/dev/null) || continue
        [ $((0$flags & 02000000)) != 0 ] || echo "${fd##*/}: $(readlink "$fd")"
    done
}

running() {
    [ "$(field "$id" job_state)" = R ] && pid=$(field "$id" session_id) && [ -n "$pid" ] &&
        [ "$(cat "/proc/$pid/comm")" = sleep ]
}

cell_up
nqsd=$(pid_of nqsd) starter=$(pid_of nqs-starter)
uid=$(id -u nqs) gid=$(id -g nqs)
is "$(of "$nqsd" Uid)" "$uid $uid $uid $uid" "nqsd is the user nqs, and cannot go back"
is "$(of "$nqsd" Gid)" "$gid $gid $gid $gid" "and its group"
is "$(of "$nqsd" Groups)" "" "without other groups"
is "$(of "$nqsd" CapEff) $(of "$nqsd" CapPrm) $(of "$nqsd" CapInh) $(of "$nqsd" CapAmb)" \
    "0000000000000000 0000000000000000 0000000000000000 0000000000000000" "it has no capability"
is "$(of "$nqsd" NoNewPrivs)" 1 "and gets none"

id=$(as "$user" qsub -- sleep 1000)
ok "a job runs" wait_until 20 running
pid=$(field "$id" session_id)
# With a job running and a client waiting, so that all kinds of descriptors are open.
timeout 60 "$cell/bin/qwait" "$id" &
waiter=$!
is "$(leaking "$nqsd")" "" "nqsd: all descriptors but 0, 1 and 2 are close-on-exec"
is "$(leaking "$starter")" "" "nqs-starter: likewise"

uid=$(id -u "$user") gid=$(id -g "$user")
is "$(of "$pid" Uid)" "$uid $uid $uid $uid" "the job is its user, and cannot go back"
is "$(of "$pid" Gid)" "$gid $gid $gid $gid" "and its group"
is "$(of "$pid" Groups)" "$(id -G "$user" | tr ' ' '\n' | sort -n | paste -sd ' ')" "with the user's groups"
is "$(of "$pid" CapEff) $(of "$pid" CapPrm) $(of "$pid" CapInh) $(of "$pid" CapAmb)" \
    "0000000000000000 0000000000000000 0000000000000000 0000000000000000" "it has no capability"
is "$(find "/proc/$pid/fd" -type l -printf '%f\n' | sort -n | paste -sd ' ')" "0 1 2" "and no descriptor but 0, 1 and 2"
is "$(readlink "/proc/$pid/fd/0")" /dev/null "its input is the null device"
is "$(of "$pid" SigBlk) $(of "$pid" SigIgn)" "0000000000000000 0000000000000000" "no signal is blocked or ignored"
shepherd=$(awk '{print $4}' "/proc/$pid/stat")
nok "none of it names the store" sh -c "ls -l /proc/$pid/fd /proc/$shepherd/fd | grep -F '$cell/node1/store'"
as "$user" qdel "$id"
wait $waiter || true # it exits as the job did
