#!/bin/bash
# t166-mail - when mail is sent, to whom, what it says; and that nothing waits for it.
#
# Proves: E048 E049 E103 E107 E108 E110
. "$(dirname "$0")/../lib/cell.sh"

# A mailer that writes down its words and the message, or does what `how` says.
test_dir
mail=$scratch/mail
mkdir -m 777 "$mail"
cat >"$scratch/sendmail" <<END
#!/bin/bash
case \$(cat "$mail/how" 2>/dev/null) in
hang) exec sleep 1000 ;;
fail) echo x >>"$mail/failures"; exit 75 ;;
esac
file=\$(mktemp "$mail/.new.XXXXXX")
{ printf 'word=%s\n' "\$@"; cat; } >"\$file"
date +%s%N >>"\$file"
mv "\$file" "$mail/mail.\${file##*.}"
END
chmod 755 "$scratch/sendmail"
export NQS_CELL_MAILER=$scratch/sendmail
cell_up
qmgr set run_limit = 20 batch
host=$(hostname)

# mails ID: how many mails about it there are, and the file of the only one in $file.
mails() {
    grep -lE "^Subject: NQS: ${1%%[.[]*}(\\.|\\[)" "$mail"/mail.* 2>/dev/null
}
count() {
    [ "$(mails "$1" | wc -l)" = "$2" ]
}
# settled: every mail of what has happened so far has gone: one more is sent, the last.
settled() {
    local last
    last=$(as "$user" qsub -m e -- true) || return 1
    wait_until 30 count "$last" 1
}
header() {
    sed -n "s/^$1: //p;/^$/q" "$2"
}

# --- what is accepted, and kept
for points in n abe bb a b e aebj; do
    submit -h -m "$points" -- true
    as "$user" qdel "$id"
done
for points in an z na '' ' '; do
    run as "$user" qsub -m "$points" -- true
    is "$rc:$out" 1: "-m '$points' is refused"
done
submit -h -m bb -M a@x,b@y -- true
is "$(field "$id" Mail_Users):$(field "$id" Mail_Points)" "a@x,b@y:b" "-M is kept as it is"
as "$user" qdel "$id"
submit -h -- true
is "$(field "$id" Mail_Users):$(field "$id" Mail_Points)" "$user@$host:a" "without: the owner, at abort"
as "$user" qdel "$id"
for list in '' 'a b' 'a,,b' $'a\nBcc: c' 'a;b' '<a>' '$(id)'; do
    run as "$user" qsub -M "$list" -- true
    is "$rc:$out" 1: "-M '${list//$'\n'/?}' is refused"
done

# --- begin and end
submit -N both -A acc -m be -M one@x,two@y -- sh -c 'exit 3'
both=$id
wait_end "$both"
ok "begin and end: two mails" wait_until 30 count "$both" 2
for file in $(mails "$both"); do
    case $(header Subject "$file") in
    *begun*) begun=$file ;;
    *) ended=$file ;;
    esac
done
like "$(header Subject "$begun")" "^NQS: $both \(both\) has begun$" "one says that it has begun"
like "$(header Subject "$ended")" "^NQS: $both \(both\) has ended with status 3$" "one that it has ended"
for file in "$begun" "$ended"; do
    for line in "Request: *$both" "Queue: *batch" "Server: *${both#*.}" "Owner: *$user@$host"; do
        ok "it says ${line%%:*}" grep -qE "^$line\$" "$file"
    done
done
for line in "Reason: *exited" "Exit status: *3" "Time: *00:00:0" "Processor time: " "Memory: "; do
    ok "the end says ${line%%:*}" grep -q "^$line" "$ended"
done
is "$(sed -n 's/^word=//p' "$ended" | xargs)" "-i -f nqs@$host -- one@x two@y" "the words of sendmail"
is "$(header To "$ended" | tr -d ',')" one@x "and a header of it"
isnt "$(header Message-ID "$begun")" "$(header Message-ID "$ended")" "each has an id of its own"

