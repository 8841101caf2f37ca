#!/bin/bash
# t172-library - the client library as others get it: installed, found by
# pkg-config, compiled and linked, shared and static.
. "$(dirname "$0")/../lib/cell.sh"
cell_up
root=$scratch/root

said=$(make -C "$NQS_BUILD" -s DESTDIR="$root" install-includeHEADERS install-nodist_nqslibDATA \
    install-nodist_pkgconfigDATA install-data-hook 2>&1) || diag "$said"
pc=$(find "$root" -name nqs.pc)
ok "nqs.pc is installed" test -f "$pc"
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$root
is "$(pkg-config --modversion nqs)" "$(qsub --version | awk '{print $3}')" "its version is ours"
lib=$(dirname "$(dirname "$pc")")

is "$(nm -D --defined-only "$lib/libnqs.so.0" | awk '$3 !~ /^nqs_/ && $2 ~ /[A-Z]/ {print $3}' |
    grep -vE '^(__asan|__odr_asan|_init|_fini|__bss_start|_edata|_end)')" "" "the shared library shows only nqs_ names"
declared=$(grep -ohE '\bnqs_[a-z_]+\([^0-9]' "$top/libnqs/nqs.h" | sed 's/(.*//' | sort -u)
shown=$(nm -D --defined-only "$lib/libnqs.so.0" | awk '$2 == "T" && $3 ~ /^nqs_/ {print $3}' | sort)
is "$shown" "$declared" "and they are those of nqs.h"

flags=$(sed -n "s/^CFLAGS = //p" "$NQS_BUILD/Makefile")
case $(sed -n 's/^NQS_CFLAGS = //p' "$NQS_BUILD/Makefile") in
*-fsanitize*) flags="$flags -fsanitize=address,undefined" ;;
esac
build() {
    # shellcheck disable=SC2086,SC2046
    ${CC:-cc} -Wall -Wextra -Werror $flags "$top/tests/lib/example.c" -o "$scratch/$1" \
        $(pkg-config --cflags nqs) $2
}
ok "a program is linked with the shared library" build shared "$(pkg-config --libs nqs)"
ok "and with the archive" build archive "$lib/libnqs.a -l:libtirpc.a -lpthread"
chmod 755 "$root" "$scratch"/shared "$scratch"/archive

want="refused 6
unknown 7
job_state H
Resource_List.walltime 00:01:00
Variable_List COLOUR=blue\, or green,SIZE=1
walltime 00:02:00
Priority 7
nowhere 3
called so 1
no signal 5
timeout 37
no request 2
ended 7 'exited'
queue batch runs $(nproc)"
for program in shared archive; do
    run as "$user" env LD_LIBRARY_PATH="$lib" "$scratch/$program" batch
    is "$rc:$out" "7:$want" "$program: submits, looks, holds, waits" || diag "$err"
done
run as "$user" env LD_LIBRARY_PATH="$lib" "$scratch/shared" nowhere
is "$rc" 100 "an unknown queue"
like "$err" "^3 \(1\): .*nowhere" "is told with code and text"
run env NQS_SOCKET="$work/no.sock" LD_LIBRARY_PATH="$lib" "$scratch/shared"
like "$rc:$err" "^100:31 \(2\): .*no\.sock" "no server"
for page in "$top/man/nqs.3"; do
    is "$(for name in $declared; do grep -q "$name" "$page" || echo "$name"; done)" "" "nqs(3) names every function"
done
done_testing
