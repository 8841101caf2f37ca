#!/bin/bash
# defects.sh [PROGRAM]: every seeded defect is found within the seeds that CI runs.
#
# PROGRAM is tests/sim/sim-defects of a build; without one it is compiled here, into a
# directory that is removed again.  The defects are listed in daemon/core/defects.def.
# Prints TAP, and with each defect after how many worlds it was found.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
seeds=400
program=${1:-}
work=
if [ -z "$program" ]; then
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/nqs-defects.XXXXXX") || exit 2
    trap 'rm -rf "$work"' EXIT
    program=$work/sim-defects
    files=("$top"/tests/sim/*.c "$top"/daemon/core/*.c)
    for name in err mem buf str tree crc32c id attr compare depend dialect limit clock; do
        files+=("$top/libnqs/$name.c")
    done
    printf '%s\n' "${files[@]}" |
        (cd "$work" && xargs -n 4 -P "$(nproc)" "${CC:-cc}" -std=c11 -O1 -D_GNU_SOURCE \
            -DNQS_DEFECTS -iquote "$top/libnqs" -iquote "$top/daemon/core" \
            -iquote "$top/tests/sim" -c) &&
        "${CC:-cc}" -o "$program" "$work"/*.o || {
        echo "Bail out! the simulator does not compile"
        exit 1
    }
fi
mapfile -t defects < <(sed -n 's/^D(\([A-Z_]*\), *\(".*"\))$/\1 \2/p' "$top/daemon/core/defects.def")
echo "1..${#defects[@]}"
number=0 missed=0
for defect in "${defects[@]}"; do
    number=$((number + 1))
    found=$("$program" --defect "${defect%% *}" --seeds $seeds 2>&1 |
        sed -n 's/^seed \([0-9]*\).*/\1/p' | tail -n 1)
    if [ -n "$found" ]; then
        echo "ok $number - $defect: found by world $found"
    else
        echo "not ok $number - $defect: not found in $seeds worlds"
        missed=1
    fi
done
exit $missed
