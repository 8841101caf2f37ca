#!/bin/bash
# The node goes down with requests that were placed, and no run directory has
# reached its disk: what may not run twice has been lost, the rest runs again.
# Another boot is played by another boot_id in a mount namespace of its own.
# Proves: E158
. "$(dirname "$0")/../lib/cell.sh"
root_only
boot_id=/proc/sys/kernel/random/boot_id
cell_up
uuidgen -r >"$scratch/boot" 2>/dev/null || tr 0-9a-f 1-9a-f0 <"$boot_id" >"$scratch/boot"
unshare -m mount --bind "$scratch/boot" "$boot_id" 2>/dev/null ||
    skip_all "no file can be bound over $boot_id here"

# Without the starter a placed request stays where it is: placed.
kill_program nqs-starter
submit -r n -N once <<<"echo once >>$work/ran"
once=$id
submit -r y -N again <<<"echo again >>$work/ran"
again=$id
is "$(field "$once" job_state)$(field "$again" job_state)" RR "both are placed"
kill_program nqsd

# The old starter's place is empty, so nothing of the starts is on disk.
unshare -m sh -c 'mount --bind "$1" "$2" && exec "$3" start "$4"' - "$scratch/boot" "$boot_id" \
    "$top/scripts/cell" "$cell" >/dev/null
is "$?" 0 "the node starts after another boot"
wait_end "$once" "$again"
is "$(field "$once" exit_reason)" node_lost "what may not run twice is lost with the node"
like "$(field "$once" exit_status)" '^-' "with a negative status"
is "$(field "$again" exit_reason):$(field "$again" exit_status)" exited:0 "the other ran"
is "$(cat "$work/ran")" again "once, and nothing else did"

# The boot is noted by now: another start in it orders starts as ever.
kill_program nqs-starter
submit -r n -N third <<<"echo third >>$work/ran"
kill_program nqsd
unshare -m sh -c 'mount --bind "$1" "$2" && exec "$3" start "$4"' - "$scratch/boot" "$boot_id" \
    "$top/scripts/cell" "$cell" >/dev/null
wait_end "$id"
is "$(field "$id" exit_reason):$(tail -n 1 "$work/ran")" exited:third "in the same boot it is started"
done_testing
