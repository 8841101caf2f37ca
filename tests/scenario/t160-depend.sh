#!/bin/bash
# t160-depend - requests that wait for others, and what becomes of them.
#
# Proves: E150 E151 E152 E153 E096
. "$(dirname "$0")/../lib/cell.sh"

# A mailer that keeps each message in a file of its own.
test_dir
mail=$scratch/mail
mkdir -m 777 "$mail"
cat >"$scratch/sendmail" <<END
#!/bin/bash
file=\$(mktemp "$mail/.new.XXXXXX")
cat >"\$file"
mv "\$file" "$mail/mail.\${file##*.}"
END
chmod 755 "$scratch/sendmail"
export NQS_CELL_MAILER=$scratch/sendmail
cell_up
qmgr set run_limit = 20 batch

script() {
    cat >"$work/$1"
    chmod 644 "$work/$1"
}
state_is() {
    [ "$(field "$1" job_state)" = "$2" ]
}
becomes() {
    wait_until 20 state_is "$1" "$2"
    is "$(field "$1" job_state)" "$2" "$3"
}

# A request that runs until it is told how to end.
echo 'cd "$PBS_O_WORKDIR"; echo on >on.${PBS_JOBID%%.*}
until [ -e go.${PBS_JOBID%%.*} ]; do sleep 0.05; done; . ./go.${PBS_JOBID%%.*}' | script block
echo true | script quick
echo false | script bad

# first; $first runs, and each of $depends[TYPE] waits for it
declare -A depends
first() {
    local type
    submit block
    first=$id
    for type in after afterok afternotok afterany; do
        submit -W "depend=$type:$first" quick
        depends[$type]=$id
    done
}
# ends HOW OK NOTOK ANY NAME: what becomes of them
ends() {
    as "$user" sh -c "echo '$1' >go.${first%%.*}.new; mv go.${first%%.*}.new go.${first%%.*}"
    wait_end "$first"
    wait_end "${depends[@]}"
    is "$(for type in after afterok afternotok afterany; do
        field "${depends[$type]}" exit_reason
    done | xargs)" "$2" "$3"
}

qmgr stop queue batch
first
is "$(field "${depends[afterok]}" job_state)" H "one that depends on another is held"
is "$(field "${depends[afterok]}" Hold_Types)" s "by the system"
is "$(field "${depends[afterok]}" depend)" "afterok:$first" "and says for what"
like "$(field "${depends[afterok]}" comment)" "^dependency: .*$first" "in the reason too"
run as "$user" qrls -h u "${depends[afterok]}"
is "$(field "${depends[afterok]}" job_state)" H "qrls does not release it"
kill_program nqsd
cell_start nqsd
is "$(field "${depends[afterok]}" job_state)" H "nor does a restart"
qmgr start queue batch
wait_end "${depends[after]}"
is "$rc:$(field "$first" job_state)" 0:R "after: the first has begun"
ends 'exit 0' "exited exited dependency exited" "exit 0: afternotok ends"
is "$(field "${depends[afternotok]}" job_state)" C "as finished"
first
ends 'exit 3' "exited dependency exited exited" "exit 3: afterok ends"
like "$(field "${depends[afterok]}" comment)" "afterok:$first can never be met" "and says why"
first
ends 'kill -9 $$' "exited dependency exited exited" "killed by a signal: likewise"
first
wait_until 20 test -e "$work/on.${first%%.*}"
as "$user" qdel "$first"
wait_end "$first" "${depends[@]}"
is "$(for type in afterok afternotok afterany; do field "${depends[$type]}" exit_reason; done |
    xargs)" "dependency exited exited" "deleted while it runs: likewise"
run as "$user" qwait "${depends[afterok]}"
is "$rc" 3 "qwait: it never ran"
mailed() {
    grep -qE "^Subject: NQS: ${depends[afterok]%%.*}\..*aborted" "$mail"/mail.*
}
wait_until 20 mailed
ok "its owner gets mail that it was aborted" mailed

# --- what has finished
submit quick
good=$id
submit bad
bad=$id
wait_end "$good" "$bad"
submit -W "depend=afterok:$good,afternotok:$bad,afterany:$good:$bad" quick
wait_end "$id"
is "$rc" 0 "what has finished and is met is no dependency"
run as "$user" qsub -W "depend=afterok:$bad" quick
is "$rc" 1 "what can never be met is refused"
like "$err" "can never be met" "with a reason"
run as "$user" qsub -W depend=afterok:99999 quick
is "$rc" 153 "an unknown id is refused"
like "$err" "Unknown Job Id 99999" "by its name"
run as "$user" qsub -W depend=afterko:1 quick
like "$rc:$err" "^1:.*did you mean afterok" "an unknown type"

# --- before and on; cycles
submit -W depend=on:1 quick
on=$id
like "$(field "$on" comment)" "^dependency: .*1 more" "on:1 waits to be named"
submit -W "depend=afterok:$on" quick
last=$id
run as "$user" qsub -W "depend=afterok:$last,before:$on" quick
like "$rc:$err" "^1:.*cycle" "a cycle is refused"
submit -W "depend=beforeok:$on" quick
wait_end "$id" "$on" "$last"
is "$rc" 0 "beforeok: they run one after another"

# --- arrays
submit -J 0-2 quick
array=$id
submit -W "depend=afterokarray:$array" quick
wait_end "$id"
is "$rc:$(field "$array" job_state)" 0:C "afterokarray: behind the whole array"
submit -h -J 0-2 quick
array=$id
submit -W "depend=afterok:${array%%[*}[1]" quick
member=$id
submit -J 0-1 -W "depend=afterany:$array" quick
behind=$id
is "$(field "$member" job_state)$(field "$behind" job_state)" HH "a member, and an array, may be waited for"
as "$user" qrls "$array"
wait_end "$member" "$behind"
is "$rc:$(field "$behind" exit_reason)" "0:members_ended" "and end"
done_testing
