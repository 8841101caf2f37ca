#compdef @commands@
# Completion in zsh for the commands of OpenNQS.  The commands themselves say
# which options they have and what is an argument of them (--complete-options);
# queues and requests are asked of the server.

_nqs_queues() {
    local -a names
    names=(${(f)"$(qstat -Q 2>/dev/null | awk 'NR > 2 {print $1}')"})
    compadd -- $names
}

_nqs_jobs() {
    local -a names
    names=(${(f)"$(qselect 2>/dev/null)"})
    compadd -- $names
}

_nqs_operand() {
    case $service in
    (qsub) _files ;;
    (qstat|qmove|qlimit) _nqs_jobs; _nqs_queues ;;
    (qmgr|qselect|qtop|qhist) _message 'no operand' ;;
    (*) _nqs_jobs ;;
    esac
}

_nqs_resources() {
    local -a names
    names=(${(f)"$($service --complete-resources 2>/dev/null | cut -f 1)"})
    compset -P '*,'
    compadd -S '=' -- $names
}

# What the argument called $1 of option $2 may be, as an action of _arguments.
_nqs_action() {
    case ${(L)1} in
    (queue|destination*) REPLY=_nqs_queues ;;
    (job|request) REPLY=_nqs_jobs ;;
    (user|users) REPLY=_users ;;
    (signal) REPLY='(HUP INT QUIT KILL USR1 USR2 TERM STOP CONT ALRM XCPU)' ;;
    ('y|n') REPLY='(y n)' ;;
    (join) REPLY='(oe eo n)' ;;
    (format) REPLY='(json)' ;;
    (resources|list) [[ $2 == -l ]] && REPLY=_nqs_resources || REPLY=' ' ;;
    (path|script|shell) REPLY=_files ;;
    (*) REPLY=' ' ;;
    esac
}

_nqs() {
    local -a specs
    local line option what text REPLY
    for line in ${(f)"$($service --complete-options 2>/dev/null)"}; do
        option=${line%%$'\t'*} line=${line#*$'\t'}
        what=${line%%$'\t'*} text=${${line#*$'\t'}//(#m)[\[\]:]/\\$MATCH}
        if [[ -n $what ]]; then
            _nqs_action $what $option
            specs+=("*${option}+[$text]:${what//:/\\:}:$REPLY")
        else
            specs+=("${option}[$text]")
        fi
    done
    _arguments -s -S $specs '--help[print the options]' '--version[print the version]' \
        '*:operand:_nqs_operand'
}

setopt localoptions extendedglob
_nqs "$@"
