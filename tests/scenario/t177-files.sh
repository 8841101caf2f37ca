#!/bin/bash
# t177-files - outputs that are kept, and the files that a job finds.
#
# Proves: E046 E104 E105
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch
home=$(getent passwd "$user" | cut -d: -f6)

# lines FILE: what is in a file of the user's home, which then is gone
lines() {
    as "$user" cat "$home/$1" | tr '\n' ,
    as "$user" rm -f "$home/$1"
}

cat >"$work/say" <<'END'
echo out
echo err >&2
END
chmod 644 "$work/say"

# ended OPTION...: run it; sets $seq
ended() {
    submit "$@" say
    wait_end "$id"
    seq=${id%%[.[]*}
}

ended -k o -N kept -o "$work/elsewhere"
is "$(field "$id" Keep_Files)" o "-k o is kept"
like "$(field "$id" Output_Path)" ":$work/elsewhere$" "and Output_Path is what it was"
is "$(lines "kept.o$seq")" out, "-k o: the output is in the home directory"
nok "and not where -o says" test -e "$work/elsewhere"
ok "the other one is in its place" grep -qx err "$work/kept.e$seq"

ended -k oe -N both
is "$(lines "both.o$seq")$(lines "both.e$seq")" out,err, "-k oe: both"
ended -k oe -j oe -N joined
is "$(lines "joined.o$seq")" out,err, "-k oe -j oe: one file"
ended -k eo -N array -J 3-4
for index in 3 4; do
    is "$(lines "array.o$seq-$index")$(lines "array.e$seq-$index")" out,err, "a member of an array"
done
for keep in n d; do
    ended -k "$keep" -N "not$keep"
    ok "-k $keep: in its place" grep -qx out "$work/not$keep.o$seq"
done
for keep in x on oed1 ''; do
    run as "$user" qsub -k "$keep" say
    is "$rc" 1 "-k '$keep': refused"
done
ended -N dropped -k o -e /dev/null
is "$(lines "dropped.o$seq")" out, "-k o with -e /dev/null"
ok "the device is one still" test -c /dev/null
ended -N gone -o /dev/null -e /dev/null
nok "nothing of it is anywhere" test -e "$work/gone.o$seq"
ok "and the device is one still" test -c /dev/null
submit -N seen -k o say
wait_end "$id"
is "$(as "$user" env HOME="$home" qcat "$id")" out "qcat finds what is kept"
lines "seen.o${id%%.*}" >/dev/null

ended -N there -o "$(uname -n):nqs-test.$$"
is "$(lines "nqs-test.$$")" out, "a relative host:path is in the home directory"

# --- what the job finds
submit -N env -j oe -l ncpus=3 -v NCPUS=77 -- sh -c \
    'cat "$PBS_NODEFILE"; echo "$NCPUS $PBS_NP"; echo "${#PBS_JOBCOOKIE}"; pwd; echo "$PBS_JOBDIR"'
wait_end "$id"
host=$(uname -n)
is "$(tr '\n' , <"$work/env.o${id%%.*}")" "$host,$host,$host,3 3,32,$home,$home," \
    "nodes, slots, cookie and directory"
submit -N env -j oe -- sh -c 'cat "$PBS_NODEFILE"; echo "$NCPUS"; echo x >>"$PBS_NODEFILE"'
wait_end "$id"
is "$(head -n 2 "$work/env.o${id%%.*}" | tr '\n' ,)" "$host,1," "one slot without -l"
[ "$(id -u)" != 0 ] || isnt "$(field "$id" exit_status)" 0 "which the user cannot change"
ok "the host has an address" getent hosts "$host"

done_testing
