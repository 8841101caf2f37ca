# shellcheck shell=bash disable=SC2034
# tap.sh - the Test Anything Protocol for shell tests.  Sourced, not run.
#
#     . "$(dirname "$0")/../lib/tap.sh"
#     plan 3                          or done_testing at the end
#     ok  "it is there"  test -f x    passes if the command succeeds
#     nok "it is not"    test -f y    passes if the command fails
#     is "$got" "$want" "name"        isnt, like and unlike (extended regexp) alike
#     run qstat 1.host                sets $rc, $out and $err
#     skip 2 "why not here"           counts as two cases that say why they did not run
#     skip_all "why not here"         the whole file
#     diag "text"
#
# A test ends with exit status 1 if a case failed or the plan was not kept.

tap_count=0
tap_failed=0
tap_plan=

plan() {
    tap_plan=$1
    echo "1..$1"
}

diag() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

pass() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - ${1//#/}"
}

fail() {
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - ${1//#/}"
    local n=1
    while [[ ${BASH_SOURCE[n]:-} == */tap.sh ]]; do
        n=$((n + 1))
    done
    diag "at ${BASH_SOURCE[n]:-?} line ${BASH_LINENO[n - 1]}"
    return 1
}

ok() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        pass "$name"
    else
        fail "$name" || diag "failed: $*"
        [ -z "$said" ] || diag "$said"
        return 1
    fi
}

nok() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        fail "$name" || diag "succeeded: $*"
        [ -z "$said" ] || diag "$said"
        return 1
    else
        pass "$name"
    fi
}

is() {
    if [ "$1" = "$2" ]; then
        pass "$3"
    else
        fail "$3" || { diag "got:  $1"; diag "want: $2"; return 1; }
    fi
}

isnt() {
    if [ "$1" != "$2" ]; then
        pass "$3"
    else
        fail "$3" || { diag "got, but should not: $1"; return 1; }
    fi
}

like() {
    if [[ $1 =~ $2 ]]; then
        pass "$3"
    else
        fail "$3" || { diag "got:  $1"; diag "want: /$2/"; return 1; }
    fi
}

unlike() {
    if [[ ! $1 =~ $2 ]]; then
        pass "$3"
    else
        fail "$3" || { diag "got:  $1"; diag "which should not match /$2/"; return 1; }
    fi
}

skip() {
    local n
    [ -n "${2:-}" ] || { fail "skip needs a reason"; return 1; }
    for ((n = 0; n < $1; n++)); do
        tap_count=$((tap_count + 1))
        echo "ok $tap_count # SKIP $2"
    done
}

skip_all() {
    echo "1..0 # SKIP ${1:?skip_all needs a reason}"
    exit 0
}

# run COMMAND...: its exit status in $rc, what it wrote in $out and $err.
run() {
    local file
    file=$(mktemp)
    out=$("$@" 2>"$file")
    rc=$?
    err=$(cat "$file")
    rm -f "$file"
}

done_testing() {
    [ -n "$tap_plan" ] || plan "$tap_count"
}

# at_exit COMMAND: run it when the test ends, the last one first.
tap_at_exit=()
at_exit() {
    tap_at_exit+=("$1")
}

tap_end() {
    local rc=$? n
    trap - EXIT
    for ((n = ${#tap_at_exit[@]} - 1; n >= 0; n--)); do
        eval "${tap_at_exit[n]}"
    done
    if [ -n "$tap_plan" ] && [ "$tap_plan" != "$tap_count" ]; then
        diag "planned $tap_plan cases, ran $tap_count"
        rc=1
    elif [ -z "$tap_plan" ] && [ "$tap_count" -gt 0 ]; then
        diag "no plan: the test ended early (exit $rc)"
        rc=1
    fi
    [ "$tap_failed" = 0 ] || rc=1
    exit "$rc"
}
trap tap_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
