#!/usr/bin/env bash
# Run every test: the quick ones, then three lanes of rooms side by side, since rigs mostly wait.
#
# usage: tools/test.sh                every test; the output of a lane is shown when it ends
#        tools/test.sh again          what failed last time, one test after the other
#        tools/test.sh WORDS...       one pytest with these words, such as -k gap
set -uo pipefail
cd "$(dirname "$0")/.."

lanes=(contract integration harm)
words_of() {
    case $1 in
    quick) echo tests/unit tests/architecture -n 2 ;;
    contract) echo tests/contract ;;
    integration) echo tests/integration ;;
    harm) echo tests/fault tests/browser ;;
    esac
}

lane() {
    local name=$1
    shift
    # shellcheck disable=SC2046  # several words
    .venv/bin/python -m pytest $(words_of "$name") -o cache_dir=".pytest_cache/$name" "$@"
}

if [ "${1-}" = again ]; then
    status=0
    for name in quick "${lanes[@]}"; do
        lane "$name" --last-failed --last-failed-no-failures none
        code=$?
        # 5: nothing of this lane had failed.
        [ $code = 0 ] || [ $code = 5 ] || status=1
    done
    exit $status
fi
if [ $# != 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi

mkdir -p build/tests
show() {
    lane "$1" >"build/tests/$1.log" 2>&1
    local code=$?
    cat "build/tests/$1.log"
    return $code
}
lane quick
status=$?
running=()
trap 'kill "${running[@]}" 2>/dev/null' INT TERM
for name in "${lanes[@]}"; do
    show "$name" &
    running+=($!)
done
for pid in "${running[@]}"; do
    wait "$pid" || status=1
done
exit $status
