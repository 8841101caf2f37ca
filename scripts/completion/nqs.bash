# shellcheck shell=bash disable=SC2207
# Completion in bash for the commands of OpenNQS.  The commands themselves say
# which options they have and what is an argument of them (--complete-options);
# queues and requests are asked of the server.

# Fill COMPREPLY with those of the words of $1 that begin with $2.
_nqs_words() {
    COMPREPLY=($(compgen -W "$1" -- "$2"))
}

_nqs_queues() {
    "${1%q*}qstat" -Q 2>/dev/null | awk 'NR > 2 {print $1}'
}

_nqs_jobs() {
    "${1%q*}qselect" 2>/dev/null
}

# What the argument called $2 (of command $1) may be, for the word $3.
_nqs_value() {
    local names
    case ${2,,} in
    queue) _nqs_words "$(_nqs_queues "$1")" "$3" ;;
    destination | destination...) _nqs_words "$(_nqs_queues "$1")" "$3" ;;
    job | request) _nqs_words "$(_nqs_jobs "$1")" "$3" ;;
    user | users) COMPREPLY=($(compgen -u -- "$3")) ;;
    signal) _nqs_words "HUP INT QUIT KILL USR1 USR2 TERM STOP CONT ALRM XCPU" "${3#SIG}" ;;
    'y|n') _nqs_words "y n" "$3" ;;
    join) _nqs_words "oe eo n" "$3" ;;
    format) _nqs_words json "$3" ;;
    holds) _nqs_words "u o s n" "$3" ;;
    resources | list)
        # name=value,name=value: the last name counts
        [ "$4" = -l ] || return
        names=$("$1" --complete-resources 2>/dev/null | cut -f 1)
        case $3 in
        *,*) _nqs_words "$(sed "s|^|${3%,*},|" <<<"$names")" "$3" ;;
        *) _nqs_words "$names" "$3" ;;
        esac
        COMPREPLY=("${COMPREPLY[@]/%/=}")
        compopt -o nospace 2>/dev/null
        ;;
    *) COMPREPLY=($(compgen -f -- "$3")) ;;
    esac
}

_nqs() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options what
    local command=$1
    COMPREPLY=()
    options=$("$command" --complete-options 2>/dev/null) || return
    if [[ $before == -? ]]; then
        what=$(awk -F '\t' -v option="$before" '$1 == option {print $2}' <<<"$options")
        if [ -n "$what" ]; then
            _nqs_value "$command" "$what" "$word" "$before"
            return
        fi
    fi
    if [[ $word == -* ]]; then
        _nqs_words "$(cut -f 1 <<<"$options") --help --version" "$word"
        return
    fi
    case ${command##*/} in
    qsub) compopt -o default 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")) ;;
    qstat) _nqs_words "$(_nqs_jobs "$command") $(_nqs_queues "$command")" "$word" ;;
    qmove | qlimit) _nqs_words "$(_nqs_queues "$command") $(_nqs_jobs "$command")" "$word" ;;
    qmgr | qselect | qtop | qhist) ;;
    *) _nqs_words "$(_nqs_jobs "$command")" "$word" ;;
    esac
}

complete -F _nqs @commands@
