#!/bin/bash
# t167-qhist - questions about what has happened, answered from accounting.
#
# Proves: E050 E167
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr create batch_queue other priority=1
qmgr enable queue other
qmgr start queue other
qmgr set run_limit = 20 batch
where=$cell/node1/spool/accounting

has() {
    qhist -s all --json "$1" 2>/dev/null | grep -q "\"type\":\"$2\""
}
ids() {
    "$@" | tail -n +2 | cut -d, -f1 | xargs
}
submit -N good -A 'a, "b"' -- true
good=$id
submit -N bad -q other -- sh -c 'exit 3'
bad=$id
submit -N gone -h -- true
gone=$id
as "$user" qdel "$gone"
wait_end "$good" "$bad"
wait_until 20 has "$good" E
wait_until 20 has "$bad" E
wait_until 20 has "$gone" D

is "$(ids as "$user" qhist --csv | tr ' ' '\n' | sort | xargs)" "$good $bad $gone" "what has ended, each once"
is "$(ids qhist --csv -x failed -s E):$(ids qhist --csv -x 3):$(ids qhist --csv -x 0)" "$bad:$bad:$good" "by exit status"
is "$(ids qhist --csv -q other):$(ids qhist --csv -N 'g*d'):$(ids qhist --csv -s D)" "$bad:$good:$gone" \
    "by queue, name and record"
is "$(ids qhist --csv -r deleted):$(ids qhist --csv -u "$user" -q other,none):$(ids qhist --csv -u nobody-here)" \
    "$gone:$bad:" "by reason and user"
is "$(ids qhist --csv "${bad%%.*}"):$(ids qhist --csv -s Q "$bad")" "$bad:$bad" "by number and id"
is "$(ids qhist --csv --since=2001-01-01 --until=2001-12-31):$(ids qhist --csv -S 2001-01-01 -q other)" ":$bad" "by date"
like "$(qhist -x 3)" "$bad +$user +other +bad +[0-9-]{10} [0-9:]{8} E +3 +00:00:0" "the table"
is "$(qhist --csv "$good" | cut -d, -f5-6)" $'account,queue\n"a, ""b"""' \
    "CSV quotes what has to be quoted"
like "$(qhist --json "$good")" '^\{.*"account":"a, \\"b\\"".*"Exit_status":0.*\}$' "JSON"
like "$(qhist --sum=queue | tr '\n' '|')" '\|batch +1 +0 .*\|other +1 +1 .*\|$' "totals by queue"
is "$(qhist --sum=user --csv | cut -d, -f1-3 | tail -n +2)" "$user,2,1" "totals by user"

# --- a past year, on many pages, and a line that is no record
for n in $(seq 1 3000); do
    printf '{"time":1000000000,"type":"E","id":"%d.old","uid":%d,"user":"u","queue":"q","Exit_status":0,"resources_used.walltime":2,"resources_used.cput":1,"seq":%d}\n' \
        "$n" $((n % 2)) "$n"
done >"$work/20010909.jsonl"
echo 'no record' >>"$work/20010909.jsonl"
cp "$work/20010909.jsonl" "$where/"
chmod 644 "$where/20010909.jsonl"
is "$(qhist -S 2001-01-01 -U 2001-12-31 --csv | wc -l)" 3001 "many pages, and nothing that is no record"
is "$(qhist -S 2001-01-01 -T queue --csv | grep '^q,')" "q,3000,0,6000,3000" "and their totals"

# --- what others may see
if root_only 2; then
    is "$(ids as "$user2" qhist --csv -S 2001-01-01)" "" "another user sees nothing of it"
    is "$(ids as "$user" qhist --csv -S 2001-01-01 | wc -w)" 3 "a user sees his own"
fi
for words in '-d x' '-S yesterday' '-s Y' '-T x' '-F xml' '-x many' '--since' '--since=x'; do
    # shellcheck disable=SC2086
    run qhist $words
    is "$rc:$out" 1: "qhist $words: refused"
done
done_testing
