#!/usr/bin/env bash
# Print the path of a Python that can carry the rig: >= 3.12, with venv. Exit 1 and say what to do where none is.
#
# The order: $PYTHON if set, then what .python-version names (a pyenv `python3` follows it), then every other
# interpreter on the PATH, then pyenv's own folder. A shim that fails (pyenv without that version) is passed over.
set -euo pipefail
cd "$(dirname "$0")/.."

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

candidates() {
    if [ -n "${PYTHON:-}" ]; then echo "$PYTHON"; fi
    local name
    for name in python3 "python$(cat .python-version)" python3.13 python3.14 python; do
        type -ap "$name" || true
    done
    ls -1 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python 2>/dev/null || true
}

while read -r candidate; do
    if usable "$candidate"; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done < <(candidates)

cat >&2 <<MESSAGE
expected Python >= 3.12 with its venv module, found none on the PATH (nor under pyenv)
what to do: install it with your system's packages (Debian, Ubuntu: python3 and python3-venv; macOS: python@3.12),
or with pyenv (pyenv install $(cat .python-version)), or name one: PYTHON=/path/to/python3.12 make setup
MESSAGE
exit 1
