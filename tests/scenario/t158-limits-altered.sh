#!/bin/bash
# t158-limits-altered - what is altered or moved keeps to the limits of its queue.
#
# Proves: E114 E115
. "$(dirname "$0")/../lib/cell.sh"
cell_up
qmgr 'create batch_queue small priority=5'
qmgr 'enable queue small'
qmgr 'set per_request memory_limit = 100mb small'
qmgr 'set per_process cpu_limit = (1:00) small'
qmgr 'set per_request cpu_limit = (50) small'

# limit NAME: of the request $id
limit() {
    field "$id" "Resource_List.$1"
}

# refused WANT COMMAND...
refused() {
    local want=$1
    shift
    run as "$user" "$@"
    is "$rc:$out" "1:" "$* is refused"
    like "$err" "$want" "saying why"
}

submit -h -q small -l 'mem=50mb,pcput="40,20"' -- true
run as "$user" qalter -l mem=80mb,pcput=30 "$id"
is "$rc:$err" "0:" "qalter within the queue's limits"
is "$(limit mem):$(limit pcput):$(limit soft_pcput)" "81920kb:00:00:30:00:00:20" "they are altered"
refused "mem=.*queue 'small' allows at most 102400kb" qalter -l mem=200mb "$id"
refused "pcput=.*at most 00:01:00" qalter -l pcput=2:00 "$id"
refused "pcput=unlimited: queue 'small' allows at most" qalter -l pcput=unlimited "$id"
refused "soft limit" qalter -l soft_pcput=50 "$id"
refused "cput cannot be taken away: queue 'small' has a maximum" qalter -l cput= "$id"
is "$(limit mem):$(limit pcput):$(limit soft_pcput)" "81920kb:00:00:30:00:00:20" "nothing was altered by that"
run qalter -l mem=200mb "$id"
is "$rc:$(limit mem)" "0:204800kb" "an operator may go beyond them"
run as "$user" qalter -p 7 "$id"
is "$rc:$err" "0:" "other attributes of such a request can be altered still"

submit -h -q batch -l mem=300mb -- true
refused "mem=.*queue 'small' allows at most" qmove small "$id"
is "$(field "$id" queue)" batch "it stays where it is"
run as "$user" qalter -l mem=30mb "$id"
run as "$user" qmove small "$id"
is "$rc:$(field "$id" queue)" "0:small" "with a smaller limit it may go"
is "$(limit mem):$(limit cput)" "30720kb:00:00:50" "it keeps that, and gets what it had not asked for"
run as "$user" qmove batch "$id"
run as "$user" qalter -l mem=unlimited "$id"
is "$rc:$(limit mem)" "0:" "unlimited is no limit"
as "$user" qrls "$id"
wait_end "$id"
is "$rc" 0 "and it runs"
done_testing
