#!/bin/bash
# t168-accounting-kills - nqsd is killed at moments drawn by chance; every request has its
# records once, in both forms.
#
# Proves: E167
. "$(dirname "$0")/../lib/cell.sh"
RANDOM=${NQS_TEST_SEED:=$((SRANDOM % 32768))}
diag "NQS_TEST_SEED=$NQS_TEST_SEED repeats the choices"
cell_up
qmgr set run_limit = 50 batch
where=$cell/node1/spool/accounting

lines() { # TYPE: how many records of it there are in the text files
    cat "$where"/???????? 2>/dev/null | grep -c "^[^;]*;$1;"
}
at_least() {
    [ "$(lines "$1")" -ge "$2" ]
}
ids=()
for round in 1 2 3 4 5 6 7 8; do
    for n in 1 2 3 4 5 6; do
        submit -N "r$round" -- true
        ids+=("$id")
    done
    # at some record from here on, or at none
    wait_until 20 at_least Q $((round * 6 - RANDOM % 7))
    kill_program nqsd
    cell_start
done
wait_end "${ids[@]}"
ok "every end has a record" wait_until 30 at_least E ${#ids[@]}
want=$(printf '%s\n' "${ids[@]}" | sort)
for type in Q S E; do
    is "$(cat "$where"/???????? | awk -F';' -v t=$type '$2 == t {print $3}' | sort)" "$want" \
        "$type: each once"
    is "$(cat "$where"/*.jsonl | sed -n "s/.*\"type\":\"$type\",\"id\":\"\([^\"]*\)\".*/\1/p" | sort)" \
        "$want" "$type: each once as JSON"
done
is "$(cat "$where"/???????? | sed 's/.* seq=//' | sort -nc 2>&1)" "" "in the order of the journal"
done_testing
