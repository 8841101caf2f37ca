# shellcheck shell=bash disable=SC2034,SC2154
# history.sh - clients that write down what they were told, jobs that write down
# that they ran, and what is needed to judge a cell by it afterwards.
# Sourced after tests/lib/cell.sh, not run.
#
#     history_init           $work/history and in it the job scripts and the client
#     client WORD...         one client, as $user, until it is done or nobody answers
#     clients N              N of them in the background, until clients_stop
#     history_drain          the gates open; all that was acknowledged has ended
#     history_judge        judge.pl over what was written down; violations on stdout
#     nobody_left            no process of a job of ours lives
#     store_sound            nqsd --verify, of a store that nobody has open
#     spool_clean            no run directory, no output waits
#
# What a client is told it appends to $work/history/FILE, a line each:
#     acked    ID KIND CODE RERUNNABLE    the submission was acknowledged
#     unknown  KIND                       nobody knows what became of a submission
#     tried    ID                         it is about to be deleted
#     deleted  ID                         its deletion was acknowledged
#     freed    ID                         its release is about to be asked for
#     refused  TEXT                       a submission was refused (exit status 1)
#     troubles TEXT                       likewise, why it failed (exit status 2)
#     lost     ID                         its shepherd is about to be killed, by the test
# and a job, with O_APPEND:
#     starts   ID RUN                     RUN is the incarnation, of its directory's name
#     ends     ID RUN

history_init() {
    h=$work/history
    # shellcheck disable=SC2174
    mkdir -p "$h/gates" "$h/out"
    touch "$h"/{acked,unknown,troubles,tried,deleted,freed,refused,starts,ends,lost}
    write_jobs
    write_client
    [ "$(id -u)" != 0 ] || chown -R "$user:" "$h"
}

write_jobs() {
    # The directory's name ends in the incarnation: .../run/ID.N/script.
    cat >"$h/job" <<END
#!/bin/sh
run=\${0%/script}
run=\${run##*.}
cd '$h' || exit 99
echo "\$PBS_JOBID \$run" >>starts
[ -z "\$LATE" ] || mkdir "\$LATE"
[ -z "\$BABY" ] || { (setsid sleep 1000 &) & }
[ -z "\$GATE" ] || until [ -e "gates/\$GATE" ] || [ -e gates/all ]; do sleep 0.02; done
[ -z "\$SLOW" ] || sleep "\$SLOW"
echo "out of \$PBS_JOBID"
echo "\$PBS_JOBID \$run" >>ends
exit \${CODE:-0}
END
    # Longer than what the store keeps, so that the spool does.
    {
        cat "$h/job"
        head -c 20000 /dev/zero | tr '\0' '\n'
    } >"$h/large"
}

write_client() {
    cat >"$h/client" <<'END'
#!/bin/bash
# client [-k] [-n ROUNDS] [-i NAME] KIND...: a round does each KIND once; exit 2 when
# nobody answers; with -k it keeps on until the file `stop` is there.
cd "${0%/*}" || exit 99
rounds=1 me=$$ keep=
while getopts n:i:k o; do
    case $o in
    n) rounds=$OPTARG ;;
    i) me=$OPTARG ;;
    k) keep=yes ;;
    *) exit 99 ;;
    esac
done
shift $((OPTIND - 1))

lost() {
    [ -n "$keep" ] || exit 2
    # Somebody starts it again; until then nothing is asked, so that little is in doubt.
    until qstat -B >look.$me 2>&1 || [ -e stop ]; do sleep 0.02; done
    return 1
}

# sub KIND CODE RERUNNABLE QSUB-WORD...: sets id.
sub() {
    local kind=$1 code=$2 again=$3
    shift 3
    id=$(qsub -r "$again" -N "$kind" -o out/ -j oe "$@" 2>"err.$me")
    case $? in
    0) echo "$id $kind $code $again" >>acked ;;
    1) echo "$(cat "err.$me")" >>refused; return 1 ;;
    *)
        echo "$kind" >>unknown
        cat "err.$me" >>troubles
        lost
        ;;
    esac
}

del() {
    echo "$1" >>tried
    qdel "$1" 2>"err.$me"
    case $? in
    0) echo "$1" >>deleted ;;
    2) lost ;;
    esac
}

