#!/usr/bin/env bash
# Environments of other people's programs that the contract tests drive as partners, each in its own process.
# Nothing of the rig depends on them. MyoGestic is under the GPL: it is run, never imported by our code.
#
# usage: tools/peers.sh [FOLDER]       the default is build/peers
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-build/peers}
mkdir -p "$folder"

# 2.0.2 speaks to hands of generation 1, 2.6.2 to those of generation 2.
for version in 2.0.2 2.6.2; do
    venv=$folder/myogestic-$version
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import grpc, myogestic' 2>/dev/null; then
        continue
    fi
    rm -rf "$venv"
    .venv/bin/uv venv --quiet --python "$(tools/find-python.sh)" "$venv"
    .venv/bin/uv pip install --quiet --python "$venv/bin/python" "myogestic[grpc]==$version"
    echo "$venv is ready: make test-contract ARGS='-k myogestic or real_clients'"
done
