#!/bin/bash
# t165-accounting - one line for everything that happens to a request, and never two.
#
# Proves: E050 E167
. "$(dirname "$0")/../lib/cell.sh"
export TZ=NQS+12 # the server's day; another one further down
cell_up
qmgr set run_limit = 20 batch
where=$cell/node1/spool/accounting

# text [TYPE [ID]]: lines of the text files; json: likewise, of the others.
text() {
    cat "$where"/???????? 2>/dev/null | awk -F';' -v t="${1:-}" -v i="${2:-}" \
        '(t == "" || $2 == t) && (i == "" || $3 == i)'
}
json() {
    cat "$where"/????????.jsonl 2>/dev/null |
        grep -F "${1:+\"type\":\"$1\"}" | grep -F "${2:+\"id\":\"$2\"}"
}
has() { # N TYPE ID: so many lines in both forms
    [ "$(text "$2" "$3" | wc -l):$(json "$2" "$3" | wc -l)" = "$1:$1" ]
}
types() { # the records of ID in their order
    text '' "$1" | cut -d';' -f2 | tr -d '\n'
}

# --- an ordinary request
submit -N plain -A 'a b;c\d' -l walltime=1:00:00,mem=64mb,nofile=512 -- sh -c 'exit 3'
wait_end "$id"
plain=$id
ok "its end is in both files" wait_until 20 has 1 E "$id"
is "$(types "$id")" QSE "it was queued, started, and has ended: once each"
is "$(field "$id" Account_Name)" 'a b;c\d' "-A is stored"
is "$(text '' "$id" | grep -c 'account=a\\040b\\073c\\134d ')" 3 "and stands in every record, as one word"
is "$(json '' "$id" | grep -c '"account":"a b;c\\\\d"')" 3 "in JSON as it is"
for key in "user=$user" group= jobname=plain queue=batch ctime=1 qtime=1 etime=1 start=1 \
    exec_host= Resource_List.walltime=01:00:00 Resource_List.mem=65536kb Resource_List.nofile=512 session= end=1 \
    Exit_status=3 reason=exited resources_used.walltime=00:00: resources_used.cput= \
    resources_used.mem= run_count=1 seq=; do
    like "$(text E "$id")" "[; ]${key//./\\.}" "E has ${key%%=*}"
done
nok "no line is without its user" grep -vE ';user=[^ ]+ ' "$where"/????????
nok "nor without its number" grep -vE ' seq=[0-9]+$' "$where"/????????
nok "every line is a record" grep -vE \
    '^[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9:]{8};[A-Za-z];[0-9]+[^; ]*;[A-Za-z_.]+=[^ ]*( [A-Za-z_.]+=[^ ]*)*$' \
    "$where"/????????
is "$(stat -c %a "$where"/???????? | uniq)" 640 "other users cannot read them"

# --- deleted, run again, held, an array
submit -h -- true
as "$user" qdel "$id"
ok "deleted before it began" wait_until 20 has 1 D "$id"
is "$(types "$id")" QD "is queued and deleted, nothing else"
submit -- sleep 1000
wait_field 20 "$id" job_state R
wait_field 20 "$id" session_id .
qrerun "$id"
wait_field 20 "$id" run_count 2
wait_field 20 "$id" session_id .
as "$user" qdel "$id"
wait_end "$id"
ok "run twice and deleted" wait_until 20 has 1 E "$id"
is "$(types "$id")" QSRSDE "has both starts, R between them, and one end"
like "$(text E "$id")" 'run_count=2 .*reason=deleted|reason=deleted .*run_count=2' "which says so"
submit -J 1-3 -- true
wait_end "$id"
ok "an array's end" wait_until 20 has 1 E "$id"
is "$(text E | grep -cF ";${id%%\[*}[")" 4 "and one of each member"

# --- the same in both forms
is "$(json | sed 's/.*"type":"\(.\)","id":"\([^"]*\)".*"seq":\([0-9]*\)}$/\1 \2 \3/')" \
    "$(text | sed 's/^[^;]*;\(.\);\([^;]*\);.* seq=\([0-9]*\)$/\1 \2 \3/')" \
    "both forms have the same records in the same order"

# --- midnight: the same moment in another zone is another day
day1=$(TZ=NQS+12 date +%Y%m%d)
submit -- sleep 1000
over=$id
ok "it has started" wait_until 20 has 1 S "$over"
kill_program nqsd TERM
export TZ=NQS-12
cell_start
day2=$(TZ=NQS-12 date +%Y%m%d)
as "$user" qdel "$over"
wait_end "$over"
ok "a request that ends on another day than it began" wait_until 20 has 1 E "$over"
is "$(grep -c ";S;$over;" "$where/$day1"):$(grep -c ";E;$over;" "$where/$day2")" 1:1 \
    "has each record in the file of its day"
is "$(find "$where" -type f | wc -l)" 4 "a file of each form a day"
is "$(text E "$plain" | wc -l)" 1 "and the restart has written nothing again"

# --- a line that a power cut has torn
kill_program nqsd
printf '01/01/2026 00:00:00;E;99999.to' >>"$where/$day2"
cell_start
submit -- true
wait_end "$id"
ok "after half a line" wait_until 20 has 1 E "$id"
nok "that half is gone" grep -q 99999 "$where/$day2"

# --- a full disk: it waits and catches up
if root_only 4; then
    kill_program nqsd TERM
    mount -t tmpfs -o size=16k,mode=755 none "$where" && at_exit "umount -l '$where'"
    chown "$(stat -c %u "$cell/node1/store")" "$where"
    head -c 16384 /dev/zero >"$where/fill"
    cell_start
    submit -N dry -- true
    wait_end "$id"
    is "$rc" 0 "a full disk delays no request"
    ok "the log says what is wrong" wait_until 20 grep -q 'accounting-blocked why=No space' \
        "$cell/node1/log/nqsd.log"
    rm "$where/fill"
    ok "with room again it catches up" wait_until 30 has 1 E "$id"
    is "$(types "$id")" QSE "and nothing is missing or doubled"
fi
done_testing