again=n
for ((round = 0; round < rounds; round++)); do
    for kind; do
        [ ! -e stop ] || exit 0
        code=$((RANDOM % 200 + 1))
        case $again in n) again=y ;; *) again=n ;; esac
        case $kind in
        short) sub short $code $again -v "CODE=$code" job ;;
        slow) sub slow $code $again -v "CODE=$code,SLOW=0.3,BABY=y" job ;;
        zero) sub zero 0 $again job ;;
        array) sub array $code $again -v "CODE=$code" -J 1-3 job ;;
        large)
            # No two alike: a script is kept once however often it is submitted.
            { cat large; echo "# $me.$round.$RANDOM$RANDOM"; } >"large.$me"
            sub large $code $again -v "CODE=$code" "large.$me"
            ;;
        late) sub late $code $again -v "CODE=$code,LATE=late.$me.$round" \
            -o "$PWD/late.$me.$round/out" job ;;
        held) sub held $code $again -h -v "CODE=$code" job ;;
        heldel) sub heldel $code $again -h -v "CODE=$code" job && del "$id" ;;
        hold) sub hold $code $again -h -v "CODE=$code" job && { echo "$id" >>freed; qrls "$id" 2>"err.$me" || lost; } ;;
        gated) sub gated $code $again -v "CODE=$code,GATE=$me.$round,BABY=y" job && {
            del "$id"
            touch "gates/$me.$round" # whatever became of the deletion
        } ;;
        stays) sub stays $code $again -v "CODE=$code,GATE=$me.$round" job ;;
        wait) timeout 20 qwait "$id" 2>"err.$me" || [ $? != 255 ] || lost ;;
        look) qstat >look.$me 2>&1 || [ $? != 2 ] || lost ;;
        esac
    done
done
END
    chmod 755 "$h/client" "$h/job" "$h/large"
}

client() {
    as "$user" bash "$h/client" "$@"
}

# clients N KIND...: each goes round until clients_stop.
clients() {
    local n=$1 i
    shift
    client_pids=()
    for ((i = 0; i < n; i++)); do
        as "$user" bash "$h/client" -k -n 100000 -i "c$i" "$@" &
        client_pids+=($!)
    done
    at_exit clients_stop
}

clients_stop() {
    local pid
    touch "$h/stop"
    for pid in "${client_pids[@]}"; do
        wait "$pid"
    done
    client_pids=()
}

# Ids of what was acknowledged and may end: all but what nobody has released.
owed() {
    awk 'FILENAME ~ /freed$|tried$/ {go[$1] = 1; next} $2 != "held" && ($2 !~ /^hold|^heldel/ || $1 in go) {print $1}' \
        "$h/freed" "$h/tried" "$h/acked"
}

# What was being deleted or released when its daemon died may still be held.
free_held() {
    qselect_held | while read -r id; do
        echo "$id" >>"$h/freed"
        as "$user" qrls "$id" 2>/dev/null
    done
}

qselect_held() {
    qstat 2>/dev/null | awk '$5 == "H" && $2 != "held" {print $1}'
}

nothing_runs() {
    qstat -t >"$h/now" && ! awk 'NR > 2 && $5 ~ /[RQEWB]/ {found = 1} END {exit !found}' "$h/now"
}

history_drain() {
    touch "$h/gates/all"
    free_held
    wait_until "${1:-60}" nothing_runs
}

history_judge() {
    qstat -x -f -t >"$h/final" 2>"$h/final.err" || { cat "$h/final.err"; return 1; }
    perl "$here/../crash/judge.pl" "$h" "$@" "$cell/node1/log/nqsd.log"
}

# Environments tell whose they are; a shepherd has none of these.
leftovers() {
    local proc
    for proc in /proc/[0-9]*; do
        { tr '\0' '\n' <"$proc/environ"; } 2>/dev/null |
            grep -qxF "PBS_O_WORKDIR=$h" && echo "${proc#/proc/}"
    done
}

none_left() {
    [ -z "$(leftovers)" ]
}

nobody_left() {
    wait_until 20 none_left || {
        leftovers | xargs -I{} sh -c 'ps -o pid,ppid,sid,stat,args -p {}'
        return 1
    }
}

# nqsd as the cell runs it, in the foreground.
nqsd_says() {
    local uid
    uid=$(awk '$1 == "uid" {print $2}' "$cell/cell")
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid "$uid" --regid "$(id -g nqs)" --clear-groups -- \
            "$cell/bin/nqsd" --config "$cell/node1/etc/nqs.conf" "$@"
    else
        "$cell/bin/nqsd" --config "$cell/node1/etc/nqs.conf" "$@"
    fi
}

store_sound() {
    nqsd_says --verify
}

# The files of nodes stay: they are of no job, and there is one for each number of slots.
spool_empty() {
    [ -z "$(ls "$cell/node1/spool/run" "$cell/node1/spool/out" |
        grep -v -e ':$' -e '^$' -e '^nodes-[0-9]*$')" ]
}

spool_clean() {
    wait_until 20 spool_empty || { ls -lR "$cell/node1/spool/run" "$cell/node1/spool/out"; return 1; }
}
