# shellcheck shell=bash
# run.sh - runs the driver against the built starter.  Sourced, not run.
#
#     run_driver [--no-cgroup]        as whoever we are
#     run_personal                    in the personal mode, as nqstest1 for root
#
# The driver prints TAP itself; tests/starter/driver.c says what its options are.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${NQS_BUILD:-$top}
scratch=$(mktemp -d "${NQS_TEST_TMP:-/var/tmp}/nqs-starter.XXXXXX") || exit 1
trap 'cd /; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
# A build may lie where no other user comes.
mkdir "$scratch/bin" "$scratch/cells"
cp "$build/daemon/starter/nqs-starter" "$build/daemon/shepherd/nqs-shepherd" \
    "$build/tests/starter/driver" "$scratch/bin" || exit 1
cd "$scratch" || exit 1
driver=("$scratch/bin/driver" --starter "$scratch/bin/nqs-starter"
    --shepherd "$scratch/bin/nqs-shepherd" --dir "$scratch/cells")

no_users() {
    echo "1..0 # SKIP there are no users nqstest1 and nqstest2; scripts/test makes them"
    exit 0
}

run_driver() {
    if [ "$(id -u)" = 0 ]; then
        id nqstest1 nqstest2 >/dev/null 2>&1 || no_users
        driver+=(--user "$(id -u nqstest1)" --other "$(id -u nqstest2)")
    fi
    "${driver[@]}" "$@"
}

run_personal() {
    if [ "$(id -u)" != 0 ]; then
        run_driver "$@"
        return
    fi
    id nqstest1 >/dev/null 2>&1 || no_users
    chown nqstest1: "$scratch/cells"
    setpriv --reuid nqstest1 --regid nqstest1 --init-groups "${driver[@]}" "$@"
}
