#!/bin/bash
# t173-completion - what bash and zsh offer behind the commands.
. "$(dirname "$0")/../lib/cell.sh"
cell_up
submit -h <<<true
first=$id
submit -h <<<true
second=$id
qmgr -c "create batch_queue bulk priority=1"

# offers WORD...: what bash offers for the last word of a command line, sorted
# shellcheck disable=SC2016
offers() {
    bash -c '
        . "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _nqs "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}" | sort' - "$NQS_BUILD/scripts/completion/nqs" "$@" | paste -sd " "
}

all=$(qsub --complete-options | cut -f 1 | sort | paste -sd " ")
is "$(offers qsub -)" "--help --version $all" "qsub -: every option"
is "$(offers qsub --h)" "--help" "qsub --h"
is "$(offers qsub -q '')" "batch bulk" "qsub -q: the queues"
is "$(offers qsub -q bu)" "bulk" "qsub -q bu"
is "$(offers qsub -j '')" "eo n oe" "qsub -j"
is "$(offers qsub -l wall)" "walltime=" "qsub -l: names of limits"
is "$(offers qsub -l mem=1gb,wall)" "mem=1gb,walltime=" "and further ones"
is "$(offers qdel '')" "$first $second" "qdel: the requests"
is "$(offers qdel "$first" '')" "$first $second" "qdel: further ones"
is "$(offers qsig -s U)" "USR1 USR2" "qsig -s: signals"
is "$(offers qstat b)" "batch bulk" "qstat: queues, too"
touch script.sh
is "$(offers qsub scr)" "script.sh" "qsub: files"
is "$(NQS_SOCKET=/nowhere offers qdel '')" "" "without a server: nothing, and no noise"
for command in $(sed -n 's/^complete -F _nqs //p' "$NQS_BUILD/scripts/completion/nqs"); do
    ok "$command says its options" "$NQS_BUILD/commands/$command" --complete-options
done

if command -v zsh >/dev/null; then
    specs=$(zsh -fc 'setopt extendedglob; service=qsub; _arguments() { print -rl -- "$@" }
        . "$1"' - "$NQS_BUILD/scripts/completion/_nqs")
    ok "zsh: an option" grep -qF -- '-h[hold the request until qrls]' <<<"$specs"
    ok "zsh: an option with a queue" grep -q '^\*-q+\[the queue.*:queue:_nqs_queues$' <<<"$specs"
    ok "zsh: limits" grep -q '^\*-l+\[.*:list:_nqs_resources$' <<<"$specs"
    ok "zsh: compinit takes it" zsh -fc 'fpath=("$1" $fpath); autoload -Uz compinit
        compinit -u -D; [[ $_comps[qsub] == _nqs && $_comps[qdel] == _nqs ]]' - "$NQS_BUILD/scripts/completion"
else
    skip 4 "there is no zsh"
fi
done_testing
