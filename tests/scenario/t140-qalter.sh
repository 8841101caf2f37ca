#!/bin/bash
# t140-qalter - altering requests, and moving them to another queue.
#
# Proves: E077 E078 E079 E080 E081 E058 E083 E085 E086 E155
. "$(dirname "$0")/../lib/cell.sh"
cell_up
echo 'echo ran' >job && chmod 644 job

# alter WORD...: qalter as the user; $rc, $out, $err
alter() {
    run as "$user" qalter "$@"
}

submit -h -N old job
mkdir sub && [ "$(id -u)" != 0 ] || chown "$user:" sub
alter -N new -p 5 -l cput=9 -W umask=027 "$id"
is "$rc:$out:$err" "0::" "several options at once"
is "$(field "$id" Job_Name):$(field "$id" Priority):$(field "$id" Resource_List.cput):$(field "$id" umask)" \
    "new:5:00:00:09:0027" "all of them are done"
alter -N newer -p 6 -W group_list=a -l cput=99999999999999 "$id"
is "$rc" 1 "one that is wrong: refused"
is "$(field "$id" Job_Name):$(field "$id" Priority)" "new:5" "and none is done"
alter -l cput= "$id"
is "$rc:$(field "$id" Resource_List.cput)" "0:" "-l cput= takes the limit away"
alter "$id"
is "$rc:$out:$err" "0::" "without an option: nothing, exit 0"
(cd sub && alter -e rel "$id" && exit "$rc")
like "$(field "$id" Error_Path)" ":$work/sub/rel\$" "-e: a path relative to where qalter is called"
alter -q other "$id"
is "$rc" 1 "there is no -q"
like "$err" qmove "it says what there is"

later=$(date -d '+2 days' +%Y%m%d%H%M)
alter -a "$later" -h n "$id"
is "$(field "$id" job_state)" W "a date to come, and no hold: it waits"
when=$(field "$id" Execution_Time)
alter -a 202001010000 "$id"
is "$rc:$(field "$id" Execution_Time)" "0:$when" "a date that has passed changes nothing"
alter -h u "$id"
is "$(field "$id" job_state):$(field "$id" Hold_Types)" H:u "-h u holds"
alter -h s "$id"
is "$rc:$(field "$id" Hold_Types)" 1:u "-h s is not a user's"
like "$err" "manager" "it says whose it is"
if root_only 2; then
    run qalter -h us "$id"
    is "$rc:$(field "$id" Hold_Types)" 0:us "but a manager's"
    alter -h n "$id"
    is "$rc:$(field "$id" Hold_Types)" 0:s "-h n clears what the caller may clear"
    qrls -h s "$id"
fi
alter -N x 999999
is "$rc" 153 "an unknown id: 153"

qmgr -c 'create batch_queue second priority=1; start queue second'
run as "$user" qmove second "$id"
is "$rc:$out" "1:" "qmove into a disabled queue is refused"
is "$(field "$id" queue)" batch "the request stays"
qmgr -c 'enable queue second' >/dev/null
run as "$user" qmove second "$id"
is "$rc:$out:$err" "0::" "qmove"
is "$(field "$id" queue):$(field "$id" job_state):$(field "$id" Execution_Time)" "second:W:$when" \
    "the id is the same, the date is kept"
run as "$user" qmove nowhere "$id"
is "$rc" 1 "to a queue that is not there"
run as "$user" qmove batch@elsewhere "$id"
is "$rc" 1 "to another server"
like "$err" "comes with the network" "that comes later"
run as "$user" qmove 9q "$id"
is "$rc" 1 "what is no destination"
submit -h job
run as "$user" qmove second "$id" 999999
is "$rc:$(field "$id" queue):$(field "$id" job_state)" "153:second:H" "a held request keeps its hold; one is unknown"

mkfifo gate && [ "$(id -u)" != 0 ] || chown "$user:" gate
printf 'echo begun\nread line <%s/gate\n' "$work" >wait && chmod 644 wait
submit -o out wait
wait_field 20 "$id" job_state R
alter -o x "$id"
is "$rc" 1 "-o of a request that runs is refused"
like "$err" "Output_Path" "by name"
alter -l walltime=5 "$id"
is "$rc" 1 "so is its walltime"
alter -p 7 -r n -h u "$id"
is "$rc:$(field "$id" Priority):$(field "$id" Rerunable):$(field "$id" Hold_Types):$(field "$id" job_state)" \
    "0:7:False:u:R" "priority, -r and holds are not"
run as "$user" qmove second "$id"
is "$rc:$(field "$id" queue)" 1:batch "what runs is not moved"
echo go >gate
wait_end "$id"
is "$(cat out)" begun "it ran as it was submitted"

submit -h -J 1-3 -o arr job
array=$id
alter -N many -o "$work/moved" "$array"
as "$user" qmove second "$array"
is "$(field "$array" Job_Name):$(field "$array" queue)" many:second "an array is altered and moved whole"
alter -N one "${array/\[\]/[2]}"
is "$rc" 1 "a member alone is not"
as "$user" qmove batch "$array"
as "$user" qrls "$array"
wait_end "$array"
is "$(cat moved-2)" ran "its members run as altered"
done_testing