# --- nothing when nothing was asked for
submit -m n -- sh -c 'exit 1'
never=$id
submit -- sh -c 'exit 1'
plain=$id
submit -h -- true
own=$id
as "$user" qdel "$own"
wait_end "$never" "$plain" "$own"
ok "what comes later" settled
ok "-m n: none" count "$never" 0
ok "by default none at an end" count "$plain" 0
ok "nor when the owner deletes it" count "$own" 0

# --- abort
submit -l walltime=1 -- sleep 1000
wait_end "$id"
ok "ended by the system: a mail" wait_until 30 count "$id" 1
like "$(header Subject "$(mails "$id")")" 'was aborted: walltime$' "that says why"
if root_only 3; then
    submit -h -- true
    qdel "$id"
    ok "deleted by somebody else: a mail" wait_until 30 count "$id" 1
    ok "with the reason" grep -q '^Reason: *deleted$' "$(mails "$id")"
    ok "and who it was" grep -q '^Comment: *deleted by uid 0$' "$(mails "$id")"
fi

# --- what a name can do to a header
submit -N $'x\xc3\xa9:$(id)`id`' -m e -- true
wait_end "$id"
ok "an odd name" wait_until 30 count "$id" 1
is "$(header Subject "$(mails "$id")")" "NQS: $id (x??:\$(id)\`id\`) has ended with status 0" "is harmless"
ok "and stands in the text as it is" grep -q $'^Name: *x\xc3\xa9:' "$(mails "$id")"

# --- an array
submit -J 1-3 -m e -- sh -c 'exit 1'
wait_end "$id"
ok "an array: one mail" wait_until 30 count "$id" 1
ok "which counts the failed members" grep -q '^Members failed: *3$' "$(mails "$id")"
submit -J 1-3 -m ej -- true
wait_end "$id"
ok "-m j: one of each member" wait_until 30 count "$id" 3

# --- output that cannot be placed
submit -N lost -o "$work/no/such/out" -- echo kept
wait_end "$id"
ok "undeliverable output: a mail" wait_until 30 count "$id" 1
file=$(mails "$id")
ok "it names host and path" grep -qE "^Output to: *[^:]+:$work/no/such/out" "$file"
ok "and where it is kept" grep -qF "$host:$cell/node1/spool/out/$id.o" "$file"
ok "and the file is there" test -f "$cell/node1/spool/out/$id.o"

# --- the order: errors, output, mail
submit -N order -m e -o "$work/o" -e "$work/e" -- sh -c 'echo o; echo e >&2'
wait_end "$id"
ok "mail of an end" wait_until 30 count "$id" 1
ok "comes behind the output" test "$(tail -n 1 "$(mails "$id")")" -gt "$(date -r "$work/o" +%s%N)"

# --- no mailer, one that fails, one that hangs
echo fail >"$mail/how"
submit -m e -- true
wait_end "$id"
is "$rc" 0 "a mailer that fails delays no end"
ok "it was tried" wait_until 20 test -s "$mail/failures"
rm "$mail/how"
ok "and is tried again until it goes" wait_until 30 count "$id" 1
echo hang >"$mail/how"
ids=()
for i in 1 2 3 4 5 6 7 8; do
    submit -m e -- true
    ids+=("$id")
done
wait_end "${ids[@]}"
is "$rc" 0 "mailers that hang delay no end"
at_once=$(pgrep -cf '^sleep 1000$' -u "$(stat -c %u "$cell/node1/store")")
ok "and are few at once" test "$at_once" -le 4
rm "$mail/how"
kill_program nqsd TERM
mv "$scratch/sendmail" "$scratch/gone"
cell_start
submit -m e -- true
wait_end "$id"
is "$rc" 0 "a mailer that is not there delays no end"
ok "the log says so" wait_until 20 grep -q 'mail-deferred .*No such file' "$cell/node1/log/nqsd.log"
mv "$scratch/gone" "$scratch/sendmail"
for id in "${ids[@]}" "$id"; do
    ok "mail that waited goes at last" wait_until 30 count "$id" 1
done
done_testing
