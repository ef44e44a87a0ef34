#!/usr/bin/env bash
# mypy: strict on shared and services (pyproject.toml), looser on tests and tools (tests/mypy.ini).
#
# A folder of tests named like a service (vhi-bridge) is no package, so mypy sees its modules at the top, where
# two folders' test_config.py would collide: such folders are checked one by one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

MYPYPATH=shared$(printf ':%s' services/*/)
export MYPYPATH
failed=0
tests=(.venv/bin/mypy --config-file tests/mypy.ini)

.venv/bin/mypy || failed=1
"${tests[@]}" --exclude '^tests/[a-z]+/[a-z]+-' tests tools || failed=1
for folder in tests/*/*-*/; do
    if [ -n "$(find "$folder" -name '*.py')" ]; then "${tests[@]}" "$folder" || failed=1; fi
done
exit "$failed"
