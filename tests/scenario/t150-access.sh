#!/bin/bash
# t150-access - managers, operators, and who may use a queue.
#
# Proves: E127 E128 E129 E130
. "$(dirname "$0")/../lib/cell.sh"
root_only
cell_up
chmod 777 "$work"
echo true >"$work/quick"
chmod 644 "$work/quick"
user_group=$(id -gn "$user")

# mgr WORD...: succeeds silently
mgr() {
    run qmgr "$@"
    is "$rc:$out:$err" "0::" "qmgr $*"
}

# mgr_as USER WORD...
mgr_as() {
    local who=$1
    shift
    run as "$who" qmgr "$@"
    is "$rc:$err" "0:" "$who: qmgr $*"
}

# refused_as USER TEXT WORD...
refused_as() {
    local who=$1 want=$2
    shift 2
    run as "$who" qmgr "$@"
    is "$rc:$out" "1:" "$who: qmgr $*: refused" && like "$err" "$want" "and says why"
}

# enters USER QUEUE, stays_out USER QUEUE TEXT
enters() {
    run as "$1" qsub -h -q "$2" quick
    is "$rc:$err" "0:" "$1 may use $2"
    id=$out
    qdel "$id"
}
stays_out() {
    run as "$1" qsub -h -q "$2" quick
    is "$rc:$out" "1:" "$1 may not use $2" && like "$err" "$3" "and reads why"
}

# --- E130: a plain user looks, and changes nothing
mgr_as "$user" show managers
mgr_as "$user" show all
refused_as "$user" "managers" add managers "$user:m"
refused_as "$user" "operators and managers|managers" stop queue batch

# --- E129: an operator controls the flow, a manager everything
like "$(qmgr show managers)" 'root:m|\[0\]:m' "root is a manager"
mgr add managers "$user:o"
like "$(qmgr show managers)" "$user:o" "the operator is listed"
mgr_as "$user" stop queue batch
mgr_as "$user" start queue batch
mgr_as "$user" disable queue batch
mgr_as "$user" enable queue batch
refused_as "$user" "managers" create batch_queue mine priority=1
refused_as "$user" "managers" delete queue batch
refused_as "$user" "managers" add managers "$user2:o"
id=$(as "$user2" qsub -h quick)
run as "$user" qhold -h o "$id"
is "$rc:$err" 0: "the operator holds another's request"
run as "$user" qrls -h o "$id"
is "$rc:$err" 0: "and releases it"
run as "$user" qdel "$id"
is "$rc:$err" 0: "and deletes it"
mgr set managers "$user2:m"
unlike "$(qmgr show managers)" "$user:o" "set managers replaces the lists"
refused_as "$user" "operators and managers|managers" stop queue batch
mgr_as "$user2" create batch_queue theirs priority=1
mgr_as "$user2" delete queue theirs
kill_program nqsd && cell_start nqsd
mgr_as "$user2" set priority = 3 batch
mgr delete managers "$user2:m"
refused_as "$user2" "managers" set priority = 4 batch
run qmgr delete managers "$user2:m"
is "$rc" 1 "who is not in the list cannot be taken from it"
run qmgr add managers "nosuchuser$$:m"
is "$rc" 1 "who does not exist cannot be a manager" && like "$err" "no user" "and is named"
run qmgr add managers "$user@elsewhere.example:m"
is "$rc" 1 "nor somebody of another host"

# --- E127: lists of a queue
mgr create batch_queue club priority=1
mgr enable queue club
enters "$user" club
mgr set no_access club
stays_out "$user" club "no access"
mgr add users = "($user)" club
enters "$user" club
stays_out "$user2" club "no access"
mgr delete users = "($user)" club
stays_out "$user" club "no access"
mgr add groups = "($user_group)" club
enters "$user" club
stays_out "$user2" club "no access"
mgr add managers "$user2:m"
enters "$user2" club
mgr delete managers "$user2:m"
kill_program nqsd && cell_start nqsd
enters "$user" club
stays_out "$user2" club "no access"
mgr set unrestricted_access club
enters "$user2" club
run qmgr add users = "(nosuchuser$$)" club
is "$rc" 1 "a user that does not exist is refused"

# --- E128: a queue that only pipes may feed
mgr set pipeonly club
stays_out "$user" club "pipe"
mgr set no_pipeonly club
enters "$user" club

done_testing
