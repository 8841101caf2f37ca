#!/bin/bash
# nqsd --check and --verify; a backup while clients work, and a start from it:
# what had been acknowledged before it was asked for is in it, ids go on.
. "$(dirname "$0")/../lib/cell.sh"
. "$(dirname "$0")/history.sh"

cell_up
history_init
store=$cell/node1/store copy=$cell/node1/run/copy
run nqsd_says --check
is "$rc" 0 "--check: all is well"
diag "$out"
like "$out" "store +$store" "... and names the store"
run nqsd_says --verify
isnt "$rc" 0 "--verify of a store that is in use is refused"
like "$err$out" "nqsd|use|lock" "... and says why: $err$out"

clients 3 short held array large zero heldel hold
more_acked() { [ "$(wc -l <"$h/acked")" -ge "$1" ]; }
made() { [ -f "$1/data.mdb" ]; }
ok "clients work" wait_until 30 more_acked 30
cp "$h/acked" "$scratch/before"
ok "a backup is ordered" qmgr -c "backup = ($copy)"
wait_until 20 made "$copy" || diag "$(ls -l "$cell/node1")"
clients_stop
ok "the cell is well" history_drain
ok "and what it says agrees with what was told" history_judge
run qmgr -c "backup = (relative/copy)"
isnt "$rc" 0 "a relative path is refused"
run qmgr -c "backup = ($copy)"
isnt "$rc" 0 "nothing is written over: $err"
run as "$user" qmgr -c "backup = ($work/copy)"
if [ "$(id -u)" = 0 ]; then
    isnt "$rc" 0 "a user may not"
else
    skip 1 "in a personal cell its user is the manager"
fi

kill_program nqsd TERM
[ ! -e "$copy" ] || { mv "$store" "$store.was" && mv "$copy" "$store"; }
[ "$(id -u)" != 0 ] || chown -R nqs: "$store"
ok "the backup is sound" store_sound
ok "nqsd starts from it" cell_start nqsd
qstat -x >"$scratch/now"
missing=$(awk 'FILENAME ~ /now$/ {there[$1] = 1; next} !($1 in there) {print $1}' "$scratch/now" "$scratch/before")
is "$missing" "" "what had been acknowledged before is there"
submit -h "$h/job"
nok "a new id is none of those before" grep -q "^$id " "$scratch/before"

printf 'rubbish\n' >>"$cell/node1/etc/nqs.conf"
run nqsd_says --check
isnt "$rc" 0 "--check: a bad line is refused"
like "$err" "nqs.conf" "... by name: $err"
sed -i '$d' "$cell/node1/etc/nqs.conf"
kill_program nqsd TERM
chmod 0 "$store"
if [ "$(id -u)" = 0 ]; then chown root: "$store"; fi
run nqsd_says --check
is "$rc" 1 "--check: a store that cannot be used"
like "$out" "WRONG +store" "... is WRONG"
done_testing
