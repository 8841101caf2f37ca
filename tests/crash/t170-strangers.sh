#!/bin/bash
# Clients that send garbage, half a record, a byte at a time, that never read or
# only sit there, and calls that are cut short, damaged, replayed or of another's
# credentials, on nqsd's UNIX socket and by TCP: others are served all the while,
# and nobody gets what is not his.
# Proves: T9 E161 E162
. "$(dirname "$0")/../lib/cell.sh"
root_only

corpus=$top/tests/fuzz/corpus/requests
port=$((20000 + RANDOM % 10000))
tcp=127.0.0.1:$port
export NQS_CELL_TCP=$tcp

# stranger WHERE HOW...: as the first user, ended by stranger_end or the test's end.
strangers=()
stranger() {
    local fifo=$scratch/in.${#strangers[@]}.$RANDOM
    mkfifo "$fifo"
    perl_as "$@" <"$fifo" >"$scratch/said" 2>&1 &
    strangers+=($!)
    exec {fd}>"$fifo"
    open_fds+=("$fd")
    wait_until 20 grep -q . "$scratch/said"
}
open_fds=()

perl_as() {
    setpriv --reuid "$user" --regid "$user" --init-groups -- perl "$scratch/strangers.pl" "$@"
}

strangers_end() {
    local fd pid
    for fd in "${open_fds[@]}"; do
        exec {fd}>&-
    done
    for pid in "${strangers[@]}"; do
        wait "$pid"
    done
    open_fds=() strangers=()
}

# The other user works as ever; each within a deadline far above what it takes.
others_served() {
    timeout 10 "$top/scripts/cell" run "$cell" --user "$user2" -- qstat -B >/dev/null &&
        timeout 10 "$top/scripts/cell" run "$cell" --user "$user2" -- qsub -h -z -- true &&
        [ "$daemon" = "$(pid_of nqsd)" ]
}

cell_up
at_exit strangers_end
tap_at_exit=("${tap_at_exit[@]:0:1}" cell_down strangers_end)
cp "$here/../crash/strangers.pl" "$scratch" && chmod 644 "$scratch/strangers.pl"
mkdir "$scratch/calls" && cp "$corpus"/call_* "$scratch/calls"
rm "$scratch/calls/call_shutdown"
calls=("$scratch/calls"/*)
daemon=$(pid_of nqsd)
socket=$cell/node1/run/nqsd.sock
id=$(as "$user2" qsub -h -- true)

for where in "$socket" "$tcp"; do
    by=TCP
    [ "$where" != "$socket" ] || by="the UNIX socket"
    ok "garbage, by $by" perl_as "$where" garbage 200
    ok "records too large, by $by" perl_as "$where" oversize
    ok "calls cut short at every length and damaged, by $by" perl_as "$where" calls 40 "${calls[@]}"
    ok "others are served" others_served
    for how in "half 60" "drip 20" "unread 30000"; do
        # shellcheck disable=SC2086
        ok "$how connections or calls, by $by" stranger "$where" $how
        ok "others are served meanwhile" others_served
    done
    strangers_end
    ok "others are served" others_served
done
ok "long answers that nobody reads" stranger "$socket" unread 30000 "$scratch/calls/call_status_server"
ok "others are served meanwhile" others_served
strangers_end

# As many as one user gets: what is beyond is turned away, not let in.
limit=$(awk '/^Max open files/ {print $4}' "/proc/$daemon/limits")
stranger "$socket" idle 10000
diag "idle connections of one user: $(head -n 1 "$scratch/said") made; nqsd may have $limit files"
diag "of which it holds $(find "/proc/$daemon/fd" -lname 'socket:*' | wc -l) sockets"
ok "others are served beside 10,000 connections" others_served
strangers_end
ok "and when they have gone" others_served

# ---- whose call it is

flavours=$(perl_as "$tcp" flavours 1 "$scratch/calls/call_null" "$scratch/calls/call_status_server" \
    "$scratch/calls/call_delete_job" "$scratch/calls/call_queue_job")
is "$(grep call_null <<<"$flavours" | grep -cE ' (none|sys_root) accepted:0$')" 2 "TCP: NULL is answered"
is "$(grep -v call_null <<<"$flavours" | grep -c accepted:0)" 0 "TCP: nothing but NULL is, whoever one claims to be" ||
    diag "$flavours"
printf '\0\0\0\2%b%s\0\0\0\0' "\\0$(printf %03o 0)\\0$(printf %03o 0)\\0$(printf %03o 0)\\0$(printf %03o ${#id})" "$id" >"$scratch/calls/delete"
while [ $(($(stat -c %s "$scratch/calls/delete") % 4)) != 0 ]; do printf '\0' >>"$scratch/calls/delete"; done
printf '\0\0\0\0' >>"$scratch/calls/delete"
perl_as "$socket" flavours 1 "$scratch/calls/delete" >"$scratch/flavours" 2>&1
diag "$(cat "$scratch/flavours")"
is "$(qstat "$id" | awk 'END {print $5}')" H "another's request is not deleted, whoever one claims to be"
replayed=$(perl_as "$socket" replay 1 "${calls[@]}")
nok "calls replayed: no connection is lost" grep -E "closed|no answer" <<<"$replayed" || diag "$replayed"
ok "others are served" others_served
ok "it ends in order" kill_program nqsd TERM
nok "nothing was found by a sanitizer" grep -E "ERROR: (Address|Leak)Sanitizer|runtime error:" "$cell/node1/log/nqsd.log"
ok "and the store is sound" setpriv --reuid nqs --regid nqs --clear-groups "$cell/bin/nqsd" \
    --config "$cell/node1/etc/nqs.conf" --verify
done_testing
