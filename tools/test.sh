#!/bin/sh
# Every test, cheapest first. Each test program counts once a build; a step that is no test program counts once.
# Ends with one line alone: "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
passed=0
failed=0

step() {
    name=$1
    shift
    if "$@" >build-log.tmp 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        failed=$((failed + 1))
        echo "FAIL  $name"
        cat build-log.tmp
    fi
    rm -f build-log.tmp
}

# suite NAME DIR: runs the test programs of a build and adds up what meson counted.
suite() {
    echo "== $1"
    if ! meson test -C "$2" --print-errorlogs --no-rebuild; then
        echo "FAIL  $1"
    fi
    log=$2/meson-logs/testlog.json
    good=$(grep -c '"result": "OK"' "$log" 2>/dev/null || true)
    all=$(wc -l <"$log" 2>/dev/null || echo 0)
    [ "${all:-0}" -gt 0 ] || { echo "FAIL  $1: no test ran"; failed=$((failed + 1)); return; }
    passed=$((passed + good))
    failed=$((failed + all - good))
}

build() {
    dir=$1
    shift
    if [ ! -f "$dir/build.ninja" ]; then
        "$@" meson setup "$dir" $setup_options || return 1
    fi
    ninja -C "$dir"
}

step 'includes point one way' sh tools/includes.sh
step 'format' sh -c 'find src tests bench -name "*.[ch]" -print0 | xargs -0 clang-format-14 --dry-run -Werror'

setup_options='-Dfaults=true'
step 'gcc builds without warnings' build build-gcc env CC=gcc
suite 'gcc' build-gcc
setup_options='-Dfaults=true -Db_sanitize=address,undefined -Db_lundef=false'
step 'clang builds without warnings' build build-asan env CC=clang
suite 'clang, address and undefined behaviour sanitizers' build-asan
setup_options='-Dfaults=true -Db_sanitize=thread -Db_lundef=false'
step 'clang builds with the thread sanitizer' build build-tsan env CC=clang
suite 'clang, thread sanitizer' build-tsan

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
