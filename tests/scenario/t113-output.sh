#!/bin/bash
# t113-output - where output goes, whose it is, and what becomes of it when it cannot go there.
#
# What a case says about mail comes with the next piece.
#
# Proves: E102 E103 E109 E110
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr set run_limit = 20 batch

# --- ownership and mode
for mask in 022 027 077; do
    # shellcheck disable=SC2016
    run as "$user" bash -c 'umask $1; qsub -N "mask$1" -- true' - "$mask"
    wait_end "$out"
    is "$(stat -c '%U %a' "mask$mask".[oe]* | uniq -c | xargs)" \
        "2 $user $(printf %o $((0666 & ~0$mask)))" "umask $mask: the user's, and as the mask says"
done
submit -N append -o "$work/same" -- echo one
wait_end "$id"
submit -N append -o "$work/same" -- echo two
wait_end "$id"
is "$(cat "$work/same")" $'one\ntwo' "a file that is there is appended to"
submit -o /dev/null -e /dev/null -- echo nothing
wait_end "$id"
ok "/dev/null stays what it is" test -c /dev/null
is "$(field "$id" undelivered)" "" "and takes output"

# --- what cannot be placed
mkdir "$work/readonly"
[ "$(id -u)" = 0 ] || chmod 555 "$work/readonly"
foreign=otherhost.example
for place in "$work/no/such/dir/out" "$work/readonly/out" "$foreign:$work/foreign"; do
    submit -N kept -o "$place" -- sh -c 'echo kept; exit 4'
    wait_end "$id"
    is "$rc" 4 "-o $place: the request has ended, with its own status"
    is "$(field "$id" undelivered)" o "its output is shown as undelivered"
    case $place in
    "$foreign":*) like "$(field "$id" comment)" 'another host' "the comment says why" ;;
    *) like "$(qstat -fxw "$id")" "comment = .*$place: .*[a-z]" "the comment says where and why" ;;
    esac
    is "$(as "$user" qcat "$id")" kept "and it is kept: qcat has it"
done
ok "what belongs on another host is not written here" test ! -e "$work/foreign"
if root_only 1; then
    is "$(find "$cell/node1/spool/out" -name '*.o' -printf '%u %m\n' | uniq -c | xargs)" \
        "3 $user 640" "the spool's files are the user's, and no other user can read them"
    run as "$user2" qcat "$id"
    is "$rc:$out" "153:" "another user cannot"
fi
kill_program nqsd
cell_start
is "$(as "$user" qcat "$id"):$(field "$id" undelivered)" kept:o "after a restart it is there still"

# --- in which order: standard error, standard output, then the end
# A place that is there only when the job ends makes both go by the spool, where the
# shepherd keeps them.  Each is large enough that the clock tells one from the other.
cat >"$work/late" <<'END'
#!/bin/bash
head -c 30000000 /dev/zero
head -c 30000000 /dev/zero >&2
mkdir "$1"
END
chmod 755 "$work/late"
[ "$(id -u)" != 0 ] || chown "$user" "$work"
submit -N late -o "$work/late.dir/o" -e "$work/late.dir/e" -- "$work/late" "$work/late.dir"
wait_end "$id"
is "$rc" 0 "it has ended"
is "$(stat -c %s late.dir/o late.dir/e | xargs)" "30000000 30000000" "both outputs are whole by then"
ok "standard error came first" test late.dir/e -ot late.dir/o
is "$(find "$cell/node1/spool/out" -name "$id*")" "" "and nothing is left in the spool"

# --- two gigabytes
rss() {
    awk '/^VmHWM/ {print $2}' "/proc/$(pid_of "$1")/status"
}
free=$(df --output=avail -k "$work" | tail -n 1)
if [ "$free" -lt 6000000 ]; then
    skip 3 "less than 6 GB are free"
else
    before=$(rss nqsd) starter=$(rss nqs-starter)
    submit -N large -e /dev/null -- head -c 2147483648 /dev/zero
    NQS_TEST_WAIT=300 wait_end "$id"
    is "$rc:$(stat -c %s "large.o${id%%.*}")" 0:2147483648 "2 GB of output arrive"
    rm -f "large.o${id%%.*}"
    ok "and nqsd is no larger for it" test "$(rss nqsd)" -lt $((before + 65536))
    ok "nor the starter" test "$(rss nqs-starter)" -lt $((starter + 65536))
fi

# --- no room for it
if root_only 4; then
    mkdir "$work/small"
    mount -t tmpfs -o size=1m,mode=1777 none "$work/small" &&
        at_exit "umount '$work/small'"
    submit -N full -o "$work/small/out" -e "$work/full.err" -- head -c 5000000 /dev/zero
    wait_end "$id"
    is "$rc" 1 "a full disk: the job itself is told"
    like "$(cat "$work/full.err")" 'No space left on device' "in words that it can read"
    rm "$work/small/out"
    mkdir "$work/small/in"
    submit -N full -o "$work/small/dir/out" -e "$work/full.err" -- \
        sh -c "head -c 5000000 /dev/zero; mkdir -m 777 '$work/small/dir'"
    wait_end "$id"
    like "$(qstat -fxw "$id")" "comment = .*small/dir/out: .*No space left on device" \
        "full when output is delivered: the comment says so"
    is "$(as "$user" qcat "$id" | wc -c)" 5000000 "and all of it is kept"
fi

# --- no room in the spool
if root_only 5; then
    spool=$cell/node1/spool
    kill_program nqsd TERM
    kill_program nqs-starter TERM
    mkdir "$work/spool"
    mount -t tmpfs -o size=1m none "$work/spool" && at_exit "umount -l '$work/spool'"
    for d in . out run scripts; do
        mkdir -p "$work/spool/$d"
        chown --reference="$spool/$d" "$work/spool/$d"
        chmod --reference="$spool/$d" "$work/spool/$d"
    done
    mount --bind "$work/spool" "$spool" && at_exit "umount -l '$spool'"
    cell_start
    submit -N full -o "$foreign:out" -e "$work/spool.err" -- head -c 5000000 /dev/zero
    wait_end "$id"
    is "$rc" 1 "a full spool: the job itself is told"
    like "$(cat "$work/spool.err")" 'No space left on device' "in words that it can read"
    yes '# a long script' | head -c 200000 >"$work/long"
    run as "$user" qsub "$work/long"
    is "$rc:$out" 2: "a script that does not fit is refused, as the server's failure"
    like "$err" 'No space left|full' "and qsub says why"
    rm "$spool/out"/*
    submit "$work/long"
    wait_end "$id"
    is "$rc" 0 "with room again it is taken, and runs"
fi
done_testing
