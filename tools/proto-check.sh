#!/usr/bin/env bash
# Fail where the committed stubs are not what proto/ generates: missing, different or left over.
set -euo pipefail
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
tools/proto.sh "$fresh"

stubs() {
    (cd "$1" && find emgrig \( -name '*_pb2.py' -o -name '*_pb2.pyi' -o -name '*_pb2_grpc.py' \) -exec cksum {} + |
        sort -k 3)
}

if ! diff <(stubs shared) <(stubs "$fresh"); then
    echo "the stubs in shared/emgrig (<) are not what proto/ generates (>)" >&2
    echo "what to do: make proto, then commit the stubs together with the .proto" >&2
    exit 1
fi
