#!/bin/bash
# t153-shutdown - qmgr shutdown N: what runs is run again or ended, and said so.
#
# Proves: E135
. "$(dirname "$0")/../lib/cell.sh"

# A mailer that writes down what it is given.
test_dir
mail=$scratch/mail
mkdir -m 777 "$mail"
printf '#!/bin/sh\ncat >"%s/mail.$$"\n' "$mail" >"$scratch/sendmail"
chmod 755 "$scratch/sendmail"
export NQS_CELL_MAILER=$scratch/sendmail
cell_up

cat >"$work/long" <<'END'
trap '' TERM
cd "$PBS_O_WORKDIR" && echo $$ >"began.${PBS_JOBID%%.*}.$(ls began.${PBS_JOBID%%.*}.* 2>/dev/null | wc -l)"
until [ -e gate ]; do sleep 0.1; done
END
chmod 644 "$work/long"
began() {
    wait_until 20 test -s "$work/began.${1%%.*}.$2"
}
mailed() {
    grep -lqE "^Subject: NQS: ${1%%.*}\." "$mail"/mail.* 2>/dev/null
}

qmgr create batch_queue shut priority=5
qmgr enable queue shut
qmgr create batch_queue closed priority=5
qmgr start queue closed
submit -N again long
again=$id
submit -N once -r n long
once=$id
submit -N held -h -- true
held=$id
submit -q shut -N waits -- true
waits=$id
began "$again" 0
began "$once" 0
pids=$(cat "$work"/began.*)
states=$(qmgr show queue | grep '^[a-z].*;' | sed 's/RUNNING/INACTIVE/')

run qmgr shutdown 1
is "$rc" 0 "shutdown is accepted"
ok "the daemon ends" wait_until 30 gone nqsd
for pid in $pids; do
    nok "a process that ignores TERM is dead" kill -0 "$pid"
done
cell_start
is "$(qmgr show queue | grep '^[a-z].*;' | sed 's/RUNNING/INACTIVE/')" "$states" \
    "the queues have the same states as before"
ok "what is rerunnable runs again" began "$again" 1
is "$(field "$again" run_count)" 2 "for the second time"
is "$(field "$once" job_state)" C "what is not has ended"
nok "and never as a silent 0" test "$(field "$once" exit_status)" = 0
ok "its owner gets mail" wait_until 30 mailed "$once"
is "$(field "$held" job_state):$(field "$waits" job_state)" H:Q "what did not run is as it was"
touch "$work/gate"
wait_end "$again"
is "$rc" 0 "and ends well"
done_testing
